package platformtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Codes of the thing model, documented for the platform's log, and assumed to
// be those of its replies.
const (
	oneOK          = 200
	oneBadJSON     = 301
	oneBadType     = 302
	oneUnknownName = 309
	oneBadMessage  = 312
)

// storePoints stores data points (documented: dp topic cluster).
func (r *oneRules) storePoints(s *session, payload []byte) {
	var x struct {
		ID *int32 `json:"id"`
		DP map[string][]struct {
			V json.RawMessage `json:"v"`
			T *int64          `json:"t"`
		} `json:"dp"`
	}
	id := int32(-1)
	err := json.Unmarshal(payload, &x)
	if x.ID != nil && *x.ID > 0 { // an id of another type is left at 0
		id = *x.ID
	}
	bad := err != nil || id < 0 || len(x.DP) == 0
	for name, values := range x.DP {
		bad = bad || !isStream(name) || len(values) == 0
		for _, v := range values {
			bad = bad || len(v.V) == 0
		}
	}
	if bad {
		r.d.broke(s, "posted data that is not of the form: %.200s", payload)
		r.down(s, "dp/post/json/rejected", map[string]any{"id": id, "err_code": 98, "err_msg": "Illegal Data"})
		return
	}
	for name, values := range x.DP {
		for _, v := range values {
			r.keep(s.id, name, v.V)
		}
	}
	r.down(s, "dp/post/json/accepted", map[string]any{"id": id})
}

// isStream reports whether a data stream may have a name: up to 30 letters,
// digits, underscores and dots, perhaps behind a $.
func isStream(name string) bool {
	name = strings.TrimPrefix(name, "$")
	return name != "" && len(name) <= 30 && strings.Trim(name, letters+"_.") == ""
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// oneMessage is the frame of every message of a thing (documented: OneJSON).
type oneMessage struct {
	ID      string          `json:"id"`
	Version string          `json:"version"`
	Params  json.RawMessage `json:"params"`
	Code    *int            `json:"code"`
	Msg     string          `json:"msg"`
}

// isMessageID reports whether an id is a number in a string, of 13 digits at most.
func isMessageID(id string) bool {
	return id != "" && len(id) <= 13 && strings.Trim(id, "0123456789") == ""
}

// storeProperties stores what a device says of its properties.
func (r *oneRules) storeProperties(s *session, payload []byte) {
	m, values, code, why := r.readProperties(payload)
	if code != oneOK {
		r.d.broke(s, "posted properties that are not of the form (%s): %.200s", why, payload)
	}
	r.down(s, "thing/property/post/reply", map[string]any{"id": m.ID, "code": code, "msg": why})
	if code != oneOK {
		return
	}
	for name, value := range values {
		r.keep(s.id, name, value)
	}
}

func (r *oneRules) readProperties(payload []byte) (m oneMessage, values map[string]json.RawMessage, code int, why string) {
	var params map[string]struct {
		Value json.RawMessage `json:"value"`
		Time  *int64          `json:"time"`
	}
	if json.Unmarshal(payload, &m) != nil || json.Unmarshal(m.Params, &params) != nil || len(params) == 0 {
		return m, nil, oneBadJSON, "json format error"
	}
	if !isMessageID(m.ID) {
		return m, nil, oneBadMessage, "invalid msg id"
	}
	values = map[string]json.RawMessage{}
	for name, p := range params {
		if len(p.Value) == 0 {
			return m, nil, oneBadJSON, "json format error"
		}
		if code, why := r.fits(name, p.Value); code != oneOK {
			return m, nil, code, why
		}
		values[name] = p.Value
	}
	return m, values, oneOK, "success"
}

// fits reports whether the thing model has a property with such a value.
func (r *oneRules) fits(name string, value json.RawMessage) (code int, why string) {
	if len(r.o.Properties) == 0 {
		return oneOK, "success"
	}
	kind, ok := r.o.Properties[name]
	if !ok {
		return oneUnknownName, "identifier not exist: " + name
	}
	text := string(bytes.TrimSpace(value))
	good := true
	switch kind {
	case "bool":
		good = text == "true" || text == "false"
	case "string":
		good = strings.HasPrefix(text, `"`)
	case "int32", "int64", "enum":
		good = strings.Trim(text, "-0123456789") == ""
	case "float", "double":
		good = strings.Trim(text, "-+.eE0123456789") == ""
	}
	if !good {
		return oneBadType, "data type error: " + name
	}
	return oneOK, "success"
}

// forwardReply hands a device's answer to whoever set its properties.
func (r *oneRules) forwardReply(s *session, payload []byte) {
	var m oneMessage
	if json.Unmarshal(payload, &m) != nil || !isMessageID(m.ID) || m.Code == nil {
		r.d.broke(s, "answered a setting in another form: %.200s", payload)
		return
	}
	if !r.reply(s.id+"/"+m.ID, payload) {
		r.d.broke(s, "answered a setting that nobody waits for: %q", m.ID)
	}
}

// answerEvent answers an event; nothing here reads events.
func (r *oneRules) answerEvent(s *session, payload []byte) {
	m, _, code, why := r.readProperties(payload)
	if code == oneUnknownName {
		code, why = oneOK, "success"
	}
	r.down(s, "thing/event/post/reply", map[string]any{"id": m.ID, "code": code, "msg": why})
}

// answered takes a device's answer to a command (documented: cmd topic cluster).
func (r *oneRules) answered(s *session, id string, payload []byte) {
	switch {
	case len(payload) > oneCommand:
		r.d.broke(s, "answered a command with more than 1 KB")
		r.down(s, "cmd/response/"+id+"/rejected", map[string]any{"err_code": 99, "err_msg": "maximum payload size exceeded"})
	case r.reply(s.id+"/"+id, payload):
		r.done[id] = true
		s.sendIf(r.topic(s.id, "cmd/response/"+id+"/accepted"), nil)
	default:
		if r.done[id] {
			r.d.broke(s, "answered the command %q twice", id)
		}
		r.down(s, "cmd/response/"+id+"/rejected", map[string]any{"err_code": 113, "err_msg": "cmd id not found"})
	}
}

// reply hands an answer to the API call that waits for it, once.
func (r *oneRules) reply(id string, payload []byte) bool {
	c, ok := r.waiting[id]
	if !ok {
		return false
	}
	delete(r.waiting, id)
	c <- slices.Clone(payload) // it has room for one
	return true
}

// down sends a device JSON, if it subscribed.
func (r *oneRules) down(s *session, rest string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		r.d.t.Errorf("OneNET: %v", err)
		return
	}
	s.sendIf(r.topic(s.id, rest), text)
}

// sendIf sends a message to a client that subscribed to it.
func (s *session) sendIf(topic string, payload []byte) {
	if s.isSubscribed(topic) {
		s.send(topic, payload, false)
	}
}

func (r *oneRules) nextID() string {
	r.serial++
	return fmt.Sprint(r.serial)
}
