package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// MaxNotices bounds Notices.
const MaxNotices = 50

// pupilUser is the account for pupils' own programs.
const pupilUser = "pupil"

// startBroker starts the built-in broker and what belongs to it, unless it is
// switched off. Its failure is told by Status.
func (a *App) startBroker() {
	v := a.Settings.Values()
	a.brokerErr = nil
	if v.BuiltIn.Off {
		return
	}
	b, err := broker.Start(broker.Options{
		Dir: a.brokerDir(), Host: a.o.Host, Port: v.BuiltIn.Port, WebSocket: v.BuiltIn.WebSocket, WSPort: v.BuiltIn.WSPort,
		Classroom: v.Classroom, Notice: func(n broker.Notice) { a.news.Put(func() { a.notice(n) }) },
	})
	a.brokerErr = err
	if err != nil {
		slog.Error("the broker does not run", "err", err)
		return
	}
	a.broker.Store(b)
	a.wanted = 0
	if want := cmp.Or(v.BuiltIn.Port, broker.DefaultPort); want != b.Port() {
		a.wanted = want
	}
	if a.safe.get(settings.PupilKey) == "" {
		a.NewPupilPassword()
	}
	a.startFinder(b)
	a.Settings.Update(func(v *settings.Values) {
		v.BuiltIn.Port, v.BuiltIn.WSPort = b.Port(), max(v.BuiltIn.WSPort, b.WebSocketPort())
		if a.finder != nil {
			v.BuiltIn.FindPort = a.finder.Port()
		}
	})
}

// startFinder answers boards that look for the broker. Without it they need a
// cable when this PC's address changes.
func (a *App) startFinder(b *broker.Broker) {
	v := a.Settings.Values()
	secret := string(a.safe.get(settings.FindKey))
	if secret == "" {
		secret = randomHex(16)
		a.safe.set(settings.FindKey, device.Text(secret), true)
	}
	f, err := broker.StartFinder(broker.FinderOptions{
		Host: a.o.Host, Port: v.BuiltIn.FindPort, Classrooms: classrooms(v), Secret: secret, BrokerPort: b.Port(),
	})
	if err != nil {
		slog.Warn("boards can't find the broker by themselves", "err", err)
		return
	}
	a.finder = f
}

// classrooms are those whose boards look for this broker: the present one, and
// earlier ones, for a board keeps the classroom that it was given.
func classrooms(v settings.Values) []string {
	all := []string{v.Classroom}
	for _, b := range v.Boards {
		if class, _, ok := strings.Cut(b.Base, "/"); ok && b.Connection == "" && !slices.Contains(all, class) {
			all = append(all, class)
		}
	}
	return all
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}

func (a *App) closeBroker() error {
	if a.finder != nil {
		a.finder.Close()
		a.finder = nil
	}
	b := a.broker.Swap(nil)
	if b == nil {
		return nil
	}
	return b.Close()
}

// restartBroker closes the built-in broker and starts it as the settings say now.
func (a *App) restartBroker() {
	if err := a.closeBroker(); err != nil {
		slog.Error("the broker's messages could not be kept", "err", err)
	}
	a.startBroker()
}

// SetOpen lets anyone in this network connect to the built-in broker, until the
// program ends or it is taken back.
func (a *App) SetOpen(open bool) {
	if b := a.broker.Load(); b != nil {
		b.SetOpen(open)
		a.Changed.Raise()
	}
}

// Broker is the built-in broker, or nil while it does not run, and why it does
// not although it should. Wanted is the port that another program has, where
// the broker had to take another one, or 0.
func (a *App) Broker() (b *broker.Broker, wanted int, err error) {
	return a.broker.Load(), a.wanted, a.brokerErr
}

// Pupils is the account for pupils' own programs.
func (a *App) Pupils() (user, password string) {
	return pupilUser, string(a.safe.get(settings.PupilKey))
}

// NewPupilPassword gives the pupils' account another password; programs with
// the old one are disconnected.
func (a *App) NewPupilPassword() {
	b := a.broker.Load()
	if b == nil {
		return
	}
	password := readable()
	if err := b.SetAccount(broker.Account{User: pupilUser, Role: broker.Pupil}, password); err != nil {
		slog.Error("the pupils' account could not be kept", "err", err)
	}
	a.safe.set(settings.PupilKey, device.Text(password), true)
	a.Changed.Raise()
}

