package roster_test

import (
	"testing"
	"time"

	"lamplighter/app/lights"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestWhereNoTopicSaysOnlineABoardsOwnWordShowsThatItCame(t *testing.T) {
	for name, status := range map[string]string{"no status topic": "", "status on the state's topic": "u/feeds/lamp"} {
		t.Run(name, func(t *testing.T) {
			c := newClass(t)
			c.lamps.SetConnected(true)
			if err := c.lamps.AddKnown(lights.Entry{
				Base: "class/lamp", Topics: device.Topics{Set: "u/feeds/lamp-set", State: "u/feeds/lamp", Status: status},
			}); err != nil {
				t.Fatal(err)
			}
			var last setup.Lamp
			stop := c.Watch("class/lamp", func(l setup.Lamp) { last = l })
			defer stop()
			began := time.Now()
			says := func(kept bool, at time.Time) {
				c.lamps.Receive("u/feeds/lamp", []byte("off"), kept, at)
				c.ObserveStatus("u/feeds/lamp", []byte("off"), kept, at)
			}
			says(true, began)
			if !last.Since.IsZero() {
				t.Errorf("a kept word makes it fresh: %+v", last)
			}
			at := began.Add(time.Second)
			says(false, at)
			if !last.Online || !last.Since.Equal(at) {
				t.Errorf("its own word is not heard: %+v", last)
			}
		})
	}
}
