package lights_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"lamplighter/app/lights"
)

// reference is the plainest truth about a lamp: the board's last word.
type reference struct {
	state  lights.State
	here   lights.Presence
	linked bool
}

func (r *reference) hear(topic, payload string, retained bool) {
	word := strings.ToLower(strings.TrimSpace(payload))
	switch topic {
	case lamp7 + "/light":
		switch word {
		case "on":
			r.state = lights.On
		case "off":
			r.state = lights.Off
		case "":
			r.state = lights.Unknown
		default:
			return
		}
		if !retained && word != "" && r.here == lights.PresenceOffline {
			r.here = lights.PresenceOnline
		}
	case lamp7 + "/status":
		switch word {
		case "online":
			r.here = lights.PresenceOnline
		case "offline":
			r.here = lights.PresenceOffline
		case "":
			r.here = lights.PresenceUnknown
		}
	}
}

func TestWhateverHappensThePanelShowsTheBoardsLastWord(t *testing.T) {
	payloads := []string{"on", "off", "on", "off", " ON\n", "online", "offline", "", "garbage", "toggle", "{", "1,2,3"}
	topics := []string{"/light", "/light", "/light", "/status", "/light/set", "/light/rgb", "/info"}
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			b, ref := newBench(t, "class"), reference{linked: true}
			if err := b.AddKnown(lights.Entry{Base: lamp7}); err != nil {
				t.Fatal(err)
			}
			for step := range 400 {
				switch rnd.IntN(12) {
				case 0, 1:
					_ = b.Toggle(lamp7)
				case 2:
					b.SwitchAll(rnd.IntN(2) == 0, nil)
				case 3:
					was := ref.linked
					ref.linked = rnd.IntN(3) > 0
					b.SetConnected(ref.linked)
					if was && !ref.linked && ref.here == lights.PresenceOnline {
						ref.here = lights.PresenceUnknown // until somebody says it again
					}
				case 4:
					b.wait(time.Duration(rnd.IntN(5000)) * time.Millisecond)
				case 5:
					b.refuse = nil
					if rnd.IntN(4) == 0 {
						b.refuse = errors.New("full")
					}
				default:
					topic, payload := lamp7+topics[rnd.IntN(len(topics))], payloads[rnd.IntN(len(payloads))]
					retained := rnd.IntN(3) == 0
					b.Receive(topic, []byte(payload), retained, time.Now())
					ref.hear(topic, payload, retained)
				}
				checkTruth(t, b, ref, seed, step)
			}
			b.wait(time.Hour)
			if l := b.at(t, lamp7); l.Waiting {
				t.Fatalf("seed %d: waits for ever: %+v", seed, l)
			}
		})
	}
}

func checkTruth(t *testing.T, b *bench, ref reference, seed uint64, step int) {
	t.Helper()
	l := b.at(t, lamp7)
	lie := l.State != ref.state || l.Presence != ref.here ||
		l.Phase == lights.Confirmed && (!ref.linked || ref.here == lights.PresenceOffline || ref.state == lights.Unknown || l.Waiting) ||
		l.Waiting != (l.Phase == lights.Waiting) || l.Waiting && !ref.linked
	if lie {
		t.Fatalf("seed %d step %d: the truth is %+v, the panel says %+v", seed, step, ref, l)
	}
	g, ok := b.Group()
	if ok && (g.Asked < 0 || g.Confirmed < 0 || g.NoAnswer < 0 || g.Confirmed+g.NoAnswer > g.Asked) {
		t.Fatalf("seed %d step %d: %+v", seed, step, g)
	}
}

func FuzzReceive(f *testing.F) {
	for _, s := range []string{"on", "OFF", "toggle", "1", "online", "offline", "1,2,3", `{"state":"ON"}`, `{"state":true}`, `{"name":"灯","rssi":-60,"practice":true}`, ""} {
		for topic := range uint8(6) {
			f.Add(topic, []byte(s), topic%2 == 0)
		}
	}
	suffixes := []string{"/light", "/light/set", "/light/rgb", "/status", "/info", "/other", "/bridge/devices", "/STATE"}
	f.Fuzz(func(t *testing.T, topic uint8, payload []byte, retained bool) {
		b := newBench(t, "")
		b.SetForeign(true)
		b.lampHere(t)
		_ = b.Switch(lamp7, true)
		at := lamp7 + suffixes[int(topic)%len(suffixes)]
		for range 2 {
			b.Receive(at, payload, retained, time.Unix(0, 0))
			b.Receive(string(payload), payload, retained, time.Unix(0, 0))
		}
		for _, l := range b.Lights() {
			for _, s := range []string{l.Name, l.Group, l.Info.ID, l.Info.Name, l.Info.Board, l.Info.Firmware, l.Info.Program, l.Info.IP} {
				if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 64 || strings.ContainsAny(s, "\n\r\t\x00\u202e\u2028") {
					t.Fatalf("%q is not fit to be shown", s)
				}
			}
			if l.Name == "" || l.Level < 0 || l.Level > 100 || l.Info.RSSI > 0 {
				t.Fatalf("%+v", l)
			}
		}
		if at != lamp7+"/light" && string(payload) != lamp7+"/light" && b.at(t, lamp7).State != lights.Off {
			t.Fatal("something else than the board's word switched the lamp")
		}
	})
}
