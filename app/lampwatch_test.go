package app

import (
	"testing"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/setup"
	"lamplighter/app/topics"
	"lamplighter/device"
)

func TestWhereNoTopicSaysOnlineABoardsOwnWordShowsThatItCame(t *testing.T) {
	for name, status := range map[string]string{"no status topic": "", "status on the state's topic": "u/feeds/lamp"} {
		t.Run(name, func(t *testing.T) {
			a := &App{
				Lights:  lights.New(lights.Options{Post: func(f func()) { f() }, Classroom: "class"}),
				Topics:  topics.New(1 << 20),
				watched: map[int]*lampWatch{},
				keeper:  presets.ByID(presets.Free).Keep(presets.Inputs{}),
			}
			a.paced.asked = map[string]time.Time{}
			t.Cleanup(a.Lights.Close)
			a.Lights.Connected(true)
			if err := a.Lights.Know(lights.Entry{
				Base: "class/lamp", Topics: device.Topics{Set: "u/feeds/lamp-set", State: "u/feeds/lamp", Status: status},
			}); err != nil {
				t.Fatal(err)
			}
			var last setup.Lamp
			stop := home{a}.WatchLamp("class/lamp", func(l setup.Lamp) { last = l })
			defer stop()
			began := time.Now()
			a.receive([]message{{a.dial, link.Message{Topic: "u/feeds/lamp", Payload: []byte("off"), Retained: true, At: began}}}, 0)
			if !last.Since.IsZero() {
				t.Errorf("a kept word makes it fresh: %+v", last)
			}
			at := began.Add(time.Second)
			a.receive([]message{{a.dial, link.Message{Topic: "u/feeds/lamp", Payload: []byte("off"), At: at}}}, 0)
			if !last.Online || !last.Since.Equal(at) {
				t.Errorf("its own word is not heard: %+v", last)
			}
		})
	}
}
