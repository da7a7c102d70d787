package lesson

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/device"
)

// room is a lesson with a panel whose boards answer at once, unless they are away or
// deaf.
type room struct {
	*Lesson
	t      *testing.T
	loop   *apptest.Loop
	panel  *lights.Panel
	sent   []string // "topic payload" of commands and holds, in their order
	frozen bool
	kept   settings.Attention
	deaf   map[string]bool
	cut    bool                     // there is no connection
	keeps  []topics.RetainedMessage // what the broker keeps
	erased []string
}

func base(i int) string { return fmt.Sprintf("class/lamp-%02d", i) }

// inRoom begins a lesson with n boards that are here, whose lamps are off.
func inRoom(t *testing.T, n int, f func(r *room)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &room{t: t, loop: apptest.NewLoop(t), deaf: map[string]bool{}}
		r.panel = lights.New(lights.Options{
			Publisher: r, Post: r.loop.Post, Classroom: "class", Observe: func(n lights.Event) { r.Observe(n) },
		})
		defer r.panel.Close()
		r.Lesson = New(Options{
			Lamps: r.panel, Post: r.loop.Post, Freeze: func(on bool) { r.frozen = on }, Keep: func(w settings.Attention) { r.kept = w },
			Publish: func(topic string, payload []byte) error {
				r.sent = append(r.sent, topic+" "+string(payload))
				return nil
			},
			BoardOf: func(user string) (string, bool) {
				b, ok := strings.CutPrefix(user, "board-")
				return "class/" + b, ok
			},
			Retained: func(done func([]topics.RetainedMessage, bool, error)) func() {
				done(r.keeps, true, nil)
				return func() {}
			},
			FirstColor: func(string) (lights.RGB, bool) { return lights.RGB{R: 255, G: 255, B: 255}, true },
			Eraser:     traffic.NewEraser(r, topics.New(1<<20), r.loop.Post),
		}, settings.Attention{})
		r.panel.SetConnected(true)
		for i := range n {
			topics := device.LampTopics(base(i + 1))
			topics.Hold = base(i+1) + "/hold"
			if err := r.panel.AddKnown(lights.Entry{Base: base(i + 1), Name: fmt.Sprintf("Lamp %d", i+1), Topics: topics}); err != nil {
				t.Fatal(err)
			}
			r.come(i + 1)
		}
		r.settle()
		r.sent = nil
		f(r)
		r.End()
		r.settle()
	})
}

// settle lets all that was posted happen.
func (r *room) settle() {
	synctest.Wait()
	r.loop.Run()
}

// pass lets time pass, and what is posted meanwhile happen.
func (r *room) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(time.Second, time.Until(end)))
		r.settle()
	}
}

func (r *room) hear(i int, suffix, payload string) {
	r.panel.Receive(base(i)+suffix, []byte(payload), false, time.Now())
}

func (r *room) come(i int) {
	r.hear(i, "/status", "online")
	r.hear(i, "/light", "off")
	r.settle()
}

func (r *room) leave(i int) {
	r.hear(i, "/status", "offline")
	r.settle()
}

// Publish is a board's side of a command.
func (r *room) Publish(topic string, payload []byte, _ bool) (queued bool, err error) {
	r.sent = append(r.sent, topic+" "+string(payload))
	if b, ok := strings.CutSuffix(topic, "/light/set"); ok && !r.deaf[b] {
		r.loop.Post(func() { r.panel.Receive(b+"/light", payload, false, time.Now()) })
	}
	if b, ok := strings.CutSuffix(topic, "/light/rgb/set"); ok {
		r.loop.Post(func() { r.panel.Receive(b+"/light/rgb", payload, false, time.Now()) })
	}
	return false, nil
}

func (r *room) Withdraw(string) {}

func (r *room) Turns() map[string]lights.Turn { return nil }

func (r *room) Online() bool { return !r.cut }

func (r *room) PublishMessage(topic string, payload []byte, _ byte, _ bool) error {
	if r.cut {
		return link.ErrOffline
	}
	r.erased = append(r.erased, topic+" "+string(payload))
	return nil
}

// lit are the numbers of the lamps that say that they are on.
func (r *room) lit() (all []int) {
	r.settle()
	for i := 1; ; i++ {
		l, ok := r.panel.Light(base(i))
		if !ok {
			return all
		}
		if l.State == lights.On {
			all = append(all, i)
		}
	}
}

