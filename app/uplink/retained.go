package uplink

import (
	"context"
	"sync"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/settings"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// Bounds of what is asked for.
const (
	retainedTime  = 15 * time.Second       // in all
	retainedQuiet = 700 * time.Millisecond // after the last one, and nothing more is expected
	retainedBytes = 64 << 20
	retainedMost  = 100_000 // messages
)

// Retained is what a broker was found to keep.
type Retained struct {
	Messages []link.Message
	// Truncated reports whether not all of it was taken: there is too much, or it came too
	// slowly.
	Truncated bool
	Err       error
}

// AskRetained asks the broker in use for what it keeps under a filter, on a connection
// of its own: one that has subscribed already is not told of a message that another
// client has it keep (MQTT 3.1.1, section 3.3.1.3). Done is called on the state's
// goroutine, but not after cancel.
func (u *Uplink) AskRetained(filter string, done func(Retained)) (cancel func()) {
	ctx, stop := context.WithTimeout(u.life, retainedTime)
	cancelled := false // belongs to the state's goroutine, as cancel does
	tell := func(r Retained) {
		u.o.Post(func() {
			if !cancelled {
				stop()
				done(r)
			}
		})
	}
	o, err := u.askOptions(filter)
	if err != nil || u.limiter.Preset.Rules.Retain == presets.No {
		tell(Retained{Err: err})
	} else {
		u.closing.Go(crash.Guard(func() { tell(collectRetained(ctx, o, filter)) }))
	}
	return func() { cancelled = true; stop() }
}

// askOptions are those of a second connection to the broker in use.
func (u *Uplink) askOptions(filter string) (link.Options, error) {
	if _, err := u.limiter.Subscribe(filter, 0); err != nil {
		return link.Options{}, outbox.Refusal(err, "subscribe")
	}
	offline := &fault.Error{Fault: fault.Unreachable, Op: "subscribe", Err: link.ErrOffline}
	if u.state.Phase != link.Online {
		return link.Options{}, offline
	}
	v := u.o.Settings.Snapshot()
	c, other := v.ConnectionByID(v.Connection)
	if !other {
		o, runs := u.o.Own()
		if !runs {
			return o, offline
		}
		return o, nil
	}
	return u.second(c)
}

// second are the options of another connection beside the one in use.
func (u *Uplink) second(c settings.Connection) (link.Options, error) {
	o, err := optionsOf(c, u.o.Login(c.ID))
	o.ClientID = "" // another than the link's
	return o, err
}

// collectRetained gathers what comes after a subscription, until nothing more does.
func collectRetained(ctx context.Context, o link.Options, filter string) Retained {
	var mu sync.Mutex
	var r Retained
	bytes := 0
	came, lost := make(chan struct{}, 1), make(chan error, 1)
	c, err := link.DialOnce(ctx, o, []string{filter}, func(m link.Message) {
		if !m.Retained {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if bytes += len(m.Topic) + len(m.Payload); bytes > retainedBytes || len(r.Messages) >= retainedMost {
			r.Truncated = true
			return
		}
		r.Messages = append(r.Messages, m)
		select {
		case came <- struct{}{}:
		default:
		}
	}, func(err error) { lost <- err })
	if err != nil {
		return Retained{Err: err}
	}
	defer c.Close()
	quiet := time.NewTimer(retainedQuiet)
	defer quiet.Stop()
	late, failed := false, error(nil)
	for waiting := true; waiting; {
		select {
		case <-came:
			quiet.Reset(retainedQuiet)
		case <-quiet.C:
			waiting = false
		case <-ctx.Done():
			waiting, late = false, true
		case failed = <-lost:
			waiting = false
		}
	}
	mu.Lock()
	defer mu.Unlock()
	out := r // what comes later is not looked at any more
	out.Truncated, out.Err = out.Truncated || late, failed
	return out
}
