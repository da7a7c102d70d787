package presets

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"lamplighter/device/topic"
)

// Rule is one rule of a platform.
type Rule string

// The rules.
const (
	TopicRule    Rule = "topic"    // such a topic can't be published to
	FilterRule   Rule = "filter"   // such a filter can't be subscribed to
	AllRule      Rule = "all"      // # is not subscribed to here
	RetainRule   Rule = "retain"   // nothing is kept (retained)
	PayloadRule  Rule = "payload"  // too long
	RateRule     Rule = "rate"     // too many messages
	ThrottleRule Rule = "throttle" // the platform itself said: too many
)

// AllRules lists every rule, so that tests can demand words for each.
func AllRules() []Rule {
	return []Rule{TopicRule, FilterRule, AllRule, RetainRule, PayloadRule, RateRule, ThrottleRule}
}

// RuleError tells that the platform does not allow something; nothing was sent.
type RuleError struct {
	Preset string // its ID
	Rule   Rule
	Limit  int           // what there is at most, where the rule has a number
	Wait   time.Duration // when it would be allowed, where that is a matter of time
	Found  bool          // it was found out at a connection, and the preset does not know it
}

func (e *RuleError) Error() string { return e.Preset + " does not allow it: " + string(e.Rule) }

// Keeper keeps one connection to its platform's rules: what is published and
// subscribed to is asked of it first. It belongs to one goroutine.
type Keeper struct {
	Preset Preset

	match    *regexp.Regexp
	filters  []string
	throttle string
	errors   string
	browse   []string

	window  []time.Time // publishes of the last minute, by anybody who shares the account
	owed    []time.Time // commands whose boards have not answered: the answers count too
	asked   []time.Time // subscriptions of the last minute
	echoes  []echo      // own publishes that come back
	found   bool        // what the preset does not know was found out
	stopped time.Time   // the platform asked for silence until then
}

type echo struct {
	topic, payload string
	at             time.Time
}

const (
	slack     = 250 * time.Millisecond // a platform counts when a message arrives, which is not when it was sent
	lateness  = 2 * time.Second        // so much longer than the next a message may take, on a line that loses some
	minute    = time.Minute + lateness
	tardy     = 20 * time.Second // a board that has not answered by then does not
	maxEchoes = 256
	silence   = 30 * time.Second // after a platform said that it was too much
)

// Keep makes a keeper for a connection.
func (p Preset) Keep(in Inputs) *Keeper {
	k := &Keeper{Preset: p}
	k.Found(in.Keeps)
	if p.Rules.Match != "" {
		k.match = regexp.MustCompile("^(?:" + strings.ReplaceAll(p.Rules.Match, "{user}", regexp.QuoteMeta(in.User)) + ")$")
	}
	fill := func(all []string) (out []string) {
		for _, t := range all {
			out = append(out, in.fill(t, ""))
		}
		return out
	}
	k.filters, k.browse = fill(p.Rules.Subscribe), fill(p.Rules.Browse)
	k.throttle, k.errors = in.fill(p.Rules.Throttle, ""), in.fill(p.Rules.Errors, "")
	return k
}

// Resume goes on where an earlier keeper of the same account was: what of the
// platform's rates is used up stays so, and silence that it asked for lasts.
func (k *Keeper) Resume(before *Keeper) {
	if before != nil && before.Preset.ID == k.Preset.ID {
		k.window, k.owed, k.asked, k.stopped = before.window, before.owed, before.asked, before.stopped
	}
}

// Found lets the rule about retained messages follow what was found out at the
// connection. Where the preset knows it, or nothing was found, it stays.
func (k *Keeper) Found(keeps Known) {
	if k.Preset.Rules.Retain == Unknown && (keeps == Yes || keeps == No) {
		k.Preset.Rules.Retain, k.found = keeps, true
	}
}

// Silent tells whether the platform has asked for silence that is not over.
func (k *Keeper) Silent(now time.Time) bool { return now.Before(k.stopped) }

