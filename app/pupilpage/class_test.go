package pupilpage

import "testing"

func TestAPupilWhomTheClassKnowsHasItsLampAndSwitchesThoseOfItsGroup(t *testing.T) {
	r := newRoom(t, 4)
	r.SetRule(RuleGroup)
	a := r.send("POST", "/join", "", request{Code: r.State().Code, Name: " Ann "})
	r.wants(a, "")
	if l := r.Pupils()[0].Lamp; l != lampAt(0) {
		t.Errorf("Ann has %q", l)
	}
	for i, why := range []refusal{"", "", notAllowed, notAllowed} {
		r.wants(r.send("POST", "/switch", a.token, request{Lamp: lampAt(i), On: true}), why)
	}
	r.SetRule(RuleOwn)
	r.wants(r.send("POST", "/switch", a.token, request{Lamp: lampAt(1), On: false}), notAllowed)
	r.SetRule(RuleGroup)
	for _, name := range []string{"Bo", "Ann", "somebody", ""} { // whose lamp is not here, is held already, is nobody's
		token := r.enter(name)
		all := r.Pupils()
		if l := all[len(all)-1].Lamp; l != "" {
			t.Errorf("%q has %q", name, l)
		}
		r.wants(r.send("POST", "/switch", token, request{Lamp: lampAt(3), On: true}), notAllowed)
	}
}

func TestAPageShowsGroupsAndSeatsOfLampsAndNoName(t *testing.T) {
	r := newRoom(t, 4)
	s := r.follow(r.enter("Ann"), "en")
	e := r.until(s, func(e event) bool { return len(e.Lamps) == 4 })
	for i, want := range []struct{ group, seat string }{{"one", "lamp-001 in 1,2 en"}, {"one", ""}, {"two", "lamp-003 in 2,2 en"}, {"", ""}} {
		if c := e.Lamps[i]; c.Group != want.group || c.Seat != want.seat || c.Name != "lamp-001"[:7]+string(rune('1'+i)) {
			t.Errorf("lamp %d: %+v", i+1, c)
		}
	}
}
