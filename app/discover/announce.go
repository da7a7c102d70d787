package discover

import (
	"errors"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/ipv4"

	"lamplighter/device/crash"
	"lamplighter/device/fault"
	"lamplighter/device/random"
)

// Service is a broker that wants to be found.
type Service struct {
	Name string // as people read it, 1 to 63 bytes; cut where it is longer. Where the network has it already, " (2)" is added
	Port int
	TLS  bool
}

// How long others may remember what was said, in seconds (RFC 6762, 10).
const (
	longTTL   = 4500
	hostTTL   = 120
	legacyTTL = 10 // for who does not speak mDNS itself (RFC 6762, 6.7)
)

// When what is said, and how much (RFC 6762, 8).
const (
	probes        = 3
	probePause    = 250 * time.Millisecond
	announcePause = time.Second
	lookPause     = 30 * time.Second // between two looks at this PC's interfaces
	maxRenames    = 20
	answersPerSec = 50
)

// Announcer lets a broker be found, until Close.
type Announcer struct {
	n    Network
	s    Service
	log  *slog.Logger
	conn *net.UDPConn
	pc   *ipv4.PacketConn
	host name
	quit chan struct{}
	over chan struct{}
	once sync.Once

	// Of the goroutine that speaks:
	instance  name
	renames   int
	sent      int // probes and announcements so far
	list      []Interface
	joined    []Interface
	second    int64
	perSecond int
}

// Announce lets a broker be found from now on. It holds mDNS's port beside the
// system's own responder, and fails with a *fault.Error where it can't.
func (n Network) Announce(s Service, log *slog.Logger) (*Announcer, error) {
	if s.Name = strings.TrimSpace(s.Name); s.Name == "" || s.Port < 1 || s.Port > 65535 {
		return nil, &fault.Error{Fault: fault.BadValue, Op: "announce the broker", Err: errService}
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	// For a multicast address, net sets what lets several programs share a port.
	c, err := net.ListenUDP("udp4", n.group())
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "announce the broker", Err: err}
	}
	a := &Announcer{
		n: n, s: s, log: log, conn: c, pc: ipv4.NewPacketConn(c), host: name{"lamplighter-" + random.Hex(4), "local"},
		quit: make(chan struct{}), over: make(chan struct{}),
	}
	a.rename()
	crash.Go(a.run)
	return a, nil
}

var errService = errors.New("not a name and a port that a service can have")

// Close says goodbye and ends.
func (a *Announcer) Close() {
	a.once.Do(func() { close(a.quit) })
	<-a.over
}

func (a *Announcer) kind() name {
	if a.s.TLS {
		return tlsService
	}
	return plainService
}

// rename takes the name, or the next one where the last was somebody else's.
func (a *Announcer) rename() {
	label, tail := a.s.Name, ""
	if a.renames > 0 {
		tail = " (" + strconv.Itoa(a.renames+1) + ")"
	}
	a.instance = append(name{cut(label, maxNameBytes-len(tail)) + tail}, a.kind()...)
	a.sent = 0
}

// run speaks and listens until Close.
func (a *Announcer) run() {
	defer close(a.over)
	heardHere, done := make(chan received, 64), make(chan struct{})
	crash.Go(func() { listen(a.conn, heardHere, done) })
	defer func() {
		close(done)
		_ = a.conn.Close()
	}()
	a.readInterfaces()
	step := time.NewTimer(0)
	defer step.Stop()
	look := time.NewTicker(lookPause)
	defer look.Stop()
	for {
		select {
		case <-a.quit:
			if a.established() {
				a.announce(0)
			}
			return
		case <-step.C:
			if next := a.step(); next > 0 {
				step.Reset(next)
			}
		case <-look.C:
			if a.readInterfaces() && a.established() {
				a.sent = probes // all is said again, for who has not heard it
				step.Reset(0)
			}
		case h := <-heardHere:
			if a.handle(h) {
				step.Reset(probePause)
			}
		}
	}
}

// established reports whether the name is known to be free.
func (a *Announcer) established() bool { return a.sent >= probes }

// step asks whether the name is free, then tells it, twice. It gives the time
// until the next step, or 0 where nothing is left.
func (a *Announcer) step() time.Duration {
	switch {
	case a.sent < probes:
		for _, i := range a.list {
			a.send(message{questions: []question{{a.instance, kindAny}}, claims: a.unique(i)[:1]}, i, nil)
		}
		a.sent++
		return probePause
	case a.sent < probes+2:
		a.announce(longTTL)
		a.sent++
		if a.sent < probes+2 {
			return announcePause
		}
	}
	return 0
}

// announce tells everybody everything; with ttl 0, that it is no longer so.
func (a *Announcer) announce(ttl uint32) {
	for _, i := range a.list {
		m := message{answer: true, records: append([]record{a.pointer()}, a.unique(i)...)}
		for j := range m.records {
			m.records[j].ttl = min(m.records[j].ttl, ttl)
		}
		a.send(m, i, nil)
	}
}

func (a *Announcer) pointer() record {
	return record{name: a.kind(), kind: kindPTR, ttl: longTTL, target: a.instance}
}