// readable makes a password that pupils can copy from a projector: ten
// characters that are not mistaken for one another, some 49 bits.
func readable() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	b := make([]byte, 10)
	_, _ = rand.Read(b)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}

// notice keeps what the broker has to tell, the newest last.
func (a *App) notice(n broker.Notice) {
	slog.Info("broker", "notice", int(n.Kind), "user", n.User, "client", n.ClientID, "topic", n.Topic, "count", n.Count, "err", n.Err)
	if n.Kind == broker.Connected || n.Kind == broker.Disconnected {
		return
	}
	same := func(x broker.Notice) bool {
		return x.Kind == n.Kind && x.User == n.User && x.ClientID == n.ClientID && x.Topic == n.Topic
	}
	if i := slices.IndexFunc(a.notices, same); i >= 0 {
		n.Count += a.notices[i].Count
		a.notices = slices.Delete(a.notices, i, i+1)
	}
	a.notices = append(a.notices, n)
	if len(a.notices) > MaxNotices {
		a.notices = slices.Delete(a.notices, 0, len(a.notices)-MaxNotices)
	}
}

// Notices are what a person should see of the built-in broker, the newest last,
// at most MaxNotices.
func (a *App) Notices() []broker.Notice { return slices.Clone(a.notices) }

// ClearNotices forgets them.
func (a *App) ClearNotices() {
	a.notices = nil
	a.Changed.Raise()
}

// addressPause is how often this PC's addresses are looked at.
const addressPause = 5 * time.Second

// watchAddresses notices when this PC joins another network.
func (a *App) watchAddresses(ctx context.Context) {
	tick := time.NewTicker(addressPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := broker.Addresses()
		if err != nil {
			continue
		}
		a.gate.Post(func() {
			if !slices.Equal(now, a.addresses) {
				a.addresses = now
				a.Changed.Raise()
			}
		})
	}
}

// Addresses are this PC's addresses that boards may use, the best first.
func (a *App) Addresses() []broker.Address { return slices.Clone(a.addresses) }

// boardAddress is what boards are told: the user's choice, or the best there is.
func (a *App) boardAddress(v settings.Values) string {
	if v.BuiltIn.Address != "" {
		return v.BuiltIn.Address
	}
	if len(a.addresses) == 0 {
		return ""
	}
	return a.addresses[0].Prefix.Addr().String()
}

// moved lists the addresses that boards were told and that this PC has no more.
func (a *App) moved(v settings.Values) []string {
	var all []string
	for _, b := range v.Boards {
		if b.Connection != "" || b.Practice || b.Host == "" || b.Host == v.BuiltIn.Address || slices.Contains(all, b.Host) {
			continue
		}
		has := slices.ContainsFunc(a.addresses, func(x broker.Address) bool { return x.Prefix.Addr().String() == b.Host })
		if l, known := a.Lights.Light(b.Base); !has && !(known && l.Presence == presentNow) {
			all = append(all, b.Host)
		}
	}
	return all
}

var errNoBroker = errors.New("the built-in broker does not run")

// login gives a board its place on the built-in broker. From any goroutine.
func (a *App) login(base, boardID string) (device.Broker, error) {
	b := a.broker.Load()
	if b == nil {
		return device.Broker{}, &device.Error{Fault: device.BrokerDown, Op: "make the board's login", Err: errNoBroker}
	}
	password := a.safe.get(settings.BoardKey(boardID))
	if password == "" {
		password = device.Text(randomHex(12))
		a.safe.set(settings.BoardKey(boardID), password, true)
	}
	acc := broker.Account{User: boardUser(boardID), Role: broker.Board, Base: base, Config: discovery(boardID)}
	if err := b.SetAccount(acc, string(password)); err != nil {
		return device.Broker{}, err
	}
	return device.Broker{Port: b.Port(), User: device.Text(acc.User), Password: password, KeepAlive: keepAlive}, nil
}

// keepAlive is what boards are told, in seconds.
const keepAlive = 30

func boardUser(id string) string { return "board-" + id }

// discovery is where a board describes itself to Home Assistant.
func discovery(id string) string { return "homeassistant/light/lamplighter-" + id + "/config" }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
