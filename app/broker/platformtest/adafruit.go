package platformtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// AdafruitOptions say what the account has.
type AdafruitOptions struct {
	User      string           // the account's name
	Key       string           // the AIO key
	PerMinute int              // data points a minute; 0 = 30, the free plan's
	Now       func() time.Time // nil = the system's clock
}

// AdafruitIO stands in for io.adafruit.com.
type AdafruitIO struct {
	*Server
	rules *adaRules
}

// Adafruit starts Adafruit IO. Its rules are documented in
// adafruit/Adafruit_IO_Documentation, source/includes/mqtt. Assumed: that a
// wrong key is CONNACK 5, that ten throttle warnings in a minute are too many,
// that /get is no data point, that a will on another topic ends the connection,
// and how a value looks in CSV.
func Adafruit(t testing.TB, o AdafruitOptions) *AdafruitIO {
	t.Helper()
	if o.PerMinute == 0 {
		o.PerMinute = 30
	}
	a := &AdafruitIO{}
	a.Server = start(t, "Adafruit IO", 1, o.Now, func(d *Server) rules {
		a.rules = &adaRules{d: d, o: o, values: map[string]string{}}
		return a.rules
	})
	return a
}

// Value is the last value of a feed, "" before the first.
func (a *AdafruitIO) Value(feed string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.rules.values[feed]
}

// Set gives a feed a value as the platform's dashboard does. It does not count
// to the data rate.
func (a *AdafruitIO) Set(feed, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rules.set(feed, value)
}

// IsBanned reports whether the account is banned now.
func (a *AdafruitIO) IsBanned() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.rules.banned()
}

// The limits, in a minute.
const (
	adaConnects   = 20
	adaSubscribes = 100
	adaFailures   = 10
	adaWarnings   = 10
	adaPayload    = 1024 // bytes, with the feed's history on
	adaBan        = 30 * time.Second
	adaBanMax     = time.Hour
)

type adaRules struct {
	d *Server
	o AdafruitOptions

	values                                           map[string]string
	connects, subscribes, data, failedSub, failedPub rate
	warnings, bans                                   rate
	until                                            time.Time // of the ban
}

func (r *adaRules) banned() bool { return r.d.now().Before(r.until) }

func (r *adaRules) login(s *session, c connect) answer {
	s.id = c.id
	if r.connects.add(r.d.now(), time.Minute) > adaConnects {
		r.d.broke(s, "logged in more than %d times in a minute", adaConnects)
		r.ban()
	}
	if r.banned() || c.user != r.o.User || c.password != r.o.Key {
		return forbidden
	}
	if w := c.will; w != nil {
		if p, ok := r.parse(w.topic); !ok || p.kind != feedTopic || p.get {
			r.d.broke(s, "has a will on %q, which is no feed of its own", w.topic)
			return hangUp
		}
		if w.retain {
			r.d.broke(s, "has a will to be retained")
		}
		if w.qos > 1 {
			r.d.broke(s, "has a will at QoS 2")
			return hangUp
		}
	}
	return welcome
}

// ban locks the whole account out: 30 s for each ban within the last hour.
func (r *adaRules) ban() {
	if r.banned() {
		return
	}
	now := r.d.now()
	length := min(adaBan*time.Duration(r.bans.add(now, time.Hour)), adaBanMax)
	r.until = now.Add(length)
	r.notify("errors", "enforcement limit reached, your account is banned for %d seconds", int(length.Seconds()))
	r.failedPub, r.failedSub, r.warnings, r.connects = rate{}, rate{}, rate{}, rate{}
	for s := range r.d.sessions {
		s.hangUp()
	}
}

// notify publishes to the account's errors or throttle topic.
func (r *adaRules) notify(where, format string, args ...any) {
	r.d.deliver(r.o.User+"/"+where, fmt.Appendf(nil, format, args...), nil)
}

