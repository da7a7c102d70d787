package outbox

import (
	"slices"
	"time"

	"lamplighter/app/broker/presets"
)

// wake has what waits looked at again: when the next may be sent, and often
// enough that how long the others wait is told as it is.
func (o *Outbox) wake(now time.Time) {
	o.stop()
	after := min(max(o.limiter.Wait(now), time.Millisecond), lookAgain)
	o.timer = time.AfterFunc(after, func() { o.post(o.sendWaiting) })
}

func (o *Outbox) stop() {
	if o.timer != nil {
		o.timer.Stop()
	}
}

// sendWaiting sends what may be sent by now, and drops what has waited too long.
func (o *Outbox) sendWaiting() {
	now := time.Now()
	if len(o.queue) == 0 {
		return
	}
	var late []waiting
	o.queue = slices.DeleteFunc(o.queue, func(w waiting) bool {
		if now.Before(w.until) {
			return false
		}
		late = append(late, w)
		return true
	})
	for _, w := range late {
		o.drop(w, o.tooMany(o.limiter.Wait(now)))
	}
	for len(o.queue) > 0 && o.limiter.Wait(now) == 0 {
		w := o.queue[0]
		o.queue = o.queue[1:]
		if err := o.send(w.Command, now); err != nil {
			o.drop(w, err)
		} else {
			o.finish(w, Outcome{Payload: w.Payload})
		}
	}
	if len(o.queue) > 0 {
		o.wake(now)
	}
	o.changed = true // the others have come nearer
	o.Flush()
}

// drop counts a command that waited and is not sent.
func (o *Outbox) drop(w waiting, err error) {
	o.dropped++
	o.finish(w, Outcome{Err: err})
}

// finish notes what became of a command that waited.
func (o *Outbox) finish(w waiting, out Outcome) {
	out.Topic = w.Topic
	for _, f := range w.settled {
		o.outcomes = append(o.outcomes, func() { f(out) })
	}
	o.notifyLater()
}

func (o *Outbox) notifyLater() {
	o.changed = true
	if !o.posted {
		o.posted = true
		o.post(o.Flush)
	}
}

// Flush tells now what would be told by a post that is on its way. It is called
// before messages are handed over, so that no answer comes before the command is
// known to be sent.
func (o *Outbox) Flush() {
	o.deliver()
	o.posted = false
	if o.changed {
		o.changed = false
		o.Changed.Raise()
	}
}

// deliver tells what became of commands.
func (o *Outbox) deliver() {
	for len(o.outcomes) > 0 {
		all := o.outcomes
		o.outcomes = nil
		for _, tell := range all {
			tell()
		}
	}
}

// State is how things stand.
type State struct {
	Waiting         int             // commands that wait for the platform's rate
	Wait            time.Duration   // until the last of them is sent, about
	Dropped         int             // commands that waited and were not sent in the end, for want of a turn or with a lost connection, since MarkRead
	PlatformMessage PlatformMessage // what the platform said of itself last, since MarkRead
}

// State tells how things stand.
func (o *Outbox) State() State {
	return State{Waiting: len(o.queue), Wait: o.longest(), Dropped: o.dropped + o.lost(), PlatformMessage: o.platformMessage}
}

// longest is about how long it takes until nothing waits any more.
func (o *Outbox) longest() time.Duration {
	n := len(o.queue)
	if n == 0 {
		return 0
	}
	return about(o.limiter.Turns(time.Now(), n)[n-1])
}

// about rounds a wait up, so that what tells it does not change all the time.
func about(d time.Duration) time.Duration { return (d + turnStep - 1).Truncate(turnStep) }

// lost is how many messages the transport had taken and then lost with its
// connection, since that was read.
func (o *Outbox) lost() int {
	if t, counts := o.transport.(interface{ Dropped() int }); counts {
		return t.Dropped() - o.read
	}
	return 0
}

// MarkRead forgets what the platform said of itself and how many commands were not
// sent, for a person has read both.
func (o *Outbox) MarkRead() {
	o.platformMessage, o.dropped = PlatformMessage{}, 0
	o.read += o.lost()
	o.notifyLater()
}

// PlatformMessage is what a platform said of itself.
type PlatformMessage struct {
	Word presets.PlatformNotice
	Text string // its own words
	At   time.Time
}

// maxMessage bounds a platform's own words, in bytes.
const maxMessage = 256

// Observe lets the platform's rules know of a message that came, and hears what the
// platform says of itself.
func (o *Outbox) Observe(topic string, payload []byte, retained bool, at time.Time) {
	w := o.limiter.Observe(topic, payload, retained, at)
	if w == presets.NoWord {
		return
	}
	o.platformMessage = PlatformMessage{Word: w, Text: string(payload[:min(len(payload), maxMessage)]), At: at}
	o.notifyLater()
}
