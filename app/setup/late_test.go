package setup

import (
	"context"
	"sync/atomic"
	"testing"
)

func TestAnOutcomeThatWasOnItsWayWhenItsTaskEndedChangesNothing(t *testing.T) {
	var joins atomic.Int32
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		b.join = func(ctx context.Context) (string, error) {
			if joins.Add(1) == 1 {
				return "192.168.1.9", nil
			}
			<-ctx.Done()
			return "", ctx.Err()
		}
	})
	d.Handle(Forward{})
	d.until(func() bool { w, ok := d.State().(WiFi); return ok && !w.Scanning }, "networks")
	d.Handle(Forward{})
	<-d.Idle() // the board has joined, and nobody was told yet
	d.Handle(Back{})
	d.Handle(Forward{}) // once more, or another network
	d.loop.Run()
	if _, joining := d.State().(Joining); !joining {
		t.Errorf("the first attempt's outcome was taken for the second's: %T", d.State())
	}
}

func TestABaseThatAnotherBoardHasIsNotGivenAgain(t *testing.T) {
	taken := map[string]bool{"class/desk-lamp": true, "class/desk-lamp-2": true, "class/lamp-01": true}
	for name, want := range map[string]string{
		"Desk Lamp": "class/desk-lamp-3", "Window": "class/window", "灯七": "class/lamp-02", "  ": "class/lamp-02",
	} {
		if got := Base("class", name, func(base string) bool { return taken[base] }); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
