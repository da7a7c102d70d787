package classroom

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/pupilpage"
	"lamplighter/app/roster"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/device"
)

// room is a class with a panel, and with no broker but what the test says of one.
type room struct {
	*Classroom
	loop     *apptest.Loop
	dir      string
	lamps    *lights.Panel
	settings *settings.Store

	frozen   []string // what Freeze was told, the newest last
	asked    string   // the filter of the retained messages that were asked for
	retained []link.Message
	sent     []string
}

func (r *room) Logout(string)            {}
func (r *room) BoardAddress() string     { return "192.168.1.5" }
func (r *room) Port() int                { return 1883 }
func (r *room) Pupils() (_, _ string)    { return "pupil", "chalk" }
func (r *room) Refresh()                 {}
func (r *room) State() link.State        { return link.State{Phase: link.Online} }
func (r *room) Clear(topic string) error { return r.Publish(topic, nil, 1, true) }

func (r *room) Freeze(on bool, commands []string) {
	r.frozen = append(r.frozen, fmt.Sprint(on, commands))
}

func (r *room) AskRetained(filter string, done func(uplink.Retained)) (cancel func()) {
	r.asked = filter
	done(uplink.Retained{Messages: r.retained})
	return func() {}
}

func (r *room) Publish(topic string, payload []byte, _ byte, _ bool) error {
	r.sent = append(r.sent, topic+" "+string(payload))
	return nil
}

