// Package classroom is the class that works with the lamps: its pupils, the boards
// that they have, the page on which they switch them, and the lesson that the teacher
// holds. It builds these four, and answers what they ask about one another and about
// the broker in use.
package classroom

import (
	"lamplighter/app/broker"
	"lamplighter/app/connections"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/pupilpage"
	"lamplighter/app/roster"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
)

// Options are what a Classroom works with.
type Options struct {
	Settings    *settings.Store
	Secrets     *secrets.Cache
	Connections *connections.Book
	Class       *roster.Class // which the Classroom closes
	Lamps       *lights.Panel
	Topics      *topics.Tree
	Broker      Broker
	Link        Link
	Outbox      Outbox
	Host        string        // the interface that the pupils' page listens on; "" = all
	Post        func(func())  // runs a function on the state's goroutine, later
	Language    func() string // of the window, "en" or "zh"
}

// Broker is what a class needs of the built-in broker.
type Broker interface {
	roster.Host
	// Freeze has the broker refuse pupils' commands by these topics.
	Freeze(on bool, commands []string)
}

// Link is what a class needs of the connection in use.
type Link interface {
	State() link.State
	// Refresh has it follow what lamps are subscribed to.
	Refresh()
	AskRetained(filter string, done func(uplink.Retained)) (cancel func())
}

// Outbox sends what a class has to say.
type Outbox interface {
	Publish(topic string, payload []byte, qos byte, retained bool) error
	// Clear makes the broker forget what it keeps of a topic.
	Clear(topic string) error
}

// Classroom is the class. It belongs to the state's goroutine.
type Classroom struct {
	Class  *roster.Class   // the pupils
	Roster *roster.Roster  // the boards, and whose they are
	Page   *pupilpage.Page // where pupils switch lamps
	Lesson *lesson.Lesson  // what the teacher has in hand

	o Options
}

// New makes the class of this run of the program.
func New(o Options) *Classroom {
	c := &Classroom{Class: o.Class, o: o}
	c.Roster = roster.New(roster.Options{
		Settings: o.Settings, Secrets: o.Secrets, Connections: o.Connections, Class: o.Class, Lamps: o.Lamps, Host: o.Broker,
		Clear: o.Outbox.Clear, Online: c.online, Topics: o.Link.Refresh, Post: o.Post, Language: o.Language,
	})
	c.Page = pupilpage.New(pupilpage.Options{
		Lamps: o.Lamps, Post: o.Post, Host: o.Host, Address: c.pageAddress, Freeze: c.freeze, Class: pageClass{c.Roster},
	})
	c.Class.Changed.Listen(c.Page.ClassChanged)
	c.Lesson = c.newLesson()
	return c
}

// Observe counts what has happened to a lamp.
func (c *Classroom) Observe(n lights.Event) { c.Lesson.Observe(n) }

// HandleNotice counts what the built-in broker tells of a board.
func (c *Classroom) HandleNotice(n broker.Notice) { c.Lesson.HandleNotice(n) }

// BrokerChanged shows the lamps of the broker that is in use from now on.
func (c *Classroom) BrokerChanged() {
	c.Roster.Show()
	c.Lesson.BrokerChanged()
}

// End gives the switches back to pupils, while there is still a connection, and ends
// their page.
func (c *Classroom) End() {
	c.Lesson.End()
	c.Page.Shut()
}

// Close saves what is not saved yet of the class. It fails as the save does.
func (c *Classroom) Close() error { return c.Class.Close() }

func (c *Classroom) online() bool { return c.o.Link.State().Phase == link.Online }

// pageAddress is where pupils find their page: where boards find the broker, or on
// the only interface that the program listens on.
func (c *Classroom) pageAddress() string {
	if c.o.Host != "" {
		return c.o.Host
	}
	return c.o.Broker.BoardAddress()
}
