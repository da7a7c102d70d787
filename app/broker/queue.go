package broker

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/broker/retained"
)

// Bounds of what waits for clients, in bytes.
const (
	maxAwayBytes      = 1 << 20   // for one session while its client is away
	maxConnectedBytes = 16 << 20  // for one client that is connected, what it has not acknowledged among it
	sessionBytes      = 64 << 10  // of these a session's own, whatever waits for others
	maxQueuedBytes    = 216 << 20 // for all sessions, beside what is their own: 256 MB with it
	maxGuestsBytes    = 160 << 20 // of these for guests, so that boards and the program have the rest
	maxUnacked        = 128       // messages of QoS 1 and 2 that a client has not acknowledged
	maxEarly          = 1 << 20   // bytes of them, beyond the first
)

// Bounds of the guests' messages to a board. It does one command after the other,
// and publishes what came of each: so many may be on their way, or the teacher's
// next command would be behind all that the network and the board can hold.
const (
	boardWindow   = 8           // on their way, and not answered by a publish of the board
	boardPatience = time.Second // after which a board that publishes nothing is sent as many again
	boardWaiting  = 8           // that wait; of more the oldest are dropped
	maxCommand    = 4 << 10     // bytes of a payload; boards take 1 KB, and read over what is longer
)

// pool counts the bytes that wait for all sessions beside what is their own.
type pool struct{ all, guests atomic.Int64 }

// reserve reports whether there was room for n bytes more, and takes it.
func (p *pool) reserve(n int64, guest bool) bool {
	if guest && p.guests.Add(n) > maxGuestsBytes {
		p.guests.Add(-n)
		return false
	}
	if p.all.Add(n) > maxQueuedBytes {
		p.release(n, guest)
		return false
	}
	return true
}

// release gives n bytes back.
func (p *pool) release(n int64, guest bool) {
	p.all.Add(-n)
	if guest {
		p.guests.Add(-n)
	}
}

// delivery is a message on its way to one client.
type delivery struct {
	m        *message // nil = what is retained on topic when its turn comes
	topic    string   // of what is retained
	ids      []int    // of the subscriptions (MQTT 5, 3.3.2.3.8)
	id       uint16   // packet identifier; 0 = not sent yet, or QoS 0
	qos      byte
	retain   bool
	received bool // QoS 2: PUBREC came, so only PUBREL is sent again
	cost     int  // bytes that it is counted for
}

// isGuests reports whether a guest published it.
func (d delivery) isGuests() bool { return d.m != nil && d.m.guest }

// outgoing is a packet that is to be written, with what a trace tells of it.
type outgoing struct {
	pk       packets.Packet
	number   uint64 // of the message, or 0
	retained bool   // it is what was retained when its client subscribed
}

func (d delivery) outgoing(pk packets.Packet) outgoing {
	o := outgoing{pk: pk, retained: d.topic != ""}
	if d.m != nil {
		o.number = d.m.number
	}
	return o
}

// queue holds what waits for one session: what was not sent yet, and what was
// not acknowledged yet. It outlives the connection where the session does.
type queue struct {
	guest    bool // of a guest
	board    bool // of a board
	pool     *pool
	retained func(topic string) (packets.Packet, bool)
	wake     chan struct{} // of capacity 1

	mu      sync.Mutex
	client  *mqtt.Client // nil = away
	window  int          // how many may be unacknowledged at once
	waiting []delivery
	unacked []delivery // in the order in which they were sent
	bytes   int
	last    uint16 // packet identifier
	closed  bool

	acks []packets.Packet // of what its client published; they go first

	onTheWay int       // guests' messages that a board did not answer
	moved    time.Time // when there was last one more or less
}

func newQueue(r Role, p *pool, retained func(string) (packets.Packet, bool)) *queue {
	return &queue{guest: r.isGuests(), board: r == Board, pool: p, retained: retained, wake: make(chan struct{}, 1)}
}

