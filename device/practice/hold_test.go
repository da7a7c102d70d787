package practice

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device"
)

// holdable starts a board whose button can be held, and gives what was said of the
// button since, as "held" and "free".
func holdable(t *testing.T) (*Simulator, *fakeBroker, func() string) {
	t.Helper()
	b, f, _ := on(t, device.Topics{Set: "set", State: "state", Info: "info", Hold: "hold"})
	f.take()
	return b, f, func() string {
		synctest.Wait()
		var all []string
		for _, said := range f.take() {
			switch {
			case strings.HasPrefix(said, "state="):
				all = append(all, said)
			case strings.Contains(said, `"held":true`):
				all = append(all, "held")
			case strings.Contains(said, `"held":false`):
				all = append(all, "free")
			}
		}
		return strings.Join(all, " ")
	}
}

func TestAHeldButtonDoesNothingUntilItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f, said := holdable(t)
		press := func() {
			b.Boards()[0].PressButton()
			synctest.Wait()
		}
		for _, c := range []struct {
			do   func()
			want string
		}{
			{func() { f.last().Message("hold", []byte("10"), false) }, "held"},
			{press, ""},
			{func() { time.Sleep(8 * time.Second); f.last().Message("hold", []byte("10"), false) }, ""},
			{func() { time.Sleep(8 * time.Second); press() }, ""},
			{func() { time.Sleep(3 * time.Second) }, "free"},
			{press, "state=on"},
			{func() { f.last().Message("hold", []byte("61"), false); press() }, "state=off"},
			{func() { f.last().Message("hold", []byte("10"), true); press() }, "state=on"}, // kept by the broker
			{func() { f.last().Message("hold", []byte("10"), false) }, "held"},
			{func() { f.last().Message("hold", []byte("0"), false); press() }, "free state=off"},
		} {
			c.do()
			if got := said(); got != c.want {
				t.Fatalf("said %q, want %q", got, c.want)
			}
		}
	})
}

func TestAHeldButtonIsFreeWhenTheConnectionIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f, said := holdable(t)
		f.last().Message("hold", []byte("60"), false)
		said()
		f.last().Lost(errors.New("gone"))
		time.Sleep(10 * time.Second)
		if got := said(); got != "free state=off" {
			t.Errorf("said %q", got)
		}
		b.Boards()[0].PressButton()
		if got := said(); got != "state=on" {
			t.Errorf("said %q", got)
		}
	})
}
