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

// Limiter keeps one connection to its platform's rules: what is published and
// subscribed to is asked of it first. It belongs to one goroutine.
type Limiter struct {
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

// Limiter returns the limiter of a connection.
func (p Preset) Limiter(in Inputs) *Limiter {
	l := &Limiter{Preset: p}
	l.SetRetainSupport(in.RetainSupport)
	if p.Rules.Match != "" {
		l.match = regexp.MustCompile("^(?:" + strings.ReplaceAll(p.Rules.Match, "{user}", regexp.QuoteMeta(in.User)) + ")$")
	}
	fill := func(all []string) (out []string) {
		for _, t := range all {
			out = append(out, in.fill(t, ""))
		}
		return out
	}
	l.filters, l.browse = fill(p.Rules.Subscribe), fill(p.Rules.Browse)
	l.throttle, l.errors = in.fill(p.Rules.Throttle, ""), in.fill(p.Rules.Errors, "")
	return l
}

// Resume goes on where an earlier limiter of the same account was: what of the
// platform's rates is used up stays so, and silence that it asked for lasts.
func (l *Limiter) Resume(before *Limiter) {
	if before != nil && before.Preset.ID == l.Preset.ID {
		l.window, l.owed, l.asked, l.stopped = before.window, before.owed, before.asked, before.stopped
	}
}

// SetRetainSupport lets the rule about retained messages follow what was found out at the
// connection. Where the preset knows it, or nothing was found, it stays.
func (l *Limiter) SetRetainSupport(keeps Support) {
	if l.Preset.Rules.Retain == Unknown && (keeps == Yes || keeps == No) {
		l.Preset.Rules.Retain, l.found = keeps, true
	}
}

// Silent reports whether the platform has asked for silence that is not over.
func (l *Limiter) Silent(now time.Time) bool { return now.Before(l.stopped) }

func (l *Limiter) refuse(r Rule, limit int, wait time.Duration) error {
	return &RuleError{Preset: l.Preset.ID, Rule: r, Limit: limit, Wait: wait, Found: l.found}
}

// Publish looks at a message before it is sent, and gives the QoS to send it
// with, which is never above the platform's. It fails with a *RuleError.
func (l *Limiter) Publish(name string, payload []byte, qos byte, retained bool) (byte, error) {
	r := l.Preset.Rules
	switch {
	case l.match != nil && !l.match.MatchString(name), r.Levels != 0 && !topic.HasLevels(name, r.Levels):
		return 0, l.refuse(TopicRule, r.Levels, 0)
	case retained && r.Retain != Yes:
		return 0, l.refuse(RetainRule, 0, 0)
	case r.MaxPayload != 0 && len(payload) > r.MaxPayload:
		return 0, l.refuse(PayloadRule, r.MaxPayload, 0)
	}
	return min(qos, r.MaxQoS), nil
}

// Subscribe looks at a subscription before it is asked for, and gives its QoS.
// It fails with a *RuleError.
func (l *Limiter) Subscribe(filter string, qos byte) (byte, error) {
	r := l.Preset.Rules
	wild := topic.HasWildcard(filter)
	first, _, _ := strings.Cut(unshared(filter), "/")
	switch {
	case r.NoWildcards && wild:
		return 0, l.refuse(FilterRule, 0, 0)
	case r.NoAll && topic.HasWildcard(first):
		return 0, l.refuse(AllRule, 0, 0)
	case r.Levels != 0 && !topic.MatchesLevels(filter, r.Levels):
		return 0, l.refuse(FilterRule, r.Levels, 0)
	case len(l.filters) > 0 && !slices.ContainsFunc(l.filters, func(a string) bool { return topic.Covers(a, filter) }):
		return 0, l.refuse(FilterRule, 0, 0)
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
func (l *Limiter) Wait(now time.Time) time.Duration { return l.Turns(now, 1)[0] }

// Turns is how long each of the next n publishes, all of them commands, has to
// wait when each goes as soon as it may. It can come sooner, for a board may not
// answer, and later, for others share the account.
func (l *Limiter) Turns(now time.Time, n int) []time.Duration {
	waits, used, at := make([]time.Duration, n), l.used(now), now.Add(max(0, l.stopped.Sub(now)))
	for i := range waits {
		at, used = l.Preset.Rules.turn(at, used)
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
func (l *Limiter) used(now time.Time) []time.Time {
	l.window, l.owed = fresh(l.window, now), fresh(l.owed, now)
	for len(l.owed) > 0 && now.Sub(l.owed[0]) > tardy {
		l.owed = l.owed[1:]
	}
	all := slices.Concat(l.window, l.owed)
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// WaitSubscribe is how long a subscription has to wait.
func (l *Limiter) WaitSubscribe(now time.Time) time.Duration {
	most := l.Preset.Rules.Subscribes
	if most == 0 {
		return 0
	}
	l.asked = fresh(l.asked, now)
	if over := len(l.asked) - most; over >= 0 {
		return l.asked[over].Add(minute).Sub(now)
	}
	return 0
}

// Used is how many of the platform's messages a minute are used up, and how
// many there are; 0 of 0 where they are not limited.
func (l *Limiter) Used(now time.Time) (used, most int) {
	return len(l.used(now)), l.Preset.Rules.PerMinute
}

func fresh(all []time.Time, now time.Time) []time.Time {
	i := slices.IndexFunc(all, func(t time.Time) bool { return now.Sub(t) < minute })
	if i < 0 {
		return all[:0]
	}
	return all[i:]
}

// Sent counts a message of this program.
func (l *Limiter) Sent(topic string, payload []byte, now time.Time) {
	if l.Preset.Rules.PerMinute == 0 {
		return
	}
	l.window = append(fresh(l.window, now), now)
	if l.Preset.Rules.Burst == 0 {
		l.owed = append(fresh(l.owed, now), now)
	}
	if l.echoes = append(l.echoes, echo{topic, string(payload), now}); len(l.echoes) > maxEchoes {
		l.echoes = l.echoes[1:]
	}
}

// Subscribed counts a subscription of this program.
func (l *Limiter) Subscribed(now time.Time) {
	if l.Preset.Rules.Subscribes != 0 {
		l.asked = append(fresh(l.asked, now), now)
	}
}

// PlatformNotice is what a platform said of itself.
type PlatformNotice int

// The words.
const (
	NoWord    PlatformNotice = iota
	Throttled                // too many messages
	Complaint                // a message that it refused
)

// Observe takes in a message: what boards publish counts against the account too,
// and the platform's own words are told apart. After "too many" nothing is sent
// for 30 seconds.
func (l *Limiter) Observe(topic string, payload []byte, retained bool, now time.Time) PlatformNotice {
	switch {
	case topic == "" || retained:
		return NoWord
	case topic == l.throttle:
		l.stopped = now.Add(silence)
		return Throttled
	case topic == l.errors:
		return Complaint
	case l.Preset.Rules.PerMinute == 0:
		return NoWord
	}
	for i, e := range l.echoes {
		if e.topic == topic && e.payload == string(payload) && now.Sub(e.at) < minute {
			l.echoes = slices.Delete(l.echoes, i, i+1) // it was counted when it was sent
			return NoWord
		}
	}
	if l.Preset.Rules.Burst == 0 { // else the rate is each client's own
		l.owed = l.owed[min(1, len(l.owed)):]
		l.window = append(fresh(l.window, now), now)
	}
	return NoWord
}

// BrowseFilters are the filters for what belongs to the class, and for what the
// platform says of itself; nil: the class's own level.
func (l *Limiter) BrowseFilters() []string {
	all := slices.Clone(l.browse)
	for _, t := range []string{l.throttle, l.errors} {
		if t != "" {
			all = append(all, t)
		}
	}
	return all
}

// LastValueTopic is the topic that asks for the last value of another; "" where the
// broker keeps messages itself, or can't be asked.
func (l *Limiter) LastValueTopic(topic string) string {
	if l.Preset.Rules.Get == "" || topic == "" {
		return ""
	}
	return topic + l.Preset.Rules.Get
}

// MinConnectInterval is how long two attempts to connect must lie apart, 0 where the
// platform has no such rule.
func (p Preset) MinConnectInterval() time.Duration {
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
