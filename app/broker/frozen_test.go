package broker

import (
	"testing"

	"lamplighter/app/link"
)

func TestAFrozenBrokerRefusesGuestsCommandsAndSaysSo(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{Open: true, Frozen: true})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	lamp, app := join(t, options(b, "lamp", "secret"), "class/lamp/#"), join(t, appOptions(b), "class/#")
	o := options(b, "pupil", "secret")
	o.Will = &link.Will{Topic: "class/lamp/light/set", Payload: []byte("a will of before")}
	b.Freeze(false, nil)
	willing := join(t, o)
	b.Freeze(true, []string{"class/desk"})
	willing.Drop() // its will was allowed when it came
	for user, password := range map[string]string{"pupil": "secret", "anyone": ""} {
		c := join(t, options(b, user, password))
		for _, topic := range []string{"class/lamp/light/set", "class/lamp/light/rgb/set", "class/theirs/light/set", "class/desk"} {
			c.send(t, topic, "refused", 1, false)
		}
		c.send(t, "class/theirs", user, 1, false) // their own programs go on
		app.hears(t, "class/theirs", user)
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == HeldBack && n.User == "pupil" })
	app.send(t, "class/lamp/light/set", "teacher", 1, false)
	lamp.hears(t, "class/lamp/light/set", "teacher")
	lamp.send(t, "class/lamp/light", "on", 1, true) // its own button
	app.hears(t, "class/lamp/light", "on")
	b.Freeze(false, nil)
	join(t, options(b, "pupil", "secret")).send(t, "class/lamp/light/set", "again", 1, false)
	lamp.hears(t, "class/lamp/light/set", "again")
	for _, m := range append(lamp.messages.list(), app.messages.list()...) {
		if string(m.Payload) == "refused" || string(m.Payload) == "a will of before" {
			t.Errorf("the lamp was told %q", m.Payload)
		}
	}
	for _, n := range notices.list() {
		if n.Kind == Denied {
			t.Errorf("told as %+v", n)
		}
	}
}
