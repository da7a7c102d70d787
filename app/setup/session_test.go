package setup

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// desk is a session at work in a test.
type desk struct {
	*Session
	loop    *apptest.Loop
	bench   *fakeBench
	backend *fakeBackend
}

func newDesk(t *testing.T, change ...func(*fakeBench, *fakeBackend)) desk {
	d := desk{loop: apptest.NewLoop(t), bench: newBench(t), backend: newBackend()}
	for _, c := range change {
		c(d.bench, d.backend)
	}
	d.Session = NewSession(d.bench, d.backend, d.loop.Post)
	t.Cleanup(func() {
		d.Close()
		<-d.Idle()
		d.bench.watching.Wait()
		if m := d.bench.most.Load(); m > 1 {
			t.Errorf("%d calls ran on one board at once", m)
		}
	})
	d.bench.ports <- []device.Port{usbPort}
	d.until(func() bool { return d.State().CurrentDraft().Port.Name != "" }, "the only board is chosen")
	return d
}

func (d desk) until(done func() bool, what string) {
	d.loop.RunUntil(done, what, fmt.Sprintf("%T", d.State()))
}

// to waits for a kind of state.
func to[S State](d desk) S {
	var is S
	d.until(func() bool {
		s, ok := d.State().(S)
		if ok {
			is = s
		}
		return ok
	}, fmt.Sprintf("%T", is))
	return is
}

func (d desk) write(change func(*Answers)) {
	a := d.State().CurrentDraft().Answers
	change(&a)
	d.Handle(Typed{Answers: a})
}

func TestAFreshBoardBecomesALampByGoingForward(t *testing.T) {
	d := newDesk(t)
	d.Handle(Forward{})
	d.until(func() bool { w, ok := d.State().(WiFi); return ok && !w.Scanning }, "networks")
	if got := d.State().CurrentDraft().Answers.WiFi; got != (device.WiFi{SSID: "school", Password: "12345678"}) {
		t.Errorf("the WiFi of the last board is not filled in: %v", got.SSID)
	}
	d.Handle(Forward{})
	to[Broker](d)
	d.Handle(Forward{})
	to[Naming](d)
	d.Handle(Forward{})
	f := to[Finished](d)
	if f.Answers.Name != "lamp-01" || f.Answers.Base != "class/lamp-01" {
		t.Errorf("the board is called %q at %q", f.Answers.Name, f.Answers.Base)
	}
	if got := fmt.Sprint(d.backend.writing); got != "[begun lamp-01 ended]" {
		t.Errorf("the app was told of the writing: %s", got)
	}
	if len(d.backend.remembered) != 1 || !reflect.DeepEqual(d.backend.switched, []bool{true}) {
		t.Errorf("remembered %d boards, switched %v", len(d.backend.remembered), d.backend.switched)
	}
	d.Handle(Switch{On: false})
	if l := d.State().(Finished).Lamp; l.On || !l.Known {
		t.Errorf("the switch does not show what the board confirmed: %+v", l)
	}
	d.Handle(NextBoard{})
	if c := to[Choosing](d); c.Answers.WiFi.SSID != "school" || c.Answers.Name != "" {
		t.Errorf("the next board begins with %+v", c.Answers)
	}
}

func TestAPanicInATaskIsAProblemAndNotTheEnd(t *testing.T) {
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		b.join = func(context.Context) (string, error) { panic("a fault of ours") }
	})
	d.Handle(Forward{})
	to[WiFi](d)
	d.Handle(Forward{})
	var e *crash.Error
	d.until(func() bool { w, ok := d.State().(WiFi); return ok && errors.As(w.Problem, &e) }, "a problem")
}

func TestAWrongPasswordKeepsEverythingThatWasTyped(t *testing.T) {
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		b.join = func(context.Context) (string, error) { return "", password }
	})
	d.Handle(Forward{})
	to[WiFi](d)
	d.write(func(a *Answers) { a.WiFi.Password = "wrong password" })
	d.Handle(Forward{})
	d.until(func() bool { w, ok := d.State().(WiFi); return ok && w.Problem != nil }, "a problem")
	if got := d.State().CurrentDraft().Answers.WiFi.Password; got != "wrong password" {
		t.Error("the password was lost")
	}
}

