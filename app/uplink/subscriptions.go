package uplink

import (
	"slices"
	"time"

	"lamplighter/app/connections"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/settings"
	"lamplighter/device/fault"
	"lamplighter/device/topic"
)

// Subscription is one of the topic browser's, with what the broker said to it.
type Subscription struct {
	Filter  string
	QoS     byte // asked for
	Granted byte // by the broker, where Answered
	// Answered is whether the broker has answered for this filter, or for one
	// that covers it.
	Answered bool
	Err      error // the broker's refusal, or nil
}

// subscriptions are what the broker is asked for: the panel's filters, the
// classroom and the browser's, without those that another one covers. A broker may send a message
// once for each filter that it fits, so overlapping ones would count twice.
type subscriptions struct {
	asked   map[string]byte
	answers map[string]link.SubState
	retry   *time.Timer // when a platform's rate allows more
	up      bool        // the link was online since it was made
}

func newSubscriptions() subscriptions {
	return subscriptions{asked: map[string]byte{}, answers: map[string]link.SubState{}}
}

func (s *subscriptions) stop() {
	if s.retry != nil {
		s.retry.Stop()
	}
}

// wanted are the filters to subscribe to, with their highest QoS. One that the
// broker refuses brings nothing, and so stands for no other.
func wanted(own []string, browser []settings.Subscription, refused func(filter string) bool) map[string]byte {
	all := map[string]byte{}
	for _, f := range own {
		all[f] = 1
	}
	for _, s := range browser {
		all[s.Filter] = max(all[s.Filter], s.QoS)
	}
	for f, qos := range all {
		for other, most := range all {
			if other != f && topic.Covers(other, f) && !refused(other) {
				all[other] = max(qos, most)
				delete(all, f)
				break
			}
		}
	}
	return all
}

// Subscribe adds a filter to the topic browser's, or changes its QoS, 0 to 2. It
// fails for a filter that is none.
func (u *Uplink) Subscribe(filter string, qos byte) error {
	if !topic.ValidFilter(filter) {
		return &fault.Error{Fault: fault.BadValue, Op: "subscribe", Err: link.ErrFilter}
	}
	u.o.Settings.Update(func(v *settings.Values) {
		i := slices.IndexFunc(v.Topics.Subscriptions, func(s settings.Subscription) bool { return s.Filter == filter })
		if i >= 0 {
			v.Topics.Subscriptions[i].QoS = qos
			return
		}
		v.Topics.Subscriptions = append(v.Topics.Subscriptions, settings.Subscription{Filter: filter, QoS: qos})
	})
	u.Refresh()
	return nil
}

// Unsubscribe takes a filter away from the topic browser's.
func (u *Uplink) Unsubscribe(filter string) {
	u.o.Settings.Update(func(v *settings.Values) {
		v.Topics.Subscriptions = slices.DeleteFunc(v.Topics.Subscriptions, func(s settings.Subscription) bool { return s.Filter == filter })
	})
	u.Refresh()
}

// Subscriptions lists the topic browser's filters, in the order in which they came.
func (u *Uplink) Subscriptions() []Subscription {
	var all []Subscription
	for _, s := range u.o.Settings.Snapshot().Topics.Subscriptions {
		one := Subscription{Filter: s.Filter, QoS: s.QoS}
		if answer, ok := u.answerTo(s.Filter); ok {
			one.Answered, one.Granted, one.Err = true, answer.QoS, answer.Err
		}
		all = append(all, one)
	}
	return all
}

// answerTo is the answer to a filter itself, or the grant of one that was asked for
// in its place. A refusal says nothing of the filters that the refused one would
// cover: they are asked for by themselves.
func (u *Uplink) answerTo(filter string) (link.SubState, bool) {
	if answer, ok := u.subs.answers[filter]; ok {
		return answer, true
	}
	for f, answer := range u.subs.answers {
		if _, asked := u.subs.asked[f]; asked && answer.Err == nil && topic.Covers(f, filter) {
			return answer, true
		}
	}
	return link.SubState{}, false
}

// Browsed are the filters that the program subscribes to by itself on the
// connection in use, beside its lamps' own topics, as far as the platform allows
// them.
func (u *Uplink) Browsed() []string {
	return slices.DeleteFunc(u.browse(u.o.Settings.Snapshot()), func(f string) bool {
		_, err := u.limiter.Subscribe(f, 0)
		return err != nil
	})
}

func (u *Uplink) browse(v settings.Values) []string {
	if all := u.limiter.BrowseFilters(); len(all) > 0 {
		return all
	}
	return []string{connections.TopicPrefix(v) + "/#"}
}

// countAgain counts what the link asks for by itself when it is back.
func (u *Uplink) countAgain() {
	if u.subs.up {
		for range u.subs.asked {
			u.limiter.Subscribed(time.Now())
		}
	}
	u.subs.up = true
}

// refused reports whether the broker has said no to a filter.
func (u *Uplink) refused(filter string) bool {
	answer, told := u.subs.answers[filter]
	return told && answer.Err != nil
}

// answered takes in what the broker said to a subscription, and asks for what a
// refused one stood for.
func (u *Uplink) answered(s link.SubState) {
	was := u.refused(s.Filter)
	if u.subs.answers[s.Filter] = s; u.refused(s.Filter) != was {
		u.Refresh()
	}
}

// Refresh subscribes to what is wanted now, and no longer to the rest. It is called
// when lamps have other topics.
func (u *Uplink) Refresh() {
	if u.transport == nil {
		return
	}
	v := u.o.Settings.Snapshot()
	want := u.allowed(v)
	for filter := range u.subs.asked {
		if _, still := want[filter]; !still {
			u.transport.Unsubscribe(filter)
			delete(u.subs.answers, filter)
		}
	}
	for filter, qos := range want {
		if old, has := u.subs.asked[filter]; has && old == qos {
			continue
		}
		if wait := u.limiter.WaitSubscribe(time.Now()); wait > 0 {
			delete(want, filter) // the platform allows only so many a minute
			u.refreshAgain(wait)
			continue
		}
		if err := u.transport.Subscribe(filter, qos); err != nil {
			u.subs.answers[filter] = link.SubState{Filter: filter, Err: err}
		}
		u.limiter.Subscribed(time.Now())
	}
	u.subs.asked = want
	u.Changed.Raise()
}

// allowed are the filters that are wanted and that the platform allows. Of the
// user's own, those that it does not allow are answered with why; the program
// leaves its own out.
func (u *Uplink) allowed(v settings.Values) map[string]byte {
	var own []string
	for _, f := range append(u.o.Lamps.Filters(), u.browse(v)...) {
		if _, err := u.limiter.Subscribe(f, 0); err == nil {
			own = append(own, f)
		}
	}
	var asked []settings.Subscription
	for _, s := range v.Topics.Subscriptions {
		qos, err := u.limiter.Subscribe(s.Filter, s.QoS)
		if err != nil {
			u.subs.answers[s.Filter] = link.SubState{Filter: s.Filter, Err: outbox.Refusal(err, "subscribe")}
			continue
		}
		asked = append(asked, settings.Subscription{Filter: s.Filter, QoS: qos})
	}
	want := wanted(own, asked, u.refused)
	for filter, qos := range want {
		want[filter] = min(qos, u.limiter.Preset.Rules.MaxQoS)
	}
	return want
}

// refreshAgain asks for what had to wait.
func (u *Uplink) refreshAgain(after time.Duration) {
	if u.subs.retry == nil {
		u.subs.retry = time.AfterFunc(after, func() {
			u.o.Post(func() {
				u.subs.retry = nil
				u.Refresh()
			})
		})
	}
}
