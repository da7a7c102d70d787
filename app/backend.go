package app

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/hosting"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/roster"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/uplink"
	"lamplighter/device"
)

// backend is what a setup needs from the program.
type backend struct {
	settings    *settings.Store
	secrets     *secrets.Cache
	connections *connections.Book
	hosting     *hosting.Host
	shared      *hosting.Shared
	roster      *roster.Roster
	lamps       *lights.Panel
	gate        *gate
	dir         string // the data folder
	language    func() string
}

var _ setup.Backend = backend{}

// Defaults fills in what the program knows.
func (b backend) Defaults(id string) setup.Defaults {
	v := b.settings.Snapshot()
	d := setup.Defaults{Other: v.Connection != "", Locked: b.settings.Locked(settings.LockBroker), Classroom: v.Classroom, Language: b.language(), Name: b.roster.NextName(), Port: b.hosting.Port(), Local: b.hosting.Local()}
	d.Orders = orders(v.Boards)
	d.Kits, d.LastNetwork = lastLamps(v.Boards)
	for _, ssid := range v.Networks {
		d.WiFi = append(d.WiFi, device.WiFi{
			SSID: ssid, Password: b.secrets.Get(secrets.WiFiKey(ssid)), Hidden: slices.Contains(v.HiddenSSIDs, ssid),
		})
	}
	d.Pupil = b.roster.PupilFor(id)
	if row, known := v.Board(id); known && id != "" {
		d.Name, d.Base, d.Place = row.Name, row.Base, row.Place
		if d.Name == "" { // it was taken away: the board goes by its topic then
			d.Name = row.Base[strings.LastIndexByte(row.Base, '/')+1:]
		}
		d.Place.Secret = string(b.secrets.Get(secrets.PlaceKey(id)))
	}
	for _, x := range b.hosting.Addresses() {
		d.Addresses = append(d.Addresses, setup.Address{Prefix: x.Prefix, Name: x.Name})
	}
	d.Addresses = preferred(d.Addresses, v.BuiltIn.Address)
	return d
}

// orders are the orders of colours by model, as the board has it that was set up last.
func orders(boards []settings.Board) map[string]device.Order {
	all, last := map[string]device.Order{}, map[string]time.Time{}
	for _, b := range boards {
		if b.Model == "" || b.Lamp.Kind != device.LampNeoPixel || b.SetUp.Before(last[b.Model]) {
			continue
		}
		all[b.Model], last[b.Model] = b.Lamp.Order, b.SetUp
	}
	return all
}

// lastLamps are the lamp and the button of each model as the lamp of it has them that
// was set up last, and the network of the very last.
func lastLamps(boards []settings.Board) (kits map[string]setup.Kit, ssid device.Text) {
	kits = map[string]setup.Kit{}
	last, ever := map[string]time.Time{}, time.Time{}
	for _, b := range boards {
		if b.Practice || b.Foreign || b.Goal != device.MakeLamp || b.SetUp.IsZero() {
			continue
		}
		if !b.SetUp.Before(ever) {
			ssid, ever = b.SSID, b.SetUp
		}
		if !b.SetUp.Before(last[b.Model]) {
			kits[b.Model], last[b.Model] = setup.Kit{Lamp: b.Lamp, Button: b.Button}, b.SetUp
		}
	}
	return kits, ssid
}

// preferred puts the address that the user has chosen first; it may be one that
// this PC does not know itself, as behind a router.
func preferred(all []setup.Address, chosen string) []setup.Address {
	ip, err := netip.ParseAddr(chosen)
	if err != nil {
		return all
	}
	first := setup.Address{Prefix: netip.PrefixFrom(ip, ip.BitLen())}
	rest := slices.DeleteFunc(all, func(x setup.Address) bool {
		if x.Prefix.Addr() == ip {
			first = x
			return true
		}
		return false
	})
	return append([]setup.Address{first}, rest...)
}

// Taken reports whether another board has the base.
func (b backend) Taken(base, id string) bool { return b.roster.Taken(base, id) }

// Rostered reports whether the roster has the base for another board.
func (b backend) Rostered(base, id string) bool { return b.roster.Has(base, id) }

// Conflict looks for a board that the new one could not be told from.
func (b backend) Conflict(x setup.Answers, boardID string) *presets.FieldError {
	return b.roster.Conflict(x, boardID)
}

