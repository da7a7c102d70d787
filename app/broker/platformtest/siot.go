package platformtest

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
	"unicode/utf8"

	"lamplighter/device/topic"
)

// SIoTOptions say which version it is.
type SIoTOptions struct {
	Retains     bool // since V1.2
	NoWildcards bool // filters with + or # are refused; nobody says that they are, or are not
}

// The login of every SIoT that nobody has changed.
const (
	SIoTUser     = "siot"
	SIoTPassword = "dfrobot"
)

// SIoTServer stands in for SIoT V1.
type SIoTServer struct {
	*Server
	o    SIoTOptions
	last map[string]record
	rows int
}

// record is a message as SIoT's web pages give it.
type record struct {
	ID      int
	Topic   string
	Content string
	Created string
}

// SIoT starts SIoT V1, with its web addresses publish and lastmessage.
// Documented: its login, that a topic is project/device with one slash, that
// QoS is 0, that a second client with an id kicks the first, and both web
// answers. Assumed: the web's answer to a wrong login, and that wildcards are
// taken in subscriptions that a topic can fit, unless NoWildcards says otherwise.
func SIoT(t testing.TB, o SIoTOptions) *SIoTServer {
	t.Helper()
	b := &SIoTServer{o: o, last: map[string]record{}}
	b.Server = start(t, "SIoT", 0, nil, func(d *Server) rules {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /publish", b.webPublish)
		mux.HandleFunc("GET /lastmessage", b.webLast)
		d.web = newWeb(d.t, mux)
		return siotRules{b: b}
	})
	return b
}

type siotRules struct {
	lenient
	b *SIoTServer
}

func (r siotRules) login(s *session, c connect) answer {
	if c.user != SIoTUser || c.password != SIoTPassword {
		return badLogin
	}
	if w := c.will; w != nil {
		if !topic.HasLevels(w.topic, 2) {
			r.b.broke(s, "has a will on %q, which is not project/device", w.topic)
		}
		if w.qos > 0 {
			r.b.broke(s, "has a will at QoS %d", w.qos)
		}
	}
	return welcome
}

func (r siotRules) subscribe(s *session, filter string, qos byte) bool {
	if qos > 0 {
		r.b.broke(s, "subscribed to %q at QoS %d", filter, qos)
	}
	if !topic.MatchesLevels(filter, 2) {
		r.b.broke(s, "subscribed to %q, which is not project/device", filter)
		return false
	}
	return !r.b.o.NoWildcards || !topic.HasWildcard(filter)
}

func (r siotRules) publish(s *session, m message) {
	if m.qos > 0 {
		r.b.broke(s, "published to %q at QoS %d", m.topic, m.qos)
		return
	}
	if !topic.HasLevels(m.topic, 2) {
		r.b.broke(s, "published to %q, which is not project/device", m.topic)
		return
	}
	if m.retain && !r.b.o.Retains {
		r.b.broke(s, "published to %q to be retained, which this version does not do", m.topic)
		m.retain = false
	}
	r.b.store(m)
}

func (b *SIoTServer) store(m message) {
	b.keep(m)
	b.rows++
	b.last[m.topic] = record{b.rows, m.topic, string(m.payload), b.now().Format(time.DateTime)}
	b.deliver(m.topic, m.payload, nil)
}

// maxWeb is how many characters the web takes.
const maxWeb = 255

func (b *SIoTServer) webPublish(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	name, text := q.Get("topic"), q.Get("msg")
	switch {
	case !b.webLogin(w, r):
	case !topic.HasLevels(name, 2) || utf8.RuneCountInString(text) > maxWeb:
		reply(w, map[string]any{"code": 0, "msg": "参数错误"})
	default:
		b.mu.Lock()
		defer b.mu.Unlock()
		b.store(message{topic: name, payload: []byte(text)})
		reply(w, map[string]any{"code": 1, "msg": "数据已发送"})
	}
}

func (b *SIoTServer) webLast(w http.ResponseWriter, r *http.Request) {
	if !b.webLogin(w, r) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := []record{}
	if last, ok := b.last[r.URL.Query().Get("topic")]; ok {
		rows = append(rows, last)
	}
	reply(w, map[string]any{"code": 1, "data": rows, "msg": "成功"})
}

func (b *SIoTServer) webLogin(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	if q.Get("iname") == SIoTUser && q.Get("ipwd") == SIoTPassword {
		return true
	}
	reply(w, map[string]any{"code": 0, "msg": "用户名或密码错误"})
	return false
}

// reply answers with JSON; a client that has gone needs none.
func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}
