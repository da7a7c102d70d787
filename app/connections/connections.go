// Package connections keeps the brokers that this program has been told of, with
// their passwords.
package connections

import (
	"cmp"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/random"
)

// KeepAlive is what boards are told, in seconds, where nothing else is known.
const KeepAlive = 30

// Book is the list of connections. It belongs to the state's goroutine.
type Book struct {
	settings *settings.Store
	secrets  *secrets.Cache
	renew    func()
}

// New makes the list of what settings and secrets hold. Renew is called when the
// connection in use has another password.
func New(s *settings.Store, c *secrets.Cache, renew func()) *Book {
	return &Book{settings: s, secrets: c, renew: renew}
}

// Use chooses the broker that the program watches: a connection's ID, or "" for
// the built-in one.
func (b *Book) Use(id string) {
	if b.settings.Values().Connection != id {
		b.settings.Update(func(v *settings.Values) { v.Connection = id })
	}
}

// Login is what of a connection is secret. No text of it holds any.
type Login struct {
	Password string
	Key      string // PEM, of the connection's Certificate; "" = none
}

// String says nothing.
func (Login) String() string { return "login" }

// GoString says nothing.
func (Login) GoString() string { return "login" }

// Save keeps a broker, with a new ID where it has none, and its password. It
// returns the ID.
func (b *Book) Save(c settings.Connection, password string) (id string) {
	return b.SaveLogin(c, Login{Password: password, Key: b.Login(c.ID).Key})
}

// SaveLogin is Save with the key of the broker's certificate.
func (b *Book) SaveLogin(c settings.Connection, login Login) (id string) {
	if c.ID == "" {
		c.ID = newID(b.settings.Values(), c)
	}
	c = withTopicPrefix(c)
	c = withFound(b.settings.Values(), c)
	if c.Certificate == "" {
		login.Key = ""
	}
	b.secrets.Set(secrets.ConnectionKey(c.ID), device.Text(login.Password))
	b.secrets.Set(secrets.CertificateKey(c.ID), device.Text(login.Key))
	b.settings.Update(func(v *settings.Values) { v.SetConnection(c) })
	if b.settings.Values().Connection == c.ID {
		b.renew()
	}
	return c.ID
}

// Delete forgets a broker and its password. If it was in use, the built-in one is
// from then on. Its boards stay in the roster: their lamps come back with a
// connection to the same account.
func (b *Book) Delete(id string) {
	b.secrets.Set(secrets.ConnectionKey(id), "")
	b.secrets.Set(secrets.CertificateKey(id), "")
	b.settings.Update(func(v *settings.Values) { v.RemoveConnection(id) })
}

// Login is what is kept in secret of a connection.
func (b *Book) Login(id string) Login {
	return Login{Password: b.Password(id), Key: string(b.secrets.Get(secrets.CertificateKey(id)))}
}

// Password is the kept password of a connection.
func (b *Book) Password(id string) string {
	return string(b.secrets.Get(secrets.ConnectionKey(id)))
}

// For finds the connection to a board's broker, the one in use first, or makes
// one, which has no ID and is not kept.
func (b *Book) For(x setup.BrokerChoice) settings.Connection {
	v := b.settings.Values()
	c := ConnectionTo(x)
	for _, o := range v.Connections {
		same := o.Host == c.Host && o.Port == c.Port && o.User == c.User && o.Preset == c.Preset && !o.WebSocket && o.Certificate == ""
		if same && SameSecret(o.Preset, b.Password(o.ID), string(x.Other.Password)) && (c.ID == "" || o.ID == v.Connection) {
			c = o
		}
	}
	SetBroker(&c, x)
	return c
}

// Keep finds the connection to a board's broker as For does, and keeps it.
func (b *Book) Keep(x setup.BrokerChoice) settings.Connection {
	id := b.Save(b.For(x), string(x.Other.Password))
	v := b.settings.Values()
	c, _ := v.ConnectionByID(id)
	return c
}

