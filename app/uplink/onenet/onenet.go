// Package onenet switches boards on OneNET, where a login sees the topics of its
// own device only: commands and questions go by the platform's HTTP API, and
// what it answers becomes messages as a broker's would be.
//
// It never guesses: a state is what the platform has from the board. It opens no
// MQTT connection (a second one of a device would throw the board out), and its
// requests, queues and answers are bounded.
package onenet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"lamplighter/app/link"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// Options say which product, and how to get in.
type Options struct {
	API     string // address of the HTTP API; "" = the platform's own
	Product string // its ID
	Key     string // its access key, base64
	Thing   bool   // it has a thing model; else data streams

	// Subscribed is told the answer to each subscription, or nil. It runs on the
	// caller's goroutine and must not block.
	Subscribed func(link.SubState)

	tick time.Duration // 0 = tick
}

// API is the address of the platform's HTTP API.
const API = "https://iot-api.heclouds.com"

// The bounds.
const (
	tick        = 500 * time.Millisecond // between two questions; each is about one board
	statusEvery = 4                      // one question in so many also asks whether the board is there
	setPause    = time.Second            // between two settings of a board (the platform's rule)
	answerPause = 300 * time.Millisecond // a board says what it did after it has answered
	answerLooks = 3                      // so often it is looked at after a setting, at longer and longer pauses
	maxDevices  = 500
	maxSetting  = 8 // settings, and questions after them, at the same time
	firstPause  = 2 * time.Second
	longPause   = 30 * time.Second
	maxFailures = 2 // questions in a row without an answer, after which there is no connection
)

// Remote stands for a connection to a product. Its methods are those of a
// link.Link, may be called from any goroutine, and never block, apart from Close.
type Remote struct {
	api     *client
	receive func(link.Message)
	status  func(link.State)

	ctx    context.Context
	cancel context.CancelFunc
	retry  chan struct{}
	done   sync.WaitGroup
	slots  chan struct{}

	telling sync.Mutex // held while news is passed on, and before mu

	mu      sync.Mutex
	state   link.State
	devices map[string]*board // by device name
	order   []string
	next    int
	asked   chan string // boards to look at soon
}

// board is one device of the product.
type board struct {
	property string
	wanted   *bool // the setting that is wanted; the newest counts
	setting  bool
	round    int
	value    string
	time     int64
	known    bool // a value was told
	online   int  // 0 unknown, 1 yes, -1 no
	reports  int  // how often anything was: an answer that was asked for before is old
}

