package retained

import (
	"strings"

	"github.com/mochi-mqtt/server/v2/packets"
)

// Share is whose part of what may be retained a message takes. No share can be
// filled by those of another.
type Share int

// The shares.
const (
	Guests  Share = iota
	Boards        // and within it each board has a part of its own
	Program       // this program itself
)

// Costs of what is kept beside the bytes of a message itself.
const (
	MessageCost  = 256 // bytes of a message's own structure, and of its place in a queue
	LevelCost    = 512 // bytes of a level in mochi's index
	propertyCost = 40  // bytes of a user property beside its key and value
)

// PropertiesSize is what the properties of a PUBLISH cost in memory, in bytes.
func PropertiesSize(p packets.Properties) int {
	n := len(p.ContentType) + len(p.ResponseTopic) + len(p.CorrelationData)
	for _, u := range p.User {
		n += propertyCost + len(u.Key) + len(u.Val)
	}
	return n
}

// usage is how much is retained.
type usage struct{ topics, bytes int }

// Bounds of what is retained, as it is counted by retainedSize: 80 MB together.
var (
	shareLimits = [...]usage{Guests: {5_000, 16 << 20}, Boards: {10_000, 32 << 20}, Program: {10_000, 32 << 20}}
	boardLimit  = usage{400, 1 << 20} // of one board, so that none can fill the place of the others
)

// Owner is whose message is retained.
type Owner struct {
	Share Share  `json:"share"`
	User  string `json:"user,omitempty"`
	Addr  string `json:"addr,omitempty"` // where it came from; "" = not known
}

// retainedSize is what a retained message costs in memory, in bytes: all that is
// stored of it, and its levels.
func retainedSize(topic string, payload int, properties int) int {
	return MessageCost + len(topic) + payload + properties + LevelCost*(1+strings.Count(topic, "/"))
}

// quota counts what is retained, by topic, share and owner. It is not safe for
// concurrent use.
type quota struct {
	entries map[string]quotaEntry
	shares  [len(shareLimits)]usage
	owners  map[Owner]usage
	boards  map[string]usage // by user
}

type quotaEntry struct {
	size int
	by   Owner
}

func newQuota() *quota {
	return &quota{entries: map[string]quotaEntry{}, owners: map[Owner]usage{}, boards: map[string]usage{}}
}

// set counts a message in the place of what the topic held, and reports whether
// there is room for it. Without, the topic's old message stays counted.
func (q *quota) set(topic string, size int, by Owner) bool {
	old, known := q.entries[topic]
	if known {
		q.count(old, -1)
	}
	e := quotaEntry{size, by}
	if !fits(q.shares[by.Share], size, shareLimits[by.Share]) || by.Share == Boards && !fits(q.boards[by.User], size, boardLimit) {
		if known {
			q.count(old, 1)
		}
		return false
	}
	q.entries[topic] = e
	q.count(e, 1)
	return true
}

func fits(u usage, size int, limit usage) bool {
	return u.topics < limit.topics && u.bytes+size <= limit.bytes
}

// remove counts a topic no more, and reports whether it was counted.
func (q *quota) remove(topic string) bool {
	e, known := q.entries[topic]
	if known {
		q.count(e, -1)
		delete(q.entries, topic)
	}
	return known
}

// count adds an entry n times.
func (q *quota) count(e quotaEntry, n int) {
	q.shares[e.by.Share] = q.shares[e.by.Share].plus(n, n*e.size)
	addUsage(q.owners, e.by, n, e.size)
	if e.by.Share == Boards {
		addUsage(q.boards, e.by.User, n, e.size)
	}
}

func (u usage) plus(topics, bytes int) usage { return usage{u.topics + topics, u.bytes + bytes} }

// addUsage adds n entries of a size to what m counts for key.
func addUsage[K comparable](m map[K]usage, key K, n, size int) {
	if m[key] = m[key].plus(n, n*size); m[key] == (usage{}) {
		delete(m, key)
	}
}

// most returns the owner who takes most of a share, by the greater of its parts
// of topics and bytes.
func (q *quota) most(s Share) (who Owner) {
	most := -1.0
	limit := shareLimits[s]
	for o, u := range q.owners {
		part := max(float64(u.topics)/float64(limit.topics), float64(u.bytes)/float64(limit.bytes))
		if o.Share == s && part > most {
			who, most = o, part
		}
	}
	return who
}
