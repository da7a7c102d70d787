package broker

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/broker/retained"
	"lamplighter/app/broker/siot"
	"lamplighter/app/lights/codec"
	"lamplighter/device/crash"
)

// clientInfo is who a connection turned out to be.
type clientInfo struct {
	id, user string
	name     string // the user, as notices tell it
	guest    bool
	rights   rights
	in       atomic.Bool             // CONNACK was sent
	replaced atomic.Bool             // by a new connection of the same client: its will is not sent
	unacked  atomic.Int32            // publishes that wait for the disk to be acknowledged
	refuse   byte                    // CONNACK code for who is not let in; 0 = by mochi's choice
	will     *will                   // nil = none, or sent; of the client's own goroutine
	queue    *queue                  // what waits for it; nil before OnSessionEstablish
	fresh    packets.Subscriptions   // to be handed what is retained; of the client's own goroutine
	session  atomic.Pointer[Session] // as its CONNECT has it; nil before OnSessionEstablish
	removed  atomic.Bool             // this program ended its connection
}

// hook is mochi's hook for logins, rights and notices.
type hook struct {
	mqtt.HookBase
	log       *slog.Logger
	classroom string
	accounts  *accounts
	conns     *connLimiter
	store     *retained.Store
	siot      *siot.Service
	notices   *noticeLimiter
	server    *mqtt.Server
	retaining sync.RWMutex // see retaining.go
	pool      pool
	wills     pendingWills
	frozen    atomic.Pointer[map[string]bool] // the commands beside /set that guests are refused; nil = none is
	tracers   tracers

	mu     sync.Mutex
	fights map[string]*takeoverCount
	ids    map[string]claim // the client ids of who is connected

	broken   int // packets that could not be read since brokenAt
	brokenAt time.Time
}

// claim is who has a client id.
type claim struct {
	conn *conn
	info *clientInfo
}

// maxClientID bounds a client id, in bytes. MQTT demands 23 (3.1.1, 3.1.3.1).
const maxClientID = 256

// maxText bounds what a notice repeats of a client's own words.
const maxText = 128

// CONNACK codes of MQTT 3.1.1, 3.2.2.3.
const (
	connackProtocol = 1
	connackID       = 2
	connackBusy     = 3
	connackLogin    = 4
	connackDenied   = 5 // the last one
	connackMethod   = 6 // of connack5 alone: earlier versions have no methods
)

// connack5 are the reason codes of version 5 that say the same (MQTT 5, 3.2.2.2).
var connack5 = map[byte]byte{
	connackID:    packets.ErrClientIdentifierNotValid.Code,
	connackBusy:  packets.ErrServerBusy.Code,
	connackLogin: packets.ErrBadUsernameOrPassword.Code,
	// A method that is not supported is told by this code (MQTT 5, 4.12).
	connackMethod: packets.ErrBadAuthenticationMethod.Code,
}

// ID names the hook.
func (g *hook) ID() string { return "auth" }

// Provides tells mochi what to ask.
func (g *hook) Provides(b byte) bool {
	switch b {
	case mqtt.OnConnectAuthenticate, mqtt.OnACLCheck, mqtt.OnSessionEstablish, mqtt.OnSessionEstablished,
		mqtt.OnDisconnect, mqtt.OnPublish, mqtt.OnSubscribe, mqtt.OnSubscribed, mqtt.OnUnsubscribed, mqtt.OnPacketEncode, mqtt.OnClientExpired,
		mqtt.OnWill, mqtt.OnPacketRead, mqtt.OnPacketProcessed, mqtt.OnRetainedExpired:
		return true
	}
	return false
}

func connOf(cl *mqtt.Client) *conn {
	c, _ := cl.Net.Conn.(*conn)
	return c
}

func infoOf(cl *mqtt.Client) *clientInfo {
	if c := connOf(cl); c != nil {
		return c.info.Load()
	}
	return nil
}

