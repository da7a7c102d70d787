package platformtest

import (
	"strings"
	"testing"

	"lamplighter/device/topic"
)

// PublicBroker stands in for a public test broker, as broker.emqx.io: anybody
// may come, without a login, and hears everything.
type PublicBroker struct {
	*Server
	prefix string
}

// Public starts a public broker. Prefix is the class's own random first levels,
// as "handpy-x7k2m9qa", or "" for the first level of the first topic that is
// used; whatever a client does outside it is noted, and so is an attempt to hear
// everybody. It keeps retained messages.
func Public(t testing.TB, prefix string) *PublicBroker {
	t.Helper()
	b := &PublicBroker{prefix: strings.TrimSuffix(prefix, "/")}
	b.Server = start(t, "the public broker", 2, nil, func(*Server) rules { return publicRules{b: b} })
	return b
}

// Prefix is the class's own first levels, "" while no topic was used.
func (b *PublicBroker) Prefix() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.prefix
}

type publicRules struct {
	lenient
	b *PublicBroker
}

func (r publicRules) login(s *session, c connect) answer {
	if c.will != nil {
		r.own(s, "has a will on", c.will.topic)
	}
	return welcome
}

// subscribe refuses what matches everything, as broker.emqx.io may (its
// operator's text); everything else is the class's own affair.
func (r publicRules) subscribe(s *session, filter string, _ byte) bool {
	if first, _, _ := strings.Cut(filter, "/"); topic.HasWildcard(first) {
		r.b.broke(s, "subscribed to everybody's topics: %q", filter)
		return false
	}
	r.own(s, "subscribed to", filter)
	return true
}

func (r publicRules) publish(s *session, m message) {
	r.own(s, "published to", m.topic)
	r.b.keep(m)
	r.b.deliver(m.topic, m.payload, nil)
}

func (r publicRules) own(s *session, what, topic string) {
	if r.b.prefix == "" {
		r.b.prefix, _, _ = strings.Cut(topic, "/")
	}
	if topic != r.b.prefix && !strings.HasPrefix(topic, r.b.prefix+"/") {
		r.b.broke(s, "%s %q, outside the class's own %q", what, topic, r.b.prefix)
	}
}
