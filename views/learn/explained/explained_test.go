package explained

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"lamplighter/app/broker"
	"lamplighter/app/program"
	"lamplighter/app/program/explain"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.Places[ui.PlaceLearn] = func(s *ui.Shell, b *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return New(s, b) }, nil
	}
	scene := func(name string, lamps int, prepare func(*room)) {
		viewtest.RegisterScene("learn-program-"+name, ui.PlaceLearn, func(e *viewtest.Env) fyne.CanvasObject {
			r := roomOf(e.Window, lamps)
			r.page = New(e.Shell, e.Parts).(*page)
			e.Then(func() {
				r.page.Shown()
				prepare(r)
				r.page.showLine()
			})
			bar := container.New(layout.NewCustomPaddedLayout(ui.PagePadding, 0, ui.PagePadding, ui.PagePadding), ui.Row(ui.Title(i18n.T("rail.learn")), ui.QuietButton(i18n.T("learn.part.program"), nil, func() {}))) // as the place has it
			return container.NewBorder(bar, nil, nil, nil, r.page.Content())
		})
	}
	scene("empty", 0, func(*room) {})
	scene("publish", 3, func(r *room) { r.works(); r.goTo(explain.PublishState) })
	scene("changed", 3, func(r *room) {
		r.works()
		r.page.wanted = explain.Choices{KeepAlive: 5, QoS: 1, Retained: false}
		r.page.apply()
		r.goTo(explain.KeepAlive)
	})
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }

// room is a page with a broker that does what a test says.
type room struct {
	*viewtest.Window
	*viewtest.Trace
	page *page
}

func roomOf(w *viewtest.Window, lamps int) *room {
	r := &room{Window: w, Trace: w.Parts.Trace.(*viewtest.Trace)}
	w.Parts.Lights.SetConnected(true)
	for i := range lamps {
		base := fmt.Sprintf("class/lamp-%02d", i+1)
		w.Parts.Lights.Receive(base+"/light", []byte("on"), false, r.At)
		w.Parts.Lights.Receive(base+"/status", []byte("online"), false, r.At)
	}
	w.Parts.ProgramModel = func(string) string { return "" }
	w.Parts.Program = func(base, _ string, _ bool) (string, error) {
		c := device.Config{Name: base, Topics: device.LampTopics(base), Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"}}
		language := "en"
		if i18n.Language() != "en" {
			language = "zh"
		}
		return program.Write(program.Options{Config: c, Language: language})
	}
	return r
}

// works has the first lamp's board connect and do a command.
func (r *room) works() {
	r.Emit(broker.TraceEvent{Kind: broker.TraceConnected, Client: "lamp-01", Session: &broker.Session{
		Client: "lamp-01", Role: broker.Board, Base: "class/lamp-01", Connected: true, KeepAlive: 30 * time.Second,
	}}, broker.TraceEvent{Kind: broker.TraceSubscribed, Client: "lamp-01", Topic: "class/lamp-01/light/set"})
	r.Publish("lamplighter-7c1a", "class/lamp-01/light/set", "off", broker.Everything, "lamp-01")
	r.Publish("lamp-01", "class/lamp-01/light", "off", broker.OwnTopic)
}

// goTo chooses the first line of a kind.
func (r *room) goTo(k explain.Kind) {
	for i, l := range r.page.lines {
		if l.Kind == k {
			r.page.list.MoveTo(i)
			return
		}
	}
}

func opened(t *testing.T, lamps int) *room {
	t.Helper()
	w, _ := viewtest.NewWindow(t, nil)
	w.Win.Resize(viewtest.SmallScreen)
	r := roomOf(w, lamps)
	w.Visit(ui.PlaceLearn, "")
	r.page = w.PageAt(ui.PlaceLearn).(*page)
	return r
}

// told is all that is said of the chosen line, and of the traffic.
func (r *room) told() string {
	return strings.Join(strings.Fields(viewtest.Unmarked(strings.Join([]string{r.page.side.meaning.Text, r.page.side.packet.Text, r.page.side.change.Text, r.page.side.last.Text, r.page.side.real.Text}, "\n"))), " ")
}

func (r *room) tells(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(r.told(), part) {
			t.Errorf("%q is not told: %s", part, r.told())
		}
	}
}

func TestALineTellsWhatItDoesAndItsLastRealMessage(t *testing.T) {
	r := opened(t, 2)
	r.goTo(explain.PublishState)
	r.tells(t, i18n.T("explained.publish"), i18n.T("explained.packet.publish"), i18n.T("explained.last.none"), i18n.T("explained.real.none"))
	r.works()
	r.page.showLine()
	r.tells(t, "The last time on this board: 10:32:00 published “off” on class/lamp-01/light (QoS 1)")
	r.goTo(explain.CheckMessage)
	r.tells(t, "received “off” on class/lamp-01/light/set")
	r.goTo(explain.Connect)
	r.tells(t, "connected (keepalive 30 s)")
	r.goTo(explain.Subscribe)
	r.tells(t, "subscribed to class/lamp-01/light/set (QoS 0)")
	r.goTo(explain.LastWill)
	r.tells(t, i18n.T("explained.last.none"))
}