func (r *room) wantLit(what string, want ...int) {
	r.t.Helper()
	if got := r.lit(); !slices.Equal(got, want) {
		r.t.Fatalf("%s: lit are %v, want %v", what, got, want)
	}
}

func (r *room) light(is ...int) {
	for _, i := range is {
		_ = r.panel.Switch(base(i), true)
	}
	r.settle()
}

func TestAttentionTakesTheSwitchesAndLeavesTheLampsAsTheyAre(t *testing.T) {
	inRoom(t, 3, func(r *room) {
		r.light(1, 3)
		r.SetAttention(true)
		r.wantLit("attention", 1, 3)
		if !r.frozen || !r.Attention() {
			t.Error("the switches were not taken")
		}
		r.SetAttention(false)
		r.wantLit("after it", 1, 3)
		if r.frozen {
			t.Error("the switches were not given back")
		}
	})
}

func TestAttentionPutsTheLampsOutIfWishedAndLightsThemAgain(t *testing.T) {
	inRoom(t, 4, func(r *room) {
		r.light(1, 3)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetAttention(true)
		r.wantLit("attention")
		r.light(4) // the teacher's own click stays
		r.SetAttention(false)
		r.wantLit("after it", 1, 3, 4)
		if r.kept != (settings.Attention{Dark: true}) {
			t.Errorf("kept %+v", r.kept)
		}
	})
}

func TestALampThatLeftMeanwhileIsNotAskedWhenAttentionEnds(t *testing.T) {
	inRoom(t, 2, func(r *room) {
		r.light(1, 2)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetAttention(true)
		r.wantLit("attention")
		r.leave(1)
		r.sent = nil
		r.SetAttention(false)
		r.wantLit("after it", 2)
		if want := []string{base(2) + "/light/set on"}; !slices.Equal(r.sent, want) {
			t.Errorf("sent %q", r.sent)
		}
	})
}

func TestTheSpotlightLightsOneLampAndThenAllAreAsBefore(t *testing.T) {
	inRoom(t, 4, func(r *room) {
		r.light(1, 3)
		r.SetSpotlight(base(2))
		r.wantLit("the spotlight", 2)
		if !r.frozen || r.Spotlight() != base(2) {
			t.Error("the switches were not taken")
		}
		r.SetSpotlight(base(3))
		r.wantLit("the next one", 3)
		r.SetSpotlight("")
		r.wantLit("the end of the spotlight", 1, 3)
		if !r.Attention() {
			t.Error("the switches were given back with the spotlight")
		}
		r.light(4)
		r.SetAttention(false)
		r.wantLit("after it", 1, 3, 4)
	})
}

func TestAfterTheSpotlightLampsAreOutWhereThatIsWished(t *testing.T) {
	inRoom(t, 3, func(r *room) {
		r.light(1)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetSpotlight(base(2))
		r.wantLit("the spotlight", 2)
		r.SetSpotlight("")
		r.wantLit("the end of the spotlight")
		r.SetAttention(false)
		r.wantLit("after it", 1)
	})
}

func TestABoardThatComesBackLitIsPutOutOnceDuringAttention(t *testing.T) {
	inRoom(t, 3, func(r *room) {
		r.leave(1)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetAttention(true)
		r.leave(2)
		for _, i := range []int{1, 2} {
			r.hear(i, "/status", "online")
			r.hear(i, "/light", "on")
			r.settle()
		}
		r.wantLit("they came back")
		r.light(2) // the teacher's own click
		r.wantLit("the teacher's click", 2)
		r.SetAttention(false)
		r.wantLit("after it", 1, 2)
	})
}

func TestTheLampInTheSpotlightIsLitWhenItsBoardComesBack(t *testing.T) {
	inRoom(t, 2, func(r *room) {
		r.leave(1)
		r.SetSpotlight(base(1))
		r.come(1)
		r.wantLit("it came back", 1)
	})
}

