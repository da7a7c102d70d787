package broker

import (
	"sync"
	"time"
)

// NoticeKind is what a notice is about.
type NoticeKind int

// The kinds of notice.
const (
	Connected          NoticeKind = iota // a client logged in
	Disconnected                         // a client left
	Denied                               // a client published to Topic, or subscribed to it, which it may not; it was told yes and nothing was delivered
	BadLogin                             // a wrong user or password; the client id says nothing, for many programs make one up each time
	NoLogin                              // no user and no password were given, and the broker is not open
	BadProtocol                          // a client of another protocol, or of a version of MQTT that is none here, was refused
	BadMethod                            // a client that wants another way to log in than user and password was refused
	NoID                                 // a client without an id, that wants its session kept, was refused
	IDTaken                              // a client id that another user's client holds was refused
	DuplicateClient                      // clients at two addresses take one client id from each other
	DuplicateProgram                     // programs at one address take one client id from each other
	Crowded                              // a connection was refused, or ended, because there are too many; most are of HolderAddr
	TooBig                               // a message larger than Limit ended its client's connection
	RetainedFull                         // a message was delivered but not retained, for too many are; what Topic held is erased
	CommandNotRetained                   // a guest's message to a board was delivered but not retained, for commands are not
	TooSlow                              // messages for a client were dropped, for it takes them too slowly or is away
	StoreBroken                          // the store was unreadable; it was moved to Path and a new one begun
	StoreFailed                          // retained messages can't be written to the disk now; it is tried again
	WebMoved                             // the web addresses for SIoT lessons are on Port, for another program has the port Wanted
	WebFailed                            // the web addresses for SIoT lessons can't be served at all
	OldKeys                              // boards of earlier versions have the secret for finding this computer in common
	HeldBack                             // a guest's command was refused, for the broker is frozen
	BadPolicy                            // the administrator's file at Path has entries that can't be used: Topic names them
)

// String names the kind in English, for logs.
func (k NoticeKind) String() string {
	return [...]string{
		"connected", "disconnected", "denied", "bad login", "no login", "bad protocol", "bad method", "no id", "id taken", "duplicate client", "duplicate program", "crowded",
		"too big", "too much kept", "command not kept", "too slow", "store broken", "store failed", "web moved", "web failed", "old keys", "held back", "bad policy",
	}[k]
}

// Departure is how a client left.
type Departure int

// How clients leave.
const (
	LeftConnectionLost   Departure = iota // the connection ended
	LeftCleanly                           // it said so
	LeftKeepAliveTimeout                  // nothing came for one and a half times its keepalive
	LeftTakenOver                         // another one with its client id came
	LeftRemoved                           // this broker ended the connection, for its account has changed or there are too many
)

// Notice is something that a person should see. Fields that make no sense for
// its kind are empty.
type Notice struct {
	Kind      NoticeKind
	User      string
	Unknown   bool // no account has such a user; it may be a password in the wrong field, so no log tells it
	ClientID  string
	Addr      string // IP address of the client
	Topic     string
	Path      string
	Port      int
	Wanted    int
	Limit     int       // bytes of a packet, of TooBig
	Departure Departure // of Disconnected

	Holder     string // who takes most of the room
	HolderAddr string // from where; "" = not known

	Err    error
	Count  int // how often since the last notice of the same, at least 1
	Topics int // how many different ones, where several notices are told as one
	At     time.Time
}

// Bounds of the reporter.
const (
	noticePause = 5 * time.Second // between two notices of the same
	maxTallies  = 32              // different notices of a kind that are told apart
)

type noticeCount struct {
	count int // since the last notice
	last  Notice
}

// tallyKey is what makes two notices the same.
type tallyKey struct {
	kind                  NoticeKind
	user, id, addr, topic string
}

// noticeLimiter passes notices on. The first of a kind goes at once; what repeats is
// counted, and told once in noticePause.
type noticeLimiter struct {
	report func(Notice)
	pause  time.Duration

	mu      sync.Mutex
	tallies map[tallyKey]*noticeCount
	kinds   map[NoticeKind]int // how many tallies there are of each
	closed  bool
}

func newNoticeLimiter(tell func(Notice)) *noticeLimiter {
	if tell == nil {
		tell = func(Notice) {}
	}
	return &noticeLimiter{report: tell, pause: noticePause, tallies: map[tallyKey]*noticeCount{}, kinds: map[NoticeKind]int{}}
}

// add reports n, or counts it.
func (r *noticeLimiter) add(n Notice) {
	n.At, n.Count = time.Now(), max(n.Count, 1)
	key := tallyKey{n.Kind, n.User, n.ClientID, n.Addr, n.Topic}
	if n.Kind == Connected || n.Kind == Disconnected {
		key.id = "" // a program that comes and goes may make up a new one each time
	}
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	if t, ok := r.tallies[key]; ok {
		t.count += n.Count
		t.last = n
		r.mu.Unlock()
		return
	}
	if r.kinds[n.Kind] >= maxTallies {
		key = tallyKey{kind: n.Kind} // all the others of its kind are one
		if t, ok := r.tallies[key]; ok {
			t.count += n.Count
			t.last = n
			r.mu.Unlock()
			return
		}
	}
	r.tallies[key] = &noticeCount{}
	r.kinds[key.kind]++
	r.mu.Unlock()
	time.AfterFunc(r.pause, func() { r.reportCounted(key) })
	r.report(n)
}

// reportCounted tells what was counted, and forgets what did not repeat.
func (r *noticeLimiter) reportCounted(key tallyKey) {
	r.mu.Lock()
	t, ok := r.tallies[key]
	if !ok || r.closed {
		r.mu.Unlock()
		return
	}
	if t.count == 0 {
		delete(r.tallies, key)
		r.kinds[key.kind]--
		r.mu.Unlock()
		return
	}
	n := t.last
	n.Count = t.count
	t.count = 0
	r.mu.Unlock()
	time.AfterFunc(r.pause, func() { r.reportCounted(key) })
	r.report(n)
}

func (r *noticeLimiter) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
}
