package setup

import (
	"context"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/practice"
)

// room is a broker for one practice board, and the app's end of it.
type room struct {
	*fakeBackend
	loop *apptest.Loop
	mu   sync.Mutex
	s    practice.Session
}

func (r *room) dial(_ context.Context, s practice.Session) (practice.Client, error) {
	r.mu.Lock()
	r.s = s
	r.mu.Unlock()
	return r, nil
}

// Publish is the board's word, on its way to the app.
func (r *room) Publish(topic string, payload []byte, _ bool) {
	on := string(payload) == "on"
	base, state := strings.CutSuffix(topic, "/light")
	if !state {
		return
	}
	r.loop.Post(func() {
		if f := r.heard[base]; f != nil {
			f(Lamp{Known: true, On: on, Online: true})
		}
	})
}

func (*room) Close() {}
func (*room) Drop()  {}

// Switch is the app's command, on its way to the board.
func (r *room) Switch(base string, on bool) {
	r.mu.Lock()
	s := r.s
	r.mu.Unlock()
	word := map[bool]string{true: "on", false: "off"}[on]
	go s.Message(base+"/light/set", []byte(word), false)
}

func TestThePracticeBoardGoesThroughEveryStepAndAWrongPassword(t *testing.T) {
	r := &room{fakeBackend: newBackend(), loop: apptest.NewLoop(t)}
	bench := practice.New(practice.Options{Dial: r.dial, Reach: func(_ context.Context, _, address string) (net.Conn, error) {
		if host, _, _ := net.SplitHostPort(address); host != "127.0.0.1" { // the broker listens to this PC alone
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		a, b := net.Pipe()
		b.Close()
		return a, nil
	}})
	defer bench.Close()
	s := NewSession(bench, r, r.loop.Post)
	defer func() { s.Close(); <-s.Idle() }()
	r.loop.RunUntil(func() bool { return len(s.State().CurrentDraft().Ports) > 0 }, "the practice board is listed")
	s.Handle(Picked{Port: s.State().CurrentDraft().Ports[0]})
	s.Handle(Forward{})
	r.loop.RunUntil(func() bool { w, ok := s.State().(WiFi); return ok && !w.Scanning }, "its networks")

	networks := s.State().CurrentDraft().Networks
	a := s.State().CurrentDraft().Answers
	a.WiFi = device.WiFi{SSID: networks[0].SSID, Password: "not the password"}
	s.Handle(Typed{Answers: a})
	s.Handle(Forward{})
	r.loop.RunUntil(func() bool { w, ok := s.State().(WiFi); return ok && w.Problem != nil }, "a refusal")
	if got := FaultOf(s.State().(WiFi).Problem); got != fault.WiFiPassword {
		t.Fatalf("a wrong password is %v", got)
	}

	a.WiFi.Password = practice.Password
	s.Handle(Typed{Answers: a})
	s.Handle(Forward{})
	r.loop.RunUntil(func() bool { _, ok := s.State().(Broker); return ok }, "the broker's page")
	s.Handle(Forward{})
	r.loop.RunUntil(func() bool { _, ok := s.State().(Naming); return ok }, "the name's page")
	s.Handle(Forward{})
	r.loop.RunUntil(func() bool { _, ok := s.State().(Finished); return ok }, "a lamp that is lit")
	s.Handle(Switch{On: false})
	r.loop.RunUntil(func() bool { return !s.State().(Finished).Lamp.On }, "a lamp that is dark")
}
