package pupilpage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/device/crash"
)

// room is a panel with boards that say what a test has them say, and the page.
type room struct {
	*Page
	t      *testing.T
	loop   *apptest.Loop
	panel  *lights.Panel
	sent   []string
	frozen []bool
	client *http.Client // of this test alone: the next one's page may have the same port
}

func (r *room) Publish(topic string, payload []byte, _ bool) (bool, error) {
	r.sent = append(r.sent, topic+" "+string(payload))
	return false, nil
}

func (r *room) Withdraw(string) {}

func (r *room) Turns() map[string]lights.Turn { return nil }

// plainSpeech is words that tests look for.
type plainSpeech struct{}

func (plainSpeech) Languages() []string { return []string{"en", "zh-Hans"} }

func (plainSpeech) Texts(language string) map[string]string {
	return map[string]string{"title": "title in " + language}
}

func (plainSpeech) Lamp(language string, l lights.Light) (word, truth string) {
	return fmt.Sprint(language, " ", l.Phase, " ", l.State), "truth"
}

func (plainSpeech) Seat(language, name string, row, column int) string {
	return fmt.Sprint(name, " in ", row, ",", column, " ", language)
}

// testClass is a class of three lamps, of which two are in one group.
type testClass struct{}

func (testClass) Places() map[string]Place {
	return map[string]Place{lampAt(0): {"one", 1, 2}, lampAt(1): {"one", 0, 0}, lampAt(2): {"two", 2, 2}}
}

func (testClass) LampOf(name string) string {
	return map[string]string{"Ann": lampAt(0), "Bo": lampAt(9)}[name]
}

func newRoom(t *testing.T, lamps int) *room {
	r := &room{t: t, loop: apptest.NewLoop(t), client: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(r.client.CloseIdleConnections)
	r.panel = lights.New(lights.Options{Publisher: r, Post: r.loop.Post, Classroom: "class", Answer: time.Hour})
	t.Cleanup(r.panel.Close)
	r.panel.SetConnected(true)
	for i := range lamps {
		r.says(i, "status", "online")
		r.says(i, "light", "off")
	}
	r.Page = New(Options{
		Lamps: r.panel, Post: r.loop.Post, Host: "127.0.0.1", Address: func() string { return "127.0.0.1" },
		Class:  testClass{},
		Freeze: func(on bool) { r.frozen = append(r.frozen, on) },
	})
	t.Cleanup(r.Shut)
	r.Open(plainSpeech{})
	if s := r.State(); !s.Open || s.Err != nil {
		t.Fatalf("it is not open: %v", s.Err)
	}
	return r
}

func lampAt(i int) string { return fmt.Sprintf("class/lamp-%03d", i+1) }

func (r *room) says(i int, what, payload string) {
	r.panel.Receive(lampAt(i)+"/"+what, []byte(payload), false, time.Now())
}

// during runs f elsewhere, and the state's goroutine until it has ended.
func (r *room) during(f func()) {
	r.t.Helper()
	done := make(chan struct{})
	crash.Go(func() { defer close(done); f() })
	r.loop.RunUntil(func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}, "an answer")
}

// reply is what a page gets.
type reply struct {
	status  int
	refused string
	token   string
	body    string
	header  http.Header
}

// send sends a request; change may change it first.
func (r *room) send(method, path, token string, body any, change ...func(*http.Request)) (a reply) {
	r.t.Helper()
	r.during(func() { a = r.request(method, path, token, body, change...) })
	return a
}

func (r *room) request(method, path, token string, body any, change ...func(*http.Request)) (a reply) {
	text, err := json.Marshal(body)
	if err != nil {
		r.t.Error(err)
		return a
	}
	q, err := http.NewRequest(method, "http://"+r.State().Address+path, bytes.NewReader(text))
	if err != nil {
		r.t.Error(err)
		return a
	}
	q.Header.Set("Content-Type", "application/json")
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	for _, f := range change {
		f(q)
	}
	resp, err := r.client.Do(q)
	if err != nil {
		return reply{body: err.Error()}
	}
	defer resp.Body.Close()
	all, _ := io.ReadAll(resp.Body)
	var said struct{ Refused, Token string }
	_ = json.Unmarshal(all, &said) // of files it is none
	return reply{resp.StatusCode, said.Refused, said.Token, string(all), resp.Header}
}

func (r *room) enter(name string) (token string) {
	r.t.Helper()
	a := r.send("POST", "/join", "", request{Code: r.State().Code, Name: name})
	if a.token == "" {
		r.t.Fatalf("not let in: %+v", a)
	}
	return a.token
}

func (r *room) wants(a reply, refused refusal) {
	r.t.Helper()
	if a.refused != string(refused) || (refused == "") != (a.status == http.StatusOK) || refused != "" && a.status != statuses[refused] {
		r.t.Errorf("%d %s, want refused %q", a.status, a.body, refused)
	}
}

func (r *room) wantsSent(want ...string) {
	r.t.Helper()
	if !slices.Equal(r.sent, want) {
		r.t.Errorf("sent %q, want %q", r.sent, want)
	}
	r.sent = nil
}

// stream is a page that is open: its events, until it ends.
type stream struct {
	events chan event
	over   chan struct{}
	cancel func()
}

func (r *room) follow(token, language string) *stream {
	r.t.Helper()
	q, err := http.NewRequest("POST", "http://"+r.State().Address+"/events", strings.NewReader("{}"))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Accept-Language", language)
	var resp *http.Response
	r.during(func() { resp, err = r.client.Do(q) })
	if err != nil || resp.StatusCode != http.StatusOK {
		r.t.Fatalf("%v %v", resp, err)
	}
	s := &stream{events: make(chan event, 1000), over: make(chan struct{}), cancel: func() { _ = resp.Body.Close() }}
	r.t.Cleanup(s.cancel)
	crash.Go(func() {
		defer close(s.over)
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e event
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(text), &e) == nil {
				s.events <- e
			}
		}
	})
	return s
}

// until waits for an event.
func (r *room) until(s *stream, fits func(event) bool) (found event) {
	r.t.Helper()
	r.loop.RunUntil(func() bool {
		for {
			select {
			case e := <-s.events:
				if fits(e) {
					found = e
					return true
				}
			default:
				return false
			}
		}
	}, "an event")
	return found
}
