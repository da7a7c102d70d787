package lights_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/lights"
	"lamplighter/device"
)

const (
	kitchenConfig = "homeassistant/light/kitchen/config"
	kitchen       = "cmd:k/set"
	kitchenSays   = `{"name":"Kitchen","cmd_t":"k/set","stat_t":"k/state","avty_t":"k/there"}`
)

// open is a bench that looks for lamps of other systems too.
func open(t testing.TB) *bench {
	b := newBench(t, "class")
	b.SetForeign(true)
	return b
}

func TestALampOfAnotherSystemAppearsSwitchesAndConfirmsByItsOwnWord(t *testing.T) {
	b := open(t)
	b.kept(kitchenConfig, kitchenSays)
	l := b.at(t, kitchen)
	if l.Name != "Kitchen" || l.Source != lights.HomeAssistant || l.Phase != lights.Unheard || l.Group != "Home Assistant" {
		t.Fatalf("%+v", l)
	}
	b.kept("k/there", "online")
	b.kept("k/state", "OFF")
	if l = b.at(t, kitchen); l.Phase != lights.Confirmed || l.State != lights.Off || !l.Retained {
		t.Fatalf("%+v", l)
	}
	if err := b.Switch(kitchen, true); err != nil || !slices.Equal(b.sent, []string{"k/set ON"}) {
		t.Fatalf("%v, sent %q", err, b.sent)
	}
	b.says("k/set", "ON")
	if l = b.at(t, kitchen); l.Phase != lights.Waiting || l.State != lights.Off {
		t.Fatalf("the command itself changed it: %+v", l)
	}
	b.says("k/state", "ON")
	if l = b.at(t, kitchen); l.Phase != lights.Confirmed || l.State != lights.On || l.ChangedBy != lights.ActorThisPC {
		t.Fatalf("%+v", l)
	}
	b.says("k/state", "OFF") // by a wall switch, or another system: nobody knows
	if l = b.at(t, kitchen); l.ChangedBy != lights.ActorUnknown {
		t.Fatalf("%+v", l)
	}
	b.says("k/there", "offline")
	if l = b.at(t, kitchen); l.Phase != lights.Offline {
		t.Fatalf("%+v", l)
	}
	b.says(kitchenConfig, "")
	if all := b.Lights(); len(all) != 0 || len(b.cleared) != 0 || len(b.sent) != 1 {
		t.Fatalf("%v, cleared %q, sent %q", names(all), b.cleared, b.sent)
	}
}

func TestNobodyLooksForOtherSystemsWhereTopicsAreNotFree(t *testing.T) {
	b := newBench(t, "class")
	before := b.Filters()
	b.kept(kitchenConfig, kitchenSays)
	if len(b.Lights()) != 0 {
		t.Fatal("a lamp appeared")
	}
	wanted := 0
	b.Wanted.Listen(func() { wanted++ })
	b.SetForeign(true)
	if !slices.Contains(b.Filters(), "homeassistant/light/#") || !slices.Contains(b.Filters(), "+/bridge/devices") || wanted != 1 {
		t.Fatalf("filters %q", b.Filters())
	}
	b.kept(kitchenConfig, kitchenSays)
	b.kept("homeassistant/light/b/config", `{"name":"B","cmd_t":"b/set"}`)
	b.loop.Run()
	if !slices.Contains(b.Filters(), "k/state") || wanted != 2 {
		t.Fatalf("filters %q, raised %d times", b.Filters(), wanted)
	}
	b.SetForeign(false)
	if len(b.Lights()) != 0 || !slices.Equal(b.Filters(), before) {
		t.Fatalf("%v, filters %q", names(b.Lights()), b.Filters())
	}
}

// ourConfig is what boards of this program announce to Home Assistant.
func ourConfig(topics device.Topics) string {
	return fmt.Sprintf(`{"name":null,"uniq_id":"lamplighter_a4cf12","cmd_t":%q,"stat_t":%q,"pl_on":"on","pl_off":"off","avty_t":%q,`+
		`"dev":{"ids":["lamplighter_a4cf12"],"name":"Window","mdl":"mPython","sw":"1.0"},"o":{"name":"Lamplighter","sw":"1.0"}}`, topics.Set, topics.State, topics.Status)
}