func TestANetworkThatWasFilledInButIsNotHereGivesWayToOneThatIs(t *testing.T) {
	d := draft()
	d.Defaults.WiFi = []device.WiFi{{SSID: "at home", Password: "87654321"}, {SSID: "school", Password: "12345678"}}
	here := Scanned{Networks: []device.Network{{SSID: "school", Auth: device.AuthWPA2}}}
	for _, c := range []struct {
		name string
		wifi device.WiFi
		want device.Text
	}{
		{"filled in and not here", d.Defaults.WiFi[0], "school"},
		{"typed by a person", device.WiFi{SSID: "at home", Password: "another one"}, "at home"},
		{"hidden", device.WiFi{SSID: "at home", Password: "87654321", Hidden: true}, "at home"},
	} {
		d.Answers.WiFi = c.wifi
		s, _ := Next(WiFi{Draft: d, Scanning: true}, here)
		if got := s.CurrentDraft().Answers.WiFi.SSID; got != c.want {
			t.Errorf("%s: %q is chosen, want %q", c.name, got, c.want)
		}
	}
}

func TestAShortPasswordNeverReachesTheBoard(t *testing.T) {
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		b.join = func(context.Context) (string, error) { t.Error("the board was asked"); return "", password }
	})
	d.Handle(Forward{})
	to[WiFi](d)
	d.write(func(a *Answers) { a.WiFi.Password = "1234567" })
	d.Handle(Forward{})
	if w := to[WiFi](d); FaultOf(w.Problem) != fault.BadValue {
		t.Errorf("the problem is %v", w.Problem)
	}
}

func TestANameThatIsNotASCIIGetsAFreeTopic(t *testing.T) {
	d := newDesk(t, func(_ *fakeBench, h *fakeBackend) { h.taken["class/lamp-01"] = true })
	d.Handle(Forward{})
	to[WiFi](d)
	d.write(func(a *Answers) { a.Name = "灯 七" })
	if got := d.State().CurrentDraft().Answers; got.Base != "class/lamp-02" || got.Name != "灯 七" {
		t.Errorf("%q is at %q", got.Name, got.Base)
	}
	d.write(func(a *Answers) { a.Name = " Window Lamp #3 " })
	if got := d.State().CurrentDraft().Answers.Base; got != "class/window-lamp-3" {
		t.Errorf("the topic is %q", got)
	}
}

func TestABoardThatIsPulledOutGoesOnWhereItWasWhenItIsBack(t *testing.T) {
	fail := true
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		b.install = func(context.Context, device.Job) error {
			if fail {
				fail = false
				return unplug
			}
			return nil
		}
	})
	forward(d)
	to[Unplugged](d)
	d.bench.ports <- nil
	d.until(func() bool { return len(d.State().CurrentDraft().Ports) == 0 }, "no port")
	d.bench.ports <- []device.Port{usbPort}
	to[Finished](d)
}

// forward goes on until there is something else to do.
func forward(d desk) {
	for range 100 {
		d.loop.Run()
		switch d.State().(type) {
		case Choosing, WiFi, Broker, Naming:
			d.Handle(Forward{})
		case Unplugged, Finished, Failed:
			return
		default:
			was := d.State()
			d.until(func() bool { return !reflect.DeepEqual(d.State(), was) }, "progress")
		}
	}
}

func TestAnotherBoardInTheSamePlaceIsNotTakenForTheFirst(t *testing.T) {
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		b.install = func(context.Context, device.Job) error { return unplug }
	})
	forward(d)
	to[Unplugged](d)
	d.bench.greet = func(context.Context) (device.Identity, error) {
		other := fresh
		other.ID = "ddeeff"
		return other, nil
	}
	d.Handle(Retry{})
	to[WiFi](d)
}

