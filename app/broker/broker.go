// Package broker is the MQTT broker inside the program, so that a classroom
// needs no other: mochi-mqtt with our own accounts, rights, store and limits.
//
// Nobody is anonymous unless a lesson opens the broker. It never lets a board
// speak for another, never throws a client off for a publish that is not
// allowed (that would be a loop of reconnects without a word), never forgets a
// retained message overnight, and never writes a password to disk or log.
package broker

import (
	"log/slog"
	"sync"
	"time"

	"lamplighter/app/broker/siot"
	"lamplighter/device/fault"

	mqtt "github.com/mochi-mqtt/server/v2"
)

// DefaultPort is MQTT's own port.
const DefaultPort = 1883

// defaultWebSocketPort is the usual port of MQTT over WebSocket.
const defaultWebSocketPort = 9001

// MaxPacket is the size in bytes of the largest MQTT packet that a broker takes of
// a board; pupils' programs may send 256 KB. One that is larger ends its client's
// connection.
const MaxPacket = 4 << 20

// Options say how to start a broker.
type Options struct {
	Dir       string // where accounts and retained messages are kept; made if it is missing
	Host      string // "" = every interface; tests give 127.0.0.1
	Port      int    // wanted; 0 = DefaultPort. A free one is taken where it is in use
	WebSocket bool   // also listen for MQTT over WebSocket
	WSPort    int    // wanted; 0 = 9001
	Classroom string // the first level of the classroom's topics, as "class"
	Open      bool   // begin open: see SetOpen
	Frozen    bool   // begin frozen: see Freeze
	Log       *slog.Logger

	// Notice is told what a person should see. It runs on the broker's
	// goroutines and must not block.
	Notice func(Notice)
}

// Bounds.
const (
	maxClients  = 256              // connections at once
	boardPlaces = 64               // of these, which guests can't take
	maxOfBoard  = 8                // connections of one board's account
	reserved    = 16               // more for this PC itself, so that many clients can't lock the app out
	maxSessions = 256              // sessions that are kept for clients that are away
	sysPending  = 64               // messages of $SYS that wait for one client; what else waits is bounded in bytes
	sessionTime = 24 * 60 * 60     // seconds that a client may be away before its session ends
	connectTime = 10 * time.Second // from the first byte to CONNECT
	writeTime   = 10 * time.Second // one write on a socket that is stuck
	goodbyeTime = 2 * time.Second  // what Close gives to clients
	sysInterval = 30               // seconds between two rounds of $SYS
)

// Broker is a running broker. Its methods may be called from any goroutine.
type Broker struct {
	o        Options
	log      *slog.Logger
	server   *mqtt.Server
	accounts *accounts
	hook     *hook
	store    *store
	notices  *noticeLimiter
	tcp      *listener
	ws       *wsListener
	siot     *siot.Service
	app      credentials

	closing sync.Once
	closed  error
}

type credentials struct{ user, password string }

// Start starts a broker. Where its port is taken it listens on a free one,
// which Port tells; the caller keeps it and asks for it the next time. A store
// that is broken is moved aside and reported as a notice. It fails with a
// *fault.Error when it can't listen at all, or can't read its accounts.
func Start(o Options) (*Broker, error) {
	b, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if err := b.listen(); err != nil {
		_ = b.store.close()
		return nil, err
	}
	if err := b.server.Serve(); err != nil {
		_ = b.server.Close()
		_ = b.store.close()
		return nil, &fault.Error{Fault: fault.Unknown, Op: "start the broker", Err: err}
	}
	return b, nil
}

// Port is where it listens.
func (b *Broker) Port() int { return b.tcp.port() }

// WebSocketPort is where it listens for MQTT over WebSocket, or 0.
func (b *Broker) WebSocketPort() int {
	if b.ws == nil {
		return 0
	}
	return b.ws.port()
}

// App is the login of the program itself, which may do everything. Its password
// is made at every start and kept in memory only.
func (b *Broker) App() (user, password string) { return b.app.user, b.app.password }

// LocalAddr is where the program itself connects to.
func (b *Broker) LocalAddr() (host string, port int) { return "127.0.0.1", b.Port() }

// SetOpen lets anyone in this network in, with any user name that is not an
// account and with none at all, or ends that and disconnects these guests. A
// guest has a pupil's rights: the classroom's topics, but not what only a board
// may say of itself. A wrong password for an account stays wrong.
func (b *Broker) SetOpen(open bool) {
	b.accounts.setOpen(open)
	if !open {
		b.hook.disconnect(func(s *clientInfo) bool { return s.guest })
	}
}

// Open reports whether anyone in this network may connect.
func (b *Broker) Open() bool { return b.accounts.isOpen() }

// Freeze refuses what pupils and guests publish to topics that end in /set, by which
// lamps are switched, and to these commands, or lets it pass again. Boards and the
// program are not concerned.
func (b *Broker) Freeze(on bool, commands []string) { b.hook.freeze(on, commands) }

// Busy reports whether anybody but this program is connected.
func (b *Broker) Busy() bool {
	for _, cl := range b.server.Clients.GetAll() {
		if !cl.Closed() && string(cl.Properties.Username) != b.app.user {
			return true
		}
	}
	return false
}

// SetAccount adds an account, or changes the one with the same user. Clients
// that are logged in with an account whose password or rights changed are
// disconnected. It may take some 50 ms, for the password is hashed slowly. It
// fails with a *fault.Error when the account is not possible or can't be kept.
func (b *Broker) SetAccount(a Account, password string) error {
	changed, err := b.accounts.set(a, password)
	if changed {
		b.hook.disconnect(func(s *clientInfo) bool { return s.user == a.User })
	}
	return err
}

// RemoveAccount takes an account away and disconnects who used it. An account
// that does not exist is no error.
func (b *Broker) RemoveAccount(user string) error {
	changed, err := b.accounts.remove(user)
	if changed {
		b.hook.disconnect(func(s *clientInfo) bool { return s.user == user })
	}
	return err
}

// Accounts lists the accounts, sorted by user. The program's own is not there.
func (b *Broker) Accounts() []Account { return b.accounts.list() }

// Close disconnects everybody, publishes their wills, and writes what must be
// kept to the disk. It returns an error when that can't be written.
func (b *Broker) Close() error {
	b.closing.Do(func() {
		b.siot.Close()
		_ = b.server.Close() // every write to a client has a deadline, so this ends
		b.hook.wills.end()
		b.closed = b.store.close()
		b.notices.close()
	})
	return b.closed
}
