package livemap

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"lamplighter/app"
	"lamplighter/app/broker"
	"lamplighter/app/livemap"
	"lamplighter/app/settings"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.Places[ui.PlaceLearn] = func(s *ui.Shell, b *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return New(s, b) }, nil
	}
	scene := func(name string, prepare func(*room)) {
		viewtest.RegisterScene("learn-map-"+name, ui.PlaceLearn, func(e *viewtest.Env) fyne.CanvasObject {
			r := roomOf(e.T, e.Window)
			r.status = e.Status
			r.page = New(e.Shell, e.Parts).(*page)
			e.Then(func() {
				r.page.Shown()
				prepare(r)
				r.draw()
			})
			bar := container.New(layout.NewCustomPaddedLayout(ui.PagePadding, 0, ui.PagePadding, ui.PagePadding), ui.Row(ui.Title(i18n.T("rail.learn")), ui.QuietButton(i18n.T("learn.part.map"), nil, func() {}))) // as the place has it
			return container.NewBorder(bar, nil, nil, nil, r.page.Content())
		})
	}
	scene("empty", func(*room) {})
	scene("class", func(r *room) { r.class(8); r.busy(); r.choose("client lamp-03", false) })
	scene("busy", func(r *room) { r.class(8); r.busy() })
	scene("many", func(r *room) { r.class(36); r.flood() })
	for i, name := range []string{"send", "right", "compare", "keep", "deliver"} {
		scene("slow-"+name, func(r *room) { r.class(5); r.slow(i) })
	}
	viewtest.ForPictures(func() {
		scene("line", func(r *room) { r.class(8); r.busy(); r.choose("client lamp-03", true) })
		scene("refused", func(r *room) {
			r.class(5)
			r.page.ask()
			r.Publish("weather", "class/lamp-03/light", "on", broker.BoardOnlyTopic)
			r.draw()
			r.page.step(1)
		})
		scene("waiting", func(r *room) { r.class(5); r.page.ask() })
		scene("other", func(r *room) { r.other() })
	})
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }

// room is a page at a broker that does what a test says.
type room struct {
	*testing.T
	*viewtest.Window
	*viewtest.Trace
	page   *page
	status *app.Status
}

func roomOf(t *testing.T, w *viewtest.Window) *room {
	return &room{T: t, Window: w, Trace: w.Parts.Trace.(*viewtest.Trace)}
}

// draw draws a frame, after some time.
func (r *room) draw(after ...time.Duration) {
	for _, d := range after {
		r.At = r.At.Add(d)
	}
	r.page.frame()
	r.page.write()
}

// class has boards and two programs connect.
func (r *room) class(boards int) {
	r.Parts.Lights.SetConnected(true)
	for i := range boards {
		base := fmt.Sprintf("class/lamp-%02d", i+1)
		id := fmt.Sprintf("lamp-%02d", i+1)
		r.Parts.Lights.Receive(base+"/light", []byte([]string{"on", "off", "on"}[i%3]), false, r.At)
		r.Parts.Lights.Receive(base+"/status", []byte("online"), false, r.At)
		r.Emit(broker.TraceEvent{Kind: broker.TraceConnected, Client: id, Session: &broker.Session{
			Client: id, User: "board-c0ffee" + id[5:], Role: broker.Board, Base: base, Addr: fmt.Sprintf("192.168.1.%d", 40+i), Connected: true, Version: 4,
			Since: r.At.Add(-12 * time.Minute), KeepAlive: 60 * time.Second, Will: &broker.Will{Topic: base + "/status", Payload: []byte("offline"), QoS: 1, Retain: true},
			Subscriptions: []broker.Subscription{{Filter: base + "/light/set", QoS: 1}, {Filter: base + "/light/rgb/set", QoS: 1}},
		}}, broker.TraceEvent{Kind: broker.TraceRetained, Topic: base + "/light"}, broker.TraceEvent{Kind: broker.TraceRetained, Topic: base + "/status"})
	}
	for _, id := range []string{"weather", "mqttjs_5a21c0"} {
		r.Emit(broker.TraceEvent{Kind: broker.TraceConnected, Client: id, Session: &broker.Session{
			Client: id, User: "pupil", Role: broker.Pupil, Addr: "192.168.1.77", Classroom: "class", Connected: true, Version: 4, Since: r.At.Add(-3 * time.Minute), KeepAlive: 60 * time.Second,
			Subscriptions: []broker.Subscription{{Filter: "class/+/light", QoS: 0}},
		}})
	}
}

