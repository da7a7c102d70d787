package e2e

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lamplighter/device/devicetest"
)

// hello is the least that a program with Fyne can be, in a window of our size.
const hello = `package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.New().NewWindow("hello")
	w.SetContent(widget.NewLabel("Hello, world"))
	w.Resize(fyne.NewSize(1180, 760))
	w.ShowAndRun()
}
`

// BenchmarkStart measures from the start of the process to the first frame on
// the screen, on a day after the first, and the memory that the program takes
// then; hello-ratio and rss-ratio are those over a window's with one label.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	source := filepath.Join(dir, "hello.go")
	if err := os.WriteFile(source, []byte(hello), 0o600); err != nil {
		b.Fatal(err)
	}
	least, ours := filepath.Join(dir, "hello"), filepath.Join(dir, "lamplighter")
	build(b, "-o", least, source)
	build(b, "-tags", "uidebug,"+releaseTags(b), "-o", ours, "lamplighter")
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "settings.json"), []byte(`{"language":"en"}`), 0o600); err != nil {
		b.Fatal(err)
	}
	s := newScreen(b, 1440, 900)
	debug := net.JoinHostPort("127.0.0.1", strconv.Itoa(devicetest.Port(b)))
	lamps := func() {
		w := &window{desktop: s.desktop, debug: debug, log: &lockedBuffer{}}
		w.find("Button", "Try a practice board")
		// Without it the next start would look first whether a window can be had.
		s.until("the note that there was a window", func() bool {
			_, err := os.Stat(filepath.Join(data, "window.json"))
			return err == nil
		})
	}
	start := func() (time.Duration, float64) {
		return s.start(s.command(ours, "--data", data), "LAMPLIGHTER_UI_DEBUG="+debug, lamps)
	}
	bare := func() (time.Duration, float64) { return s.start(s.command(least), "", func() {}) }
	bare() // the first start of each reads from the disk
	start()
	var frames, bareFrames []time.Duration
	var rss, bareRSS float64
	for b.Loop() {
		for range 7 {
			took, mb := bare()
			bareFrames, bareRSS = append(bareFrames, took), max(bareRSS, mb)
			took, mb = start()
			frames, rss = append(frames, took), max(rss, mb)
		}
	}
	p50, least50 := quantile(frames, 0.5), quantile(bareFrames, 0.5)
	b.ReportMetric(p50, "first-frame-ms")
	b.ReportMetric(least50, "hello-first-frame-ms")
	b.ReportMetric(p50/least50, "hello-ratio")
	b.ReportMetric(rss, "rss-mb")
	b.ReportMetric(bareRSS, "hello-rss-mb")
	b.ReportMetric(rss/bareRSS, "rss-ratio")
	b.ReportMetric(0, "ns/op")
}

// releaseTags are the build tags of what people get, as the Makefile has them.
func releaseTags(b *testing.B) string {
	b.Helper()
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		b.Fatal(err)
	}
	_, tags, _ := strings.Cut(string(text), "go build -tags ")
	tags, _, found := strings.Cut(tags, " ")
	if !found {
		b.Fatal("the Makefile builds without tags")
	}
	return tags
}

// build builds as people get it, without the race detector.
func build(b *testing.B, args ...string) {
	b.Helper()
	if out, err := exec.Command("go", append([]string{"build"}, args...)...).CombinedOutput(); err != nil {
		b.Fatalf("go build %v: %v\n%s", args, err, out)
	}
}

// screen is a desktop without a window manager, whose pixels can be read while
// a program draws on them.
type screen struct {
	*desktop
	pixels        *os.File // an X window dump, see XWDFile.h
	at            int64    // of the first pixel
	stride, width int      // of a row in bytes, and of its part that shows
	height        int
}

func newScreen(b *testing.B, width, height int) *screen {
	b.Helper()
	dir := b.TempDir()
	read, write, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-fbdir", dir, "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{write}
	startProcess(b, server)
	_ = write.Close()
	number := make([]byte, 16)
	n, err := read.Read(number)
	if err != nil {
		b.Fatalf("Xvfb did not start: %v", err)
	}
	s := &screen{desktop: &desktop{b, ":" + strings.TrimSpace(string(number[:n]))}}
	if s.pixels, err = os.Open(filepath.Join(dir, "Xvfb_screen0")); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.pixels.Close() })
	head := make([]byte, 100)
	if _, err := s.pixels.ReadAt(head, 0); err != nil {
		b.Fatal(err)
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(head[4*i:])) }
	if field(1) != 7 || field(11) != 32 {
		b.Fatalf("no screen of 32 bits: version %d, %d bits", field(1), field(11))
	}
	s.width, s.height, s.stride = 4*field(4), field(5), field(12)
	s.at = int64(field(0) + 12*field(19)) // after the header and the colour map
	return s
}

// drawn is how many colours a screen has on which somebody has drawn text: an
// empty window has one, and the edges of letters have many.
const drawn = 8

// colors counts the colours in every fourth row, up to drawn.
func (s *screen) colors() int {
	seen := map[uint32]bool{}
	row := make([]byte, s.width)
	for y := 0; y < s.height && len(seen) < drawn; y += 4 {
		if _, err := s.pixels.ReadAt(row, s.at+int64(y*s.stride)); err != nil {
			s.t.Fatal(err)
		}
		last := uint32(1)
		for i := 0; i < len(row); i += 4 {
			if c := binary.LittleEndian.Uint32(row[i:]) | 0xff000000; c != last {
				last, seen[c] = c, true
			}
		}
	}
	return len(seen)
}

// start runs a program until its first frame is there and ready returns, and
// gives the time to the frame and the program's memory in MB.
func (s *screen) start(c *exec.Cmd, env string, ready func()) (time.Duration, float64) {
	s.t.Helper()
	s.until("an empty screen", func() bool { return s.colors() == 1 })
	if env != "" {
		c.Env = append(c.Env, env)
	}
	began := time.Now()
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	defer func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	}()
	s.until("the first frame", func() bool { return s.colors() >= drawn })
	took := time.Since(began)
	ready()
	return took, resident(s.t, c.Process.Pid)
}

// until looks at the screen, which nobody tells about, some 300 times a second.
func (s *screen) until(what string, done func() bool) {
	s.t.Helper()
	late := time.Now().Add(patience)
	for !done() {
		if time.Now().After(late) {
			s.t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(3 * time.Millisecond)
	}
}

// resident is the memory of a process in MB, as the system counts it.
func resident(t testing.TB, pid int) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		t.Fatalf("the process has ended: %s", status)
	}
	kb, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb / 1000
}
