package lights_test

import (
	"slices"
	"testing"

	"lamplighter/app/lights"
)

// A lamp that was announced as optimistic is sent to, and not waited for.
func TestWildOptimisticLampsAreSentToAndNotWaitedFor(t *testing.T) {
	b := open(t)
	b.kept("homeassistant/switch/o/config", `{"name":"O","cmd_t":"o/set","stat_t":"o/state","opt":true}`)
	const o = "cmd:o/set"
	if l := b.at(t, o); l.Phase != lights.Unheard || !l.Silent {
		t.Fatalf("%+v", l)
	}
	if err := b.Switch(o, true); err != nil {
		t.Fatal(err)
	}
	if l := b.at(t, o); l.Phase != lights.SentOnly || l.Target != lights.On || l.Waiting {
		t.Fatalf("after a click: %+v", l)
	}
	b.says("o/set", "ON")
	if l := b.at(t, o); l.Phase != lights.SentOnly {
		t.Fatalf("after the echo: %+v", l)
	}
	b.says("o/state", "OFF") // it speaks after all, and its word counts
	if l := b.at(t, o); l.Phase != lights.Confirmed || l.State != lights.Off {
		t.Fatalf("after its own word: %+v", l)
	}
	if err := b.Switch(o, true); err != nil {
		t.Fatal(err)
	}
	if l := b.at(t, o); l.Phase != lights.SentOnly || l.Target != lights.On {
		t.Fatalf("after another click: %+v", l)
	}
}

func TestWildALampWhoseStateTopicHasWildcardsIsHeardThere(t *testing.T) {
	b := open(t)
	b.kept("hall/lamp/left", "ON") // before anybody knows of the lamp
	b.kept("homeassistant/light/h/config", `{"name":"Hall","cmd_t":"hall/set","stat_t":"hall/lamp/+"}`)
	const hall = "cmd:hall/set"
	b.at(t, hall)
	if !slices.Contains(b.Filters(), "hall/lamp/+") {
		t.Fatalf("subscribed to %q", b.Filters())
	}
	b.says("hall/lamp/right", "OFF")
	if l := b.at(t, hall); l.State != lights.Off || l.Phase != lights.Confirmed {
		t.Fatalf("%+v", l)
	}
	b.says("hall/lamp/left", "ON")
	if l := b.at(t, hall); l.State != lights.On {
		t.Fatalf("%+v", l)
	}
	b.says("hall/lamp/left/a", "OFF")
	b.says("homeassistant/light/h/config", "")
	if b.Lights(); slices.Contains(b.Filters(), "hall/lamp/+") {
		t.Fatal("it is gone, and still subscribed to")
	}
	b.says("hall/lamp/left", "OFF") // and nobody hears it
}
