package views

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"lamplighter/app"
	"lamplighter/app/broker/presets"
	"lamplighter/app/chime"
	"lamplighter/app/connections"
	"lamplighter/app/expiry"
	"lamplighter/app/link"
	"lamplighter/app/livemap"
	"lamplighter/app/report"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/app/watch"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// Bind gives the window the parts of the running program; open shows an address
// in the system's own program, and still has nothing in the window move.
func Bind(a *app.App, open func(*url.URL) error, version string, still bool) *backend.Parts {
	b := &bound{App: a, open: open, version: version}
	b.expiry = expiry.NewClock(time.Now, a.Post, b.checkExpiry)
	a.Changed.Listen(b.notifyStatus)
	a.Lights.Changed.Listen(b.notifyStatus)
	a.Classroom.Lesson.Changed.Listen(b.notifyStatus)
	a.Settings.Changed.Listen(b.checkExpiry)
	b.checkExpiry()
	parts := &backend.Parts{
		Still: func() bool { return still || a.Settings.Snapshot().NoMotion },
		Setup: a.Setup, Chime: chime.Find(), Writing: a.Boards.Writing, Practice: b.practice, Lights: a.Lights, Pupils: a.Classroom.Page, Lesson: a.Classroom.Lesson, Course: a.Course, Class: a.Classroom.Class, Boards: a.Classroom.Roster, Settings: a.Settings, Broker: ownBroker{b}, Connections: otherBrokers{b}, About: about{b}, Topics: a.Topics, Traffic: traffic{b}, Trace: a.Hosting,
		Exchange: handover{b}, Program: a.Classroom.Roster.Program, ProgramModel: a.Classroom.Roster.ProgramModel,
		Status: a.Status, StatusChanged: &b.statusChanged, Noticed: a.Hosting.Notices, ForgetNoticed: a.Hosting.ClearNotices, MarkRead: a.Outbox.MarkRead,
	}
	parts.Map = livemap.New(livemap.Options{
		Trace: a.Hosting, Lamps: a.Lights, Topics: a.Topics, BuiltIn: func() bool { return a.Settings.Snapshot().Connection == "" },
	})
	if a.Boards.Several != nil {
		parts.Several = a.Boards.Several
	}
	return parts
}

// bound is the program as the window sees it.
type bound struct {
	*app.App
	open    func(*url.URL) error
	version string
	expiry  *expiry.Clock

	lastStatus    app.Status
	statusChanged watch.Signal
}

// practice finds the practice board that the roster has at base.
func (b *bound) practice(base string) (backend.PracticeBoard, bool) {
	for _, row := range b.Settings.Snapshot().Boards {
		if row.Base == base && row.Practice {
			board, ok := b.Boards.Practice.ByID(row.ID)
			return board, ok
		}
	}
	return nil, false
}

// notifyStatus tells of a status only when it is another: lamps change often.
func (b *bound) notifyStatus() {
	if now := b.Status(); now != b.lastStatus {
		b.lastStatus = now
		b.statusChanged.Raise()
	}
}

// checkExpiry looks at the boards' passwords, now and when the next one is
// worth a word.
func (b *bound) checkExpiry() {
	b.notifyStatus()
	v := b.Settings.Snapshot()
	b.expiry.Set(expiry.Next(v.Boards, v.Connection, time.Now()))
}

// ownBroker is this computer's.
type ownBroker struct{ *bound }

func (h ownBroker) Changed() *watch.Signal { return &h.App.Changed }

func (h ownBroker) Status() backend.BrokerState {
	b, wanted, err := h.Hosting.Broker()
	if b == nil {
		return backend.BrokerState{Wanted: wanted, Err: err}
	}
	s := backend.BrokerState{Running: true, Port: b.Port(), WSPort: b.WebSocketPort(), Wanted: wanted, Open: b.Open(), Local: h.Hosting.Local()}
	s.SIoT, s.SIoTPort, s.SIoTWanted = b.SIoT()
	return s
}

