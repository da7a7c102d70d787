package discover

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/ipv4"

	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// When it is asked again, in case a question or an answer was lost.
const (
	firstPause = 500 * time.Millisecond
	longPause  = 8 * time.Second
	followUp   = 100 * time.Millisecond // until what an answer left open is asked for
)

// Browse asks the network for brokers until ctx ends, which is no error, and
// reports each that answers with an address; again, with the same Name and TLS,
// when more or something else is known of it. It reports at most 64, on the
// caller's goroutine. Where nothing can be asked it fails with a *fault.Error.
func (n Network) Browse(ctx context.Context, report func(Broker)) error {
	list, err := n.interfaces()
	if err != nil {
		return err
	}
	s := &search{n: n, list: list, book: newBook(list), received: make(chan received, 64), done: make(chan struct{})}
	defer s.close()
	if err := s.open(); err != nil {
		return &fault.Error{Fault: fault.Unreachable, Op: "look for brokers", Err: err}
	}
	return s.run(ctx, report)
}

// received is a message, and where it came from.
type received struct {
	message
	from netip.AddrPort
}

// search is one Browse.
type search struct {
	n        Network
	list     []Interface
	book     *book
	conns    []*net.UDPConn // to ask on
	shared   *net.UDPConn   // nil = mDNS's port can't be had
	received chan received
	done     chan struct{}
}

// open listens on each interface that lets it, for answers from its network.
// The questions come from a port of one's own: such a question is answered to
// its sender alone (RFC 6762, 6.7), which goes through firewalls, and needs
// nothing of the port that the system's own responder may hold.
func (s *search) open() error {
	var failed error
	for _, i := range s.list {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: i.Prefix.Addr().AsSlice()})
		if err == nil {
			err = speakOn(ipv4.NewPacketConn(c), i)
			s.conns = append(s.conns, c)
			crash.Go(func() { listen(c, s.received, s.done) })
		}
		failed = errors.Join(failed, err)
	}
	if len(s.conns) == 0 {
		return failed
	}
	s.openGroup()
	return nil
}

// openGroup listens to what is said to all as well, where that can be had: some
// responders answer in no other way.
func (s *search) openGroup() {
	c, err := net.ListenUDP("udp4", s.n.group())
	if err != nil {
		return
	}
	pc := ipv4.NewPacketConn(c)
	for _, i := range s.list {
		_ = pc.JoinGroup(&net.Interface{Index: i.Index}, s.n.group()) // twice on one, or one that went away
	}
	s.shared = c
	crash.Go(func() { listen(c, s.received, s.done) })
}

func (s *search) close() {
	close(s.done)
	for _, c := range s.conns {
		_ = c.Close()
	}
	if s.shared != nil {
		_ = s.shared.Close()
	}
}

// listen hands messages over until the connection is closed.
func listen(c *net.UDPConn, to chan<- received, done <-chan struct{}) {
	buf := make([]byte, maxPacket+1)
	for {
		size, from, err := c.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || size > maxPacket {
			select {
			case <-done:
				return
			default:
				continue // Windows reports here what could not be delivered
			}
		}
		m, err := parse(buf[:size])
		if err != nil {
			continue
		}
		select {
		case to <- received{m, netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}:
		case <-done:
			return
		}
	}
}

func (s *search) run(ctx context.Context, report func(Broker)) error {
	pause, sent := firstPause, s.ask()
	if sent != nil {
		return &fault.Error{Fault: fault.Unreachable, Op: "look for brokers", Err: sent}
	}
	again := time.NewTimer(pause)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
			_ = s.ask() // the network may come back
			pause = min(2*pause, longPause)
			again.Reset(pause)
		case h := <-s.received:
			if _, near := on(s.list, h.from.Addr()); !near || !h.answer {
				continue
			}
			if s.book.read(h.records) {
				again.Reset(followUp)
			}
			for _, b := range s.book.news() {
				report(b)
			}
		}
	}
}