func TestButtonsAreHeldForAsLongAsTheyAreAskedFor(t *testing.T) {
	inRoom(t, 2, func(r *room) {
		r.SetAttentionOptions(settings.Attention{Buttons: true})
		if len(r.sent) > 0 {
			t.Errorf("before attention %q was sent", r.sent)
		}
		r.SetAttention(true)
		if want := []string{base(1) + "/hold 30", base(2) + "/hold 30"}; !slices.Equal(r.sent, want) {
			t.Errorf("sent %q", r.sent)
		}
		if b := r.Buttons(); b != (Buttons{Free: 2}) {
			t.Errorf("before the boards said so: %+v", b)
		}
		r.hear(1, "/info", `{"held":true}`)
		r.hear(2, "/info", `{"held":true}`)
		r.settle()
		if b := r.Buttons(); b != (Buttons{Held: 2}) {
			t.Errorf("%+v", b)
		}
		r.sent = nil
		r.pass(2 * time.Minute)
		if n := len(r.sent); n < 2*2*4 || n > 2*13 { // each is asked before its 30 s are over
			t.Errorf("%d messages in two minutes: %q", n, r.sent)
		}
		r.sent = nil
		r.SetAttention(false)
		slices.Sort(r.sent)
		if want := []string{base(1) + "/hold 0", base(2) + "/hold 0"}; !slices.Equal(r.sent, want) {
			t.Errorf("sent %q at the end", r.sent)
		}
		r.sent = nil
		if r.pass(time.Minute); len(r.sent) > 0 {
			t.Errorf("sent %q after the end", r.sent)
		}
	})
}

func TestABoardThatComesLateOrRestartsIsHeldToo(t *testing.T) {
	inRoom(t, 2, func(r *room) {
		r.leave(2)
		r.SetAttentionOptions(settings.Attention{Buttons: true})
		r.SetAttention(true)
		r.hear(1, "/info", `{"held":true}`)
		r.settle()
		r.pass(3 * time.Second)
		r.sent = nil
		r.come(2)
		if want := []string{base(2) + "/hold 30"}; !slices.Equal(r.sent, want) {
			t.Errorf("sent %q to the late one", r.sent)
		}
		r.sent = nil
		r.hear(1, "/info", `{"held":false}`) // it has restarted
		r.settle()
		if !slices.Contains(r.sent, base(1)+"/hold 30") {
			t.Errorf("sent %q to the one that restarted", r.sent)
		}
	})
}

func TestBoardsThatCanNotBeHeldAreCounted(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		if err := r.panel.AddKnown(lights.Entry{Base: base(2)}); err != nil {
			t.Fatal(err)
		}
		r.come(2)
		if b := r.Buttons(); b != (Buttons{Free: 1, Unable: 1}) {
			t.Errorf("%+v", b)
		}
	})
}

func TestTheEndOfTheProgramGivesAllBack(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		r.light(1)
		r.SetAttentionOptions(settings.Attention{Buttons: true, Dark: true})
		r.SetAttention(true)
		r.settle()
		r.sent = nil
		r.End()
		if r.frozen || !slices.Equal(r.sent, []string{base(1) + "/hold 0", base(1) + "/light/set on"}) {
			t.Errorf("frozen %v, sent %q", r.frozen, r.sent)
		}
	})
}

func TestBoardsButtonsAreFreedHoweverAttentionEnds(t *testing.T) {
	for name, end := range map[string]func(*room){
		"by a new start":      func(r *room) { r.StartAgain(Plan{}) },
		"after the spotlight": func(r *room) { r.SetSpotlight(base(1)); r.SetSpotlight(""); r.SetAttention(false) },
	} {
		inRoom(t, 1, func(r *room) {
			r.SetAttentionOptions(settings.Attention{Buttons: true})
			r.SetAttention(true)
			end(r)
			r.settle()
			if r.Attention() || !slices.Contains(r.sent, base(1)+"/hold 0") {
				t.Errorf("%s: attention %v, sent %q", name, r.Attention(), r.sent)
			}
		})
	}
}

func TestABoardThatIsBackAfterAttentionGetsItsLampAsItWas(t *testing.T) {
	inRoom(t, 2, func(r *room) {
		r.light(1, 2)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetAttention(true)
		r.wantLit("attention")
		r.leave(1)
		r.leave(2)
		r.SetAttention(false)
		r.come(1)
		r.wantLit("soon after it", 1)
		r.pass(returnTime + time.Minute)
		r.come(2)
		r.wantLit("much later", 1)
	})
}

