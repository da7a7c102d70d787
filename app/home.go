package app

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

// home is what a setup needs from the program.
type home struct{ a *App }

var _ setup.Home = home{}

// Defaults fills in what the program knows.
func (h home) Defaults(id string) setup.Defaults {
	v := h.a.Settings.Values()
	d := setup.Defaults{Other: v.Connection != "", Classroom: v.Classroom, Language: h.a.o.Language(), Name: h.nextName()}
	if b, known := v.Board(id); known && id != "" {
		d.Name = b.Name
	}
	for _, ssid := range v.Networks {
		d.WiFi = append(d.WiFi, device.WiFi{
			SSID: ssid, Password: h.a.secrets.Get(settings.WiFiKey(ssid)), Hidden: slices.Contains(v.Veiled, ssid),
		})
	}
	if b, known := v.Board(id); known && id != "" {
		d.Place = b.Place
		d.Place.Secret = string(h.a.secrets.Get(settings.PlaceKey(id)))
	}
	for _, x := range h.a.addresses {
		d.Addresses = append(d.Addresses, setup.Address{Prefix: x.Prefix, Name: x.Name})
	}
	d.Addresses = preferred(d.Addresses, v.BuiltIn.Address)
	if b := h.a.broker.Load(); b != nil {
		d.Port = b.Port()
	}
	return d
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

// nextName is the next free name that is also a free base.
func (h home) nextName() string {
	v := h.a.Settings.Values()
	names := map[string]bool{}
	for _, b := range v.Boards {
		names[b.Name] = true
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("lamp-%02d", n)
		if !names[name] && !h.Taken(v.Classroom+"/"+name, "") {
			return name
		}
	}
}

// Taken tells whether another board has the base.
func (h home) Taken(base, id string) bool {
	for _, b := range h.a.Settings.Values().Boards {
		if b.Base == base && b.ID != panelID(base) {
			return b.ID != id
		}
	}
	l, seen := h.a.Lights.Light(base)
	return seen && (id == "" || l.Info.ID != id)
}

// Rostered tells whether the roster has the base for another board.
func (h home) Rostered(base, id string) bool {
	return slices.ContainsFunc(h.a.Settings.Values().Boards, func(b settings.Board) bool {
		return b.Base == base && b.ID != id && b.ID != panelID(base) && !b.Foreign
	})
}

// Connections lists the other brokers that boards can use.
func (h home) Connections() []setup.Connection {
	var all []setup.Connection
	for _, c := range h.a.Settings.Values().Connections {
		if c.WebSocket {
			continue // boards speak MQTT over TCP only
		}
		name := c.Name
		if name == "" {
			name = c.Host
		}
		all = append(all, setup.Connection{Name: name, Preset: c.Preset, Way: c.Way, API: c.API, Broker: device.Broker{
			Host: c.Host, Port: c.Port, User: device.Text(c.User), Password: h.a.secrets.Get(settings.ConnectionKey(c.ID)),
			KeepAlive: keepAlive, TLS: c.TLS, CA: c.CA,
		}})
	}
	return all
}

// Login gives a board its place on a broker.
func (h home) Login(ctx context.Context, x setup.Answers, boardID string) (setup.Account, error) {
	if !x.Broker.BuiltIn {
		return h.account(ctx, x, boardID)
	}
	b, err := h.a.login(x.Base, boardID)
	if err != nil {
		return setup.Account{}, err
	}
	b.Host = x.Broker.Address
	t := device.LampTopics(x.Base)
	t.Config = discovery(boardID)
	return setup.Account{Broker: b, Topics: t}, nil
}

// account is a board's place on another broker, as its platform makes it.
func (h home) account(ctx context.Context, x setup.Answers, boardID string) (setup.Account, error) {
	// The connection is made now, so that what is random about it is the board's too.
	c, err := onState(ctx, h.a.gate, func() settings.Connection { return h.a.keepConnection(x.Broker) })
	if err != nil {
		return setup.Account{}, err
	}
	p := presets.ByID(x.Broker.Preset)
	in := x.Broker.Inputs()
	in.Room, in.Base, in.BoardID, in.Place = c.Room, x.Base, boardID, x.Place
	acc, err := p.Account(in)
	if err != nil {
		return setup.Account{}, err
	}
	b := x.Broker.Other
	b.ClientID, b.User, b.Password = acc.ClientID, device.Text(acc.User), device.Text(acc.Password)
	b.KeepAlive = p.KeepAlive(cmp.Or(b.KeepAlive, keepAlive))
	return setup.Account{Broker: b, Topics: acc.Topics, Seen: acc.Seen, Expires: acc.Expires}, nil
}

// keepConnection keeps the connection to a board's broker.
func (a *App) keepConnection(x setup.BrokerChoice) settings.Connection {
	password := string(x.Other.Password)
	id := a.SaveConnection(a.connectionFor(a.Settings.Values(), x), password)
	v := a.Settings.Values()
	c, _ := v.ConnectionByID(id)
	return c
}

// CheckBroker logs in once from this PC.
func (h home) CheckBroker(ctx context.Context, x setup.BrokerChoice) error {
	return h.a.TestConnection(ctx, ConnectionTo(x), string(x.Other.Password))
}

// Reach opens a TCP connection from this PC.
func (h home) Reach(ctx context.Context, host string, port int) error {
	return link.Reach(ctx, host, port)
}

// Find lets boards find the built-in broker again.
func (h home) Find() device.Find {
	v := h.a.Settings.Values()
	if !h.a.hosting.ready || h.a.hosting.finder == nil {
		return device.Find{}
	}
	return device.Find{Classroom: v.Classroom, Secret: string(h.a.secrets.Get(settings.FindKey)), Port: h.a.hosting.finder.Port()}
}

// Remember keeps a board that was written, and shows its lamp.
func (h home) Remember(x setup.Answers, id device.Identity, acc setup.Account) error {
	a := h.a
	row := settings.Board{
		ID: id.ID, Base: x.Base, Name: x.Name, Model: id.Model, Goal: x.Goal, Lamp: x.Lamp, Button: x.Button, Topics: acc.Watched(),
		SSID: x.WiFi.SSID, SetUp: time.Now(), Practice: id.Platform == practicePlatform,
		OnBoard: acc.Topics, Place: x.Place, Expires: acc.Expires,
	}
	row.Host, row.Port = x.Broker.Endpoint()
	row.User = boardUser(id.ID)
	if !x.Broker.BuiltIn {
		c := a.keepConnection(x.Broker)
		row.Connection, row.User = c.ID, c.User
	}
	a.secrets.Set(settings.PlaceKey(id.ID), device.Text(x.Place.Secret))
	a.secrets.Set(settings.WiFiKey(x.WiFi.SSID), x.WiFi.Password)
	v := a.Settings.Values()
	old, had := v.Board(id.ID)
	a.Settings.Update(func(v *settings.Values) {
		v.RemoveBoard(panelID(row.Base)) // the same lamp, as it was known before
		v.PutBoard(row)
		v.UseNetwork(x.WiFi.SSID, x.WiFi.Hidden)
	})
	a.Use(row.Connection)
	if had && old.Connection == "" && row.Connection != "" {
		a.logout(id.ID) // the board has another login now
	}
	if had && old.Connection == row.Connection && isLamp(old) && (old.Base != row.Base || !isLamp(row)) {
		a.leave(entryOf(old))
	}
	if !isLamp(row) {
		return nil
	}
	err := a.Lights.Know(entryOf(row))
	a.subscribe()
	return err
}

// Forget takes a board off the roster and the panel.
func (h home) Forget(id string) error {
	v := h.a.Settings.Values()
	b, known := v.Board(id)
	if !known {
		return nil
	}
	if b.Connection == "" {
		h.a.logout(id)
	}
	h.a.secrets.Set(settings.PlaceKey(id), "")
	h.a.Settings.Update(func(v *settings.Values) { v.RemoveBoard(id) })
	if b.Connection == v.Connection && isLamp(b) {
		h.a.leave(entryOf(b))
	}
	return nil
}

// KeepFile keeps somebody's own program. From any goroutine.
func (h home) KeepFile(ctx context.Context, boardID, name string, data []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err := h.a.Settings.KeepFile(boardID, name, data)
	return err
}

// Switch asks a lamp, as the panel does; what went wrong shows as the lamp's state.
func (h home) Switch(base string, on bool) { _ = h.a.Lights.Switch(base, on) }
