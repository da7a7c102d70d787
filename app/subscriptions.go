package app

import (
	"slices"
	"strings"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
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

// subscriptions are what the link is asked for: the panel's filters, the
// classroom and the browser's, without those that another one covers. A broker may send a message
// once for each filter that it fits, so overlapping ones would count twice.
type subscriptions struct {
	asked   map[string]byte
	answers map[string]link.SubState
	again   *time.Timer // when a platform's rate allows more
	up      bool        // the link was online since it was made
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
			if other != f && covers(other, f) && !refused(other) {
				all[other] = max(qos, most)
				delete(all, f)
				break
			}
		}
	}
	return all
}

// covers tells whether every topic that fits filter b fits a too (MQTT 3.1.1,
// section 4.7).
func covers(a, b string) bool {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	if strings.HasPrefix(b, "$") && !strings.HasPrefix(a, "$") {
		return false // wildcards at the first level leave $SYS and its like out
	}
	for i, level := range as {
		if level == "#" {
			return true // and so does the level above it: "a/#" fits "a"
		}
		if i >= len(bs) || bs[i] == "#" || level != "+" && level != bs[i] {
			return false
		}
	}
	return len(as) == len(bs)
}

// Subscribe adds a filter to the topic browser's, or changes its QoS, 0 to 2. It
// fails for a filter that is none.
func (a *App) Subscribe(filter string, qos byte) error {
	if !link.ValidFilter(filter) {
		return &device.Error{Fault: device.BadValue, Op: "subscribe", Err: link.ErrFilter}
	}
	a.Settings.Update(func(v *settings.Values) {
		i := slices.IndexFunc(v.Topics.Subscriptions, func(s settings.Subscription) bool { return s.Filter == filter })
		if i >= 0 {
			v.Topics.Subscriptions[i].QoS = qos
			return
		}
		v.Topics.Subscriptions = append(v.Topics.Subscriptions, settings.Subscription{Filter: filter, QoS: qos})
	})
	a.subscribe()
	return nil
}

// Unsubscribe takes a filter away from the topic browser's.
func (a *App) Unsubscribe(filter string) {
	a.Settings.Update(func(v *settings.Values) {
		v.Topics.Subscriptions = slices.DeleteFunc(v.Topics.Subscriptions, func(s settings.Subscription) bool { return s.Filter == filter })
	})
	a.subscribe()
}

// Subscriptions lists the topic browser's filters, in the order in which they came.
func (a *App) Subscriptions() []Subscription {
	var all []Subscription
	for _, s := range a.Settings.Values().Topics.Subscriptions {
		one := Subscription{Filter: s.Filter, QoS: s.QoS}
		if answer, ok := a.answerTo(s.Filter); ok {
			one.Answered, one.Granted, one.Err = true, answer.QoS, answer.Err
		}
		all = append(all, one)
	}
	return all
}

// answerTo is the answer to a filter itself, or the grant of one that was asked for
// in its place. A refusal says nothing of the filters that the refused one would
// cover: they are asked for by themselves.
func (a *App) answerTo(filter string) (link.SubState, bool) {
	if answer, ok := a.subs.answers[filter]; ok {
		return answer, true
	}
	for f, answer := range a.subs.answers {
		if _, asked := a.subs.asked[f]; asked && answer.Err == nil && covers(f, filter) {
			return answer, true
		}
	}
	return link.SubState{}, false
}

// Browsed are the filters that the program subscribes to by itself on the
// connection in use, beside its lamps' own topics, as far as the platform allows
// them.
func (a *App) Browsed() []string {
	return slices.DeleteFunc(a.browse(a.Settings.Values()), func(f string) bool {
		_, err := a.keeper.Subscribe(f, 0)
		return err != nil
	})
}

func (a *App) browse(v settings.Values) []string {
	if all := a.keeper.Browse(); len(all) > 0 {
		return all
	}
	return []string{classroomOf(v) + "/#"}
}

// Platform is the preset of the connection in use, with what was found out there
// in place of what it does not know.
func (a *App) Platform() presets.Preset { return a.keeper.Preset }

// countAgain counts what the link asks for by itself when it is back.
func (a *App) countAgain() {
	if a.subs.up {
		for range a.subs.asked {
			a.keeper.Subscribed(time.Now())
		}
	}
	a.subs.up = true
}

// refused tells whether the broker has said no to a filter.
func (a *App) refused(filter string) bool {
	answer, told := a.subs.answers[filter]
	return told && answer.Err != nil
}

// answered takes in what the broker said to a subscription, and asks for what a
// refused one stood for.
func (a *App) answered(s link.SubState) {
	was := a.refused(s.Filter)
	if a.subs.answers[s.Filter] = s; a.refused(s.Filter) != was {
		a.subscribe()
	}
}

// subscribe asks the link for what is wanted now, and no longer for the rest.
func (a *App) subscribe() {
	if a.link == nil {
		return
	}
	v := a.Settings.Values()
	want := a.allowed(v)
	for filter := range a.subs.asked {
		if _, still := want[filter]; !still {
			a.link.Unsubscribe(filter)
			delete(a.subs.answers, filter)
		}
	}
	for filter, qos := range want {
		if old, has := a.subs.asked[filter]; has && old == qos {
			continue
		}
		if wait := a.keeper.WaitSubscribe(time.Now()); wait > 0 {
			delete(want, filter) // the platform allows only so many a minute
			a.subscribeAgain(wait)
			continue
		}
		if err := a.link.Subscribe(filter, qos); err != nil {
			a.subs.answers[filter] = link.SubState{Filter: filter, Err: err}
		}
		a.keeper.Subscribed(time.Now())
	}
	a.subs.asked = want
	a.Changed.Raise()
}

// allowed are the filters that are wanted and that the platform allows. Of the
// user's own, those that it does not allow are answered with why; the program
// leaves its own out.
func (a *App) allowed(v settings.Values) map[string]byte {
	var own []string
	for _, f := range append(a.Lights.Filters(), a.browse(v)...) {
		if _, err := a.keeper.Subscribe(f, 0); err == nil {
			own = append(own, f)
		}
	}
	var asked []settings.Subscription
	for _, s := range v.Topics.Subscriptions {
		qos, err := a.keeper.Subscribe(s.Filter, s.QoS)
		if err != nil {
			a.subs.answers[s.Filter] = link.SubState{Filter: s.Filter, Err: against(err, "subscribe")}
			continue
		}
		asked = append(asked, settings.Subscription{Filter: s.Filter, QoS: qos})
	}
	want := wanted(own, asked, a.refused)
	for filter, qos := range want {
		want[filter] = min(qos, a.keeper.Preset.Rules.MaxQoS)
	}
	return want
}

// subscribeAgain asks for what had to wait.
func (a *App) subscribeAgain(after time.Duration) {
	if a.subs.again == nil {
		a.subs.again = time.AfterFunc(after, func() {
			a.gate.Post(func() {
				a.subs.again = nil
				a.subscribe()
			})
		})
	}
}
