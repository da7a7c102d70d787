package broker

import (
	"cmp"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"lamplighter/app/broker/retained"
	"lamplighter/app/listen"
	"lamplighter/device/fault"
	"lamplighter/device/random"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// prepare makes a broker that does not listen yet.
func prepare(o Options) (*Broker, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if !isBase(o.Classroom) {
		return nil, &fault.Error{Fault: fault.BadValue, Op: "start the broker", Err: errBase}
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "make the broker's folder", Err: err}
	}
	b := &Broker{o: o, log: o.Log, notices: newNoticeLimiter(o.Notice), app: credentials{appUser, random.Hex(24)}}
	var moved string
	var err error
	b.accounts, moved, err = openAccounts(o.Dir, b.app)
	if err != nil {
		return nil, err
	}
	if moved != "" {
		b.log.Error("the broker's accounts are broken; a new file is begun", "moved", filepath.Base(moved))
		b.notices.add(Notice{Kind: StoreBroken, Path: moved})
	}
	b.accounts.setOpen(o.Open)
	b.openStore()
	b.server = mqtt.New(&mqtt.Options{
		Capabilities:             capabilities(),
		Logger:                   slog.New(slog.DiscardHandler), // mochi repeats whole packets, passwords among them
		SysTopicResendInterval:   sysInterval,
		ClientNetWriteBufferSize: 4096,
		ClientNetReadBufferSize:  4096,
	})
	conns := newConnLimiter()
	b.hook = &hook{
		log: o.Log, classroom: o.Classroom, accounts: b.accounts, conns: conns, store: b.store,
		notices: b.notices, server: b.server, fights: map[string]*takeoverCount{}, wills: pendingWills{waiting: map[string]*waitingWill{}},
		ids: map[string]claim{},
	}
	b.siot = b.newSIoT()
	b.hook.siot = b.siot
	b.hook.freeze(o.Frozen, nil)
	conns.full, conns.broken, conns.left, conns.goodbye = b.hook.refusedConn, b.hook.cleanUp, b.hook.releaseID, b.goodbye
	if err := b.server.AddHook(b.hook, nil); err != nil {
		_ = b.store.Close()
		return nil, &fault.Error{Fault: fault.Unknown, Op: "start the broker", Err: err}
	}
	for _, pk := range b.store.Packets() {
		b.server.Topics.RetainMessage(pk)
	}
	return b, nil
}

// openStore reads what is retained.
func (b *Broker) openStore() {
	b.store = retained.Open(retained.Options{
		Dir: b.o.Dir, BoardOf: b.accounts.boardOf, Log: b.log,
		Broken: func(moved string, err error) { b.notices.add(Notice{Kind: StoreBroken, Path: moved, Err: err}) },
		Failed: func(err error) { b.notices.add(Notice{Kind: StoreFailed, Err: err}) },
		Dropped: func(most retained.Owner, messages int) {
			b.notices.add(Notice{Kind: RetainedFull, Holder: shorten(cmp.Or(most.User, most.Addr)), HolderAddr: most.Addr, Count: messages})
		},
	})
}

func capabilities() *mqtt.Capabilities {
	c := mqtt.NewDefaultServerCapabilities()
	c.MaximumClients = maxClients + reserved
	// mochi's own limit of a day makes retained messages vanish overnight.
	c.MaximumMessageExpiryInterval = 0
	c.MaximumSessionExpiryInterval = sessionTime
	c.MaximumClientWritesPending = sysPending
	c.MaximumPacketSize = MaxPacket
	c.Compatibilities.NoInheritedPropertiesOnAck = true // or who publishes at QoS 2 has us keep its properties
	c.TopicAliasMaximum = 128
	return c
}

// listen opens the ports.
func (b *Broker) listen() error {
	port := b.o.Port
	if port == 0 {
		port = DefaultPort
	}
	l, err := listenNear(b.o.Host, port)
	if err != nil {
		return err
	}
	b.tcp = &listener{id: "tcp", net: l, conns: b.hook.conns}
	if err := b.server.AddListener(b.tcp); err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "listen", Err: err}
	}
	if !b.o.WebSocket {
		return nil
	}
	port = b.o.WSPort
	if port == 0 {
		port = defaultWebSocketPort
	}
	if l, err = listenNear(b.o.Host, port); err != nil {
		_ = b.tcp.net.Close()
		return err
	}
	b.ws = newWSListener(l, b.hook.conns)
	if err := b.server.AddListener(b.ws); err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "listen", Err: err}
	}
	return nil
}

// listenNear listens on the wanted port, or on a free one where that is taken.
func listenNear(host string, port int) (net.Listener, error) {
	l, err := listen.Near(host, port)
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "listen", Err: err}
	}
	return l, nil
}

// goodbye tells every client that the broker ends. It ends no connection: mochi
// 2.7.9 takes a client that it stopped for one that took its leave, if it was
// just between two packets, and does not send its will (clients.go, Read). Who
// hangs up is connLimiter.end.
func (b *Broker) goodbye() {
	for _, cl := range b.server.Clients.GetAll() {
		if !cl.Closed() {
			_ = cl.WritePacket(packets.Packet{ // it may be gone by now
				FixedHeader: packets.FixedHeader{Type: packets.Disconnect}, ReasonCode: packets.ErrServerShuttingDown.Code,
			})
		}
	}
}