// unique are the records that nobody else has: where the service is, and this
// PC's address on an interface.
func (a *Announcer) unique(i Interface) []record {
	return []record{
		{name: a.instance, kind: kindSRV, unique: true, ttl: hostTTL, port: uint16(a.s.Port), target: a.host},
		{name: a.instance, kind: kindTXT, unique: true, ttl: longTTL},
		{name: a.host, kind: kindA, unique: true, ttl: hostTTL, addr: i.Prefix.Addr()},
	}
}

// readInterfaces reads this PC's interfaces, and reports whether there are new ones.
func (a *Announcer) readInterfaces() bool {
	list, err := a.n.interfaces()
	if err != nil {
		list = nil // they may come back
	}
	fresh := false
	for _, i := range list {
		if slices.Contains(a.list, i) {
			continue
		}
		fresh = true
		if slices.ContainsFunc(a.joined, func(j Interface) bool { return j.Index == i.Index }) {
			continue
		}
		if err := a.pc.JoinGroup(&net.Interface{Index: i.Index}, &net.UDPAddr{IP: mdnsGroup.AsSlice()}); err != nil {
			a.log.Debug("no multicast on an interface", "addr", i.Prefix.Addr(), "err", err)
		}
	}
	a.list, a.joined = list, list
	return fresh
}

// handle answers a message, and reports whether the name had to be changed.
func (a *Announcer) handle(h received) (renamed bool) {
	i, near := on(a.list, h.from.Addr())
	if !near {
		return false
	}
	if h.answer {
		return a.conflicts(h.records)
	}
	if !a.established() || !a.allows(time.Now().Unix()) {
		return false
	}
	legacy := int(h.from.Port()) != a.n.port()
	m := a.answer(h.message, i, legacy)
	if len(m.records) == 0 {
		return false
	}
	if !legacy {
		a.send(m, i, nil)
		return false
	}
	a.send(m, i, net.UDPAddrFromAddrPort(h.from))
	return false
}

// conflicts looks whether somebody else has the name. Who asks for it gives way
// to who has it; of two that have it, the one whose host comes first.
func (a *Announcer) conflicts(records []record) bool {
	for _, x := range records {
		if x.kind != kindSRV || x.ttl == 0 || !x.name.is(a.instance) || x.target.is(a.host) {
			continue
		}
		if a.established() && a.host.key() > x.target.key() {
			continue
		}
		if a.renames++; a.renames > maxRenames {
			return false
		}
		a.log.Info("the network has a broker of this name already", "name", clean(a.instance[0]))
		a.rename()
		return true
	}
	return false
}

// answer is what there is to say to a question.
func (a *Announcer) answer(q message, i Interface, legacy bool) message {
	m := message{answer: true}
	if legacy {
		m.id, m.questions = q.id, q.questions
	}
	for _, x := range q.questions {
		m.records = append(m.records, a.about(x, q, i)...)
	}
	m.records = m.records[:min(len(m.records), 16)]
	for j := range m.records {
		if legacy {
			m.records[j].ttl, m.records[j].unique = min(m.records[j].ttl, legacyTTL), false
		}
	}
	return m
}

func (a *Announcer) about(x question, q message, i Interface) []record {
	asks := func(n name, kind uint16) bool { return x.name.is(n) && (x.kind == kind || x.kind == kindAny) }
	own := a.unique(i)
	switch {
	case asks(allServices, kindPTR):
		return []record{{name: allServices, kind: kindPTR, ttl: longTTL, target: a.kind()}}
	case asks(a.kind(), kindPTR):
		if knows(q.records, a.pointer()) {
			return nil
		}
		return append([]record{a.pointer()}, own...)
	case asks(a.instance, kindSRV):
		return own
	case asks(a.instance, kindTXT):
		return own[1:2]
	case asks(a.host, kindA):
		return own[2:]
	}
	return nil
}

// knows reports whether who asks has the record, and for a while yet (RFC 6762, 7.1).
func knows(list []record, r record) bool {
	return slices.ContainsFunc(list, func(x record) bool {
		return x.kind == r.kind && x.name.is(r.name) && x.target.is(r.target) && x.ttl >= r.ttl/2
	})
}

// allows counts what is answered in this second.
func (a *Announcer) allows(second int64) bool {
	if second != a.second {
		a.second, a.perSecond = second, 0
	}
	a.perSecond++
	return a.perSecond <= answersPerSec
}

// write sends a packet with the interface's own address as its source: of
// several, the system's choice might be one that its neighbours don't believe.
// Where the system does not let that be chosen, it chooses.
func (a *Announcer) write(packet []byte, i Interface, to *net.UDPAddr) error {
	if _, err := a.pc.WriteTo(packet, &ipv4.ControlMessage{Src: i.Prefix.Addr().AsSlice()}, to); err == nil {
		return nil
	}
	_, err := a.conn.WriteToUDP(packet, to)
	return err
}

// send sends a message to everybody on an interface, or to one address.
func (a *Announcer) send(m message, i Interface, to *net.UDPAddr) {
	err := a.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if err == nil && to == nil {
		to = a.n.group()
		err = speakOn(a.pc, i)
	}
	if err == nil {
		err = a.write(m.pack(), i, to)
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		a.log.Debug("the broker could not be announced", "addr", i.Prefix.Addr(), "err", err)
	}
}
