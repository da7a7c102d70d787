package setup

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/inbox"
	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// work is one task, with all that it needs; it runs away from the state's
// goroutine and touches no state.
type work struct {
	provisioner Provisioner
	backend     Backend
	draft       Draft
	find        device.Find
	remove      bool
	report      func(Event) // posts; never blocks
}

// do does a task, and gives its outcome.
func (w work) do(ctx context.Context, t Task) Event {
	var e Event
	var err error
	switch t {
	case Greet:
		e, err = w.greet(ctx)
	case Scan:
		var found []device.Network
		found, err = w.provisioner.Scan(ctx, w.draft.Port)
		e = Scanned{Networks: found}
	case Join:
		var ip string
		ip, err = w.provisioner.Join(ctx, w.draft.Port, w.draft.Answers.WiFi)
		e = Joined{IP: ip}
	case Check:
		e, err = w.check(ctx)
	case ShowName:
		w.showName(ctx)
		e = Blinked{}
	case ShowLamp:
		w.showName(ctx)
		e, err = Blinked{}, w.provisioner.Blink(ctx, w.draft.Port, trial(w.draft.Answers.Lamp))
	case Write:
		e, err = w.write(ctx)
	case Prove:
		err = w.prove(ctx)
	case Await:
		err = w.await(ctx)
	case AwaitReplug:
		return w.miss(ctx)
	case Undo:
		e, err = Undone{}, w.undo(ctx)
	}
	if err != nil {
		return TaskFailed{Err: err}
	}
	return e
}

// greet asks the board what it is, and counts the seconds down.
func (w work) greet(ctx context.Context) (Event, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, GreetTime+greetOver, &fault.Error{Fault: fault.BoardSilent, Op: "greet", Where: w.draft.Port.Name})
	var counting sync.WaitGroup
	defer counting.Wait()
	defer cancel()
	counting.Go(crash.Guard(func() {
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for left := int(GreetTime/time.Second) - 1; left >= 0; left-- {
			select {
			case <-ctx.Done():
				return
			case <-second.C:
				w.report(Ticked{Left: left})
			}
		}
	}))
	id, err := w.provisioner.Greet(ctx, w.draft.Port, w.progress())
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return Greeted{Board: id}, err
}

// progress reports the latest of many small steps, a few times a second.
func (w work) progress() func(device.Progress) {
	const often, plenty = 50 * time.Millisecond, 4096
	box := inbox.New(func(f func()) { f() }, often, plenty, nil, func(batch []device.Progress, _ int) {
		w.report(Progressed{Progress: batch[len(batch)-1]})
	})
	return box.Put
}

// check tries the broker from this PC, and then from the board.
func (w work) check(ctx context.Context) (Event, error) {
	a := w.draft.Answers
	host, port := a.Broker.Endpoint()
	if err := w.listenInNetwork(ctx); err != nil {
		return nil, err
	}
	if a.Broker.BuiltIn {
		if err := w.backend.Reach(ctx, loopback, port); err != nil {
			return nil, &fault.Error{Fault: fault.BrokerDown, Op: "check", Where: endpoint.Join(loopback, port), Err: err}
		}
	} else if err := w.backend.CheckBroker(ctx, a.Broker); err != nil {
		return nil, err
	}
	if w.draft.Untested {
		return Checked{}, nil
	}
	ip := w.draft.IP
	if ip == "" {
		var err error
		if ip, err = w.provisioner.Join(ctx, w.draft.Port, a.WiFi); err != nil {
			return nil, err
		}
	}
	if a.Broker.BuiltIn && w.draft.Port.Kind == device.Practice {
		host = loopback // it lives on this PC, to which alone the broker may listen
	}
	if err := w.provisioner.Reach(ctx, w.draft.Port, host, port); err != nil {
		return nil, w.blame(ctx, err, ip)
	}
	return Checked{IP: ip}, nil
}

// listenInNetwork lets a board that is no practice board reach the built-in broker.
func (w work) listenInNetwork(ctx context.Context) error {
	if !w.draft.Answers.Broker.BuiltIn || w.draft.Port.Kind == device.Practice {
		return nil
	}
	return w.backend.ListenInNetwork(ctx)
}

const loopback = "127.0.0.1"

// discard is the port of a service that no board has (RFC 863): the board's own
// refusal shows that this PC gets through to it.
const discard = 9