// busy has a few messages on their way.
func (r *room) busy() {
	r.Publish("lamp-03", "class/lamp-03/light", "on", broker.OwnTopic, "lamplighter-7c1a", "weather", "mqttjs_5a21c0")
	r.draw()
	r.draw(800 * time.Millisecond)
	r.Publish("weather", "class/weather", "21.5", broker.ClassTopic, "lamplighter-7c1a")
	r.Publish("mqttjs_5a21c0", "class/lamp-05/light/set", "off", broker.BoardCommand, "lamp-05", "lamplighter-7c1a")
	r.draw(300 * time.Millisecond)
	r.draw(150 * time.Millisecond)
}

// flood has every board publish fifty times a second for two seconds.
func (r *room) flood() {
	for i := range 2000 {
		id := fmt.Sprintf("lamp-%02d", i%36+1)
		r.Publish(id, "class/"+id+"/light", "on", broker.OwnTopic, "lamplighter-7c1a")
		if i%33 == 0 {
			r.page.frame()
			r.At = r.At.Add(30 * time.Millisecond)
		}
	}
}

// slow holds a message, and looks at one of its stations.
func (r *room) slow(station int) {
	r.page.ask()
	r.Publish("lamp-03", "class/lamp-03/light", "on", broker.OwnTopic, "lamplighter-7c1a", "weather", "mqttjs_5a21c0")
	r.draw()
	for range station {
		r.page.step(1)
	}
}

// choose tells of a client.
func (r *room) choose(key string, line bool) { r.page.choose(r.page.m.Find(key), line) }

// other goes to another broker.
func (r *room) other() {
	r.Parts.Lights.SetConnected(true)
	for i := range 6 {
		r.Parts.Lights.Receive(fmt.Sprintf("class/lamp-%02d/light", i+1), []byte("on"), false, r.At)
	}
	r.status.Broker = "SIoT"
	r.Parts.StatusChanged.Raise()
	r.draw()
}

// opened is a page in a window, at a broker that does what a test says.
func opened(t *testing.T) *room {
	t.Helper()
	w, _ := viewtest.NewWindow(t, nil)
	return openedIn(t, w)
}

func openedIn(t *testing.T, w *viewtest.Window) *room {
	t.Helper()
	w.Win.Resize(viewtest.SmallScreen)
	w.Visit(ui.PlaceLearn, "")
	r := roomOf(t, w)
	r.page = w.PageAt(ui.PlaceLearn).(*page)
	return r
}

func (r *room) side() string {
	return viewtest.Unmarked(strings.Join(viewtest.TextsIn(r.page.side), "\n"))
}

func (r *room) sees(t *testing.T, what string, parts ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(r.side()), " ")
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: %q is not told: %s", what, part, text)
		}
	}
}

func TestTheBrokerIsFollowedOnlyWhileThePageIsInView(t *testing.T) {
	r := opened(t)
	if !r.Followed() {
		t.Error("it is not followed")
	}
	r.Visit(ui.PlaceLamps, "")
	if r.Followed() || r.page.tick != nil {
		t.Error("it is followed, or a frame is asked for, while nobody looks")
	}
	r.Visit(ui.PlaceLearn, "")
	if !r.Followed() {
		t.Error("it is not followed again")
	}
}

func TestNoFrameIsAskedForWhileNothingMoves(t *testing.T) {
	r := opened(t)
	r.page.halt()
	r.draw(3 * time.Second)
	if r.page.tick != nil {
		t.Error("a frame is asked for though nothing moves")
	}
	r.class(2)
	r.Publish("lamp-01", "class/lamp-01/light", "on", broker.OwnTopic, "lamplighter-7c1a")
	if r.page.tick == nil {
		t.Error("no frame is asked for though a message is on its way")
	}
	r.page.halt()
	for range 100 {
		r.page.halt()
		r.draw(100 * time.Millisecond)
	}
	if r.page.tick != nil {
		t.Error("frames do not end")
	}
}

