package roster_test

import (
	"slices"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/connections"
	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
)

// class is a classroom's roster with its panel, without a broker.
type class struct {
	*roster.Roster
	lamps       *lights.Panel
	settings    *settings.Store
	secrets     *secrets.Cache
	connections *connections.Book
	loop        *apptest.Loop
	pupils      *roster.Class

	online  bool
	cleared []string
	out     []string // boards that have no login at the built-in broker any more
	topics  int      // how often lamps had other topics
}

func (c *class) Logout(id string)          { c.out = append(c.out, id) }
func (c *class) BoardAddress() string      { return "192.168.1.5" }
func (c *class) Port() int                 { return 1883 }
func (c *class) Pupils() (_, _ string)     { return "pupil", "chalk" }
func (c *class) clear(topic string) error  { c.cleared = append(c.cleared, topic); return nil }
func (c *class) save(e lights.Entry) error { return c.SaveLamp(e) }
func (c *class) forget(base string) error  { return c.ForgetLamp(base) }

// newClass is one that knows no board.
func newClass(t *testing.T) *class {
	t.Helper()
	dir := t.TempDir()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := settings.Open(dir, kept)
	if err != nil {
		t.Fatal(err)
	}
	pupils, err := roster.OpenClass(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &class{pupils: pupils, loop: apptest.NewLoop(t), settings: store, secrets: secrets.NewCache(kept, nil, func() {})}
	c.connections = connections.New(store, c.secrets, func() {})
	c.lamps = lights.New(lights.Options{Clear: c.clear, Post: c.loop.Post, Classroom: "class", Save: c.save, Forget: c.forget})
	c.Roster = roster.New(roster.Options{
		Settings: store, Secrets: c.secrets, Connections: c.connections, Class: pupils, Lamps: c.lamps, Host: c, Clear: c.clear,
		Online: func() bool { return c.online }, Topics: func() { c.topics++ }, Post: c.loop.Post, Language: func() string { return "en" },
	})
	on := store.Values().Connection
	store.Changed.Listen(func() { // as the program does, which shows the lamps of the broker in use
		if now := store.Values().Connection; now != on {
			on = now
			c.Show()
		}
	})
	t.Cleanup(func() {
		c.lamps.Close()
		_ = c.secrets.Close()
		_ = store.Close()
		_ = pupils.Close()
	})
	return c
}

// bases lists the lamps on the panel.
func (c *class) bases() (all []string) {
	for _, l := range c.lamps.Lights() {
		all = append(all, l.Base)
	}
	return all
}

func (c *class) shows(t *testing.T, bases ...string) {
	t.Helper()
	if all := c.bases(); !slices.Equal(all, bases) {
		t.Errorf("lamps %q, want %q", all, bases)
	}
}
