package hosting

import (
	"testing"

	"lamplighter/app/settings"
)

func TestTheBrokerListensToThisComputerAloneUntilItIsOpened(t *testing.T) {
	fresh, chosen := settings.Values{}, settings.Values{BuiltIn: settings.BuiltIn{Network: true}}
	siot := settings.Values{BuiltIn: settings.BuiltIn{SIoT: true}}
	for name, c := range map[string]struct {
		host string
		v    settings.Values
		want string
	}{
		"fresh": {"", fresh, "127.0.0.1"}, "opened": {"", chosen, ""}, "as SIoT": {"", siot, ""},
		"on one interface": {"127.0.0.2", fresh, "127.0.0.2"}, "on one, opened": {"127.0.0.2", chosen, "127.0.0.2"},
	} {
		h := &Host{o: Options{Host: c.host}}
		if got := h.host(c.v); got != c.want {
			t.Errorf("%s: it listens on %q, want %q", name, got, c.want)
		}
	}
	if runningOf(fresh) == runningOf(chosen) || runningOf(chosen).broker != runningOf(siot).broker {
		t.Error("opening it starts nothing anew, or SIoT does so twice")
	}
	if l := (&life{host: "127.0.0.1"}).keepLocator(""); l != nil {
		t.Error("a locator that is not there is kept")
	}
}