func TestOurOwnBoardsAreNotShownASecondTime(t *testing.T) {
	const at = "homeassistant/light/lamplighter-a4cf12/config"
	odd := device.Topics{Set: "odd/do", State: "odd/is", Status: "odd/here"}
	for name, story := range map[string]func(*bench){
		"announced first": func(b *bench) { b.kept(at, ourConfig(device.LampTopics(lamp7))); b.lampHere(t) },
		"announced last":  func(b *bench) { b.lampHere(t); b.kept(at, ourConfig(device.LampTopics(lamp7))) },
		"on topics of its own, announced first": func(b *bench) {
			b.kept(at, ourConfig(odd))
			_ = b.AddKnown(lights.Entry{Base: lamp7, Topics: odd})
		},
		"on topics of its own, announced last": func(b *bench) {
			_ = b.AddKnown(lights.Entry{Base: lamp7, Topics: odd})
			b.kept(at, ourConfig(odd))
		},
		"a pupil's program at a plug": func(b *bench) {
			b.says("stat/plug/POWER", "ON")
			_ = b.AddKnown(lights.Entry{Base: lamp7, Topics: device.Topics{Set: "cmnd/plug/POWER", State: "stat/plug/POWER"}})
		},
		"in another classroom": func(b *bench) { b.lampHere(t); b.kept(at, ourConfig(device.LampTopics("room-2/lamp-01"))) },
	} {
		b := open(t)
		story(b)
		if all := b.Lights(); len(all) != 1 || all[0].Base != lamp7 || all[0].Source != lights.OwnBoard {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestWhatALampSaidBeforeItWasAnnouncedCounts(t *testing.T) {
	b := open(t)
	b.kept("zigbee2mqtt/bridge/state", `{"state":"online"}`)
	b.kept("zigbee2mqtt/Room/bulb", `{"state":"ON","brightness":127}`)
	b.kept("zigbee2mqtt/bridge/devices", `[{"friendly_name":"Room/bulb","definition":{"exposes":[{"type":"light","features":[`+
		`{"name":"state","property":"state","access":7},{"name":"brightness","property":"brightness","access":7,"value_max":254}]}]}}]`)
	l := b.at(t, "cmd:zigbee2mqtt/Room/bulb/set")
	if l.Phase != lights.Confirmed || l.State != lights.On || !l.Retained || !l.HasLevel || l.Level != 50 || l.HasColor {
		t.Fatalf("%+v", l)
	}
	if err := b.SetLevel(l.Base, 100); err != nil || !slices.Equal(b.sent, []string{`zigbee2mqtt/Room/bulb/set {"brightness":254}`}) {
		t.Fatalf("%v, sent %q", err, b.sent)
	}
	b.says("zigbee2mqtt/Room/bulb", `{"state":"ON","brightness":254}`)
	if l = b.at(t, l.Base); l.Waiting || l.Level != 100 {
		t.Fatalf("%+v", l)
	}
	if err := b.SetColor(l.Base, lights.RGB{R: 1}); !errors.Is(err, lights.ErrNoLight) {
		t.Fatalf("%v", err)
	}
}

func TestALampThatIsAnnouncedAnewKeepsItsNameAndItsWord(t *testing.T) {
	b := open(t)
	b.kept(kitchenConfig, kitchenSays)
	b.says("k/there", "online")
	b.kept("k/state", "ON")
	if err := b.Rename(kitchen, "Stove"); err != nil {
		t.Fatal(err)
	}
	if want := (lights.Entry{Base: kitchen, Name: "Stove", Foreign: true}); !slices.Equal(b.saved, []lights.Entry{want}) {
		t.Fatalf("saved %+v", b.saved)
	}
	b.says(kitchenConfig, strings.Replace(kitchenSays, "Kitchen", "Cuisine", 1))
	if l := b.at(t, kitchen); l.Name != "Stove" || l.State != lights.On {
		t.Fatalf("%+v", l)
	}
	_ = b.Rename(kitchen, "")
	if l := b.at(t, kitchen); l.Name != "Cuisine" {
		t.Fatalf("%+v", l)
	}
}

func TestWhatALampSaidLongBeforeItWasAnnouncedIsOldNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		b.kept("zigbee2mqtt/bridge/devices", `[]`)
		b.says("zigbee2mqtt/bulb", `{"state":"ON"}`)
		b.wait(time.Hour)
		b.says("zigbee2mqtt/bridge/devices", `[{"friendly_name":"bulb","definition":{"exposes":[{"type":"switch","features":[{"name":"state","property":"state"}]}]}}]`)
		if l := b.at(t, "cmd:zigbee2mqtt/bulb/set"); l.Phase != lights.Stale || l.State != lights.On {
			t.Fatalf("%+v", l)
		}
		b.SetConnected(false)
		if n := b.Remembered(); n != 0 {
			t.Fatalf("%d messages of the last connection are kept", n)
		}
	})
}

func TestRemovingALampOfAnotherSystemHidesItAndTouchesNothing(t *testing.T) {
	b := open(t)
	b.kept(kitchenConfig, kitchenSays)
	if clears := b.RemovedTopics(kitchen); len(clears) != 0 {
		t.Fatalf("would clear %q", clears)
	}
	if err := b.Remove(kitchen); err != nil || len(b.Lights()) != 0 || len(b.cleared)+len(b.sent)+len(b.forgot) != 0 {
		t.Fatalf("%v: %v, cleared %q, sent %q", err, names(b.Lights()), b.cleared, b.sent)
	}
	b.kept(kitchenConfig, kitchenSays)
	b.kept("k/state", "ON")
	if len(b.Lights()) != 0 || b.Hidden() != 1 {
		t.Fatalf("%v, %d hidden", names(b.Lights()), b.Hidden())
	}
	saved := b.saved[len(b.saved)-1]
	again := open(t) // the program is started again
	if err := again.AddKnown(saved); err != nil {
		t.Fatal(err)
	}
	again.kept(kitchenConfig, kitchenSays)
	if len(again.Lights()) != 0 || again.Hidden() != 1 {
		t.Fatalf("%v, %d hidden", names(again.Lights()), again.Hidden())
	}
	if err := b.ShowHidden(); err != nil || b.Hidden() != 0 || b.at(t, kitchen).State != lights.On {
		t.Fatalf("%v, %d hidden", err, b.Hidden())
	}
}

