package lights_test

import (
	"fmt"
	"testing"

	"lamplighter/app/lights"
)

// hostile says what a pupil's program may say, before two boards are there.
func hostile(b *bench) {
	for i := range 5000 {
		b.kept(fmt.Sprintf("class/aaa-%d/light", i), "on")
	}
	for _, hidden := range []string{"\u200b", "\u2060", "\u00ad"} {
		b.says("class/lamp-01"+hidden+"/light", "on")
	}
}

func TestLampsThatNobodySetUpStandLastAndCountForNothing(t *testing.T) {
	b := newBench(t, "class")
	b.SetRosterOnly(true)
	hostile(b)
	for _, name := range []string{"lamp-01", "lamp-02"} {
		if err := b.AddKnown(lights.Entry{Base: "class/" + name, Name: name}); err != nil {
			t.Fatal(err)
		}
		b.says("class/"+name+"/light", "off")
	}
	all := b.Lights()
	if len(all) != 2+lights.MaxUnlisted || b.Omitted() == 0 {
		t.Fatalf("%d lamps, %d left out", len(all), b.Omitted())
	}
	for i, l := range all {
		if l.Unlisted != (i >= 2) {
			t.Errorf("%d is %q, unlisted: %v", i, l.Name, l.Unlisted)
		}
	}
	if g := b.SwitchAll(true, nil); g.Asked != 2 {
		t.Errorf("asked: %+v", g)
	}
}

func TestANameWithAnInvisibleCharacterIsWrittenOut(t *testing.T) {
	b := newBench(t, "class")
	b.SetRosterOnly(true)
	b.says("class/lamp-01/light", "on")
	b.says("class/lamp-01\u200b/light", "on")
	if all := b.Lights(); len(all) != 2 || all[0].Name == all[1].Name || all[1].Name != `lamp-01\u200b` {
		t.Errorf("%+v", all)
	}
}

func TestARosteredLampHasItsPlaceOnAFullPanel(t *testing.T) {
	b := newBench(t, "class")
	hostile(b) // at a broker whose boards are not all known
	b.SetRosterOnly(true)
	for i := range 3 {
		base := fmt.Sprintf("class/lamp-%d", i)
		if err := b.AddKnown(lights.Entry{Base: base}); err != nil {
			t.Fatal(err)
		}
		if l, ok := b.Light(base); !ok || l.Unlisted {
			t.Errorf("%s has no place: %+v", base, l)
		}
	}
	if n := len(b.Lights()); n > lights.MaxLights {
		t.Errorf("%d lamps", n)
	}
}

func TestALampIsListedOnceItsBoardIsSetUp(t *testing.T) {
	b := newBench(t, "class")
	b.SetRosterOnly(true)
	b.says("class/lamp-01/light", "on")
	if l, _ := b.Light("class/lamp-01"); !l.Unlisted {
		t.Errorf("before: %+v", l)
	}
	if err := b.AddKnown(lights.Entry{Base: "class/lamp-01"}); err != nil {
		t.Fatal(err)
	}
	if l, _ := b.Light("class/lamp-01"); l.Unlisted || l.State != lights.On {
		t.Errorf("after: %+v", l)
	}
	b.SetRosterOnly(false)
	b.says("class/lamp-02/light", "on")
	if l, _ := b.Light("class/lamp-02"); l.Unlisted {
		t.Errorf("elsewhere nobody knows all boards: %+v", l)
	}
}

func TestLampsAreOrderedAsPeopleDo(t *testing.T) {
	b := newBench(t, "class")
	for i, name := range []string{"新来的", "lamp-10", "小梅", "Lamp-2", "李明", "lamp-02b"} {
		if err := b.AddKnown(lights.Entry{Base: fmt.Sprintf("class/%d", i), Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, l := range b.Lights() {
		got = append(got, l.Name)
	}
	if want := "[Lamp-2 lamp-02b lamp-10 李明 小梅 新来的]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}
