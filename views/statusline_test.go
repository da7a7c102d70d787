package views

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestAPressInTheStatusLineIsNotLostWhenTheStatusChangesMeanwhile(t *testing.T) {
	st := Status{Link: LinkDown, Broker: "School", Address: "10.0.0.2:1883", Noticed: 1}
	w, _ := newTestWindow(t, func(p *Parts) { p.Status = func() Status { return st } })
	pressed := statusOf(w).what
	if !pressed.Visible() {
		t.Fatal("no button says what to do")
	}
	st.Noticed, st.Online = 2, 7
	w.parts.StatusChanged.Raise()
	if !shows(statusOf(w).content, "2 things to know") || !shows(statusOf(w).content, "7 boards here") {
		t.Fatal("the change is not shown")
	}
	shown := test.LaidOutObjects(statusOf(w).content)
	for _, b := range []*button{pressed, statusOf(w).noticed, statusOf(w).brokers} {
		if !slices.Contains(shown, fyne.CanvasObject(b)) {
			t.Errorf("the button %q is not the one that was there", b.Text)
		}
	}
	test.Tap(pressed)
	if w.here != placeSettings {
		t.Error("the press was lost")
	}

	st = Status{Link: LinkUp, Address: "10.0.0.2:1883"}
	w.parts.StatusChanged.Raise()
	if statusOf(w).what.Visible() || statusOf(w).noticed.Visible() {
		t.Error("buttons without a purpose are shown")
	}
}

func TestABrokerThatIsCalledByItsHostIsNamedOnce(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	for _, c := range []struct {
		st   Status
		want string
	}{
		{Status{Link: LinkUp, Broker: "127.0.0.1", Address: "127.0.0.1:18899"}, "Broker: 127.0.0.1:18899"},
		{Status{Link: LinkDown, Broker: "::1", Address: "[::1]:1883"}, "No connection to [::1]:1883"},
		{Status{Link: LinkConnecting, Broker: "a.b", Address: "a.b:1883"}, "Connecting to a.b:1883…"},
		{Status{Link: LinkUp, Broker: "School", Address: "a.b:1883"}, "Broker: School · a.b:1883"},
	} {
		if got := statusOf(w).describe(c.st).text; got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