// blame looks at this PC and the network when a board does not get through.
func (w work) blame(ctx context.Context, err error, ip string) error {
	f := FaultOf(err)
	if !unreached(f) {
		return err
	}
	c := w.draft.Answers.Broker
	host, port := c.Endpoint()
	g := Reachability{BuiltIn: c.BuiltIn, Host: host, BoardIP: ip, Addresses: w.draft.Defaults.Addresses}
	g.Own = w.backend.Reach(ctx, host, port)
	if c.BuiltIn {
		g.Listening = w.backend.Reach(ctx, loopback, port) == nil
		if _, bad := netip.ParseAddr(ip); bad == nil {
			there := w.backend.Reach(ctx, ip, discard)
			g.Board = there == nil || FaultOf(there) == fault.Refused
		}
	}
	if ctx.Err() != nil {
		return err
	}
	if blamed := Diagnose(f, g); blamed != f {
		return &fault.Error{Fault: blamed, Op: "reach", Where: endpoint.Join(host, port), Err: err}
	}
	return err
}

// showName has the board's display show the board's name, which stays there until the
// lamp program runs. A display that can't is no reason to stop.
func (w work) showName(ctx context.Context) {
	if m, known := device.ModelByKey(w.draft.Board.Model); known && m.MPython {
		_ = w.provisioner.Label(ctx, w.draft.Port, w.draft.Answers.Name)
	}
}

// write puts everything on the board.
func (w work) write(ctx context.Context) (Event, error) {
	d := w.draft
	if err := w.listenInNetwork(ctx); err != nil {
		return nil, err
	}
	acc, err := w.backend.Login(ctx, d.Answers, d.Board.ID)
	if err != nil {
		return nil, err
	}
	c := d.Answers.Config(acc, d.Defaults.Language, w.find.For(d.Board.ID))
	c.Pupil = cutName(d.Defaults.Pupil.Name)
	if err := c.Check(); err != nil {
		return nil, err
	}
	job := device.Job{Goal: d.Answers.Goal, Config: c, Keep: func(name string, old []byte) error {
		return w.backend.KeepFile(ctx, d.Board.ID, name, old)
	}}
	w.showName(ctx)
	if err := w.provisioner.Install(ctx, d.Port, job, w.progress()); err != nil {
		return nil, err
	}
	return Written{Account: acc}, nil
}

// cutName is the beginning of a name that a board has room for.
func cutName(name string) string {
	return strings.ToValidUTF8(name[:min(len(name), device.MaxName)], "")
}

// prove restarts the board and passes on what it prints, until the rules end
// it. Silence for too long is told each time, and does not end it: a board may be slow.
func (w work) prove(ctx context.Context) error {
	var looking sync.WaitGroup
	defer looking.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	looking.Go(crash.Guard(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-quiet.C:
				w.report(TimedOut{})
				quiet.Reset(silence)
			}
		}
	}))
	ip, looked := "", false
	err := w.provisioner.Prove(ctx, w.draft.Port, func(st device.Stage) {
		if st.Name != "" {
			quiet.Reset(silence)
		}
		if st.IP != "" {
			ip = st.IP
		}
		w.report(Staged{Stage: st})
		if f, bad := st.Fault(); bad && unreached(f) && !looked {
			looked = true
			looking.Go(crash.Guard(func() {
				w.report(Diagnosed{Err: w.blame(ctx, &fault.Error{Fault: f, Op: "prove " + st.Name, Where: w.draft.Port.Name}, ip)})
			}))
		}
	})
	if err == nil && ctx.Err() == nil {
		err = &fault.Error{Fault: fault.PortGone, Op: "prove", Where: w.draft.Port.Name}
	}
	return err
}

// miss waits for a board that is not on the cable, which a list of ports tells of.
func (w work) miss(ctx context.Context) Event {
	select {
	case <-ctx.Done():
		return TaskFailed{Err: ctx.Err()}
	case <-time.After(absence):
		return TimedOut{}
	}
}

// awaitPause is how long to wait before a port that was gone is tried again.
const awaitPause = time.Second

// await tries after a moment whether the port is there again, and follows the
// board from its start. While it is not there that is told as any pulled plug.
func (w work) await(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(awaitPause):
	}
	return w.prove(ctx)
}

// undo puts back what was there before.
func (w work) undo(ctx context.Context) error {
	if w.remove {
		return w.provisioner.Remove(ctx, w.draft.Port, w.progress())
	}
	return w.provisioner.Restore(ctx, w.draft.Port, w.progress())
}

// trial is a lamp in red, where it has colours: the order of its bytes shows.
func trial(l device.Lamp) device.Lamp {
	if l.Kind == device.LampNeoPixel {
		l.Color = [3]int{255, 0, 0}
	}
	return l
}