// enqueue adds a message, and returns how many are dropped for it, or with it. What
// comes at QoS 0 while the client is away is not kept, as the standard has it.
func (q *queue) enqueue(d delivery) (dropped int) {
	d.cost = retained.MessageCost + len(d.topic)
	if d.m != nil {
		d.cost = d.m.size()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.client == nil && d.qos == 0 {
		return 0
	}
	if q.board && d.isGuests() && len(d.m.payload) > maxCommand {
		return 1
	}
	if q.board {
		dropped = q.outdate(d)
	}
	if !q.charge(d.cost) {
		return dropped + 1
	}
	at := len(q.waiting)
	if q.board && !d.isGuests() { // before all that guests sent
		if i := slices.IndexFunc(q.waiting, delivery.isGuests); i >= 0 {
			at = i
		}
	}
	q.waiting = slices.Insert(q.waiting, at, d)
	q.nudge()
	return dropped
}

// outdate drops of what waits for a board what the message d makes old: guests'
// commands on its topic where it is none of theirs, and their oldest where too
// many wait. The caller holds the lock.
func (q *queue) outdate(d delivery) (dropped int) {
	old := func(w delivery) bool { return w.isGuests() && d.m != nil && w.m.topic == d.m.topic }
	if d.isGuests() {
		waiting := 0
		for _, w := range q.waiting {
			if w.isGuests() {
				waiting++
			}
		}
		old = func(w delivery) bool {
			if !w.isGuests() {
				return false
			}
			waiting--
			return waiting >= boardWaiting-1
		}
	}
	q.waiting = slices.DeleteFunc(q.waiting, func(w delivery) bool {
		if !old(w) {
			return false
		}
		q.release(w.cost)
		dropped++
		return true
	})
	return dropped
}

// answer notes that a board published something, as it does after a command.
func (q *queue) answer() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.onTheWay > 0 {
		q.onTheWay--
		q.moved = time.Now()
		q.nudge()
	}
}

// delay returns how long a guest's message to a board is to wait. The caller holds
// the lock.
func (q *queue) delay(now time.Time) time.Duration {
	if q.onTheWay < boardWindow {
		return 0
	}
	if d := boardPatience - now.Sub(q.moved); d > 0 {
		return d
	}
	q.onTheWay = 0
	return 0
}

func (q *queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// enqueueAck adds the acknowledgement of what the client cl published.
func (q *queue) enqueueAck(cl *mqtt.Client, ack packets.Packet) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.client == cl {
		q.acks = append(q.acks, ack)
		q.nudge()
	}
}

// charge counts n bytes more and reports whether they are within the bounds. The
// caller holds the lock.
func (q *queue) charge(n int) bool {
	limit := maxConnectedBytes
	if q.client == nil {
		limit = maxAwayBytes
	}
	more := max(q.bytes+n-sessionBytes, 0) - max(q.bytes-sessionBytes, 0)
	if q.bytes+n > limit || more > 0 && !q.pool.reserve(int64(more), q.guest) {
		return false
	}
	q.bytes += n
	return true
}

// release counts n bytes less. The caller holds the lock.
func (q *queue) release(n int) {
	less := max(q.bytes-sessionBytes, 0) - max(q.bytes-n-sessionBytes, 0)
	q.pool.release(int64(less), q.guest)
	q.bytes -= n
}

// attach makes cl the client that is sent what waits, and hands over what was
// sent to its predecessor and not acknowledged, to be sent again first.
func (q *queue) attach(cl *mqtt.Client) (again []delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.client, q.window, q.onTheWay = cl, maxUnacked, 0
	if n := int(cl.Properties.Props.ReceiveMaximum); n > 0 && cl.Properties.ProtocolVersion >= 5 {
		q.window = min(n, maxUnacked)
	}
	q.nudge()
	return append(again, q.unacked...)
}

// detach ends what attach began, unless another client has taken its place. It
// returns how many messages are dropped, for less is kept for who is away.
func (q *queue) detach(cl *mqtt.Client) (dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.client != cl {
		return 0
	}
	q.client, q.acks = nil, nil // what it is not told of it publishes again
	kept := q.waiting[:0]
	for _, d := range q.waiting {
		if d.qos > 0 {
			kept = append(kept, d)
		} else {
			q.release(d.cost)
		}
	}
	clear(q.waiting[len(kept):])
	q.waiting = kept
	for q.bytes > maxAwayBytes && len(q.waiting)+len(q.unacked) > 0 { // the newest go
		list := &q.waiting
		if len(*list) == 0 {
			list = &q.unacked
		}
		last := len(*list) - 1
		q.release((*list)[last].cost)
		(*list)[last] = delivery{}
		*list = (*list)[:last]
		dropped++
	}
	return dropped
}

