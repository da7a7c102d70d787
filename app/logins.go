package app

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"

	"lamplighter/app/broker"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// pupilUser is the account for pupils' own programs.
const pupilUser = "pupil"

// Pupils is the account for pupils' own programs.
func (a *App) Pupils() (user, password string) {
	return pupilUser, string(a.secrets.Get(settings.PupilKey))
}

// NewPupilPassword gives the pupils' account another password; programs with
// the old one are disconnected. Done is told when the broker has it, and of a
// *device.Error where it could not be kept.
func (a *App) NewPupilPassword(done func(error)) {
	a.secrets.Set(settings.PupilKey, device.Text(readable()))
	b := a.broker.Load()
	if b == nil { // it gets the password when it starts
		done(nil)
		return
	}
	a.chores.Do(func() {
		err := a.letPupilsIn(b)
		a.gate.Post(func() {
			a.Changed.Raise()
			done(err)
		})
	})
}

// letPupilsIn gives the pupils' account the password that is shown. From any
// goroutine. Without one, as where the keyring can't be read, it leaves the
// account as it is.
func (a *App) letPupilsIn(b *broker.Broker) error {
	password := a.secrets.Get(settings.PupilKey)
	if password == "" {
		return nil
	}
	return b.SetAccount(broker.Account{User: pupilUser, Role: broker.Pupil}, string(password))
}

// readable makes a password or a name that pupils can copy from a projector: ten
// characters that are not mistaken for one another, some 49 bits.
func readable() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}

// keepAlive is what boards are told, in seconds.
const keepAlive = 30

// login gives a board its place on the built-in broker. From any goroutine.
func (a *App) login(base, boardID string) (device.Broker, error) {
	b := a.broker.Load()
	if b == nil {
		return device.Broker{}, &device.Error{Fault: device.BrokerDown, Op: "make the board's login", Err: errNoBroker}
	}
	password := a.secrets.Get(settings.BoardKey(boardID))
	if password == "" {
		password = device.Text(randomHex(12))
		a.secrets.Set(settings.BoardKey(boardID), password)
	}
	acc := boardAccount(base, boardID)
	if err := b.SetAccount(acc, string(password)); err != nil {
		return device.Broker{}, err
	}
	return device.Broker{Port: b.Port(), User: device.Text(acc.User), Password: password, KeepAlive: keepAlive}, nil
}

// logout takes a board's place on the built-in broker away, some time soon.
func (a *App) logout(boardID string) {
	a.secrets.Set(settings.BoardKey(boardID), "")
	b := a.broker.Load()
	if b == nil {
		return
	}
	a.chores.Do(func() {
		if err := b.RemoveAccount(boardUser(boardID)); err != nil {
			slog.Error("a board's account could not be removed", "err", err)
		}
	})
}

func boardAccount(base, id string) broker.Account {
	return broker.Account{User: boardUser(id), Role: broker.Board, Base: base, Config: discovery(id)}
}

func boardUser(id string) string { return "board-" + id }

// discovery is where a board describes itself to Home Assistant.
func discovery(id string) string { return "homeassistant/light/lamplighter-" + id + "/config" }
