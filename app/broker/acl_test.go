package broker

import (
	"testing"

	"lamplighter/device/topic"
)

func TestRights(t *testing.T) {
	owned := func(name string) bool {
		return topic.IsBelow(name, "class/lamp-01") || topic.IsBelow(name, "class/lamp-02")
	}
	who := map[string]rights{
		"app":   {Account: Account{Role: App}},
		"board": {Account: Account{Role: Board, Base: "class/lamp-01", Config: "homeassistant/light/lamp_01/config"}, classroom: "class", owned: owned},
		"pupil": {Account: Account{Role: Pupil}, classroom: "class", owned: owned},
	}
	publish := []struct {
		topic string
		by    string // who may
	}{
		{"class/lamp-01/light", "app board"},
		{"class/lamp-01", "app board"},
		{"class/lamp-01/light/set", "app board pupil"},
		{"class/lamp-01/light/rgb/set", "app board pupil"},
		{"class/lamp-01/status", "app board"},
		{"class/lamp-01/hold", "app board"},
		{"class/lamp-010/status", "app pupil"},
		{"class/lamp-02/light", "app"},
		{"class/lamp-02/light/set", "app pupil"},
		{"class/mine", "app pupil"},
		{"class", "app pupil"},
		{"classroom/mine", "app"},
		{"other/lamp-01/light", "app"},
		{"homeassistant/light/lamp_01/config", "app board"},
		{"homeassistant/light/lamp_02/config", "app"},
		{"$SYS/broker/uptime", "app"},
		{"/class/lamp-01", "app"},
		{"CLASS/mine", "app"},
	}
	for _, c := range publish {
		for name, r := range who {
			if got := r.mayPublish(c.topic); got != listed(c.by, name) {
				t.Errorf("%s may publish to %s: %v", name, c.topic, got)
			}
		}
	}
	hear := []struct{ filter, by string }{
		{"#", "app board pupil"},
		{"+/+/light", "app board pupil"},
		{"class/#", "app board pupil"},
		{"class/+/light", "app board pupil"},
		{"class/lamp-01/#", "app board pupil"},
		{"class/lamp-01", "app board pupil"},
		{"class/lamp-02/#", "app pupil"},
		{"class/lamp-02/light", "app pupil"},
		{"$share/g/class/lamp-02/light", "app pupil"},
		{"$share/g/#", "app board pupil"},
		{"class", "app pupil"},
		{"other/#", "app"},
		{"+/lamp-01/light", "app board pupil"},
		{"homeassistant/#", "app pupil"},
		{"$SYS/#", "app"},
		{"", "app"},
	}
	for _, c := range hear {
		for name, r := range who {
			if got := r.mayReceive(c.filter); got != listed(c.by, name) {
				t.Errorf("%s may hear %q: %v", name, c.filter, got)
			}
		}
	}
}

func listed(names, name string) bool {
	for len(names) > 0 {
		if len(names) >= len(name) && names[:len(name)] == name {
			return true
		}
		i := 0
		for i < len(names) && names[i] != ' ' {
			i++
		}
		if i == len(names) {
			return false
		}
		names = names[i+1:]
	}
	return false
}

func TestAnAccountThatCanNotWorkIsRefused(t *testing.T) {
	b, _ := begin(t, Options{})
	for _, a := range []Account{
		{User: "", Role: Pupil},
		{User: appUser, Role: Pupil},
		{User: "a\nb", Role: Pupil},
		{User: "x", Role: App},
		{User: "x", Role: Board},
		{User: "x", Role: Board, Base: "class/#"},
		{User: "x", Role: Board, Base: "class//x"},
		{User: "x", Role: Board, Base: "$SYS/x"},
		{User: "x", Role: Board, Base: "class/x", Config: "homeassistant/+/config"},
	} {
		if b.SetAccount(a, "secret") == nil {
			t.Errorf("%+v was taken", a)
		}
	}
	if b.SetAccount(Account{User: "x", Role: Pupil}, "") == nil {
		t.Error("an empty password was taken")
	}
	if len(b.Accounts()) != 0 {
		t.Errorf("accounts: %v", b.Accounts())
	}
}