// fail counts a SUBSCRIBE or PUBLISH that is rejected.
func (r *adaRules) fail(s *session, action, topic, why string, failed *rate) {
	r.d.broke(s, "made an invalid %s of %q: %s", action, topic, why)
	r.notify("errors", "%s 127.0.0.1 %s %s rejected, %s", s.id, action, topic, why)
	if failed.add(r.d.now(), time.Minute) >= adaFailures {
		r.ban()
	}
}

func (r *adaRules) subscribing(s *session, _ int) {
	if r.subscribes.add(r.d.now(), time.Minute) > adaSubscribes {
		r.d.broke(s, "subscribed more than %d times in a minute", adaSubscribes)
		r.ban()
	}
}

const notAResource = "not a valid resource topic"

func (r *adaRules) subscribe(s *session, filter string, qos byte) bool {
	if r.banned() {
		r.notify("errors", "%s 127.0.0.1 SUBSCRIBE %s rejected, user is temporarily blocked", s.id, filter)
		return false
	}
	if qos > 1 {
		r.d.broke(s, "subscribed to %q at QoS 2", filter)
	}
	if !r.covers(filter) {
		r.fail(s, "SUBSCRIBE", filter, notAResource, &r.failedSub)
		return false
	}
	return true
}

// covers reports whether a filter is one of the documented forms.
func (r *adaRules) covers(filter string) bool {
	rest, own := strings.CutPrefix(filter, r.o.User+"/")
	if !own {
		return strings.HasPrefix(filter, "time/") // the platform's clock, for all
	}
	if rest == "errors" || rest == "throttle" {
		return true
	}
	kind, rest, _ := strings.Cut(rest, "/")
	if _, ok := adaKinds[kind]; !ok {
		return false
	}
	key, form, formed := strings.Cut(rest, "/")
	if key == "#" {
		return !formed
	}
	if key != "+" && !isFeedKey(key) {
		return false
	}
	return !formed || form == "json" || form == "csv" || form == "#" || form == "+"
}

func (r *adaRules) publish(s *session, m message) {
	if r.banned() {
		r.notify("errors", "%s 127.0.0.1 PUBLISH %s rejected, user is temporarily blocked", s.id, m.topic)
		return
	}
	if m.qos > 1 {
		r.d.broke(s, "published to %q at QoS 2", m.topic)
		s.hangUp()
		return
	}
	if m.retain && !m.will { // a will's was noted at the login
		r.d.broke(s, "published to %q to be retained, which the platform does not do", m.topic)
	}
	p, ok := r.parse(m.topic)
	switch {
	case !ok:
		r.fail(s, "PUBLISH", m.topic, notAResource, &r.failedPub)
	case p.get:
		r.get(s, p)
	case len(m.payload) > adaPayload:
		r.fail(s, "PUBLISH", m.topic, "the payload is too long", &r.failedPub)
	case r.throttled(s):
	case p.kind == groupTopic:
		r.group(s, p, m)
	default:
		r.set(p.key, adaValue(m.payload, p.form))
	}
}

// throttled counts a data point, and drops the one that is too many.
func (r *adaRules) throttled(s *session) bool {
	now := r.d.now()
	if r.data.count(now, time.Minute) < r.o.PerMinute {
		r.data.add(now, time.Minute)
		return false
	}
	r.d.broke(s, "published more than %d data points a minute", r.o.PerMinute)
	left := int(r.data.free(now, time.Minute).Seconds()) + 1
	r.notify("throttle", "%s data rate limit reached, %d seconds until throttle released", r.o.User, left)
	if r.warnings.add(now, time.Minute) >= adaWarnings {
		r.ban()
	}
	return true
}

// get sends the last value to one client alone, if it listens.
func (r *adaRules) get(s *session, p adaTopic) {
	value, ok := r.values[p.key]
	if !ok || p.kind != feedTopic {
		return
	}
	if topic := strings.TrimSuffix(p.topic, "/get"); s.isSubscribed(topic) {
		s.send(topic, adaForm(value, p.form), false)
	}
}