// ForBoards lists the connections that boards can use, for the wizard.
func (b *Book) ForBoards() []setup.Connection {
	var all []setup.Connection
	v, locked := b.settings.Values(), b.settings.Locked(settings.LockBroker)
	for _, c := range v.Connections {
		if locked && c.ID != v.Connection {
			continue
		}
		if c.WebSocket || c.Certificate != "" {
			continue // boards speak MQTT over TCP only, and have no certificate
		}
		all = append(all, setup.Connection{Name: cmp.Or(c.Name, c.Host), BrokerChoice: ChoiceOf(c, b.Password(c.ID))})
	}
	return all
}

// ChoiceOf is a connection as a choice of the broker for boards.
func ChoiceOf(c settings.Connection, password string) setup.BrokerChoice {
	return setup.BrokerChoice{Preset: c.Preset, TopicScheme: c.TopicScheme, API: c.API, Other: device.Broker{
		Host: c.Host, Port: c.Port, User: device.Text(c.User), Password: device.Text(password), KeepAlive: KeepAlive, TLS: c.TLS, CA: c.CA,
	}}
}

// ConnectionTo is a choice as the program itself would connect, without an ID.
func ConnectionTo(x setup.BrokerChoice) (c settings.Connection) {
	SetBroker(&c, x)
	return c
}

// SetBroker makes a connection one to the chosen broker. What boards know nothing of stays
// as it is.
func SetBroker(c *settings.Connection, x setup.BrokerChoice) {
	b := x.Other
	c.Host, c.Port, c.User, c.TLS, c.CA = b.Host, b.Port, string(b.User), b.TLS, b.CA
	c.Preset, c.TopicScheme, c.API = x.Preset, x.TopicScheme, x.API
}

// Inputs are what a preset's templates are filled with for a connection.
func Inputs(c settings.Connection, password string) presets.Inputs {
	return presets.Inputs{
		TopicScheme: c.TopicScheme, User: c.User, Password: password, TopicPrefix: c.TopicPrefix, RetainSupport: presets.Support(c.RetainSupport), Now: time.Now(),
	}
}

// TopicPrefix is the first level of the topics on the connection in use.
func TopicPrefix(v settings.Values) string {
	if c, other := v.ConnectionByID(v.Connection); other && c.TopicPrefix != "" {
		return c.TopicPrefix
	}
	return v.Classroom
}

// SameSecret reports whether two secrets can be of one account, where an account
// has nothing else to be known by. One that is not known can be any.
func SameSecret(preset, a, b string) bool {
	return !presets.ByID(preset).BySecret() || a == "" || b == "" || a == b
}

// newID is the ID of a connection that was forgotten, and whose boards are in the
// roster still, or a new one.
func newID(v settings.Values, c settings.Connection) string {
	for _, b := range v.Boards {
		_, used := v.ConnectionByID(b.Connection)
		if b.Connection != "" && !used && b.Host == c.Host && b.Port == c.Port && b.User == c.User {
			return b.Connection
		}
	}
	return settings.NewID()
}

// withFound keeps what was found out about a broker as long as it is the same one.
func withFound(v settings.Values, c settings.Connection) settings.Connection {
	if old, known := v.ConnectionByID(c.ID); known {
		c.RetainSupport = ""
		if old.Host == c.Host && old.Port == c.Port && old.Preset == c.Preset && old.User == c.User {
			c.RetainSupport = old.RetainSupport
		}
	}
	return c
}

// withTopicPrefix gives a connection its random first level, where its platform is open
// to the world and has one: nobody meets it by chance.
func withTopicPrefix(c settings.Connection) settings.Connection {
	if c.TopicPrefix == "" && presets.ByID(c.Preset).Rules.RandomPrefix {
		c.TopicPrefix = "class-" + random.Readable()
	}
	return c
}
