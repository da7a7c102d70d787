package hosting

import (
	"log/slog"
	"sync/atomic"

	"lamplighter/app/broker"
	"lamplighter/app/connections"
	"lamplighter/app/discover"
	"lamplighter/app/secrets"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/random"
)

// pupilUser is the account for pupils' own programs.
const pupilUser = "pupil"

// Pupils is the account for pupils' own programs.
func (h *Host) Pupils() (user, password string) {
	return pupilUser, string(h.o.Secrets.Get(secrets.PupilKey))
}

// NewPupilPassword gives the pupils' account another password; programs with
// the old one are disconnected. Done is told when the broker has it, and of a
// *fault.Error where it could not be kept.
func (h *Host) NewPupilPassword(done func(error)) {
	h.o.Secrets.Set(secrets.PupilKey, device.Text(random.Readable()))
	b := h.shared.Broker()
	if b == nil { // it gets the password when it starts
		done(nil)
		return
	}
	h.jobs.Do(func() {
		err := h.letPupilsIn(b)
		h.o.Post(func() {
			h.Changed.Raise()
			done(err)
		})
	})
}

// letPupilsIn gives the pupils' account the password that is shown. From any
// goroutine. Without one, as where the keyring can't be read, it leaves the
// account as it is.
func (h *Host) letPupilsIn(b *broker.Broker) error {
	password := h.o.Secrets.Get(secrets.PupilKey)
	if password == "" {
		return nil
	}
	return b.SetAccount(broker.Account{User: pupilUser, Role: broker.Pupil}, string(password))
}

// Shared is what may be asked of the built-in broker from any goroutine.
type Shared struct {
	broker  atomic.Pointer[broker.Broker] // nil while it does not run
	secrets *secrets.Cache
	nearby  *discover.Network
}

// Broker is the built-in broker, or nil while it does not run.
func (g *Shared) Broker() *broker.Broker { return g.broker.Load() }

// Login gives a board its place on the built-in broker, with the password that it
// has already where it has one. It fails with a *fault.Error where the broker
// does not run, or cannot keep the account; it waits for the disk.
func (g *Shared) Login(base, boardID string) (device.Broker, error) {
	b := g.Broker()
	if b == nil {
		return device.Broker{}, &fault.Error{Fault: fault.BrokerDown, Op: "make the board's login", Err: ErrNoBroker}
	}
	password := g.secrets.Get(secrets.BoardKey(boardID))
	if password == "" {
		password = device.Text(random.Hex(12))
		g.secrets.Set(secrets.BoardKey(boardID), password)
	}
	acc := boardAccount(base, boardID)
	if err := b.SetAccount(acc, string(password)); err != nil {
		return device.Broker{}, err
	}
	return device.Broker{Port: b.Port(), User: device.Text(acc.User), Password: password, KeepAlive: connections.KeepAlive}, nil
}

// Logout takes a board's place on the built-in broker away, some time soon.
func (h *Host) Logout(boardID string) {
	h.o.Secrets.Set(secrets.BoardKey(boardID), "")
	b := h.shared.Broker()
	if b == nil {
		return
	}
	h.jobs.Do(func() {
		if err := b.RemoveAccount(BoardUser(boardID)); err != nil {
			slog.Error("a board's account could not be removed", "err", err)
		}
	})
}

func boardAccount(base, id string) broker.Account {
	return broker.Account{User: BoardUser(id), Role: broker.Board, Base: base, Config: Discovery(id)}
}

// BoardUser is the name of a board's account.
func BoardUser(id string) string { return "board-" + id }

// Discovery is the topic where a board describes itself to Home Assistant.
func Discovery(id string) string { return "homeassistant/light/lamplighter-" + id + "/config" }
