package app

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"lamplighter/app/course"
	"lamplighter/app/endpoint"
	"lamplighter/app/hosting"
	"lamplighter/app/inbox"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/setup/batch"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/practice"
)

// Boards are what can be set up: boards on cables, and practice boards.
type Boards struct {
	Practice *practice.Simulator
	Several  *batch.Table // boards that are set up together; nil: the program can't

	cables   setup.Provisioner
	both     *practice.Mux
	start    func() *setup.Session // begins the setup
	session  *setup.Session        // nil until it is asked for
	course   *course.Course        // nil until it is asked for
	settings *settings.Store
	secrets  *secrets.Cache
	shared   *hosting.Shared
	paced    bool // what practice boards do can be followed by a person
}

const (
	// practicePause gathers what practice boards change into one write.
	practicePause = time.Second
	// practiceClient begins the client id that boards make of their own.
	practiceClient = "lamp-"
	// releaseTime is how long the end of the program waits for a board's line.
	releaseTime = 3 * time.Second
)

// newBoards makes the practice boards as they were left.
func newBoards(o Options, s *settings.Store, c *secrets.Cache, guest *hosting.Shared, post func(func())) *Boards {
	b := &Boards{cables: o.Cables, settings: s, secrets: c, shared: guest, paced: o.Pace > 0}
	state := s.Values().Practice
	tokens := map[string]string{}
	for _, port := range practicePorts(state) {
		if token := c.Get(practiceKey(port)); token != "" {
			tokens[port] = string(token)
		}
	}
	changes := inbox.New(post, practicePause, 1, nil, func([]struct{}, int) { b.keep() })
	b.Practice = practice.New(practice.Options{
		Files: o.Files, Dial: b.dial, Pace: o.Pace, State: state, Secrets: tokens,
		Changed: func() { changes.Put(struct{}{}) },
	})
	b.both = practice.NewMux(o.Cables, b.Practice)
	return b
}

// setup is the program's one setup, which begins at the first call.
func (b *Boards) setup() *setup.Session {
	if b.session == nil {
		b.session = b.start()
	}
	return b.session
}

// Writing reports whether a board is being written, which must not be cut off.
func (b *Boards) Writing() bool {
	if b.Several != nil && b.Several.Writing() {
		return true
	}
	if b.session == nil {
		return false
	}
	switch b.session.State().(type) {
	case setup.Writing, setup.Undoing:
		return true
	}
	return false
}

// dial connects a practice board to its broker: a real client on a real
// connection. It is called on the board's goroutine.
func (b *Boards) dial(ctx context.Context, s practice.Session) (practice.Client, error) {
	host, port, err := b.broker(s)
	if err != nil {
		return nil, err
	}
	o := link.Options{
		Endpoint: endpoint.Endpoint{Host: host, Port: port, TLS: s.TLS, CA: s.CA}, Unchecked: s.TLS && s.CA == "",
		User: string(s.User), Password: string(s.Password), ClientID: s.ClientID, KeepAlive: s.KeepAlive,
	}
	if s.WillTopic != "" {
		o.Will = &link.Will{Topic: s.WillTopic, Payload: s.WillPayload, Retained: s.WillRetained}
	}
	receive := func(m link.Message) { s.Message(m.Topic, m.Payload, m.Retained) }
	client, err := link.DialOnce(ctx, o, s.Subscribe, receive, s.Lost)
	if err != nil {
		return nil, err
	}
	return client, nil
}

// broker is where a practice board finds its broker. It lives on this PC, so it
// finds the built-in one under any address and without a network; and it never
// looks for it elsewhere, for this PC's old address may be a stranger's in another
// network.
func (b *Boards) broker(s practice.Session) (host string, port int, err error) {
	if id, ok := strings.CutPrefix(s.ClientID, practiceClient); !ok || string(s.User) != hosting.BoardUser(id) {
		return s.Host, s.Port, nil
	}
	own := b.shared.Broker()
	if own == nil {
		return "", 0, &fault.Error{Fault: fault.Refused, Op: "connect", Err: hosting.ErrNoBroker}
	}
	host, port = own.LocalAddr()
	return host, port, nil
}

// keep keeps what the practice boards carry.
func (b *Boards) keep() {
	for port, token := range b.Practice.Secrets() {
		b.secrets.Set(practiceKey(port), device.Text(token))
	}
	now := b.Practice.Export()
	if !bytes.Equal(now, b.settings.Snapshot().Practice) {
		b.settings.Update(func(v *settings.Values) { v.Practice = now })
	}
}

// close lets go of the line of a board that is being set up, and ends the practice
// boards.
func (b *Boards) close() {
	if b.Several != nil {
		ctx, done := context.WithTimeout(context.Background(), releaseTime)
		b.Several.Shutdown(ctx)
		done()
	}
	if b.course != nil {
		b.course.Close()
	}
	if b.session != nil {
		b.session.Close()
		select {
		case <-b.session.Idle():
		case <-time.After(releaseTime):
		}
		// The line is let go of in the background; a program that ends meanwhile
		// would leave the board without the program that ran on it.
		if c, ok := b.cables.(interface{ Close() }); ok {
			c.Close()
		}
	}
	b.keep()
	b.Practice.Close()
}

func practiceKey(port string) string { return "practice/" + port }

// practicePorts lists the ports of an Export.
func practicePorts(state []byte) []string {
	var all []struct{ Port string }
	if len(state) == 0 || json.Unmarshal(state, &all) != nil {
		return nil
	}
	var ports []string
	for _, b := range all {
		ports = append(ports, b.Port)
	}
	return ports
}
