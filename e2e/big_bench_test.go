package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lamplighter/app/topics"
	"lamplighter/device/devicetest"
)

// bigPayload is the largest payload that somebody is likely to send, in bytes;
// the window says bigWords for it.
const (
	bigPayload = 100_000_000
	bigWords   = "95.4 MB"
)

// BenchmarkBigPayload sends a payload of 100 MB, a text of one line and then one
// that is no text, through mosquitto into the real window, where its topic is
// open, shows all of the text, and measures how long the UI goroutine makes wait.
func BenchmarkBigPayload(b *testing.B) {
	program := filepath.Join(b.TempDir(), "lamplighter")
	build(b, "-tags", "uidebug,migrated_fynedo,x11", "-o", program, "lamplighter")
	for _, c := range []struct{ name, piece string }{
		{"text", "a line without an end, "},
		{"binary", "\x00\x01\x02\xff"},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := devicetest.StartMosquitto(b, devicetest.MosquittoConf{})
			dir := b.TempDir()
			payload := filepath.Join(dir, "payload")
			data := bytes.Repeat([]byte(c.piece), bigPayload/len(c.piece)+1)[:bigPayload]
			if err := errors.Join(os.WriteFile(payload, data, 0o600),
				os.WriteFile(filepath.Join(dir, "settings.json"), []byte(elsewhere(m.Port())), 0o600)); err != nil {
				b.Fatal(err)
			}
			f := &bigBench{floodBench: floodBench{B: b}, port: strconv.Itoa(m.Port()), payload: payload, text: c.name == "text"}
			for b.Loop() {
				f.w = newDesktop(b, 1440, 900).openProgram(program, dir)
				f.once()
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// bigBench is one big payload on its way to the screen.
type bigBench struct {
	floodBench
	port, payload string
	text          bool
}

func (f *bigBench) once() {
	f.openTopic()
	before := f.counts()
	stop := f.watchAll()
	began := time.Now()
	f.send("-f", f.payload)
	f.until("the payload", func(c topics.Counts) bool { return c.Received > before.Received })
	f.ReportMetric(time.Since(began).Seconds(), "received-s")
	f.w.find("Label", bigWords)
	if f.text {
		f.w.click("Button", "Show all")
		f.w.until("all of it", func() bool {
			return !slices.ContainsFunc(f.w.texts(), func(s string) bool { return strings.Contains(s, "Show all") })
		})
	}
	f.w.shot("big-" + filepath.Base(f.Name()))
	waits, most := stop()
	after := f.counts()
	f.ReportMetric(float64(after.Lost+after.Refused), "dropped-msgs")
	f.ReportMetric(float64(after.Omitted), "omitted-payloads")
	f.ReportMetric(quantile(waits, 0.5), "ui-p50-ms")
	f.ReportMetric(quantile(waits, 1), "ui-max-ms")
	f.ReportMetric(most, "rss-mb")
}

func (f *bigBench) send(args ...string) {
	args = append([]string{"-h", "127.0.0.1", "-p", f.port, "-t", "class/big"}, args...)
	if out, err := exec.Command("mosquitto_pub", args...).CombinedOutput(); err != nil {
		f.Fatalf("%v %s", err, out)
	}
}

// openTopic opens the topic with a small value in it.
func (f *bigBench) openTopic() {
	f.w.key("ctrl+3")
	f.until("the topic", func(c topics.Counts) bool {
		if c.Topics == 0 {
			f.send("-m", "small") // what is sent before the program has subscribed goes nowhere
		}
		return c.Topics > 0
	})
	f.w.click("LineList", "")
	f.w.key("Home", "Right", "Down")
	f.w.find("Label", "class/big")
}

// watchAll asks until stop how long the UI goroutine makes wait, and for the
// memory.
func (f *bigBench) watchAll() (stop func() (waits []time.Duration, most float64)) {
	done := make(chan struct{})
	var waits []time.Duration
	var most float64
	var work sync.WaitGroup
	work.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond): // between two questions
			}
			r, err := http.Get("http://" + f.w.debug + "/latency")
			if err != nil {
				return // the benchmark has failed, and the program has ended
			}
			var d time.Duration
			if err := errors.Join(json.NewDecoder(r.Body).Decode(&d), r.Body.Close()); err != nil {
				f.Errorf("latency: %v", err)
				return
			}
			waits, most = append(waits, d), max(most, resident(f.B, f.w.cmd.Process.Pid))
		}
	})
	return func() ([]time.Duration, float64) {
		close(done)
		work.Wait()
		return waits, most
	}
}
