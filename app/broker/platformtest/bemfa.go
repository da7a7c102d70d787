package platformtest

import (
	"slices"
	"strings"
	"testing"
)

// BemfaOptions say what the platform has.
type BemfaOptions struct {
	UID    string   // the account's private key
	Topics []string // made in the console, as "lamp002"
}

// BemfaBroker stands in for 巴法云.
type BemfaBroker struct {
	*Server
	values map[string]string
}

// Bemfa starts 巴法云. Documented: the client id is the account's private key,
// with no user and no password; topics are made in the console; QoS 2 ends the
// connection; what /set and /up at the end of a topic do. Measured: several
// connections share the client id. Assumed: that there are no wildcards, and
// that a retained message is kept.
func Bemfa(t testing.TB, o BemfaOptions) *BemfaBroker {
	t.Helper()
	b := &BemfaBroker{values: map[string]string{}}
	b.Server = start(t, "Bemfa", 1, nil, func(*Server) rules { return bemfaRules{b: b, o: o} })
	return b
}

// Value is what the cloud shows for a topic, "" before the first message.
func (b *BemfaBroker) Value(topic string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.values[topic]
}

type bemfaRules struct {
	lenient
	b *BemfaBroker
	o BemfaOptions
}

func (bemfaRules) sharesIDs() {}

func (r bemfaRules) login(s *session, c connect) answer {
	// The id is a secret: it is not repeated in what is noted.
	s.id = "(the account's key)"
	switch {
	case c.id != r.o.UID:
		s.id = "(not the account's key)"
		return badID
	case c.user != "" || c.password != "":
		r.b.broke(s, "sent a user or a password besides its key")
		return badLogin
	case c.will != nil && c.will.qos > 1:
		r.b.broke(s, "has a will at QoS 2")
		return hangUp
	case c.will != nil && !r.exists(c.will.topic):
		r.b.broke(s, "has a will on %q, which is not in the console", c.will.topic)
	}
	return welcome
}

// exists reports whether the console has a topic, or the one before /set and /up.
func (r bemfaRules) exists(topic string) bool {
	base, _ := suffix(topic)
	return slices.Contains(r.o.Topics, base)
}

// suffix parts a topic from /set or /up.
func suffix(topic string) (base, end string) {
	if base, ok := strings.CutSuffix(topic, "/set"); ok {
		return base, "set"
	}
	if base, ok := strings.CutSuffix(topic, "/up"); ok {
		return base, "up"
	}
	return topic, ""
}

func (r bemfaRules) subscribe(s *session, filter string, qos byte) bool {
	switch {
	case qos > 1:
		r.b.broke(s, "subscribed to %q at QoS 2", filter)
		s.hangUp()
		return false
	case !slices.Contains(r.o.Topics, filter):
		r.b.broke(s, "subscribed to %q, which is not in the console", filter)
		return false
	}
	return true
}

func (r bemfaRules) publish(s *session, m message) {
	if m.qos > 1 {
		r.b.broke(s, "published to %q at QoS 2", m.topic)
		s.hangUp()
		return
	}
	if !r.exists(m.topic) {
		r.b.broke(s, "published to %q, which is not in the console", m.topic)
		return
	}
	base, end := suffix(m.topic)
	r.b.values[base] = string(m.payload)
	switch end {
	case "up": // only the cloud's value
	case "set":
		r.b.deliver(base, m.payload, s)
	default:
		r.b.keep(m)
		r.b.deliver(base, m.payload, nil)
	}
}