// Dial begins to ask the product, and returns at once. Receive gets what was
// learnt under the topics onenet/<device>/<property> and onenet/<device>/status;
// both functions run on the remote's goroutines and must not block.
func Dial(o Options, receive func(link.Message), status func(link.State)) *Remote {
	r := &Remote{
		api: newClient(o), receive: receive, status: status, retry: make(chan struct{}, 1),
		slots: make(chan struct{}, maxSetting), devices: map[string]*board{}, asked: make(chan string, maxDevices),
		state: link.State{Phase: link.Connecting, Since: time.Now()},
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.done.Go(crash.Guard(r.run))
	return r
}

// Test asks the API once whether it lets this product in. It fails with a
// *fault.Error.
func Test(ctx context.Context, o Options) error { return newClient(o).enter(ctx) }

// State is how things stand.
func (r *Remote) State() link.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// Retry ends a wait.
func (r *Remote) Retry() {
	select {
	case r.retry <- struct{}{}:
	default:
	}
}

// Close ends the questions, and returns when none runs any more.
func (r *Remote) Close() {
	r.cancel()
	r.done.Wait()
	r.set(link.State{Phase: link.Closed})
}

func (r *Remote) set(s link.State) {
	s.Since = time.Now()
	r.mu.Lock()
	r.state = s
	r.mu.Unlock()
	r.status(s)
}

// topic takes onenet/<device>/<rest> apart.
func topic(t string) (name, rest string, ok bool) {
	parts := strings.SplitN(t, "/", 3)
	if len(parts) != 3 || parts[0] != "onenet" || parts[1] == "" {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// Subscribe begins to ask about a board: the filter onenet/<device>/<property>
// names it, and onenet/<device>/status comes with it. Each is answered at once;
// what is asked for has no QoS above 0. Other filters have nothing to tell and
// are refused, as is a second property of one device.
func (r *Remote) Subscribe(filter string, _ byte) error {
	err := r.subscribe(filter)
	if r.api.o.Subscribed != nil {
		r.api.o.Subscribed(link.SubState{Filter: filter, Err: err})
	}
	return nil
}

func (r *Remote) subscribe(filter string) error {
	refuse := func(err error) error {
		return &fault.Error{Fault: fault.AgainstRules, Op: "subscribe", Err: err}
	}
	name, property, ok := topic(filter)
	if !ok || property == "" || strings.ContainsAny(name+property, "/+#") {
		return refuse(link.ErrFilter)
	}
	if property == "status" {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch b := r.devices[name]; {
	case b != nil && b.property != property:
		return refuse(errOther)
	case b != nil:
		return nil
	case len(r.devices) >= maxDevices:
		return refuse(link.ErrFull)
	}
	r.devices[name] = &board{property: property}
	r.order = append(r.order, name)
	r.soon(name)
	return nil
}

// errOther tells that a device is asked for one property only.
var errOther = errors.New("another property of this device is asked for already")

// Unsubscribe ends the questions about a board.
func (r *Remote) Unsubscribe(filter string) {
	name, property, ok := topic(filter)
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.devices[name]; ok && b != nil && b.property == property {
		delete(r.devices, name)
		r.order = slices.DeleteFunc(r.order, func(o string) bool { return o == name })
	}
}

// soon asks for a look at a board before the others.
func (r *Remote) soon(name string) {
	select {
	case r.asked <- name:
	default:
	}
}

// Publish asks a board to set its lamp: the topic is
// onenet/<device>/<property>/set, and the payload on or off. It fails with a
// *fault.Error when nothing will be asked; nil only means that it is on its way.
func (r *Remote) Publish(t string, payload []byte, _ byte, _ bool) error {
	name, rest, ok := topic(t)
	property, set := strings.CutSuffix(rest, "/set")
	on := string(payload) == "on"
	if !ok || !set || !on && string(payload) != "off" {
		return &fault.Error{Fault: fault.AgainstRules, Op: "publish", Err: link.ErrTopic}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state.Phase != link.Online {
		return &fault.Error{Fault: fault.Unreachable, Op: "publish", Err: link.ErrOffline}
	}
	b := r.devices[name]
	if b == nil || b.property != property {
		return &fault.Error{Fault: fault.AgainstRules, Op: "publish", Err: link.ErrTopic}
	}
	b.wanted = &on
	if !b.setting {
		b.setting = true
		r.done.Go(crash.Guard(func() { r.setAll(name, b) }))
	}
	return nil
}

// pause waits, until something cuts it short.
func (r *Remote) pause(d time.Duration, cut <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-cut:
	case <-r.ctx.Done():
	}
}

// run asks about one board after the other.
func (r *Remote) run() {
	pause := firstPause
	for r.ctx.Err() == nil {
		r.set(link.State{Phase: link.Connecting, Err: r.State().Err})
		err := r.enter()
		if err == nil {
			r.forget()
			r.set(link.State{Phase: link.Online})
			var well bool
			if well, err = r.ask(); well {
				pause = firstPause
			}
		}
		if r.ctx.Err() != nil {
			return
		}
		r.set(link.State{Phase: link.Waiting, Err: err, RetryAt: time.Now().Add(pause)})
		r.pause(pause, r.retry)
		pause = min(2*pause, longPause)
	}
}

func (r *Remote) enter() error {
	ctx, cancel := context.WithTimeout(r.ctx, askTime)
	defer cancel()
	return r.api.enter(ctx)
}

// forget makes all that is told from now on news: who listens holds what was told
// on an earlier connection for old.
func (r *Remote) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.devices {
		b.known, b.online, b.round = false, 0, 0
	}
}

// ask looks at the boards until the platform can't be asked any more, and tells
// whether it ever could. One question that gets no answer is no lost connection.
func (r *Remote) ask() (well bool, err error) {
	every := time.NewTicker(cmp.Or(r.api.o.tick, tick))
	defer every.Stop()
	failures := 0
	for {
		select {
		case <-r.ctx.Done():
			return well, r.ctx.Err()
		case <-every.C:
		}
		name, property, status, ok := r.turn()
		if !ok {
			continue
		}
		if err = r.poll(name, property, status); err == nil {
			well, failures = true, 0
			continue
		}
		if failures++; failures >= maxFailures || lasting(err) {
			return well, err
		}
	}
}

// lasting reports whether the next question would fail as this one did.
func lasting(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && (e.Fault == fault.BadLogin || e.Fault == fault.AgainstRules)
}

// turn chooses the board that is looked at next.
func (r *Remote) turn() (name, property string, status, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case name = <-r.asked:
	default:
		if len(r.order) == 0 {
			return "", "", false, false
		}
		r.next = (r.next + 1) % len(r.order)
		name = r.order[r.next]
	}
	b := r.devices[name]
	if b == nil {
		return "", "", false, false
	}
	b.round++
	return name, b.property, b.round%statusEvery == 1, true
}

// poll asks about one board. What is wrong with that board alone is no error.
func (r *Remote) poll(name, property string, status bool) error {
	ctx, cancel := context.WithTimeout(r.ctx, askTime)
	defer cancel()
	r.mu.Lock()
	b, told := r.devices[name], 0
	if b != nil {
		told = b.reports
	}
	r.mu.Unlock()
	if b == nil {
		return nil
	}
	online := 0
	if status {
		there, err := r.api.online(ctx, name)
		switch {
		case errors.Is(err, errNoValue):
		case errors.Is(err, errGone):
			online = -1
		case err != nil:
			return err
		case there:
			online = 1
		default:
			online = -1
		}
	}
	value, at, err := r.api.value(ctx, name, property)
	if err != nil && !errors.Is(err, errGone) {
		return err
	}
	r.report(b, name, told, online, value, at)
	return nil
}

// report passes on what is news, in the order in which it became so. The first that
// is heard of a value may be old, and counts as kept by the platform. A value that
// was asked for before something else was told, the asked-th, says nothing.
func (r *Remote) report(b *board, name string, asked, online int, value string, at int64) {
	r.telling.Lock()
	defer r.telling.Unlock()
	now := time.Now()
	var news []link.Message
	r.mu.Lock()
	if r.devices[name] != b {
		r.mu.Unlock()
		return
	}
	if b.reports != asked {
		value = ""
	}
	if online != 0 && online != b.online {
		word := "offline"
		if online > 0 {
			word = "online"
		}
		news = append(news, link.Message{Topic: "onenet/" + name + "/status", Payload: []byte(word), Retained: b.online == 0, At: now})
		b.online = online
	}
	if value != "" && (value != b.value || at != b.time || !b.known) {
		news = append(news, link.Message{Topic: "onenet/" + name + "/" + b.property, Payload: []byte(value), Retained: !b.known, At: now})
		b.value, b.time, b.known = value, at, true
	}
	b.reports++
	r.mu.Unlock()
	for _, m := range news {
		r.receive(m)
	}
}
