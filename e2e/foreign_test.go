package e2e

import (
	"testing"

	"lamplighter/app/endpoint"
	"lamplighter/app/lights/codec"
	"lamplighter/app/link"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// TestOurBoardIsInHomeAssistantsDiscovery reads what a real board announces as
// Home Assistant would: it names the very topics of the lamp, which the panel
// shows once.
func TestOurBoardIsInHomeAssistantsDiscovery(t *testing.T) {
	mosquitto := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	s := newSchool(t, devicetest.Options{})
	s.setUp(device.Broker{Host: mosquitto.Host(), Port: mosquitto.Port()})

	announced := make(chan link.Message, 16)
	home := link.Dial(link.Options{Endpoint: endpoint.Endpoint{Host: mosquitto.Host(), Port: mosquitto.Port()}}, func(m link.Message) { announced <- m }, func(link.State) {})
	t.Cleanup(home.Close)
	if err := home.Subscribe("homeassistant/#", 1); err != nil {
		t.Fatal(err)
	}
	m := <-announced
	if !m.Retained || m.Topic != s.lamp().Topics.Config {
		t.Fatalf("%q, kept: %v, want %q", m.Topic, m.Retained, s.lamp().Topics.Config)
	}
	f := codec.NewFinder()
	f.Receive(m.Topic, m.Payload)
	found := f.Found()
	if len(found) != 1 || f.Ignored() != 0 {
		t.Fatalf("%s: %+v", m.Payload, found)
	}
	own := s.lamp().Topics
	want := device.Topics{Set: own.Set, State: own.State, Status: own.Status, RGBSet: own.RGBSet, RGB: own.RGB}
	if got := found[0].Codec.DisplayTopics(); got != want {
		t.Errorf("announced %+v, the lamp has %+v", got, want)
	}
	if found[0].Name != "窗边的灯 7" {
		t.Errorf("announced as %q", found[0].Name)
	}
	for _, on := range []bool{true, false} {
		wish, able := found[0].Codec.EncodeSwitch(on)
		if !able || home.Publish(wish.Topic, []byte(wish.Payload), 1, false) != nil {
			t.Fatalf("Home Assistant can't ask for %v: %+v", on, wish)
		}
		s.board.WaitForPixels(on)
	}
	heard, _ := found[0].Codec.Decode(own.State, []byte("on"))
	if heard.State != codec.On {
		t.Errorf("Home Assistant does not understand the board's word: %+v", heard)
	}
	if all := s.Lights.Lights(); len(all) != 1 || all[0].Base != s.x.Base {
		t.Errorf("the panel shows %+v", all)
	}
}