// newRoom is one without a lamp.
func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{loop: apptest.NewLoop(t), dir: t.TempDir()}
	kept, err := secrets.OpenFile(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.settings, err = settings.Open(r.dir, kept); err != nil {
		t.Fatal(err)
	}
	class, err := roster.OpenClass(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	cache := secrets.NewCache(kept, nil, func() {})
	r.lamps = lights.New(lights.Options{
		Clear: r.Clear, Post: r.loop.Post, Classroom: "class",
		Save:    func(e lights.Entry) error { return r.Roster.SaveLamp(e) },
		Forget:  func(base string) error { return r.Roster.ForgetLamp(base) },
		Observe: func(n lights.Event) { r.Observe(n) },
	})
	r.Classroom = New(Options{
		Settings: r.settings, Secrets: cache, Connections: connections.New(r.settings, cache, func() {}), Class: class, Lamps: r.lamps,
		Topics: topics.New(1 << 20), Broker: r, Link: r, Outbox: r, Host: "127.0.0.1", Post: r.loop.Post, Language: func() string { return "en" },
	})
	t.Cleanup(func() {
		r.End()
		r.lamps.Close()
		_ = cache.Close()
		_ = r.settings.Close()
		_ = r.Close()
	})
	return r
}

// add shows the lamp of a board that was set up.
func (r *room) add(t *testing.T, b settings.Board) {
	t.Helper()
	b.Goal = device.MakeLamp
	r.settings.Update(func(v *settings.Values) { v.SetBoard(b) })
	r.Roster.Show()
	r.loop.Run()
	if _, shown := r.lamps.Light(b.Base); !shown && b.Connection == r.settings.Values().Connection {
		t.Fatalf("no lamp at %s", b.Base)
	}
}

// useOther has another broker in use.
func (r *room) useOther() {
	r.settings.Update(func(v *settings.Values) {
		v.Connections, v.Connection = append(v.Connections, settings.Connection{ID: "other", Endpoint: endpoint.Endpoint{Host: "broker.school"}}), "other"
	})
}

func board(name string) settings.Board {
	base := "class/" + name
	return settings.Board{ID: name, Base: base, Name: name, Topics: device.LampTopics(base)}
}

func (r *room) wantFrozen(t *testing.T, want string) {
	t.Helper()
	r.loop.Run()
	if n := len(r.frozen); n == 0 || r.frozen[n-1] != want {
		t.Errorf("frozen %q, want %s in the end", r.frozen, want)
	}
}

func TestPupilsCommandsAreRefusedForLampsThatComeMeanwhileToo(t *testing.T) {
	r := newRoom(t)
	r.Lesson.SetAttention(true)
	r.wantFrozen(t, "true []")
	r.add(t, board("a"))
	r.wantFrozen(t, "true [class/a/light/set class/a/light/rgb/set]")
	count := len(r.frozen)
	r.lamps.Receive("class/a/status", []byte("online"), true, time.Now())
	r.loop.Run()
	if len(r.frozen) != count {
		t.Errorf("the same was frozen again: %q", r.frozen[count:])
	}
	r.Lesson.SetAttention(false)
	r.add(t, board("b"))
	r.wantFrozen(t, "false []")
}

func TestATopicOnWhichABoardSpeaksIsNeverRefused(t *testing.T) {
	r := newRoom(t)
	one, other := board("a"), board("b")
	one.Topics, other.Topics = device.Topics{Set: "class/x"}, device.Topics{Set: "class/y", State: "class/x"}
	r.add(t, one)
	r.add(t, other)
	r.Lesson.SetAttention(true)
	r.wantFrozen(t, "true [class/y]")
}

func TestOnlyWhatIsNobodysIsCleanedUp(t *testing.T) {
	r := newRoom(t)
	elsewhere := board("moved")
	elsewhere.Connection = "other"
	r.add(t, board("a"))
	r.add(t, elsewhere)
	for _, name := range []string{
		"class/a/light", "class/a/status", "class/a/more/of/it", "homeassistant/light/x/config", "$SYS/x",
		"class/a/light/set", "class/moved/light", "class/scores", "classroom",
	} {
		r.retained = append(r.retained, link.Message{Topic: name, Payload: []byte("1")})
	}
	var found []string
	r.Lesson.Plan(func(p lesson.Plan) {
		for _, k := range p.Rubbish {
			found = append(found, k.Topic)
		}
	})
	if want := []string{"class/a/light/set", "class/moved/light", "class/scores", "classroom"}; !slices.Equal(found, want) || r.asked != "#" {
		t.Errorf("of %q it would erase %q", r.asked, found)
	}
	r.useOther()
	r.Lesson.Plan(func(lesson.Plan) {})
	if want := connections.TopicPrefix(r.settings.Values()) + "/#"; r.asked != want {
		t.Errorf("of another's broker it asks for %q, want %q", r.asked, want)
	}
}

func TestAnotherBrokerShowsItsOwnLamps(t *testing.T) {
	r := newRoom(t)
	there := board("there")
	there.Connection = "other"
	r.add(t, board("here"))
	r.add(t, there)
	r.useOther()
	r.BrokerChanged()
	if all := r.lamps.Lights(); len(all) != 1 || all[0].Base != there.Base {
		t.Errorf("%v", all)
	}
}

func TestThePageKnowsWhoseLampIsWhere(t *testing.T) {
	r := newRoom(t)
	r.add(t, board("a"))
	r.Roster.Enrol([]roster.Pupil{{Name: "Ada", Group: "2", Planned: "a", Seat: roster.Seat{Row: 1, Column: 3}}})
	page := pageClass{r.Roster}
	if got, want := page.Places()["class/a"], (pupilpage.Place{Group: "2", Row: 1, Column: 3}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := page.LampOf("Ada"); got != "class/a" {
		t.Errorf("her lamp is %q", got)
	}
}

func TestTheEndGivesSwitchesBackAndKeepsTheClass(t *testing.T) {
	r := newRoom(t)
	r.Roster.Enrol([]roster.Pupil{{Name: "Ada"}})
	r.Lesson.SetAttention(true)
	r.End()
	r.wantFrozen(t, "false []")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := roster.OpenClass(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if all := again.Pupils(); len(all) != 1 || all[0].Name != "Ada" {
		t.Errorf("%+v", all)
	}
}