// set stores a feed's value and sends it on all its paths.
func (r *adaRules) set(key, value string) {
	r.values[key] = value
	for _, kind := range []string{"feeds", "f"} {
		topic := r.o.User + "/" + kind + "/" + key
		r.d.deliver(topic, []byte(value), nil)
		r.d.deliver(topic+"/json", adaForm(value, "json"), nil)
		r.d.deliver(topic+"/csv", adaForm(value, "csv"), nil)
	}
	if group, feed, ok := strings.Cut(key, "."); ok {
		r.groupNews(group, feed, value)
	}
}

func (r *adaRules) groupNews(group, feed, value string) {
	text, err := json.Marshal(map[string]any{"feeds": map[string]string{feed: value}})
	if err != nil {
		return
	}
	for _, kind := range []string{"groups", "g"} {
		topic := r.o.User + "/" + kind + "/" + group
		r.d.deliver(topic, text, nil)
		r.d.deliver(topic+"/json", text, nil)
		r.d.deliver(topic+"/csv", []byte(feed+","+value), nil)
	}
}

// group sets the feeds of a group from JSON, the usual form, or CSV.
func (r *adaRules) group(s *session, p adaTopic, m message) {
	if p.form == "csv" {
		for line := range strings.SplitSeq(strings.TrimSpace(string(m.payload)), "\n") {
			if feed, value, ok := strings.Cut(line, ","); ok && isFeedKey(feed) && feed != "location" {
				r.set(p.key+"."+feed, value)
			}
		}
		return
	}
	var x struct {
		Feeds map[string]any `json:"feeds"`
	}
	if json.Unmarshal(m.payload, &x) != nil || len(x.Feeds) == 0 {
		r.fail(s, "PUBLISH", m.topic, "not a group's data", &r.failedPub)
		return
	}
	for feed, value := range x.Feeds {
		r.set(p.key+"."+feed, fmt.Sprint(value))
	}
}

// adaTopic is a topic that can be published to.
type adaTopic struct {
	topic string
	kind  adaKind
	key   string
	form  string // "", "json" or "csv"
	get   bool
}

type adaKind int

const (
	feedTopic adaKind = iota
	groupTopic
)

var adaKinds = map[string]adaKind{"feeds": feedTopic, "f": feedTopic, "groups": groupTopic, "g": groupTopic}

func (r *adaRules) parse(topic string) (p adaTopic, ok bool) {
	levels := strings.Split(topic, "/")
	if len(levels) < 3 || levels[0] != r.o.User || !isFeedKey(levels[2]) {
		return p, false
	}
	p.topic, p.key = topic, levels[2]
	if p.kind, ok = adaKinds[levels[1]]; !ok {
		return p, false
	}
	rest := levels[3:]
	if len(rest) > 0 && (rest[0] == "json" || rest[0] == "csv") {
		p.form, rest = rest[0], rest[1:]
	}
	if len(rest) == 1 && rest[0] == "get" {
		p.get, rest = true, nil
	}
	return p, len(rest) == 0
}

// isFeedKey reports whether s is a feed's key: lower-case letters, digits and
// dashes, with the group's key and a dot before it where it is in one.
func isFeedKey(s string) bool {
	group, feed, in := strings.Cut(s, ".")
	return isKey(group) && (!in || isKey(feed))
}

func isKey(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// adaValue is what is stored of a payload: JSON with a value is unwrapped, and
// other JSON is text, without its white space.
func adaValue(payload []byte, form string) string {
	if form == "csv" {
		value, _, _ := strings.Cut(string(payload), ",")
		return value
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(payload, &object) != nil {
		return string(payload)
	}
	if value, ok := object["value"]; ok {
		var text string
		if json.Unmarshal(value, &text) == nil {
			return text
		}
		payload = value
	}
	var compact bytes.Buffer
	if json.Compact(&compact, payload) != nil {
		return string(payload)
	}
	return compact.String()
}

// adaForm is a value as a subscriber of one form gets it.
func adaForm(value, form string) []byte {
	switch form {
	case "json":
		text, err := json.Marshal(map[string]string{"value": value})
		if err != nil {
			return nil
		}
		return text
	case "csv":
		return []byte(value + ",,,")
	}
	return []byte(value)
}