func TestAChoiceChangesTheProgramAndTellsWhatThatMeans(t *testing.T) {
	r := opened(t, 1)
	r.page.keepAlive.SetSelectedIndex(slices.Index(keepAlives, 5))
	r.goTo(explain.KeepAlive)
	r.tells(t, "the others notice after 7 s")
	if text := r.page.lines[r.page.chosen].Text; !strings.HasPrefix(text, "KEEPALIVE = 5 ") {
		t.Errorf("the line: %q", text)
	}
	r.page.retained.SetChecked(false)
	r.goTo(explain.PublishState)
	r.tells(t, i18n.T("explained.change.notretained"))
	r.page.retained.SetChecked(true)
	if strings.Contains(r.told(), "What changes") {
		t.Errorf("a change back is told: %s", r.told())
	}
	r.page.qos.SetSelectedIndex(1)
	r.tells(t, i18n.T("explained.change.both"))
}

func TestTheBoardIsFollowedOnlyWhileThePageIsInView(t *testing.T) {
	r := opened(t, 1)
	if !r.Followed() {
		t.Error("it is not followed")
	}
	r.Visit(ui.PlaceLamps, "")
	if r.Followed() {
		t.Error("it is followed while nobody looks")
	}
}

func TestAnotherLampHasItsOwnProgramAndTraffic(t *testing.T) {
	r := opened(t, 2)
	r.works()
	r.page.lamp.SetSelectedIndex(1)
	if r.page.base != "class/lamp-02" || !strings.Contains(r.page.lines[0].Text, "class/lamp-02") {
		t.Errorf("%s: %q", r.page.base, r.page.lines[0].Text)
	}
	r.tells(t, i18n.T("explained.real.none"))
}

func TestEveryKindOfLineHasItsOwnWords(t *testing.T) {
	said := map[string]explain.Kind{}
	for k := range explain.Kinds {
		words := kindWords(explain.Kind(k))
		if other, twice := said[words]; twice {
			t.Errorf("the kinds %d and %d have the same words", k, other)
		}
		said[words] = explain.Kind(k)
	}
}

func TestAProgramThatCanNotBeWrittenIsTold(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	r := roomOf(w, 1)
	w.Parts.Program = func(string, string, bool) (string, error) { return "", os.ErrNotExist }
	w.Visit(ui.PlaceLearn, "")
	r.page = w.PageAt(ui.PlaceLearn).(*page)
	if viewtest.Unmarked(r.page.side.head.Text) != i18n.T("explained.noprogram") {
		t.Errorf("it says %q", r.page.side.head.Text)
	}
}

func TestAChoiceShowsTheLineThatItChanges(t *testing.T) {
	r := opened(t, 1)
	r.page.list.MoveTo(len(r.page.lines) - 1)
	r.page.keepAlive.SetSelectedIndex(slices.Index(keepAlives, 5))
	if l := r.page.lines[r.page.chosen]; l.Kind != explain.KeepAlive || r.page.list.Current != r.page.chosen || r.page.list.Top > r.page.chosen {
		t.Errorf("shown is line %d, the first in view is %d: %s", r.page.chosen, r.page.list.Top, l.Text)
	}
	r.goTo(explain.Subscribe)
	at := r.page.chosen
	r.page.qos.SetSelectedIndex(1)
	if r.page.chosen != at {
		t.Errorf("line %d is shown instead of the chosen one, which has changed too", r.page.chosen)
	}
	r.goTo(explain.Comment)
	r.page.retained.SetChecked(false)
	if l := r.page.lines[r.page.chosen]; l.Kind != explain.PublishState {
		t.Errorf("shown is %s", l.Text)
	}
}

func TestTrafficIsToldInItsOrderAndWithoutTimesThatNobodyKnows(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	r := roomOf(w, 1)
	r.Known = append(r.Known, broker.Session{
		Client: "lamp-01", Role: broker.Board, Base: "class/lamp-01", Connected: true, Since: r.At.Add(-time.Hour), KeepAlive: 30 * time.Second,
		Subscriptions: []broker.Subscription{{Filter: "class/lamp-01/light/set"}},
	})
	w.Visit(ui.PlaceLearn, "")
	r.page = w.PageAt(ui.PlaceLearn).(*page)
	r.Publish("lamp-01", "class/lamp-01/light", "off", broker.OwnTopic)
	r.page.showLine()
	r.tells(t, "09:32:00 connected (keepalive 30 s) earlier subscribed to class/lamp-01/light/set (QoS 0) 10:32:00 published “off”")
}