// close forgets all that waits, and whatever comes.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.waiting, q.unacked = nil, nil
	q.release(q.bytes)
	q.nudge()
}

// next takes the next message that cl may be sent, with its packet. What needs an
// acknowledgement waits until there are few enough without. It reports false
// when there is none now, and how long until there is one again; 0 = not before
// something happens.
func (q *queue) next(cl *mqtt.Client) (o outgoing, ok bool, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.client == cl && len(q.acks) > 0 {
		o.pk, q.acks = q.acks[0], q.acks[1:]
		return o, true, 0
	}
	now := time.Now()
	for q.client == cl && len(q.waiting) > 0 {
		d := q.waiting[0]
		if q.board && d.isGuests() {
			if wait = q.delay(now); wait > 0 {
				return outgoing{}, false, wait
			}
		}
		pk, ok := q.packet(&d, now)
		if ok && d.qos > 0 && !q.mayFly(pk) {
			break
		}
		q.waiting[0] = delivery{}
		q.waiting = q.waiting[1:]
		if len(q.waiting) == 0 {
			q.waiting = nil // and its array with it
		}
		if ok && d.qos > 0 {
			q.fly(d, &pk)
		} else {
			q.release(d.cost)
		}
		if !ok {
			continue
		}
		if q.board && d.isGuests() {
			q.onTheWay, q.moved = q.onTheWay+1, now
		}
		return d.outgoing(pk), true, 0
	}
	return outgoing{}, false, 0
}

// mayFly reports whether another message may be on its way unacknowledged.
func (q *queue) mayFly(pk packets.Packet) bool {
	bytes := len(pk.Payload)
	for _, d := range q.unacked {
		bytes += d.cost
	}
	return len(q.unacked) == 0 || len(q.unacked) < q.window && bytes <= maxEarly
}

// fly gives a message a packet identifier and keeps it until it is acknowledged.
func (q *queue) fly(d delivery, pk *packets.Packet) {
	for used := true; used; {
		q.last++
		used = q.last == 0
		for _, u := range q.unacked {
			used = used || u.id == q.last
		}
	}
	d.id = q.last
	pk.PacketID = d.id
	if d.m == nil { // what is retained is counted only now
		d.m = newMessage(*pk)
		if more := d.m.size() - d.cost; more > 0 && q.charge(more) {
			d.cost += more
		}
	}
	q.unacked = append(q.unacked, d)
}

// packet makes the packet of a message. It reports false where there is nothing
// to send any more.
func (q *queue) packet(d *delivery, now time.Time) (packets.Packet, bool) {
	m := d.m
	if m == nil {
		kept, ok := q.retained(d.topic)
		if !ok {
			return packets.Packet{}, false
		}
		m = newMessage(kept)
		d.qos = min(d.qos, m.qos)
	}
	if m.expired(now) {
		return packets.Packet{}, false
	}
	pk := packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Qos: d.qos, Retain: d.retain},
		TopicName:   m.topic, Payload: m.payload, Origin: m.origin, Created: m.created, Expiry: m.expiry,
		ProtocolVersion: m.version, PacketID: d.id,
	}
	if m.props != nil {
		pk.Properties = *m.props
	}
	pk.Properties.SubscriptionIdentifier = d.ids
	return pk, true
}

// acknowledge ends what the client with a packet identifier acknowledged
// (PUBACK, PUBCOMP, or a PUBREC that refuses).
func (q *queue) acknowledge(id uint16) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.unacked {
		if q.unacked[i].id == id {
			q.release(q.unacked[i].cost)
			q.unacked = append(q.unacked[:i], q.unacked[i+1:]...)
			q.nudge()
			return
		}
	}
}

// receive notes that PUBREC came, so that the message itself is not needed any
// more. It reports whether there is such a message.
func (q *queue) receive(id uint16) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.unacked {
		if d := &q.unacked[i]; d.id == id && d.qos == 2 {
			q.release(d.cost)
			d.received, d.m, d.cost = true, nil, 0
			return true
		}
	}
	return false
}

// resend makes the packet of a message that is sent again.
func (q *queue) resend(d delivery) (outgoing, bool) {
	if d.received {
		return outgoing{pk: packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Pubrel, Qos: 1}, PacketID: d.id}}, true
	}
	pk, ok := q.packet(&d, time.Now())
	pk.FixedHeader.Dup = true
	return d.outgoing(pk), ok
}