func TestALampThatIsNewDuringAttentionIsPutOutToo(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetAttention(true)
		if err := r.panel.AddKnown(lights.Entry{Base: base(2), Topics: device.LampTopics(base(2))}); err != nil {
			t.Fatal(err)
		}
		r.hear(2, "/status", "online")
		r.hear(2, "/light", "on")
		r.wantLit("it is new")
		r.BrokerChanged() // to a broker on which both shine
		r.hear(1, "/light", "on")
		r.hear(2, "/light", "on")
		r.wantLit("on another broker")
	})
}

func TestLampsAreAsBeforeWhenTheyNeedNotBeOffAnyMore(t *testing.T) {
	inRoom(t, 3, func(r *room) {
		r.light(1, 2)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetAttention(true)
		r.light(3)
		_ = r.panel.Switch(base(3), false) // the teacher's own two clicks
		r.light(1)
		_ = r.panel.Switch(base(1), false)
		r.wantLit("attention")
		r.SetAttentionOptions(settings.Attention{})
		r.wantLit("not off any more", 2)
	})
}

func TestTheLampOfTheSpotlightDoesNotBlink(t *testing.T) {
	inRoom(t, 2, func(r *room) {
		r.light(1, 2)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.sent = nil
		r.SetSpotlight(base(1))
		r.wantLit("the spotlight", 1)
		if want := []string{base(2) + "/light/set off"}; !slices.Equal(r.sent, want) {
			t.Errorf("sent %q, want %q", r.sent, want)
		}
		if err := r.panel.Remove(base(1)); err != nil {
			t.Fatal(err)
		}
		r.settle()
		if r.Spotlight() != "" || !r.Attention() {
			t.Error("the spotlight is on a lamp that is gone")
		}
	})
}

func TestARefusalIsForgottenWhenTheBoardWasHereAfterIt(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		r.HandleNotice(broker.Notice{Kind: broker.IDTaken, User: "board-lamp-01", Count: 1, At: time.Now()})
		r.HandleNotice(broker.Notice{Kind: broker.Disconnected, User: "board-lamp-01", Departure: broker.LeftKeepAliveTimeout, At: time.Now()})
		r.leave(1)
		if m := r.Missing(); len(m) != 1 || m[0].Refused.Count != 0 || m[0].Departure != broker.LeftKeepAliveTimeout {
			t.Errorf("%+v", m)
		}
	})
}

func TestABoardThatNobodyHeardWasAwayAllTheTime(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		if err := r.panel.AddKnown(lights.Entry{Base: base(2), Topics: device.LampTopics(base(2))}); err != nil {
			t.Fatal(err)
		}
		r.pass(10 * time.Minute)
		if rows := r.Rows(); rows[0].Away != 0 || rows[1].Away < 10*time.Minute || rows[1].Times != 0 {
			t.Errorf("%+v", rows)
		}
		r.come(2)
		r.pass(time.Minute)
		if rows := r.Rows(); rows[1].Away > 11*time.Minute {
			t.Errorf("it is here: %+v", rows[1])
		}
	})
}

func TestASecondStartGoesOnWithWhatTheFirstErases(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		var many []topics.RetainedMessage
		for i := range 120 {
			many = append(many, topics.RetainedMessage{Topic: fmt.Sprintf("class/mine/%d", i), Payload: []byte("1")})
		}
		r.StartAgain(Plan{Rubbish: many})
		r.settle()
		r.StartAgain(Plan{Off: []string{base(1)}})
		r.pass(5 * time.Second)
		if s, ok := r.Restarted(); !ok || s.Erasing.Done != 120 || len(r.erased) != 120 {
			t.Errorf("%+v, erased %d", s, len(r.erased))
		}
	})
}

func TestUndoPutsBackOnlyWhatMayBeErased(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		r.cut = true
		r.StartAgain(Plan{Rubbish: []topics.RetainedMessage{{Topic: "class/mine", Payload: []byte("old")}}})
		r.pass(3 * time.Second)
		r.erased = nil
		r.cut = false
		r.Undo()
		r.pass(3 * time.Second)
		if len(r.erased) > 0 {
			t.Errorf("put back over what is there: %q", r.erased)
		}
	})
}