func (h ownBroker) Addresses() []setup.Address {
	var all []setup.Address
	for _, x := range h.Hosting.Addresses() {
		all = append(all, setup.Address{Prefix: x.Prefix, Name: x.Name})
	}
	return all
}

func (h ownBroker) SetOpen(open bool) { h.Hosting.SetOpen(open) }

func (h ownBroker) ListenInNetwork() { h.Hosting.ListenInNetwork() }

func (h ownBroker) Restart() { h.Hosting.Start() }

func (h ownBroker) Pupils() (user, password string) { return h.Hosting.Pupils() }

func (h ownBroker) NewPupils(done func(error)) { h.Hosting.NewPupilPassword(done) }

// otherBrokers are those that the program was told of.
type otherBrokers struct{ *bound }

func (h otherBrokers) Login(connection string) connections.Login {
	return h.Connections.Login(connection)
}

func (h otherBrokers) Save(c settings.Connection, login connections.Login) {
	h.Connections.SaveLogin(c, login)
}

func (h otherBrokers) Remove(id string) { h.Connections.Delete(id) }

func (h otherBrokers) Test(c settings.Connection, login connections.Login, done func(error)) (cancel func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	ui.InBackground(h.Post, func() { err = uplink.Test(ctx, c, login) }, func() {
		cancel()
		done(err)
	})
	return cancel
}

// about is the program itself.
type about struct{ *bound }

func (h about) Protection() secrets.Protection { return h.Secrets.Kind() }

func (h about) OpenFolder() error {
	path := filepath.ToSlash(h.Settings.Dir())
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return h.open(&url.URL{Scheme: "file", Path: path})
}

func (h about) Report() []report.File {
	s := report.Source{
		Version: h.version, Values: h.Settings.Values(), Secret: h.Secrets.Get, Dir: h.Settings.Dir(), Phase: h.Uplink.State().Phase, Err: h.App.Status().Err,
		Notices: h.Hosting.Notices(), Lamps: h.Lights.Lights(), Ports: h.Setup().State().CurrentDraft().Ports, Now: time.Now(),
	}
	for _, p := range h.Classroom.Class.Pupils() {
		s.People = append(s.People, p.Name, p.Number)
	}
	state := ownBroker(h).Status()
	s.Broker = report.Broker{
		Runs: state.Running, Port: state.Port, Wanted: state.Wanted, Open: state.Open, SIoT: state.SIoT, Addresses: len(h.Hosting.Addresses()),
	}
	return report.Files(s)
}

func (h about) Version() string { return h.version }

// traffic answers the topic browser.
type traffic struct{ *bound }

func (t traffic) Changed() *watch.Signal { return &t.App.Changed }

func (t traffic) Moved() *watch.Signal { return &t.Uplink.Moved }

func (t traffic) Subscriptions() []uplink.Subscription { return t.Uplink.Subscriptions() }

func (t traffic) Subscribe(filter string, qos byte) error { return t.Uplink.Subscribe(filter, qos) }

func (t traffic) Unsubscribe(filter string) { t.Uplink.Unsubscribe(filter) }

func (t traffic) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	return t.Outbox.Publish(topic, payload, qos, retained)
}

func (t traffic) AskRetained(filter string, done func(list []topics.Message, whole bool, err error)) (cancel func()) {
	return t.Uplink.AskRetained(filter, func(r uplink.Retained) {
		list := make([]topics.Message, len(r.Messages))
		for i, m := range r.Messages {
			list[i] = topics.Message{Topic: m.Topic, Payload: m.Payload, QoS: m.QoS, Retained: true, At: m.At}
		}
		done(list, !r.Truncated && r.Err == nil, r.Err)
	})
}

func (t traffic) Online() bool { return t.App.Status().Link == link.Online }

func (t traffic) Platform() presets.Preset { return t.Uplink.Platform() }

func (t traffic) Browsed() []string { return t.Uplink.Browsed() }

func (t traffic) IsPublic() bool { return t.Uplink.IsOpenToAll() }