// OnConnectAuthenticate decides whether a client may come in.
func (g *hook) OnConnectAuthenticate(cl *mqtt.Client, pk packets.Packet) bool {
	c := connOf(cl)
	if c == nil {
		return false
	}
	cl.ID = strings.Clone(cl.ID) // what is kept of a CONNECT shares its buffer
	cl.Properties.Username = bytes.Clone(cl.Properties.Username)
	user := string(pk.Connect.Username)
	if pk.Properties.AuthenticationMethod != "" {
		v := &clientInfo{id: cl.ID, user: user, name: g.accounts.shownName(user), refuse: connackMethod}
		g.report(BadMethod, v, c, "")
		c.info.Store(v)
		return false
	}
	acc, guest, ok := g.login(user, string(pk.Connect.Password), origin{c.ip(), func() bool { return g.conns.has(c) }})
	v := &clientInfo{
		id: cl.ID, user: user, name: g.accounts.shownName(user), guest: guest,
		rights: g.rightsOf(acc),
	}
	switch {
	case !ok && !g.conns.has(c): // its password may not have been looked at
		v.refuse = connackBusy
	case !ok:
		v.refuse = connackLogin
		g.refused(v, c, len(pk.Connect.Password) > 0)
	case len(cl.ID) > maxClientID || !g.claimID(v, c):
		v.refuse = connackID
		g.report(IDTaken, v, c, "")
	case !g.conns.login(c, v):
		v.refuse = connackBusy
	default:
		return true
	}
	c.info.Store(v)
	return false
}

// login tells who a user with a password is.
func (g *hook) login(user, password string, from origin) (acc Account, guest, ok bool) {
	if user == siot.User && g.siot.On() {
		return Account{User: user, Role: Lesson}, false, siot.IsLogin(user, password)
	}
	return g.accounts.login(user, password, from)
}

// rightsOf are the rights of an account.
func (g *hook) rightsOf(a Account) rights {
	return rights{Account: a, classroom: g.classroom, owned: g.accounts.owns, heldBack: g.holdsBack}
}

// refusedConn tells of a connection that was refused or ended because there are too
// many, and of the address that has most.
func (g *hook) refusedConn(c *conn, holder string) {
	g.notices.add(Notice{Kind: Crowded, Addr: c.ip(), HolderAddr: holder})
}

// refused tells of a login that was not right, once for each address and user:
// a program that tries again with another client id is the same.
func (g *hook) refused(v *clientInfo, c *conn, password bool) {
	n := Notice{Kind: BadLogin, User: v.name, Unknown: v.name != shorten(v.user), Addr: c.ip()}
	if v.user == "" && !password {
		n.Kind = NoLogin
	}
	g.notices.add(n)
}

// claimID gives a client id to v, or reports false. A living id belongs to its
// user: nobody else takes it over, but a board from guests, and the program from
// all, who must not lock them out by holding their ids. A client of the same user
// is replaced, and its will is not sent, for its client has not gone. A session of
// another user is not inherited.
func (g *hook) claimID(v *clientInfo, c *conn) bool {
	g.mu.Lock()
	was, living := g.ids[v.id]
	if living && !was.info.isSame(v) && v.rank() <= was.info.rank() {
		g.mu.Unlock()
		return false
	}
	g.ids[v.id] = claim{c, v} // at once: while the old connection ends nobody else may get in between
	g.mu.Unlock()
	if living {
		if !was.conn.closesSoon(c) {
			g.fought(v.id, v, c, was.conn)
		}
		was.info.replaced.Store(was.info.isSame(v))
		g.end(was)
	}
	if old, ok := g.server.Clients.Get(v.id); ok {
		if o := infoOf(old); o == nil || !o.isSame(v) {
			g.forget(old)
		}
	}
	return true
}

// isSame reports whether two clients are of the same user.
func (v *clientInfo) isSame(o *clientInfo) bool { return v.user == o.user && v.guest == o.guest }

// rank orders who may take over a client id that another user has.
func (v *clientInfo) rank() int {
	switch v.rights.Role {
	case App:
		return 2
	case Board:
		return 1
	}
	return 0
}

// releaseID gives the client id of a connection that is over back.
func (g *hook) releaseID(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v := c.info.Load(); v != nil && g.ids[v.id].conn == c {
		delete(g.ids, v.id)
	}
}

// end ends the connection of who has a client id, and waits for that, for another
// takes the id then: mochi sends the will in the end, and takes whoever has the id
// off its list, so that a newcomer would be connected and hear nothing.
func (g *hook) end(was claim) {
	if cl, ok := g.server.Clients.Get(was.info.id); ok && connOf(cl) == was.conn {
		late := time.AfterFunc(leaveTime, func() { _ = was.conn.Close() }) // of a client that takes nothing any more
		defer late.Stop()
		_ = cl.WritePacket(packets.Packet{ // it may be gone by now
			FixedHeader: packets.FixedHeader{Type: packets.Disconnect}, ReasonCode: packets.ErrSessionTakenOver.Code,
		})
	}
	_ = was.conn.Close()
	<-was.conn.done
}