func TestAClientIsToldByKeyboard(t *testing.T) {
	r := opened(t)
	r.class(3)
	r.busy()
	r.draw(time.Second)
	if f := r.Win.Canvas().Focused(); f != r.page.picture {
		t.Fatalf("the focus is on %T", f)
	}
	for i, s := range r.page.picture.plan.spots {
		if s.client.Key == "client lamp-01" {
			r.page.picture.current = i
		}
	}
	viewtest.Press(r.Window, fyne.KeyDown)
	viewtest.Press(r.Window, fyne.KeyDown)
	viewtest.Press(r.Window, fyne.KeyReturn)
	r.sees(t, "the session", "lamp-03", "192.168.1.42", "Connected for 12 minutes", "every 60 s (keepalive)", "After 90 s", "“offline” on class/lamp-03/status", "class/lamp-03/light/set (QoS 1)")
	viewtest.PressNamed(t, r.page.side, i18n.T("map.show.line"))
	r.sees(t, "the line", "class/lamp-03/light", "Last message: on", "to the broker · 1 message")
	viewtest.PressNamed(t, r.page.side, i18n.T("map.visit"))
	if r.Current != ui.PlaceTopics {
		t.Errorf("the button leads to %s", r.Current)
	}
	r.Visit(ui.PlaceLearn, "")
	viewtest.Press(r.Window, fyne.KeyEscape)
	if r.page.side.Visible() {
		t.Error("Esc does not close the panel")
	}
}

func TestAClickMeetsClientsAndTheirLines(t *testing.T) {
	r := opened(t)
	r.class(6)
	r.draw(time.Second)
	p := r.page.picture
	for _, s := range p.plan.spots {
		if got, line, ok := p.plan.hit(s.at); !ok || line || got.client != s.client {
			t.Errorf("a click on %s meets %v, line %v", s.client.Key, got.client, line)
		}
		if got, line, ok := p.plan.hit(p.plan.point(s, 0.6)); !ok || !line || got.client != s.client {
			t.Errorf("a click on the line of %s meets %v, line %v", s.client.Key, got.client, line)
		}
	}
	if _, _, ok := p.plan.hit(p.plan.middle); ok {
		t.Error("a click on the broker meets a client")
	}
	p.Tapped(&fyne.PointEvent{Position: p.plan.point(p.plan.spots[0], 0.6)})
	r.sees(t, "a line", i18n.T("map.line.none"))
}

func TestEverybodyHasRoomForFortyClients(t *testing.T) {
	r := opened(t)
	r.class(38)
	r.draw(time.Second)
	p := r.page.picture
	if len(p.plan.spots) != 41 {
		t.Fatalf("%d clients are drawn", len(p.plan.spots))
	}
	for i, a := range p.plan.spots {
		from, to := p.plan.around(a)
		if from.X < 0 || from.Y < 0 || to.X > p.Size().Width || to.Y > p.Size().Height {
			t.Errorf("%s is outside of the picture: %v to %v of %v", a.client.Key, from, to, p.Size())
		}
		for _, b := range p.plan.spots[i+1:] {
			if a.left == b.left && abs(a.at.Y-b.at.Y) < smallText {
				t.Errorf("%s and %s cover each other", a.client.Key, b.client.Key)
			}
		}
	}
	if p.plan.text < smallText {
		t.Errorf("names are %v high", p.plan.text)
	}
}

func TestSlowMotionShowsEachStationOfTheNextMessage(t *testing.T) {
	r := opened(t)
	r.class(3)
	r.page.filter.SetText("class/+/light")
	viewtest.PressNamed(t, r.page.root, i18n.T("map.hold"))
	r.sees(t, "waiting", i18n.T("map.slow.waiting"))
	r.Publish("weather", "class/weather", "21", broker.ClassTopic)
	r.draw()
	r.sees(t, "another topic", i18n.T("map.slow.waiting"))
	r.Publish("lamp-02", "class/lamp-02/light", "on", broker.OwnTopic, "lamplighter-7c1a", "weather")
	r.draw()
	r.sees(t, "the first station", "Step 1 of 5", "lamp-02 publishes", "class/lamp-02/light", "on", "QoS 1", "arrived long ago")
	next := func() {
		t.Helper()
		if f := r.Win.Canvas().Focused(); f != r.page.slow.next {
			t.Fatalf("the focus is on %T", f)
		}
		viewtest.Press(r.Window, fyne.KeyReturn)
	}
	next()
	r.sees(t, "the second", "Yes.", "its own topic class/lamp-02")
	next()
	r.sees(t, "the third", "Matches: class/#", "Matches: class/+/light", "+ takes any one level", "Does not match: class/lamp-01/light/set", "different", "not compared", "subscribed by weather with QoS 0")
	next()
	r.sees(t, "the fourth", i18n.T("map.slow.keep.no"))
	next()
	r.sees(t, "the last", "This window with QoS 1", "weather with QoS 1")
	if f := r.Win.Canvas().Focused(); !r.page.slow.next.Disabled() || f != r.page.slow.end {
		t.Errorf("after the last station the focus is on %T, next disabled: %v", f, r.page.slow.next.Disabled())
	}
	viewtest.PressNamed(t, r.page.side, i18n.T("map.slow.back"))
	r.sees(t, "back", i18n.T("map.slow.keep.no"))
	viewtest.PressNamed(t, r.page.side, i18n.T("map.slow.done"))
	if held, waits := r.page.m.Held(); held != nil || waits || r.page.side.Visible() {
		t.Error("it does not end")
	}
}

