// Package roster keeps the boards that this classroom knows: which of them are
// lamps of the panel, how each was set up, and what a program for it has to say.
package roster

import (
	"fmt"
	"slices"
	"time"

	"lamplighter/app/connections"
	"lamplighter/app/hosting"
	"lamplighter/app/lights"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

// Options are what a Roster works with.
type Options struct {
	Settings    *settings.Store
	Secrets     *secrets.Cache
	Connections *connections.Book
	Class       *Class
	Lamps       *lights.Panel
	Host        Host
	Clear       func(topic string) error // makes the broker in use forget what it keeps of a topic
	Online      func() bool              // reports whether there is a connection to it
	Topics      func()                   // called when lamps have other topics
	Post        func(func())             // runs a function on the state's goroutine, later
	Language    func() string            // of the window, "en" or "zh"
}

// Host is what a Roster needs of the built-in broker.
type Host interface {
	Logout(boardID string)
	BoardAddress() string
	Port() int // 0 while it does not run
	Pupils() (user, password string)
}

// Roster is the list of boards. It belongs to the state's goroutine.
type Roster struct {
	o       Options
	left    []lights.Entry // lamps whose boards have left their topics, and that the broker has still to forget
	watched map[int]*watcher
	nextID  int
}

// New makes the roster that the settings hold.
func New(o Options) *Roster { return &Roster{o: o, watched: map[int]*watcher{}} }

// practicePlatform is what a practice board says that it runs on.
const practicePlatform = "practice"

// isLamp reports whether a board is a lamp of the panel. A board that has only got
// its settings runs somebody's own program; should that speak as a lamp does, the
// panel hears it.
func isLamp(b settings.Board) bool { return b.Goal != device.SettingsOnly }

// entryOf is what the panel knows of a board.
func entryOf(b settings.Board) lights.Entry {
	return lights.Entry{Base: b.Base, Name: b.Name, Topics: b.Topics, Practice: b.Practice, Foreign: b.Foreign, Hidden: b.Hidden}
}

// panelID stands in for the id of a board that this program has not set up.
func panelID(base string) string { return panelPrefix + base }

const panelPrefix = "base/"

// NextName is the next free name, as lamp-07, that is also a free base.
func (r *Roster) NextName() string {
	v := r.o.Settings.Snapshot()
	names := map[string]bool{}
	for _, b := range v.Boards {
		names[b.Name] = true
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("lamp-%02d", n)
		if !names[name] && !r.Taken(v.Classroom+"/"+name, "") {
			return name
		}
	}
}

// Named reports whether a board of the roster has this name.
func (r *Roster) Named(name string) bool {
	return slices.ContainsFunc(r.o.Settings.Snapshot().Boards, func(b settings.Board) bool { return b.Name == name })
}

// Taken reports whether another board than that with an id has the base, as far
// as roster and panel know.
func (r *Roster) Taken(base, id string) bool {
	for _, b := range r.o.Settings.Snapshot().Boards {
		if b.Base == base && b.ID != panelID(base) {
			return b.ID != id
		}
	}
	l, seen := r.o.Lamps.Light(base)
	return seen && (id == "" || l.Info.ID != id)
}

// Has reports whether the roster has the base for another board than that with an
// id.
func (r *Roster) Has(base, id string) bool {
	return slices.ContainsFunc(r.o.Settings.Snapshot().Boards, func(b settings.Board) bool {
		return b.Base == base && b.ID != id && b.ID != panelID(base) && !b.Foreign
	})
}

// Remember keeps a board that was written, and shows its lamp on the connection
// that it has, which is in use from then on.
func (r *Roster) Remember(x setup.Answers, id device.Identity, acc setup.Account) error {
	row := settings.Board{
		ID: id.ID, Base: x.Base, Name: x.Name, Model: id.Model, Goal: x.Goal, Lamp: x.Lamp, Button: x.Button, Topics: acc.Watched(),
		SSID: x.WiFi.SSID, SetUp: time.Now(), Practice: id.Platform == practicePlatform,
		OnBoard: acc.Topics, Place: x.Place, Expires: acc.Expires,
	}
	row.Host, row.Port = x.Broker.Endpoint()
	row.User = hosting.BoardUser(id.ID)
	row.OwnKey = x.Broker.BuiltIn && !row.Practice
	if !x.Broker.BuiltIn {
		c := r.o.Connections.Keep(x.Broker)
		row.Connection, row.User = c.ID, c.User
	}
	r.o.Secrets.Set(secrets.PlaceKey(id.ID), device.Text(x.Place.Secret))
	r.o.Secrets.Set(secrets.WiFiKey(x.WiFi.SSID), x.WiFi.Password)
	v := r.o.Settings.Snapshot()
	old, had := v.Board(id.ID)
	r.o.Settings.Update(func(v *settings.Values) {
		v.RemoveBoard(panelID(row.Base)) // the same lamp, as it was known before
		v.SetBoard(row)
		v.UseNetwork(x.WiFi.SSID, x.WiFi.Hidden)
	})
	r.o.Class.boardIs(panelID(row.Base), row.ID)
	r.o.Class.assignFree(x.Pupil, row.ID)
	r.o.Class.planned(row)
	r.o.Connections.Use(row.Connection)
	if had {
		r.moved(old, row)
	}
	if !isLamp(row) {
		return nil
	}
	err := r.o.Lamps.AddKnown(entryOf(row))
	r.o.Topics()
	return err
}

// KeyRenewed keeps that a board finds the broker by a secret of its own now.
func (r *Roster) KeyRenewed(id string) {
	v := r.o.Settings.Snapshot()
	if row, known := v.Board(id); !known || row.OwnKey {
		return
	}
	r.o.Settings.Update(func(v *settings.Values) {
		row, _ := v.Board(id)
		row.OwnKey = true
		v.SetBoard(row)
	})
}

// moved ends what a board had before, where it has something else now.
func (r *Roster) moved(old, now settings.Board) {
	if old.Connection == "" && now.Connection != "" {
		r.o.Host.Logout(now.ID) // the board has another login now
	}
	if old.Connection == now.Connection && isLamp(old) && (old.Base != now.Base || !isLamp(now)) {
		r.forgetLamp(entryOf(old))
	}
}

// Forget takes a board off the roster and the panel, with its login and its key.
func (r *Roster) Forget(id string) {
	v := r.o.Settings.Snapshot()
	b, known := v.Board(id)
	if !known {
		return
	}
	if b.Connection == "" {
		r.o.Host.Logout(id)
	}
	r.o.Secrets.Set(secrets.PlaceKey(id), "")
	r.o.Class.boardIs(id, "")
	r.o.Settings.Update(func(v *settings.Values) { v.RemoveBoard(id) })
	if b.Connection == v.Connection && isLamp(b) {
		r.forgetLamp(entryOf(b))
	}
}