func (k *Keeper) refuse(r Rule, limit int, wait time.Duration) error {
	return &RuleError{Preset: k.Preset.ID, Rule: r, Limit: limit, Wait: wait, Found: k.found}
}

// Publish looks at a message before it is sent, and gives the QoS to send it
// with, which is never above the platform's. It fails with a *RuleError.
func (k *Keeper) Publish(name string, payload []byte, qos byte, retained bool) (byte, error) {
	r := k.Preset.Rules
	switch {
	case k.match != nil && !k.match.MatchString(name), r.Levels != 0 && !topic.HasLevels(name, r.Levels):
		return 0, k.refuse(TopicRule, r.Levels, 0)
	case retained && r.Retain != Yes:
		return 0, k.refuse(RetainRule, 0, 0)
	case r.MaxPayload != 0 && len(payload) > r.MaxPayload:
		return 0, k.refuse(PayloadRule, r.MaxPayload, 0)
	}
	return min(qos, r.MaxQoS), nil
}

// Subscribe looks at a subscription before it is asked for, and gives its QoS.
// It fails with a *RuleError.
func (k *Keeper) Subscribe(filter string, qos byte) (byte, error) {
	r := k.Preset.Rules
	wild := topic.HasWildcard(filter)
	first, _, _ := strings.Cut(unshared(filter), "/")
	switch {
	case r.NoWildcards && wild:
		return 0, k.refuse(FilterRule, 0, 0)
	case r.NoAll && topic.HasWildcard(first):
		return 0, k.refuse(AllRule, 0, 0)
	case r.Levels != 0 && !topic.MatchesLevels(filter, r.Levels):
		return 0, k.refuse(FilterRule, r.Levels, 0)
	case len(k.filters) > 0 && !slices.ContainsFunc(k.filters, func(a string) bool { return topic.Covers(a, filter) }):
		return 0, k.refuse(FilterRule, 0, 0)
	}
	return min(qos, r.MaxQoS), nil
}

// unshared is what a subscription asks for that is shared, also in EMQX's ways:
// $queue/<filter> and $exclusive/<filter>.
func unshared(filter string) string {
	for {
		inner := strings.TrimPrefix(strings.TrimPrefix(topic.Inner(filter), "$queue/"), "$exclusive/")
		if inner == filter {
			return filter
		}
		filter = inner
	}
}

// Wait is how long a publish has to wait to stay within the platform's rate.
func (k *Keeper) Wait(now time.Time) time.Duration { return k.Turns(now, 1)[0] }

// Turns is how long each of the next n publishes, all of them commands, has to
// wait when each goes as soon as it may. It can come sooner, for a board may not
// answer, and later, for others share the account.
func (k *Keeper) Turns(now time.Time, n int) []time.Duration {
	waits, used, at := make([]time.Duration, n), k.used(now), now.Add(max(0, k.stopped.Sub(now)))
	for i := range waits {
		at, used = k.Preset.Rules.turn(at, used)
		waits[i] = at.Sub(now)
	}
	return waits
}

// turn is when a publish may go, which is not before a time, and what is used up
// then.
func (r Rules) turn(at time.Time, used []time.Time) (time.Time, []time.Time) {
	later := func(t time.Time) {
		if t.After(at) {
			at = t
		}
	}
	switch most, burst := r.PerMinute, r.Burst; {
	case most == 0:
		return at, used
	case burst != 0:
		if over := len(used) - burst; over >= 0 {
			pace := time.Minute / time.Duration(most) * time.Duration(burst)
			later(used[over].Add(pace + slack))
		}
		return at, append(used, at)
	default: // a command takes two: itself, and its board's answer
		if over := len(used) + 1 - most; over >= 0 && over < len(used) {
			later(used[over].Add(minute))
		}
		return at, append(used, at, at)
	}
}

