package app

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

const presentNow = lights.Here

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
		d.WiFi = append(d.WiFi, device.WiFi{SSID: ssid, Password: h.a.safe.get(settings.WiFiKey(ssid))})
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
		if b.Base == base {
			return b.ID != id
		}
	}
	l, seen := h.a.Lights.Light(base)
	return seen && (id == "" || l.Info.ID != id)
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
		all = append(all, setup.Connection{Name: name, Broker: device.Broker{
			Host: c.Host, Port: c.Port, User: device.Text(c.User), Password: h.a.safe.get(settings.ConnectionKey(c.ID)),
			KeepAlive: keepAlive, TLS: c.TLS, CA: c.CA,
		}})
	}
	return all
}

// Login gives a board its place on a broker.
func (h home) Login(_ context.Context, c setup.BrokerChoice, base, boardID string) (setup.Account, error) {
	t := device.LampTopics(base)
	t.Config = discovery(boardID)
	if !c.BuiltIn {
		b := c.Other
		if b.KeepAlive == 0 {
			b.KeepAlive = keepAlive
		}
		return setup.Account{Broker: b, Topics: t}, nil
	}
	b, err := h.a.login(base, boardID)
	if err != nil {
		return setup.Account{}, err
	}
	b.Host = c.Address
	return setup.Account{Broker: b, Topics: t}, nil
}

// CheckBroker logs in once from this PC.
func (h home) CheckBroker(ctx context.Context, b device.Broker) error {
	return link.Test(ctx, link.Options{
		Host: b.Host, Port: b.Port, TLS: b.TLS, CA: b.CA, User: string(b.User), Password: string(b.Password),
	})
}

// Reach opens a TCP connection from this PC.
func (h home) Reach(ctx context.Context, host string, port int) error {
	return link.Reach(ctx, host, port)
}

// Find lets boards find the built-in broker again.
func (h home) Find() device.Find {
	v := h.a.Settings.Values()
	if h.a.finder == nil {
		return device.Find{}
	}
	return device.Find{Classroom: v.Classroom, Secret: string(h.a.safe.get(settings.FindKey)), Port: h.a.finder.Port()}
}

// Remember keeps a board that was written, and shows its lamp.
func (h home) Remember(x setup.Answers, id device.Identity, t device.Topics) error {
	a := h.a
	row := settings.Board{
		ID: id.ID, Base: x.Base, Name: x.Name, Model: id.Model, Goal: x.Goal, Lamp: x.Lamp, Button: x.Button, Topics: t,
		SSID: x.WiFi.SSID, SetUp: time.Now(), Practice: id.Platform == practicePlatform,
	}
	row.Host, row.Port = x.Broker.Endpoint()
	row.User = boardUser(id.ID)
	if !x.Broker.BuiltIn {
		c := connectionFor(a.Settings.Values(), x.Broker.Other)
		row.Connection, row.User = a.SaveConnection(c, string(x.Broker.Other.Password)), c.User
	}
	a.safe.set(settings.WiFiKey(x.WiFi.SSID), x.WiFi.Password, true)
	v := a.Settings.Values()
	old, had := v.Board(id.ID)
	a.Settings.Update(func(v *settings.Values) {
		v.PutBoard(row)
		v.UseNetwork(x.WiFi.SSID)
	})
	a.Use(row.Connection)
	if had && old.Base != row.Base {
		_ = a.Lights.Remove(old.Base) // the board has left these topics
	}
	if x.Goal == device.SettingsOnly {
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
	if br := h.a.broker.Load(); br != nil && b.Connection == "" {
		if err := br.RemoveAccount(b.User); err != nil {
			return err
		}
	}
	h.a.safe.set(settings.BoardKey(id), "", true)
	h.a.Settings.Update(func(v *settings.Values) { v.RemoveBoard(id) })
	return h.a.Lights.Remove(b.Base)
}

// KeepMain keeps somebody's own program. From any goroutine.
func (h home) KeepMain(_ context.Context, boardID, _ string, data []byte) error {
	_, err := h.a.Settings.KeepMain(boardID, data)
	return err
}

// Switch asks a lamp, as the panel does; what went wrong shows as the lamp's state.
func (h home) Switch(base string, on bool) { _ = h.a.Lights.Switch(base, on) }

// Lamp is what is known of a lamp now.
func (h home) Lamp(base string) setup.Lamp { return h.a.lampNow(base, time.Time{}) }

// WatchLamp follows a lamp.
func (h home) WatchLamp(base string, f func(setup.Lamp)) (stop func()) {
	a := h.a
	a.nextID++
	id := a.nextID
	w := &lampWatch{base: base, tell: f}
	a.watched[id] = w
	unhear := a.Lights.Changed.Listen(func() { w.look(a) })
	return func() {
		unhear()
		delete(a.watched, id)
	}
}

// lampWatch is somebody who follows a lamp.
type lampWatch struct {
	base   string
	online time.Time // the last time that the board itself said it is online
	last   setup.Lamp
	tell   func(setup.Lamp)
}

func (w *lampWatch) look(a *App) {
	if now := a.lampNow(w.base, w.online); now != w.last {
		w.last = now
		w.tell(now)
	}
}

// sawLamp notices a board that comes online. The panel does not tell a board
// that restarted so fast that the broker never missed it.
func (a *App) sawLamp(topic string, payload []byte, retained bool, at time.Time) {
	if retained || len(a.watched) == 0 || !strings.EqualFold(strings.TrimSpace(string(payload)), "online") {
		return
	}
	for _, w := range a.watched {
		if l, ok := a.Lights.Light(w.base); ok && l.Topics.Status == topic {
			w.online = at
			w.look(a)
		}
	}
}

// lampNow is a lamp as a setup sees it.
func (a *App) lampNow(base string, online time.Time) setup.Lamp {
	l, ok := a.Lights.Light(base)
	if !ok {
		return setup.Lamp{}
	}
	return setup.Lamp{
		Known: l.State != lights.Unknown, On: l.State == lights.On, Waiting: l.Waiting,
		NoAnswer: l.Phase == lights.NoAnswer || l.Phase == lights.NotSent || l.Phase == lights.Contradicted,
		Online:   l.Presence == lights.Here, Since: online,
	}
}

// entryOf is what the panel knows of a board in the roster.
func entryOf(b settings.Board) lights.Entry {
	return lights.Entry{Base: b.Base, Name: b.Name, Topics: b.Topics, Practice: b.Practice}
}

// saveLamp keeps a name that was given in the panel.
func (a *App) saveLamp(e lights.Entry) error {
	a.Settings.Update(func(v *settings.Values) {
		for i := range v.Boards {
			if v.Boards[i].Base == e.Base {
				v.Boards[i].Name = e.Name
				return
			}
		}
		v.PutBoard(settings.Board{ID: "base/" + e.Base, Base: e.Base, Name: e.Name, Topics: e.Topics, Practice: e.Practice})
	})
	return nil
}

// forgetLamp takes a lamp off the roster.
func (a *App) forgetLamp(base string) error {
	a.Settings.Update(func(v *settings.Values) {
		for _, b := range v.Boards {
			if b.Base == base {
				v.RemoveBoard(b.ID)
				return
			}
		}
	})
	return nil
}