// forget ends the session of a client that is not connected.
func (g *hook) forget(cl *mqtt.Client) {
	g.endSession(cl)
	g.server.Clients.Delete(cl.ID)
}

// OnSessionEstablished tells that a client is there.
func (g *hook) OnSessionEstablished(cl *mqtt.Client, _ packets.Packet) {
	if v := infoOf(cl); v != nil {
		v.in.Store(true)
		if g.wills.cancel(cl.ID) {
			g.store.ForgetWill(cl.ID)
		}
		if v.will != nil {
			g.store.KeepWill(cl.ID, v.will.packet, ownerFor(v, connOf(cl)))
		}
		g.traceConnected(cl, v) // before anything is delivered
		conn, attached := connOf(cl), v.queue.attach(cl)
		crash.Go(func() { g.deliver(cl, conn, v.queue, attached) })
		g.report(Connected, v, connOf(cl), "")
	}
	g.boundSessions()
}

// OnDisconnect tells that a client left, and that it was for a packet that was
// too large: mochi says nothing of it.
func (g *hook) OnDisconnect(cl *mqtt.Client, err error, expire bool) {
	v := infoOf(cl)
	if v == nil || !v.in.CompareAndSwap(true, false) {
		return
	}
	g.sessionLeft(cl, v, expire)
	if errors.Is(err, packets.ErrPacketTooLarge) || errors.Is(err, websocket.ErrReadLimit) {
		n := g.notice(TooBig, v, connOf(cl), "")
		n.Limit = int(connOf(cl).limit())
		g.notices.add(n)
	}
	n := g.notice(Disconnected, v, connOf(cl), "")
	n.Departure = departureOf(cl, v, err)
	g.notices.add(n)
	g.tracers.emit(TraceEvent{Kind: TraceDisconnected, Client: cl.ID, User: v.name, Departure: n.Departure, SessionKept: !expire})
}

// departureOf is how a client left whose connection ended with err.
func departureOf(cl *mqtt.Client, v *clientInfo, err error) Departure {
	switch {
	case v.replaced.Load() || cl.IsTakenOver():
		return LeftTakenOver
	case errors.Is(cl.StopCause(), packets.CodeDisconnect):
		return LeftCleanly
	case v.removed.Load():
		return LeftRemoved
	case errors.Is(err, os.ErrDeadlineExceeded):
		return LeftKeepAliveTimeout
	}
	return LeftConnectionLost
}

// sessionLeft ends a session with its connection, or keeps of it what is kept for
// who is away.
func (g *hook) sessionLeft(cl *mqtt.Client, v *clientInfo, expire bool) {
	if cl.IsTakenOver() {
		v.queue.detach(cl) // what is on the disk and in the queue is the newcomer's
		return
	}
	if v.will != nil { // taken back, or of a client that was replaced
		g.store.ForgetWill(cl.ID)
	}
	if expire {
		v.queue.close()
		g.wills.hasten(cl.ID)
		return
	}
	g.dropped(cl, v.queue.detach(cl))
}

// endSession forgets a session.
func (g *hook) endSession(cl *mqtt.Client) {
	if v := infoOf(cl); v != nil && v.queue != nil {
		v.queue.close()
	}
	g.server.UnsubscribeClient(cl)
	cl.ClearInflights()
	g.wills.hasten(cl.ID)
}

// cleanUp does what mochi has no more time for when it panics.
func (g *hook) cleanUp(c *conn, why any) {
	g.logBroken(c, why)
	v := c.info.Load()
	if v == nil {
		return
	}
	if cl, ok := g.server.Clients.Get(v.id); ok && connOf(cl) == c {
		_, _ = g.OnWill(cl, mqtt.Will{}) // never fails
		g.endSession(cl)
		g.server.Clients.Delete(v.id)
		g.OnDisconnect(cl, nil, true)
	}
}