func TestClosingLetsGoOfTheBoardAndDropsWhatComesLate(t *testing.T) {
	begun := make(chan struct{})
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		b.greet = func(ctx context.Context) (device.Identity, error) {
			close(begun)
			<-ctx.Done()
			return fresh, nil
		}
	})
	d.Handle(Forward{})
	<-begun
	d.Close()
	<-d.Idle()
	d.loop.Run()
	if _, ok := d.State().(Greeting); !ok {
		t.Errorf("a late outcome made it %T", d.State())
	}
	if d.bench.released.Load() != 1 {
		t.Error("the line was not let go")
	}
}

func TestABoardThatDoesNotConfirmIsNoFinishedLamp(t *testing.T) {
	d := newDesk(t, func(_ *fakeBench, h *fakeBackend) { h.mute = true })
	d.until(func() bool { return true }, "")
	for range 4 {
		d.Handle(Forward{})
		settle(d)
	}
	d.until(func() bool { return len(d.backend.switched) == 1 }, "the app asks for light")
	d.backend.heard["class/lamp-01"](Lamp{NoAnswer: true, Online: true})
	p := to[Proving](d)
	if FaultOf(p.Problem) != fault.NoAnswer || p.Checks.Marks[CheckConfirmed] != Stopped {
		t.Errorf("the proof shows %v, %v", p.Problem, p.Checks)
	}
}

// settle waits for a page that asks something, or for the proof.
func settle(d desk) {
	d.until(func() bool {
		switch s := d.State().(type) {
		case WiFi:
			return !s.Scanning
		case Broker, Naming, Proving, Failed, Finished:
			return true
		}
		return false
	}, "a page")
}

func TestAFirewallIsBlamedWhenTheBoardAnswersThePCButDoesNotGetThrough(t *testing.T) {
	d := newDesk(t, func(b *fakeBench, h *fakeBackend) {
		b.reach = func(context.Context) error { return &fault.Error{Fault: fault.Unreachable, Op: "reach"} }
		h.reach = func(host string, port int) error {
			if port == discard {
				return &fault.Error{Fault: fault.Refused, Op: "reach"}
			}
			return nil
		}
	})
	d.Handle(Forward{})
	settle(d)
	d.Handle(Forward{})
	to[Broker](d)
	d.Handle(Forward{})
	d.until(func() bool { b, ok := d.State().(Broker); return ok && b.Problem != nil }, "a problem")
	if got := FaultOf(d.State().(Broker).Problem); got != fault.Firewall {
		t.Errorf("blamed %v", got)
	}
}

func TestTheBrokerIsOpenedToTheNetworkBeforeABoardIsLedToIt(t *testing.T) {
	var backend *fakeBackend
	admitted := false
	d := newDesk(t, func(b *fakeBench, h *fakeBackend) {
		backend = h
		b.reach = func(context.Context) error { admitted = h.admitted.Load() > 0; return nil }
	})
	d.Handle(Forward{})
	settle(d)
	d.Handle(Forward{})
	to[Broker](d)
	if backend.admitted.Load() != 0 {
		t.Error("it is open before it is chosen")
	}
	d.Handle(Forward{})
	to[Naming](d)
	if !admitted {
		t.Error("the board was to reach a broker that listens to this PC alone")
	}
	practice := work{backend: backend, draft: Draft{Port: device.Port{Kind: device.Practice}, Answers: Answers{Broker: BrokerChoice{BuiltIn: true}}}}
	other := work{backend: backend}
	before := backend.admitted.Load()
	if practice.listenInNetwork(t.Context()) != nil || other.listenInNetwork(t.Context()) != nil || backend.admitted.Load() != before {
		t.Error("it is opened for a practice board, or where it is not used")
	}
}