func TestAMessageThatIsNotAllowedGoesNoFarther(t *testing.T) {
	r := opened(t)
	r.class(3)
	r.page.ask()
	r.Publish("weather", "class/lamp-02/light", "on", broker.BoardOnlyTopic)
	r.draw()
	r.page.step(1)
	r.sees(t, "the rule", "Step 2 of 2", "No.", i18n.T("map.right.boards"), i18n.T("map.slow.nowhere.acknowledged"))
	e := r.page.picture.frozen.message.Message
	e.QoS = 0
	r.page.release()
	r.page.ask()
	r.Emit(e)
	r.draw()
	r.page.step(1)
	r.sees(t, "the rule at QoS 0", i18n.T("map.slow.nowhere"))
}

func TestAFilterThatIsNoneIsToldAtOnce(t *testing.T) {
	r := opened(t)
	r.page.filter.SetText("class/#/light")
	r.page.ask()
	if _, waits := r.page.m.Held(); waits || !r.page.wrong.Visible() {
		t.Error("it is waited for")
	}
}

func TestWhatIsMissingOnTheMapIsTold(t *testing.T) {
	r := opened(t)
	r.class(3)
	r.Lose(12)
	r.draw(time.Second)
	if text := viewtest.Unmarked(strings.Join(viewtest.TextsIn(r.page.note), " ")); !strings.Contains(text, "12 events are missing") {
		t.Error(text)
	}
}

func TestEveryRuleAndRightHasWords(t *testing.T) {
	said := map[string]bool{}
	for r := broker.Everything; r <= broker.NoTopic; r++ {
		said[rightWords(r, nil)] = true
	}
	for r := topic.Same; r <= topic.NotCompared; r++ {
		said[ruleWords(r)] = true
	}
	for l := broker.LeftConnectionLost; l <= broker.LeftRemoved; l++ {
		said[departureText(l)] = true
	}
	if want := int(broker.NoTopic) + int(topic.NotCompared) + 1 + int(broker.LeftRemoved) + 1; len(said) != want {
		t.Errorf("%d words for %d things", len(said), want)
	}
}

func TestAWayFromElsewhereLeadsToABoardsLine(t *testing.T) {
	r := opened(t)
	r.page.Target("class/lamp-02")
	r.draw(time.Second)
	if r.page.side.Visible() {
		t.Error("a board is told of that is not there")
	}
	r.class(3)
	r.draw(time.Second)
	r.sees(t, "the line", "lamp-02", i18n.T("map.line.none"))
}

func TestAMessageThatCameOfWhatWasDoneElsewhereIsHeld(t *testing.T) {
	r := opened(t)
	r.class(3)
	r.page.ask()
	r.Visit(ui.PlaceLamps, "")
	r.Publish("lamp-02", "class/lamp-02/light", "on", broker.OwnTopic, "weather")
	r.Visit(ui.PlaceLearn, "")
	r.sees(t, "back", "Step 1 of 5", "class/lamp-02/light")
	if f := r.Win.Canvas().Focused(); f != r.page.slow.next {
		t.Errorf("the focus is on %T", f)
	}
}

func TestAMessageThatNobodyWaitsForAnyMoreIsNotWaitedFor(t *testing.T) {
	r := opened(t)
	r.page.ask()
	r.Visit(ui.PlaceLamps, "")
	r.At = r.At.Add(livemap.AwayTime)
	r.Visit(ui.PlaceLearn, "")
	if r.page.side.Visible() {
		t.Errorf("beside the picture: %s", r.side())
	}
}

