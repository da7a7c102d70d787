package setup

import (
	"errors"
	"testing"

	"lamplighter/app/broker/presets"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// after lets events happen, one after the other.
func after(s State, all ...Event) State {
	for _, e := range all {
		s, _ = Next(s, e)
	}
	return s
}

func TestAPartThatWasLeftAgainDoesNotChangeWhatTheSetupIsFor(t *testing.T) {
	theirs := known
	theirs.Main = device.OtherMain
	greeted := Greeted{Board: theirs, Defaults: defaults, Base: "class/lamp-01"}
	offer := after(Greeting{Draft: Draft{Ports: []device.Port{usbPort}, Port: usbPort}}, greeted)
	goal := func(s State) device.Goal { return s.CurrentDraft().Answers.Goal }

	part := after(offer, Change{Part: BrokerPart})
	if goal(part) != device.SettingsOnly {
		t.Fatalf("%T with %v: a program of somebody's own has to stay", part, goal(part))
	}
	for part.CurrentDraft().Part != AllParts {
		if _, ok := part.(Offering); ok {
			break
		}
		part = after(part, Back{})
	}
	for name, s := range map[string]State{
		"all steps after all": after(part, Change{Part: AllParts}), "another board": after(part, Back{}),
		"the next board": after(Finished{Draft: after(offer, Change{Part: BrokerPart}).CurrentDraft()}, NextBoard{Defaults: defaults}),
	} {
		if goal(s) != device.MakeLamp {
			t.Errorf("%s: %T is no longer for a lamp", name, s)
		}
	}
}

func TestWhatAPlatformAsksForEachBoardIsPutRightWhereItWasTyped(t *testing.T) {
	at := func(preset string) Draft {
		d := draft()
		d.Answers.Broker = BrokerChoice{Preset: preset, Other: device.Broker{Host: "127.0.0.1", Port: 1, User: "u", Password: "p"}}
		return d
	}
	for _, c := range []struct {
		preset string
		fault  fault.Fault
		want   Step
	}{
		{"easyiot", fault.TopicRefused, NameStep},
		{"easyiot", fault.NoAnswer, NameStep},
		{"easyiot", fault.BadLogin, BrokerStep}, // it is the login that this program used
		{"onenet", fault.BadLogin, NameStep},    // the device's name and key
		{"onenet", fault.Unreachable, BrokerStep},
		{"own", fault.TopicRefused, BrokerStep},
		{"own", fault.NoAnswer, ProofStep},
		{"", fault.TopicRefused, BrokerStep},
	} {
		s := Proving{Draft: at(c.preset), Problem: &fault.Error{Fault: c.fault, Op: "prove"}}
		if step, _ := s.Fixable(); step != c.want {
			t.Errorf("%s, %v: it is put right in step %v, want %v", c.preset, c.fault, step, c.want)
		}
		if fixed := after(s, Fix{}); StepOf(fixed) != c.want {
			t.Errorf("%s, %v: leads to %T", c.preset, c.fault, fixed)
		}
	}
	s := after(Proving{Draft: at("easyiot"), Problem: &fault.Error{Fault: fault.TopicRefused, Op: "prove"}}, Fix{})
	if n, ok := s.(Naming); !ok || n.Problem == nil {
		t.Fatalf("%T does not say why", s)
	}
	a := s.CurrentDraft().Answers
	a.Place = presets.BoardFields{Topic: "Bkgk2zXb4"}
	if n := after(s, Typed{Answers: a}).(Naming); n.Problem != nil {
		t.Error("another topic, and the old one's problem stays")
	}
}

func TestALampThatCouldNotBeToldFromAnotherIsNotWritten(t *testing.T) {
	d := newDesk(t)
	d.Handle(Forward{})
	d.until(func() bool { w, ok := d.State().(WiFi); return ok && !w.Scanning }, "networks")
	d.Handle(Forward{})
	to[Broker](d)
	d.Handle(Forward{})
	to[Naming](d)
	d.backend.held = windowHas
	d.Handle(Forward{})
	if n := to[Naming](d); !saysWindow(n.Problem) || len(d.backend.remembered) != 0 {
		t.Errorf("it is written all the same: %v", n.Problem)
	}
	d.backend.held = nil
	d.Handle(Forward{})
	to[Finished](d)
}

// windowHas refuses a second topic, for the lamp "window" has it.
var windowHas = &presets.FieldError{Preset: "easyiot", Key: presets.Answer, Reason: device.Taken, By: "window"}

func saysWindow(problem error) bool {
	var f *presets.FieldError
	return FaultOf(problem) == fault.BadValue && errors.As(problem, &f) && f.By == "window"
}

// onEasyIoT is a board that is set up already, of which one answer is changed.
func onEasyIoT(p Part) Draft {
	d := part(p)
	d.Answers.Broker = BrokerChoice{Preset: "easyiot", TopicScheme: "two", Other: device.Broker{Host: "127.0.0.1", Port: 1, User: "u", Password: "p"}}
	d.Answers.Place = presets.BoardFields{Topic: "TopicOne1", Answer: "TopicTwo2"}
	return d
}

func TestNoWayLeadsToWritingALampThatCouldNotBeToldFromAnother(t *testing.T) {
	broker, wifi, name := onEasyIoT(BrokerPart), onEasyIoT(WiFiPart), onEasyIoT(NamePart)
	untested := wifi
	untested.Untested = true
	for way, c := range map[string]struct {
		from State
		e    Event
	}{
		"another broker, tried":      {Checking{Draft: broker}, Checked{}},
		"another broker, untried":    {Broker{Draft: broker, Problem: firewall}, SkipTest{}},
		"another network, tried":     {Checking{Draft: wifi}, Checked{IP: "192.168.1.9"}},
		"another network, untried":   {WiFi{Draft: untested, Problem: password}, SkipTest{}},
		"another name":               {Naming{Draft: name}, Forward{}},
		"everything":                 {Naming{Draft: onEasyIoT(AllParts)}, Forward{}},
		"once more after a failure":  {Failed{Draft: broker, Err: silent, From: Writing{Draft: broker}}, Retry{}},
		"the plug that is back":      {Greeting{Draft: broker, Resume: Writing{Draft: broker}}, Greeted{Board: known}},
		"after the proof, the place": {Naming{Draft: broker, Problem: silent}, Forward{}},
	} {
		t.Run(way, func(t *testing.T) {
			d := newDesk(t)
			if free, task := Next(c.from, c.e); task != Write {
				t.Fatalf("this way leads to %T", free)
			}
			d.backend.held, d.state = windowHas, c.from
			d.Handle(c.e)
			n, ok := d.State().(Naming)
			if !ok || !saysWindow(n.Problem) {
				t.Fatalf("it leads to %T, %v", d.State(), n.Problem)
			}
			if was := c.from.CurrentDraft(); n.Answers != was.Answers || n.Part != was.Part {
				t.Errorf("what was typed is lost: %+v", n.Answers)
			}
			<-d.Idle()
			d.loop.Run()
			if len(d.backend.remembered) != 0 || d.backend.logins.Load() != 0 {
				t.Error("it is written all the same")
			}
			d.backend.held = nil
			d.Handle(Forward{})
			if _, writing := d.State().(Writing); !writing {
				t.Errorf("with another answer it leads to %T", d.State())
			}
		})
	}
}

func TestWhoseTopicItIsStaysSaidUntilThatAnswerIsAnother(t *testing.T) {
	n, task := Next(Writing{Draft: onEasyIoT(BrokerPart)}, Refused{Conflict: windowHas})
	if task != Stop {
		t.Errorf("the work goes on: %v", task)
	}
	a := n.CurrentDraft().Answers
	a.Name = "door"
	if n = after(n, Typed{Answers: a}); !saysWindow(n.(Naming).Problem) {
		t.Error("another name, and the topic's problem is gone")
	}
	a.Place.Answer = "TopicThr3"
	if n = after(n, Typed{Answers: a}); n.(Naming).Problem != nil {
		t.Error("another topic, and the old one's problem stays")
	}
}