// logBroken logs a packet that could not be read, once in noticePause: a client
// may send it again and again.
func (g *hook) logBroken(c *conn, why any) {
	g.mu.Lock()
	g.broken++
	count, due := g.broken, time.Since(g.brokenAt) >= noticePause
	if due {
		g.broken, g.brokenAt = 0, time.Now()
	}
	g.mu.Unlock()
	if due {
		g.log.Error("a client's packet could not be read", "addr", c.ip(), "panic", why, "count", count)
	}
}

// OnClientExpired ends the subscriptions of a session that was away for too
// long; mochi forgets the client but keeps them.
func (g *hook) OnClientExpired(cl *mqtt.Client) { g.endSession(cl) }

// boundSessions ends the sessions that have been away longest when there are
// too many.
func (g *hook) boundSessions() {
	if g.server.Clients.Len() <= maxSessions {
		return
	}
	var away []*mqtt.Client
	for _, cl := range g.server.Clients.GetAll() {
		if cl.Closed() && cl.StopTime() != 0 {
			away = append(away, cl)
		}
	}
	slices.SortFunc(away, func(a, b *mqtt.Client) int { return int(a.StopTime() - b.StopTime()) })
	for len(away) > maxSessions {
		g.forget(away[0])
		away = away[1:]
	}
}

// OnACLCheck decides what may be heard. Publishes are decided in OnPublish, for
// mochi throws a client of version 3.1.1 off when this says no.
func (g *hook) OnACLCheck(cl *mqtt.Client, topic string, write bool) bool {
	if write {
		return true
	}
	v := infoOf(cl)
	return v != nil && v.rights.mayReceive(topic)
}

// OnPacketRead sends what is published to the broker's own topics to nowhere:
// mochi drops it without a PUBACK, and its client sends it again for ever. What
// a client acknowledges is dealt with here; see deliver.go.
func (g *hook) OnPacketRead(cl *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	v := infoOf(cl)
	if c := connOf(cl); v == nil && c != nil && pk.FixedHeader.Type == packets.Connect {
		return readConnect(c, pk), nil
	}
	if v == nil || v.queue == nil {
		return pk, nil
	}
	switch pk.FixedHeader.Type {
	case packets.Puback, packets.Pubrec, packets.Pubcomp:
		return g.answered(cl, v, pk), nil
	case packets.Publish:
		if pk.TopicName != "" && isTopic(pk.TopicName) && !mqtt.IsValidFilter(pk.TopicName, true) {
			g.report(Denied, v, connOf(cl), pk.TopicName)
			g.traceRefused(v, pk, NoTopic)
			pk.TopicName = nowhere
		}
		if pk.Properties.TopicAliasFlag {
			pk.TopicName = strings.Clone(pk.TopicName) // it is kept, and shares the whole packet's buffer
		}
	}
	return pk, nil
}

// OnPublish drops what is not allowed. It is acknowledged all the same: a
// client that is told nothing, or thrown off, sends it again for ever. Clients
// of version 5 are told the reason.
func (g *hook) OnPublish(cl *mqtt.Client, pk packets.Packet) (packets.Packet, error) {
	v := infoOf(cl)
	if v == nil {
		return pk, packets.CodeSuccessIgnore
	}
	right := v.rights.publishing(pk.TopicName)
	if v.rights.Role != App && !isTopic(pk.TopicName) {
		right = NoTopic
	}
	if !right.Allows() || pk.TopicName == nowhere {
		if pk.TopicName != nowhere { // told already
			g.deny(v, connOf(cl), pk, right)
		}
		if cl.Properties.ProtocolVersion == 5 && pk.FixedHeader.Qos == 1 {
			return pk, packets.ErrNotAuthorized
		}
		return pk, packets.CodeSuccessIgnore
	}
	g.publish(TracePublished, v, connOf(cl), pk, right)
	if v.rights.Role == Board && v.queue != nil {
		v.queue.answer()
	}
	if !cl.Net.Inline { // what comes over SIoT's web addresses is noted there
		g.siot.Note(pk.TopicName, pk.Payload)
	}
	if pk.FixedHeader.Qos > 0 && !cl.Net.Inline && (pk.FixedHeader.Retain || v.unacked.Load() > 0) {
		g.acknowledge(cl, v, pk)
		return pk, packets.ErrRejectPacket // which only means that mochi leaves it alone
	}
	return pk, packets.CodeSuccessIgnore
}