func TestCommandsAreCountedByWhatBoardsSaid(t *testing.T) {
	inRoom(t, 3, func(r *room) {
		r.deaf[base(2)] = true
		for range 3 {
			_ = r.panel.Toggle(base(1))
			r.settle()
		}
		_ = r.panel.SwitchFor(lights.ActorPupil, base(2), true)
		r.hear(3, "/light/set", "toggle") // somebody else's program
		r.settle()
		if got := r.Rows()[1]; got.Waiting != 1 || got.Unanswered() != 0 || got.Pupils != 1 {
			t.Errorf("while it waits: %+v", got)
		}
		r.pass(5 * time.Second)
		r.hear(3, "/light", "on") // late, and an answer still
		r.settle()
		want := map[string][3]int{base(1): {3, 3, 0}, base(2): {1, 0, 1}, base(3): {1, 1, 0}}
		got := map[string][3]int{}
		for _, x := range r.Rows() {
			got[x.Base] = [3]int{x.Commands, x.Confirmed, x.Unanswered()}
		}
		if !maps.Equal(got, want) {
			t.Errorf("commands, confirmed, unanswered: %v, want %v", got, want)
		}
		r.ResetCounts()
		if x := r.Rows()[0]; x.Commands != 0 || x.Name != "Lamp 1" {
			t.Errorf("counted anew: %+v", x)
		}
	})
}

func TestABoardThatAnswersNothingIsBounded(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		r.deaf[base(1)] = true
		for range 10 * maxPending {
			_ = r.panel.Toggle(base(1))
		}
		if n := len(r.rows[base(1)].pending); n > maxPending {
			t.Errorf("%d commands are remembered", n)
		}
		r.pass(5 * time.Second)
		if x := r.Rows()[0]; x.Unanswered() != 10*maxPending {
			t.Errorf("%+v", x)
		}
	})
}

func TestTheTimeAwayIsCountedUntilNow(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		r.pass(10 * time.Second)
		r.leave(1)
		r.pass(40 * time.Second)
		r.come(1)
		r.pass(time.Minute)
		r.leave(1)
		r.pass(20 * time.Second)
		if x := r.Rows()[0]; x.Away != time.Minute || x.Times != 2 || x.Present {
			t.Errorf("%+v", x)
		}
	})
}

func TestWhoIsMissingIsToldWithSinceWhenAndWhy(t *testing.T) {
	inRoom(t, 4, func(r *room) {
		r.hear(2, "/info", `{"lost":"no-network"}`)
		began := time.Now()
		r.leave(1)
		r.HandleNotice(broker.Notice{Kind: broker.Disconnected, User: "board-lamp-01", Departure: broker.LeftKeepAliveTimeout, At: began})
		r.pass(time.Minute)
		r.leave(2)
		r.HandleNotice(broker.Notice{Kind: broker.BadLogin, User: "board-lamp-02", Count: 3})
		r.HandleNotice(broker.Notice{Kind: broker.BadLogin, User: "somebody", Count: 3})
		all := r.Missing()
		if len(all) != 2 {
			t.Fatalf("%+v", all)
		}
		if m := all[0]; m.Base != base(2) || m.Refused.Count != 3 || m.Info.Lost != "no-network" || m.Times != 1 || m.DepartureKnown {
			t.Errorf("the second: %+v", m)
		}
		if m := all[1]; m.Base != base(1) || !m.DepartureKnown || m.Departure != broker.LeftKeepAliveTimeout || !m.Away.Equal(began) || m.Refused.Count != 0 {
			t.Errorf("the first: %+v", m)
		}
		r.HandleNotice(broker.Notice{Kind: broker.Connected, User: "board-lamp-01"})
		r.come(1)
		if all := r.Missing(); len(all) != 1 {
			t.Errorf("one is back: %+v", all)
		}
	})
}

