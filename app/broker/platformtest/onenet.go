package platformtest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// OneNETOptions say what one product has.
type OneNETOptions struct {
	Product   string            // its id
	AccessKey string            // the product's key, base64
	Devices   map[string]string // device name → the device's key, base64
	Thing     bool              // it has a thing model; else data streams

	// Properties are the thing model: identifier → data type, as "bool". None =
	// any identifier and type is taken.
	Properties map[string]string

	UserID  string        // of the account, for tokens with userid/…; "" = none are taken
	UserKey string        // base64
	Timeout time.Duration // what the API waits for a device at most; 0 = 10 s for properties, and as asked for commands
	Now     func() time.Time
}

// OneNETPlatform stands in for OneNET, with its MQTT access and its HTTP API.
type OneNETPlatform struct {
	*Server
	rules *oneRules
}

// OneNET starts a OneNET product. Documented in its manual (open.iot.10086.cn/doc,
// the books mqtt and iot_platform, read in public copies): the login and
// its token, that only MQTT 3.1.1 with a clean session and no will is taken, the
// keepalive, no retained message, no QoS 2, messages to a device at QoS 0, the
// topics and forms of data points, commands and properties, that a second
// connection of a device ends the first, 10 subscriptions of a session, 3 logins
// in 5 s, 256 KB, and one property setting a second. Measured: that a product
// with a thing model takes no cmd topics. Assumed: that one without takes no
// thing topics, and that a topic of another device ends the connection there too.
func OneNET(t testing.TB, o OneNETOptions) *OneNETPlatform {
	t.Helper()
	p := &OneNETPlatform{}
	p.Server = start(t, "OneNET", 0, o.Now, func(d *Server) rules {
		p.rules = &oneRules{
			d: d, o: o, logins: map[string]*rate{}, sets: map[string]*rate{}, seen: map[string]time.Time{},
			points: map[string][]point{}, waiting: map[string]chan []byte{}, done: map[string]bool{},
		}
		mux := http.NewServeMux()
		p.rules.routes(mux)
		d.web = newWeb(d.t, mux)
		return p.rules
	})
	return p
}

// Last is the last value that a device said of a property or data stream, as
// JSON, or "" before the first.
func (p *OneNETPlatform) Last(device, name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.rules.points[device]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].name == name {
			return string(all[i].value)
		}
	}
	return ""
}

// The limits.
const (
	oneKeepAliveMin  = 10 // seconds
	oneKeepAliveMax  = 1800
	oneLogins        = 3 // of a device, within oneLoginTime
	oneLoginTime     = 5 * time.Second
	oneSubscriptions = 10
	onePayload       = 256 << 10
	oneCommand       = 1 << 10 // bytes of a command and of its answer
	onePoints        = 2000    // data points that are kept of a device
)

// point is one value of a device.
type point struct {
	name  string
	value []byte // JSON
	at    time.Time
}

type oneRules struct {
	lenient
	d *Server
	o OneNETOptions

	logins  map[string]*rate
	sets    map[string]*rate
	seen    map[string]time.Time // when a device was last online
	points  map[string][]point
	waiting map[string]chan []byte // for the answer to a command or setting, by its id
	done    map[string]bool        // commands that were answered
	serial  int
}

func rateOf(of map[string]*rate, key string) *rate {
	if of[key] == nil {
		of[key] = &rate{}
	}
	return of[key]
}

func (r *oneRules) login(s *session, c connect) answer {
	if rateOf(r.logins, c.id).add(r.d.now(), oneLoginTime) > oneLogins {
		r.d.broke(s, "logged in more than %d times in %v", oneLogins, oneLoginTime)
		return hangUp
	}
	if c.version != 4 {
		r.d.broke(s, "does not speak MQTT 3.1.1")
		return badVersion
	}
	if what := r.unsupported(c); what != "" {
		r.d.broke(s, "%s", what)
		return hangUp
	}
	if _, ok := r.o.Devices[c.id]; !ok || c.user != r.o.Product || !r.tokenFits(c.password, c.id) {
		return badLogin
	}
	r.seen[c.id] = r.d.now()
	return welcome
}

// unsupported says what of a CONNECT the platform does not take.
func (r *oneRules) unsupported(c connect) string {
	switch {
	case c.keepAlive < oneKeepAliveMin || c.keepAlive > oneKeepAliveMax:
		return "has a keepalive outside 10 to 1800 seconds"
	case c.will != nil:
		return "has a will, which the platform does not take"
	case !c.clean:
		return "does not ask for a clean session"
	}
	return ""
}

// own is what comes after $sys/{product}/{device}/ in a topic of the client's.
func (r *oneRules) own(s *session, topic string) (string, bool) {
	return strings.CutPrefix(topic, "$sys/"+r.o.Product+"/"+s.id+"/")
}

func (r *oneRules) topic(device, rest string) string {
	return "$sys/" + r.o.Product + "/" + device + "/" + rest
}

func (r *oneRules) subscribe(s *session, filter string, _ byte) bool {
	rest, own := r.own(s, filter)
	switch {
	case !own:
		r.d.broke(s, "subscribed to %q, which is not its own", filter)
	case !r.offered(rest):
		r.d.broke(s, "subscribed to %q, which this kind of product does not have", filter)
	case len(s.filters) >= oneSubscriptions:
		r.d.broke(s, "subscribed to more than %d topics", oneSubscriptions)
	default:
		return true
	}
	return false
}

// offered reports whether a kind of product has the topics of a filter.
func (r *oneRules) offered(rest string) bool {
	family, _, _ := strings.Cut(rest, "/")
	if r.o.Thing {
		return slices.Contains([]string{"#", "thing", "ota"}, family)
	}
	return slices.Contains([]string{"#", "dp", "cmd", "ota"}, family)
}

func (r *oneRules) publish(s *session, m message) {
	what := ""
	switch {
	case m.qos > 1:
		what = "published to %q at QoS 2"
	case m.retain:
		what = "published to %q to be retained, which the platform does not do"
	case len(m.payload) > onePayload:
		what = "published more than 256 KB to %q"
	}
	if what != "" {
		r.d.broke(s, what, m.topic)
		s.hangUp()
		return
	}
	r.seen[s.id] = r.d.now()
	rest, own := r.own(s, m.topic)
	if !own || !r.handle(s, rest, m.payload) {
		r.d.broke(s, "published to %q, which is not a topic that it may publish to", m.topic)
		s.hangUp()
	}
}

// handle does what a message asks for; false where there is no such topic.
func (r *oneRules) handle(s *session, rest string, payload []byte) bool {
	if id, ok := strings.CutPrefix(rest, "cmd/response/"); ok && !r.o.Thing && !strings.Contains(id, "/") {
		r.answered(s, id, payload)
		return true
	}
	switch {
	case rest == "dp/post/json" && !r.o.Thing:
		r.storePoints(s, payload)
	case rest == "thing/property/post" && r.o.Thing:
		r.storeProperties(s, payload)
	case rest == "thing/property/set_reply" && r.o.Thing:
		r.forwardReply(s, payload)
	case rest == "thing/event/post" && r.o.Thing:
		r.answerEvent(s, payload)
	default:
		return false
	}
	return true
}

func (r *oneRules) keep(device, name string, value []byte) {
	all := append(r.points[device], point{name, slices.Clone(value), r.d.now()})
	if len(all) > onePoints {
		all = all[len(all)-onePoints:]
	}
	r.points[device] = all
}