// deny tells of a publish that is not allowed.
func (g *hook) deny(v *clientInfo, c *conn, pk packets.Packet, right Right) {
	g.traceRefused(v, pk, right)
	if right == HeldForTeacher {
		g.report(HeldBack, v, c, "") // the topics are the class's, and many
		return
	}
	g.report(Denied, v, c, pk.TopicName)
}

// announcing are the filters by which a Lamplighter on another PC looks for the
// lamps of other systems. That it is refused them is nobody's wrongdoing.
var announcing = sync.OnceValue(func() []string { return codec.NewFinder().Filters() })

// OnSubscribed reports subscriptions that were refused.
func (g *hook) OnSubscribed(cl *mqtt.Client, pk packets.Packet, codes []byte) {
	v := infoOf(cl)
	g.traceSubscribed(cl, v, pk.Filters, codes)
	for i, code := range codes {
		if v != nil && code > 2 && i < len(pk.Filters) && !slices.Contains(announcing(), pk.Filters[i].Filter) {
			g.report(Denied, v, connOf(cl), pk.Filters[i].Filter)
		}
	}
}

// OnPacketEncode tells of the broker's own messages, which mochi sends itself, and mends two answers of mochi: for a refusal it knows one reason
// only, and clients older than version 5 it sends a DISCONNECT, which no broker
// does.
func (g *hook) OnPacketEncode(cl *mqtt.Client, pk packets.Packet) packets.Packet {
	old := cl.Properties.ProtocolVersion < 5
	if pk.FixedHeader.Type == packets.Publish && !pk.FixedHeader.Retain && strings.HasPrefix(pk.TopicName, mqtt.SysPrefix) {
		g.traceSent(cl, outgoing{pk: pk})
	}
	switch v := infoOf(cl); {
	case pk.FixedHeader.Type == packets.Connack && v != nil && v.refuse != 0 && pk.ReasonCode != 0:
		pk.ReasonCode = v.refuse
		if !old {
			pk.ReasonCode = connack5[v.refuse]
		}
	case pk.FixedHeader.Type == packets.Connack && v == nil && pk.ReasonCode != 0 && connOf(cl) != nil:
		if told, ok := g.refusal(cl, pk); ok {
			return told
		}
		pk.FixedHeader.Type = packets.Reserved // which mochi refuses to write
	case pk.FixedHeader.Type == packets.Disconnect && old:
		pk.FixedHeader.Type = packets.Reserved // which mochi refuses to write
	}
	return pk
}

func (g *hook) report(k NoticeKind, v *clientInfo, c *conn, topic string) {
	g.notices.add(g.notice(k, v, c, topic))
}

func (g *hook) notice(k NoticeKind, v *clientInfo, c *conn, topic string) Notice {
	n := Notice{Kind: k, User: v.name, Unknown: v.name != shorten(v.user), ClientID: shorten(v.id), Topic: shorten(topic)}
	if c != nil {
		n.Addr = c.ip()
	}
	return n
}

// shownName is a user name as notices and logs tell it. One that no account has
// may be a password that was typed into the wrong field: of it only the beginning
// is told.
func (a *accounts) shownName(user string) string {
	a.mu.RLock()
	known := a.entries[user] != nil || user == a.app.user || user == siot.User
	a.mu.RUnlock()
	if known || user == "" {
		return shorten(user)
	}
	runes := []rune(strings.ToValidUTF8(user, "\uFFFD"))
	return string(runes[:min(len(runes)/4, maxShown)]) + "…"
}

// maxShown is how much is told of a user name that no account has, in characters,
// and a quarter of it at most.
const maxShown = 3

func shorten(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.ToValidUTF8(s, "�")
}

// disconnect ends the connections of those whom pick picks.
func (g *hook) disconnect(pick func(*clientInfo) bool) {
	for _, c := range g.conns.all() {
		if v := c.info.Load(); v != nil && pick(v) {
			v.removed.Store(true)
			_ = c.Close()
		}
	}
}

// freeze refuses guests' commands, or lets them pass.
func (g *hook) freeze(on bool, commands []string) {
	if !on {
		g.frozen.Store(nil)
		return
	}
	all := map[string]bool{}
	for _, c := range commands {
		all[c] = true
	}
	g.frozen.Store(&all)
}

// holdsBack reports whether a topic is a lamp's command, and guests' commands are
// refused.
func (g *hook) holdsBack(name string) bool {
	commands := g.frozen.Load()
	return commands != nil && (strings.HasSuffix(name, "/set") || (*commands)[name])
}
