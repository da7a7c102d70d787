package status

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestAPressInTheStatusLineIsNotLostWhenTheStatusChangesMeanwhile(t *testing.T) {
	st := app.Status{Link: link.Waiting, Broker: "School", Address: "10.0.0.2:1883", Noticed: 1}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return st } })
	pressed := statusOf(w).action
	if !pressed.Visible() {
		t.Fatal("no button says what to do")
	}
	st.Noticed, st.Online = 2, 7
	w.Parts.StatusChanged.Raise()
	if !viewtest.Shows(statusOf(w).content, "2 notices") || !viewtest.Shows(statusOf(w).content, "7 boards online") {
		t.Fatal("the change is not shown")
	}
	shown := test.LaidOutObjects(statusOf(w).content)
	for _, b := range []*ui.Button{pressed, statusOf(w).noticed, statusOf(w).brokers} {
		if !slices.Contains(shown, fyne.CanvasObject(b)) {
			t.Errorf("the button %q is not the one that was there", b.Text)
		}
	}
	test.Tap(pressed)
	if w.Current != ui.PlaceSettings {
		t.Error("the press was lost")
	}

	st = app.Status{Link: link.Online, Address: "10.0.0.2:1883"}
	w.Parts.StatusChanged.Raise()
	if statusOf(w).action.Visible() || statusOf(w).noticed.Visible() {
		t.Error("buttons without a purpose are shown")
	}
}

func TestABrokerThatIsCalledByItsHostIsNamedOnce(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	for _, c := range []struct {
		st   app.Status
		want string
	}{
		{app.Status{Link: link.Online, Broker: "127.0.0.1", Address: "127.0.0.1:18899"}, "Broker: 127.0.0.1:18899"},
		{app.Status{Link: link.Waiting, Broker: "::1", Address: "[::1]:1883"}, "Not connected to [::1]:1883"},
		{app.Status{Link: link.Connecting, Broker: "a.b", Address: "a.b:1883"}, "Connecting to a.b:1883…"},
		{app.Status{Link: link.Online, Broker: "School", Address: "a.b:1883"}, "Broker: School · a.b:1883"},
	} {
		if got := statusOf(w).Describe(c.st).Text; got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAttentionIsSaidOnEveryPageAndEndsWithOneClick(t *testing.T) {
	st := app.Status{Link: link.Online, Address: "10.0.0.2:1883", Held: true}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return st } })
	w.Parts.Lesson.SetAttention(true)
	if !viewtest.Shows(statusOf(w).content, "Attention: only you can switch lamps from a screen") {
		t.Error("it is not said")
	}
	test.Tap(statusOf(w).action)
	if w.Parts.Pupils.Attention() {
		t.Error("it has not ended")
	}
}