func TestStartingAgainTakesAllBackAndCanBeUndone(t *testing.T) {
	inRoom(t, 3, func(r *room) {
		r.light(1, 2)
		red, white := "255,0,0", "255,255,255"
		r.hear(2, "/light/rgb", red)
		r.hear(3, "/light/rgb", white)
		r.hear(3, "/info", `{"name":"lamp-03"}`)
		r.keeps = []topics.RetainedMessage{{Topic: "class/mine", Payload: []byte("1")}}
		r.SetAttention(true)
		var p Plan
		r.Plan(func(x Plan) { p = x })
		if !slices.Equal(p.Off, []string{base(1), base(2)}) || len(p.Colors) != 1 || p.Colors[0].Base != base(2) || len(p.Rubbish) != 1 {
			t.Fatalf("the plan: %+v", p)
		}
		if want := []Name{{base(3), "Lamp 3", "lamp-03"}}; !slices.Equal(p.Names, want) {
			t.Errorf("names: %+v", p.Names)
		}
		r.StartAgain(p)
		r.wantLit("started again")
		look := func() (color lights.RGB, name string) {
			two, _ := r.panel.Light(base(2))
			three, _ := r.panel.Light(base(3))
			return two.Color, three.Name
		}
		if c, name := look(); r.frozen || c != (lights.RGB{R: 255, G: 255, B: 255}) || name != "lamp-03" || !slices.Equal(r.erased, []string{"class/mine "}) {
			t.Errorf("frozen %v, colour %v, name %q, erased %q", r.frozen, c, name, r.erased)
		}
		if s, ok := r.Restarted(); !ok || !s.CanUndo || !s.At.Equal(time.Now()) {
			t.Errorf("started: %+v, %v", s, ok)
		}
		r.Undo()
		r.wantLit("undone", 1, 2)
		r.pass(2 * time.Second)
		if c, name := look(); c != (lights.RGB{R: 255}) || name != "Lamp 3" || !slices.Contains(r.erased, "class/mine 1") {
			t.Errorf("undone: colour %v, name %q, put back %q", c, name, r.erased)
		}
		if s, ok := r.Restarted(); s.CanUndo || !ok || !s.Erasing.Undo {
			t.Error("it can be undone twice")
		}
	})
}

func TestErasingThatFailsIsToldAndGoesOn(t *testing.T) {
	inRoom(t, 1, func(r *room) {
		told := 0
		r.Changed.Listen(func() { told++ })
		r.keeps = []topics.RetainedMessage{{Topic: "class/mine", Payload: []byte("1")}}
		r.Plan(func(p Plan) { r.StartAgain(p) })
		r.cut = true
		told = 0
		r.pass(3 * time.Second)
		if s, _ := r.Restarted(); s.Erasing.Phase != traffic.EraserStuck || s.Erasing.Err == nil || told == 0 {
			t.Fatalf("the broker is gone: %+v, told %d times", s.Erasing, told)
		}
		r.cut = false
		r.RetryErasing()
		r.pass(3 * time.Second)
		if s, _ := r.Restarted(); s.Erasing.Phase != traffic.EraserEnded || s.Erasing.Done != 1 {
			t.Errorf("it is back: %+v", s.Erasing)
		}
		r.Dismiss()
		if _, ok := r.Restarted(); ok {
			t.Error("something is told still")
		}
	})
}

func TestTheTableIsOneThatASpreadsheetReadsAndRunsNothingOf(t *testing.T) {
	rows := []Row{
		{Base: "class/lamp-01", Name: "=1+1", Commands: 3, Confirmed: 2, Pupils: 1, Times: 1, Away: 61500 * time.Millisecond},
		{Base: "@class/lamp-02", Name: `王 "小" 明, Zoe`, Commands: 1, Silent: true},
	}
	got := string(CSV(rows, Heads{"Board", "Name", "Commands", "By pupils", "Confirmed", "Unanswered", "Left", "-Away"}))
	want := "\ufeffBoard,Name,Commands,By pupils,Confirmed,Unanswered,Left,'-Away\r\n" +
		"class/lamp-01,'=1+1,3,1,2,1,1,62\r\n" +
		"'@class/lamp-02,\"王 \"\"小\"\" 明, Zoe\",1,0,,,0,0\r\n"
	if got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	if got := string(CSV(rows, Heads{Board: "Board"})); strings.Contains(got, "Zoe") {
		t.Errorf("names that nobody asked for: %q", got)
	}
}

func TestAnotherBrokerGetsNothingOfTheOneBefore(t *testing.T) {
	inRoom(t, 2, func(r *room) {
		r.light(1, 2)
		r.Plan(func(p Plan) { r.StartAgain(p) })
		r.light(1)
		r.SetAttentionOptions(settings.Attention{Dark: true})
		r.SetAttention(true)
		r.wantLit("attention")
		r.BrokerChanged()
		if _, ok := r.Restarted(); ok || !r.Attention() {
			t.Errorf("of the broker before: can be undone %v, attention %v", ok, r.Attention())
		}
		r.SetAttention(false)
		r.wantLit("on the other broker")
	})
}