// used is what of the platform's rate is used up or promised, the oldest first.
func (k *Keeper) used(now time.Time) []time.Time {
	k.window, k.owed = fresh(k.window, now), fresh(k.owed, now)
	for len(k.owed) > 0 && now.Sub(k.owed[0]) > tardy {
		k.owed = k.owed[1:]
	}
	all := slices.Concat(k.window, k.owed)
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// WaitSubscribe is how long a subscription has to wait.
func (k *Keeper) WaitSubscribe(now time.Time) time.Duration {
	most := k.Preset.Rules.Subscribes
	if most == 0 {
		return 0
	}
	k.asked = fresh(k.asked, now)
	if over := len(k.asked) - most; over >= 0 {
		return k.asked[over].Add(minute).Sub(now)
	}
	return 0
}

// Busy is how many of the platform's messages a minute are used up, and how
// many there are; 0 of 0 where they are not limited.
func (k *Keeper) Busy(now time.Time) (used, most int) {
	return len(k.used(now)), k.Preset.Rules.PerMinute
}

func fresh(all []time.Time, now time.Time) []time.Time {
	i := slices.IndexFunc(all, func(t time.Time) bool { return now.Sub(t) < minute })
	if i < 0 {
		return all[:0]
	}
	return all[i:]
}

// Sent counts a message of this program.
func (k *Keeper) Sent(topic string, payload []byte, now time.Time) {
	if k.Preset.Rules.PerMinute == 0 {
		return
	}
	k.window = append(fresh(k.window, now), now)
	if k.Preset.Rules.Burst == 0 {
		k.owed = append(fresh(k.owed, now), now)
	}
	if k.echoes = append(k.echoes, echo{topic, string(payload), now}); len(k.echoes) > maxEchoes {
		k.echoes = k.echoes[1:]
	}
}

// Subscribed counts a subscription of this program.
func (k *Keeper) Subscribed(now time.Time) {
	if k.Preset.Rules.Subscribes != 0 {
		k.asked = append(fresh(k.asked, now), now)
	}
}

// Word is what a platform said of itself.
type Word int

// The words.
const (
	NoWord    Word = iota
	Throttled      // too many messages
	Complaint      // a message that it refused
)

// Heard takes in a message: what boards publish counts against the account too,
// and the platform's own words are told apart. After "too many" nothing is sent
// for 30 seconds.
func (k *Keeper) Heard(topic string, payload []byte, retained bool, now time.Time) Word {
	switch {
	case topic == "" || retained:
		return NoWord
	case topic == k.throttle:
		k.stopped = now.Add(silence)
		return Throttled
	case topic == k.errors:
		return Complaint
	case k.Preset.Rules.PerMinute == 0:
		return NoWord
	}
	for i, e := range k.echoes {
		if e.topic == topic && e.payload == string(payload) && now.Sub(e.at) < minute {
			k.echoes = slices.Delete(k.echoes, i, i+1) // it was counted when it was sent
			return NoWord
		}
	}
	if k.Preset.Rules.Burst == 0 { // else the rate is each client's own
		k.owed = k.owed[min(1, len(k.owed)):]
		k.window = append(fresh(k.window, now), now)
	}
	return NoWord
}

// Browse are the filters for what belongs to the class, and for what the
// platform says of itself; nil: the class's own level.
func (k *Keeper) Browse() []string {
	all := slices.Clone(k.browse)
	for _, t := range []string{k.throttle, k.errors} {
		if t != "" {
			all = append(all, t)
		}
	}
	return all
}

// Last is the topic that asks for the last value of another; "" where the
// broker keeps messages itself, or can't be asked.
func (k *Keeper) Last(topic string) string {
	if k.Preset.Rules.Get == "" || topic == "" {
		return ""
	}
	return topic + k.Preset.Rules.Get
}

// Apart is how long two attempts to connect must lie apart, 0 where the platform
// has no such rule.
func (p Preset) Apart() time.Duration {
	if p.Rules.Connects == 0 {
		return 0
	}
	return minute / time.Duration(p.Rules.Connects)
}

// KeepAlive is the platform's nearest to what is wanted, in seconds.
func (p Preset) KeepAlive(seconds int) int {
	least, most := p.Rules.KeepAlive[0], p.Rules.KeepAlive[1]
	if most == 0 {
		return seconds
	}
	return min(max(seconds, least), most)
}