func TestALampThatSaysItsTargetIsWaitedForButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		b.kept("homie/5/desk/$state", "ready")
		b.kept("homie/5/desk/$description", `{"homie":"5.0","nodes":{"light":{"properties":{"power":{"datatype":"boolean","settable":true}}}}}`)
		b.kept("homie/5/desk/light/power", "false")
		const desk = "cmd:homie/5/desk/light/power/set"
		b.says("homie/5/desk/light/power/$target", "true") // somebody else asked
		if l := b.at(t, desk); l.Phase != lights.Waiting || l.Target != lights.On || l.State != lights.Off {
			t.Fatalf("%+v", l)
		}
		b.says("homie/5/desk/light/power", "true")
		if l := b.at(t, desk); l.Phase != lights.Confirmed || l.State != lights.On {
			t.Fatalf("%+v", l)
		}
		b.says("homie/5/desk/light/power/$target", "false")
		b.wait(4 * time.Second)
		if l := b.at(t, desk); l.Phase != lights.Confirmed || l.State != lights.On {
			t.Fatalf("%+v", l)
		}
		_ = b.Switch(desk, false)
		b.says("homie/5/desk/light/power/$target", "false")
		b.says("homie/5/desk/light/power", "false")
		if l := b.at(t, desk); l.Phase != lights.Confirmed || l.State != lights.Off || l.ChangedBy != lights.ActorThisPC {
			t.Fatalf("%+v", l)
		}
		b.says("homie/5/desk/$state", "lost")
		if l := b.at(t, desk); l.Phase != lights.Offline {
			t.Fatalf("%+v", l)
		}
	})
}

func TestALampThatNobodyCanSwitchIsShownAndNotAsked(t *testing.T) {
	b := open(t)
	b.kept("homeassistant/light/r/config", `{"name":"Read","stat_t":"r/state"}`)
	b.says("r/state", "ON")
	l := b.at(t, "say:r/state")
	if !l.ReadOnly || l.State != lights.On || l.Phase != lights.Confirmed {
		t.Fatalf("%+v", l)
	}
	if err := b.Switch(l.Base, true); !errors.Is(err, lights.ErrNoLight) {
		t.Fatal(err)
	}
	if g := b.SwitchAll(true, nil); g != (lights.Group{On: true}) || len(b.sent) != 0 {
		t.Fatalf("%+v, sent %q", g, b.sent)
	}
}

func TestALampOfAnotherSystemThatSaysNothingGivesNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t)
		b.kept(kitchenConfig, kitchenSays)
		b.kept("k/there", "online")
		b.kept("k/state", "OFF")
		_ = b.Switch(kitchen, true)
		b.wait(4 * time.Second)
		if l := b.at(t, kitchen); l.Phase != lights.NoAnswer || l.State != lights.Off {
			t.Fatalf("%+v", l)
		}
		b.says("k/state", "OFF")
		b.SetConnected(false)
		b.SetConnected(true)
		if l := b.at(t, kitchen); l.Phase != lights.Stale {
			t.Fatalf("%+v", l)
		}
	})
}

func TestManyLampsOfOtherSystemsShareSubscriptionsAndAreBounded(t *testing.T) {
	b := open(t)
	for i := range lights.MaxLights + 50 {
		b.kept(fmt.Sprintf("homeassistant/light/l%d/config", i),
			fmt.Sprintf(`{"name":"L%d","cmd_t":"house/l%d/set","stat_t":"house/l%d/state","avty_t":"house/l%d/there"}`, i, i, i, i))
	}
	if len(b.Lights()) != lights.MaxLights || b.Omitted() != 50 {
		t.Fatalf("%d lamps, %d left out", len(b.Lights()), b.Omitted())
	}
	if f := b.Filters(); len(f) > 40 || !slices.Contains(f, "house/#") {
		t.Fatalf("%d filters", len(f))
	}
	if err := b.Reset(nil); err != nil || len(b.Lights()) != 0 {
		t.Fatalf("%v: another broker's lamps are still there", err)
	}
	b.kept(kitchenConfig, kitchenSays)
	b.at(t, kitchen)
}

func TestAFloodOfOtherTopicsIsNotRemembered(t *testing.T) {
	b := open(t)
	for i := range 20_000 {
		b.kept(fmt.Sprintf("flood/%d", i), strings.Repeat("x", 2000))
	}
	if n := b.Remembered(); n > 4096 {
		t.Fatalf("%d messages", n)
	}
	b.kept(kitchenConfig, kitchenSays)
	b.kept("k/state", "ON")
	if l := b.at(t, kitchen); l.State != lights.On {
		t.Fatalf("%+v", l)
	}
}