// Connections lists the other brokers that boards can use.
func (b backend) Connections() []setup.Connection { return b.connections.ForBoards() }

// Login gives a board its place on a broker.
func (b backend) Login(ctx context.Context, x setup.Answers, boardID string) (setup.Account, error) {
	if !x.Broker.BuiltIn {
		return b.account(ctx, x, boardID)
	}
	login, err := b.shared.Login(x.Base, boardID)
	if err != nil {
		return setup.Account{}, err
	}
	login.Host = x.Broker.Address
	t := device.LampTopics(x.Base)
	t.Config, t.Hold = hosting.Discovery(boardID), x.Base+"/hold"
	return setup.Account{Broker: login, Topics: t}, nil
}

const (
	listenTime  = 10 * time.Second      // for the broker to listen
	listenPause = 20 * time.Millisecond // between two looks at it
)

// ListenInNetwork has the built-in broker listen in this PC's networks.
func (b backend) ListenInNetwork(ctx context.Context) error {
	again, err := onState(ctx, b.gate, func() bool {
		local := b.hosting.Local()
		b.hosting.ListenInNetwork()
		return local
	})
	if err != nil || !again {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, listenTime)
	defer cancel()
	for b.shared.Broker() == nil {
		select {
		case <-ctx.Done():
			return nil // whoever tries to reach it is told
		case <-time.After(listenPause):
		}
	}
	return nil
}

// account is a board's place on another broker, as its platform makes it.
func (b backend) account(ctx context.Context, x setup.Answers, boardID string) (setup.Account, error) {
	// The connection is made now, so that what is random about it is the board's too.
	c, err := onState(ctx, b.gate, func() settings.Connection { return b.connections.Keep(x.Broker) })
	if err != nil {
		return setup.Account{}, err
	}
	p := presets.ByID(x.Broker.Preset)
	in := x.Broker.Inputs()
	in.TopicPrefix, in.Base, in.BoardID, in.Place = c.TopicPrefix, x.Base, boardID, x.Place
	acc, err := p.Account(in)
	if err != nil {
		return setup.Account{}, err
	}
	other := x.Broker.Other
	other.ClientID, other.User, other.Password = acc.ClientID, device.Text(acc.User), device.Text(acc.Password)
	other.KeepAlive = p.KeepAlive(cmp.Or(other.KeepAlive, connections.KeepAlive))
	return setup.Account{Broker: other, Topics: acc.Topics, AppTopics: acc.AppTopics, Expires: acc.Expires}, nil
}

// CheckBroker logs in once from this PC.
func (b backend) CheckBroker(ctx context.Context, x setup.BrokerChoice) error {
	return uplink.Test(ctx, connections.ConnectionTo(x), connections.Login{Password: string(x.Other.Password)})
}

// Reach opens a TCP connection from this PC.
func (b backend) Reach(ctx context.Context, host string, port int) error {
	return link.Reach(ctx, host, port)
}

// Find lets boards find the built-in broker again.
func (b backend) Find() device.Find { return b.hosting.Find() }

// WriteBegun has a start that finds it tell of a board that was cut off.
func (b backend) WriteBegun(name string) {
	b.settings.Update(func(v *settings.Values) { v.Interrupted = device.Text(name) })
}

// WriteEnded takes it back.
func (b backend) WriteEnded() {
	b.settings.Update(func(v *settings.Values) { v.Interrupted = "" })
}

// Remember keeps a board that was written, and shows its lamp.
func (b backend) Remember(x setup.Answers, id device.Identity, acc setup.Account) error {
	return b.roster.Remember(x, id, acc)
}

// Forget takes a board off the roster and the panel.
func (b backend) Forget(id string) error {
	b.roster.Forget(id)
	return nil
}

// KeepFile keeps somebody's own program.
func (b backend) KeepFile(ctx context.Context, boardID, name string, data []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err := settings.KeepFile(b.dir, boardID, name, data)
	return err
}

// Switch asks a lamp, as the panel does; what went wrong shows as the lamp's state.
func (b backend) Switch(base string, on bool) { _ = b.lamps.Switch(base, on) }

// WatchLamp follows a lamp.
func (b backend) WatchLamp(base string, f func(setup.Lamp)) (stop func()) {
	return b.roster.Watch(base, f)
}