func TestThePictureMovesAgainAfterTheMapWasLeftAtAHeldMessage(t *testing.T) {
	r := opened(t)
	r.class(3)
	r.slow(3)
	r.Visit(ui.PlaceLamps, "")
	r.Visit(ui.PlaceLearn, "")
	if held, waits := r.page.m.Held(); held != nil || waits || r.page.side.Visible() || r.page.picture.frozen != nil {
		t.Errorf("held %v, waits %v, beside the picture: %s", held, waits, r.side())
	}
	r.class(3)
	r.draw(2 * time.Second)
	r.Publish("lamp-02", "class/lamp-02/light", "on", broker.OwnTopic, "weather")
	r.draw()
	if !r.page.picture.dots[0].body.Visible() {
		t.Error("no dot is drawn")
	}
}

func TestADotThatStandsIsOnItsLineAndCoversNoWord(t *testing.T) {
	for _, boards := range []int{5, 12, 36} {
		r := opened(t)
		r.class(boards)
		r.slow(0)
		for range 4 {
			p := r.page.picture
			for i, s := range p.plan.spots {
				word, line := p.marks[i].rate, p.marks[i].line
				for _, d := range p.dots {
					if !d.body.Visible() {
						continue
					}
					if word.Text != "" && (box{word.Position(), word.Size()}).meets(box{d.body.Position(), d.body.Size()}) {
						t.Errorf("%d boards, step %d: a dot covers %q", boards, p.frozen.at+1, word.Text)
					}
					at := d.body.Position().AddXY(d.body.Size().Width/2, d.body.Size().Height/2)
					if a, b := p.plan.ends(s); p.frozen.step() < stepCompare && s.client.Key == p.frozen.publisher() && distance(at, a, b) > 1 {
						t.Errorf("%d boards, step %d: the dot is at %v, the line from %v to %v", boards, p.frozen.at+1, at, line.Position1, line.Position2)
					}
				}
			}
			r.page.step(1)
		}
	}
}

func TestTheWordsInTheBrokersBoxAreWithinIt(t *testing.T) {
	r := opened(t)
	r.class(3)
	p := r.page.picture
	for high := p.MinSize().Height; high < 400; high += 7 {
		p.Resize(fyne.NewSize(p.Size().Width, high))
		words := p.retained.Position().Y + p.retained.MinSize().Height
		if bottom := p.core.Position().Y + p.core.Size().Height; words > bottom || p.coreName.Position().Y < p.core.Position().Y {
			t.Errorf("a picture of %v: the words end at %v, the box at %v", high, words, bottom)
		}
		if p.pins[0].Visible() && p.pins[0].Position().Y < words {
			t.Errorf("a picture of %v: a retained message covers the words", high)
		}
	}
}

func TestAWordOverALineKeepsOffTheBrokersBox(t *testing.T) {
	for _, c := range []struct {
		scale  float64
		boards int
	}{{1.5, 5}, {1.5, 12}, {1, 36}} {
		w, _ := viewtest.NewWindow(t, func(b *backend.Parts) {
			b.Settings.Update(func(v *settings.Values) { v.TextScale = c.scale })
		})
		r := openedIn(t, w)
		r.class(c.boards)
		r.slow(0)
		for range 5 {
			p := r.page.picture
			core := box{p.core.Position(), p.core.Size()}
			for i := range p.plan.spots {
				word := p.marks[i].rate
				if strings.HasSuffix(word.Text, textfit.Ellipsis) {
					t.Errorf("%+v, step %d: %q is cut", c, p.frozen.at+1, word.Text)
				}
				if word.Text != "" && core.meets(box{word.Position(), word.MinSize()}) {
					t.Errorf("%+v, step %d: %q at %v, %v wide, touches the box at %v", c, p.frozen.at+1, word.Text, word.Position(), word.MinSize().Width, core)
				}
			}
			r.page.step(1)
		}
	}
}

func TestALampIsLitAtOnceAndItsNewNameComesWithTheNextFrame(t *testing.T) {
	w, loop := viewtest.NewWindow(t, nil)
	r := openedIn(t, w)
	r.class(3)
	r.draw()
	p := r.page.picture
	dark := p.marks[1].disc.FillColor // lamp-02 is off
	r.page.halt()
	r.Parts.Lights.Receive("class/lamp-02/light", []byte("on"), false, r.At)
	loop.Run()
	if p.marks[1].disc.FillColor == dark {
		t.Error("it stays dark")
	}
	if err := r.Parts.Lights.Rename("class/lamp-02", "Door"); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return p.marks[1].name.Text == "Door" }, "the new name")
}