// TestWhateverHappensNothingTypedIsLost throws events at a session at random.
func TestWhateverHappensNothingTypedIsLost(t *testing.T) {
	var all []Event
	for _, e := range events() {
		switch e.(type) {
		case Typed, NextBoard, Greeted: // these may change what was typed
		default:
			all = append(all, e)
		}
	}
	for seed := range uint64(60) {
		dice := rand.New(rand.NewPCG(seed, 1))
		d := newDesk(t)
		d.Handle(Forward{})
		to[WiFi](d)
		d.write(func(a *Answers) {
			a.WiFi.Password = "typed by hand"
			a.Broker.Other.Host = "typed.example"
			a.Name = "Zoe"
		})
		for range 120 {
			d.Handle(all[dice.IntN(len(all))])
			if dice.IntN(4) == 0 {
				d.loop.Run()
			}
			a := d.State().CurrentDraft().Answers
			if a.WiFi.Password != "typed by hand" || a.Broker.Other.Host != "typed.example" || a.Name != "Zoe" {
				t.Fatalf("seed %d: lost in %T: %q at %q", seed, d.State(), a.Name, a.Broker.Other.Host)
			}
		}
	}
}

// TestNextNeverPanics lets the rules run alone, on every kind of event.
func TestNextNeverPanics(t *testing.T) {
	var all []Event
	for _, e := range events() {
		all = append(all, e)
	}
	dice := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		var s State = Choosing{}
		for range 300 {
			s, _ = Next(s, all[dice.IntN(len(all))])
			if StepOf(s) < 0 || StepOf(s) >= Steps {
				t.Fatalf("%T has no step", s)
			}
		}
	}
}

func TestATypedPortThatComesBackDuringTheProofGoesOnByItself(t *testing.T) {
	var plugged atomic.Bool
	proofs, missed, pull := make(chan bool, 64), make(chan bool, 64), make(chan struct{})
	d := newDesk(t, func(b *fakeBench, _ *fakeBackend) {
		follow := b.prove
		b.prove = func(ctx context.Context, report func(device.Stage)) error {
			if !plugged.Load() {
				missed <- true
				return &fault.Error{Fault: fault.PortMissing, Op: "prove"}
			}
			proofs <- true
			if len(proofs) > 1 {
				return follow(ctx, report)
			}
			<-pull
			return unplug
		}
	})
	plugged.Store(true)
	d.Handle(PortTyped{Name: "COM7"})
	for range 4 {
		d.Handle(Forward{})
		settle(d)
	}
	to[Proving](d)
	d.until(func() bool { return len(proofs) == 1 }, "the proof")
	plugged.Store(false)
	close(pull)
	d.until(func() bool { p, ok := d.State().(Proving); return ok && p.Away && len(missed) > 0 }, "the plug is pulled")
	plugged.Store(true)
	to[Finished](d)
	if len(d.backend.switched) != 1 {
		t.Errorf("switched %v", d.backend.switched)
	}
}

func TestABoardThatLeavesItsProofIsMissedSoonAndMayComeBack(t *testing.T) {
	for name, typed := range map[string]bool{"listed": false, "typed": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := Draft{Port: device.Port{Name: "COM3"}, Ports: []device.Port{{Name: "COM3"}}}
				if typed {
					d.Port.Kind = device.Typed
				}
				var s State = Proving{Draft: d}
				s, _ = Next(s, Staged{Stage: device.Stage{Name: device.StageJoined}})
				began := time.Now()
				gone := TaskFailed{Err: &fault.Error{Fault: fault.PortGone, Op: "prove"}}
				s, task := Next(s, gone)
				w := work{provisioner: &fakeBench{}, draft: d, report: func(Event) {}}
				for s.(Proving).Problem == nil {
					e := Event(gone)
					if task == AwaitReplug {
						e = w.do(t.Context(), task)
					} else {
						time.Sleep(awaitPause)
					}
					s, task = Next(s, e)
				}
				p := s.(Proving)
				if took := time.Since(began); took < absence-2*awaitPause || took > absence || FaultOf(p.Problem) != fault.PortGone || p.Checks.Marks[CheckReached] != Stopped {
					t.Errorf("after %v it is %v, marks %v", took, p.Problem, p.Checks.Marks)
				}
				if s, _ = Next(s, Staged{Stage: device.Stage{Name: device.StageReached}}); s.(Proving).Problem != nil || s.(Proving).Away {
					t.Error("when the board is heard again, the trouble stays")
				}
			})
		})
	}
}
