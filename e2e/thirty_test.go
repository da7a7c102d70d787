package e2e

import (
	"testing"
	"time"

	"lamplighter/app/lights"
)

// thirty is a class: one board for each of the largest groups that share a room.
const thirty = 30

// TestThirtyBoardsAllConfirm is a whole class on one broker.
func TestThirtyBoardsAllConfirm(t *testing.T) {
	began := time.Now()
	c := newClass(t, thirty)
	last := thirty - 1
	c.makeLamps(func(i int) int {
		if i == last {
			return 6 // seconds: so the broker soon misses the board that loses its power
		}
		return 30
	})
	c.start()
	if n := len(c.Lights.Lights()); n != thirty {
		t.Fatalf("%d lamps on the panel", n)
	}
	t.Logf("%d boards are here after %v", thirty, time.Since(began))

	c.all(true, lights.Group{On: true, Asked: thirty, Confirmed: thirty})
	c.all(false, lights.Group{Asked: thirty, Confirmed: thirty})

	// Nobody is told that a board has lost its power: it is asked, and does not answer.
	c.boards[last].PowerOff()
	c.all(true, lights.Group{On: true, Asked: thirty, Confirmed: last, NoAnswer: 1})
	if l, _ := c.Lights.Light(base(last)); l.State != lights.Off || l.Phase != lights.NoAnswer && l.Phase != lights.Offline {
		t.Errorf("the lamp without power is shown as %+v", l)
	}
	c.loop.RunUntil(func() bool { l, _ := c.Lights.Light(base(last)); return l.Phase == lights.Offline }, "the will of the board without power")
	c.all(false, lights.Group{Asked: last, Confirmed: last, LeftOut: 1})

	c.boards[last].PowerOn()
	c.loop.RunUntil(func() bool { return c.here() == thirty }, "the board that has its power back")
	c.all(true, lights.Group{On: true, Asked: thirty, Confirmed: thirty})
	rss, _ := c.boards[0].StatMemory()
	t.Logf("%d boards take %d MiB", thirty, rss>>20)
}

// all asks every lamp, waits until the panel counts as wanted, and sees that the
// real lamps are as it says.
func (c *class) all(on bool, want lights.Group) {
	c.t.Helper()
	c.loop.RunUntil(func() bool { return c.here() == want.Asked }, "the boards")
	if g := c.Lights.SwitchAll(on, nil); g.Asked != want.Asked || g.LeftOut != want.LeftOut || g.Confirmed != 0 {
		c.t.Fatalf("asking on=%v: %+v, want %+v", on, g, want)
	}
	c.loop.RunUntil(func() bool { g, _ := c.Lights.Group(); return g == want }, "what the boards confirm")
	for i, board := range c.boards[:want.Confirmed] {
		if l, _ := c.Lights.Light(base(i)); (l.State == lights.On) != on || l.Phase != lights.Confirmed {
			c.t.Errorf("the panel counts %+v, and shows %s as %+v", want, l.Base, l)
		}
		board.WaitForPixels(on)
	}
}