// ask sends the questions on each interface. It fails when all of them fail.
func (s *search) ask() error {
	packet := message{questions: s.book.questions()}.pack()
	var failed error
	sent := false
	for _, c := range s.conns {
		err := c.SetWriteDeadline(time.Now().Add(writeTime))
		if err == nil {
			_, err = c.WriteToUDP(packet, s.n.group())
		}
		sent = sent || err == nil
		failed = errors.Join(failed, err)
	}
	if sent {
		return nil
	}
	return failed
}

// found is what is known of a service.
type found struct {
	name     name
	tls      bool
	host     name
	port     uint16
	reported Broker
}

// book is what was heard.
type book struct {
	list  []Interface
	order []string // keys of found, in the order of the first word of them
	found map[string]*found
	hosts map[string][]netip.Addr
	wants int // questions that are open
}

func newBook(list []Interface) *book {
	return &book{list: list, found: map[string]*found{}, hosts: map[string][]netip.Addr{}}
}

// questions are the services, and what is still missing of those that answered.
func (b *book) questions() []question {
	all := []question{{plainService, kindPTR}, {tlsService, kindPTR}}
	for _, key := range b.order {
		f := b.found[key]
		switch {
		case f.host == nil:
			all = append(all, question{f.name, kindSRV})
		case len(b.hosts[f.host.key()]) == 0:
			all = append(all, question{f.host, kindA})
		}
		if len(all) == 18 { // a packet has room for no more long names
			break
		}
	}
	return all
}

// read notes records, and reports whether they left something open.
func (b *book) read(records []record) bool {
	for _, x := range records {
		switch x.kind {
		case kindPTR:
			b.pointed(x)
		case kindSRV:
			if f := b.service(x.name); f != nil && x.ttl > 0 && len(x.target) > 0 {
				f.host, f.port = x.target, x.port
			}
		}
	}
	for _, x := range records { // once it is known whose addresses count
		if x.kind == kindA || x.kind == kindAAAA {
			b.address(x)
		}
	}
	before := b.wants
	b.wants = len(b.questions())
	return b.wants > 2 && b.wants != before
}

func (b *book) pointed(x record) {
	if !x.name.is(plainService) && !x.name.is(tlsService) || !x.target.under(x.name) {
		return
	}
	if x.ttl > 0 {
		b.service(x.target)
		return
	}
	key := x.target.key() // it says goodbye
	delete(b.found, key)
	b.order = slices.DeleteFunc(b.order, func(k string) bool { return k == key })
}

// service is what is known of a service; nil where it is none, or one too many.
func (b *book) service(n name) *found {
	tls := n.under(tlsService)
	if !tls && !n.under(plainService) {
		return nil
	}
	key := n.key()
	if f := b.found[key]; f != nil {
		return f
	}
	if len(b.found) >= maxBrokers {
		return nil
	}
	f := &found{name: n, tls: tls}
	b.found[key] = f
	b.order = append(b.order, key)
	return f
}

// address notes an address of a host that some service is on.
func (b *book) address(x record) {
	key := x.name.key()
	needed := false
	for _, f := range b.found {
		needed = needed || f.host != nil && f.host.key() == key
	}
	if b.hosts[key] == nil && len(b.hosts) >= 2*maxBrokers {
		return
	}
	if old := b.hosts[key]; needed && x.ttl > 0 && len(old) < maxAddrs && !slices.Contains(old, x.addr) {
		b.hosts[key] = append(old, x.addr)
	}
}

// news are the brokers of which something new is known.
func (b *book) news() (all []Broker) {
	for _, key := range b.order {
		f := b.found[key]
		if f.host == nil || f.port == 0 {
			continue
		}
		now := Broker{Host: clean(strings.Join(f.host, ".")), Port: int(f.port), TLS: f.tls, Addrs: rank(b.list, b.hosts[f.host.key()])}
		if now.Name = clean(f.name[0]); now.Name == "" {
			now.Name = now.Host
		}
		same := now.Host == f.reported.Host && now.Port == f.reported.Port && slices.Equal(now.Addrs, f.reported.Addrs)
		if len(now.Addrs) == 0 || same {
			continue
		}
		f.reported = now
		now.Addrs = slices.Clone(now.Addrs)
		all = append(all, now)
	}
	return all
}
