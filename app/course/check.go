package course

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lamplighter/app/broker"
	"lamplighter/device/topic"
)

// Actor is who is behind a client of the broker.
type Actor string

// Who there is. A lesson's file names them so.
const (
	Nobody  Actor = ""        // the broker itself
	Me      Actor = "me"      // the client that the pupil steers
	Friend  Actor = "friend"  // the second one
	Sender  Actor = "line"    // what sends numbers over the lossy line
	Program Actor = "program" // a pupil's own program; see Course.actorOf
	Window  Actor = "window"  // this program
	Lamp    Actor = "lamp"    // the lesson's lamp
	Board   Actor = "board"   // any other board
	Other   Actor = "other"   // a client of which none of these is known; a file can't name it
)

// Two words for several of them.
const (
	anyone Actor = "anyone"
	pupil  Actor = "pupil" // Me, Friend, Sender or Program
)

// is reports whether w is meant by a word of a lesson's file.
func (w Actor) is(word string) bool {
	switch Actor(word) {
	case anyone, "":
		return true
	case pupil:
		return w == Me || w == Friend || w == Sender || w == Program
	}
	return w == Actor(word)
}

var people = []string{string(Me), string(Friend), string(Sender), string(Program), string(Window), string(Lamp), string(Board), string(anyone), string(pupil)}

// Event is something that really happened.
type Event struct {
	broker.TraceEvent
	Actor   Actor
	Refused bool // Actor was not let in by the broker; nothing else is told then
}

// value is what a parameter of a check may be.
type value int

const (
	anyText value = iota
	aFilter       // a topic filter, may hold blanks
	someTopics
	aQoS
	yesNo
	aPerson
	aDeparture
	aKind
	aHope
)

var (
	leaves = map[string][]broker.Departure{
		"goodbye": {broker.LeftCleanly}, "lost": {broker.LeftConnectionLost, broker.LeftKeepAliveTimeout}, "replaced": {broker.LeftTakenOver},
	}
	kinds = []string{"json", "number", "text", "bytes"}
	hopes = []string{"lost", "twice", "once"}
)

// checkForm is a check by its name: its parameters, those that it needs, and what it
// looks for. A check sees every event of its step and reports whether it is met.
type checkForm struct {
	params map[string]value
	needs  []string
	begin  func(p map[string]string) func(Event) bool
}

// checkForms are all checks. docs/LESSONS.md lists them.
var checkForms = map[string]checkForm{
	"lamp-here": {nil, nil, func(map[string]string) func(Event) bool {
		return func(e Event) bool { return e.Kind == broker.TraceConnected && e.Actor == Lamp }
	}},
	"connected": {map[string]value{"by": aPerson, "id": anyText}, nil, func(p map[string]string) func(Event) bool {
		return func(e Event) bool {
			return e.Kind == broker.TraceConnected && e.Actor.is(p["by"]) && (p["id"] == "" || p["id"] == e.Client)
		}
	}},
	"left": {map[string]value{"by": aPerson, "how": aDeparture}, nil, func(p map[string]string) func(Event) bool {
		return func(e Event) bool {
			return e.Kind == broker.TraceDisconnected && e.Actor.is(p["by"]) && (p["how"] == "" || slices.Contains(leaves[p["how"]], e.Departure))
		}
	}},
	"login-refused": {map[string]value{"by": aPerson}, nil, func(p map[string]string) func(Event) bool {
		return func(e Event) bool { return e.Refused && e.Actor.is(p["by"]) }
	}},
	"subscribed": {map[string]value{"by": aPerson, "filter": aFilter, "qos": aQoS, "catches": someTopics, "spares": someTopics}, nil, subscribed},
	"unsubscribed": {map[string]value{"by": aPerson, "filter": aFilter}, nil, func(p map[string]string) func(Event) bool {
		return func(e Event) bool {
			return e.Kind == broker.TraceUnsubscribed && e.Actor.is(p["by"]) && (p["filter"] == "" || p["filter"] == e.Topic)
		}
	}},
	"published": {map[string]value{"topic": aFilter, "by": aPerson, "payload": anyText, "qos": aQoS, "retained": yesNo}, []string{"topic"}, messageOf(broker.TracePublished)},
	"refused":   {map[string]value{"topic": aFilter, "by": aPerson}, []string{"topic"}, messageOf(broker.TraceRefused)},
	"will-sent": {map[string]value{"topic": aFilter, "payload": anyText}, []string{"topic"}, messageOf(broker.TraceWillSent)},
	"retained":  {map[string]value{"topic": aFilter}, []string{"topic"}, messageOf(broker.TraceRetained)},
	"cleared":   {map[string]value{"topic": aFilter}, []string{"topic"}, messageOf(broker.TraceCleared)},
	"delivered": {map[string]value{"topic": aFilter, "to": aPerson, "payload": anyText, "qos": aQoS, "retained": yesNo}, []string{"topic"}, delivered},
	"payload":   {map[string]value{"topic": aFilter, "by": aPerson, "is": aKind, "field": anyText}, []string{"topic", "is"}, payload},
	"numbers":   {map[string]value{"topic": aFilter, "by": aPerson, "qos": aQoS, "are": aHope}, []string{"topic", "qos", "are"}, numbers},
}

// Checks are the names of all checks.
func Checks() []string { return slices.Sorted(maps.Keys(checkForms)) }

// flaw looks for what is wrong with a check, and at which word.
func (s CheckSpec) flaw() (Flaw, string) {
	form, ok := checkForms[s.Name]
	if !ok {
		return FlawCheck, s.Name
	}
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		kind, ok := form.params[name]
		if !ok {
			return FlawParameter, name
		}
		if v := s.Params[name]; !kind.accepts(v) {
			return FlawValue, name + "=" + v
		}
	}
	for _, name := range form.needs {
		if s.Params[name] == "" {
			return FlawMissing, name
		}
	}
	return "", ""
}

func (k value) accepts(v string) bool {
	switch k {
	case aFilter:
		return topic.ValidFilter(fill(v, sample))
	case someTopics:
		return !slices.ContainsFunc(strings.Split(fill(v, sample), ","), func(s string) bool { return !topic.ValidName(s) })
	case aQoS:
		return v == "0" || v == "1" || v == "2"
	case yesNo:
		return v == "yes" || v == "no"
	case aPerson:
		return slices.Contains(people, v)
	case aDeparture:
		return leaves[v] != nil
	case aKind:
		return slices.Contains(kinds, v)
	case aHope:
		return slices.Contains(hopes, v)
	}
	return true
}

// Blanks are what stands for the blanks in a lesson's texts and checks.
type Blanks struct{ Lamp, TopicPrefix string }

var sample = Blanks{"class/lamp-01", "class"}

func fill(text string, b Blanks) string {
	return strings.NewReplacer("{lamp}", b.Lamp, "{room}", b.TopicPrefix).Replace(text)
}

// Fill fills a text's blanks.
func (b Blanks) Fill(text string) string { return fill(text, b) }

// begin makes the check itself.
func (s CheckSpec) begin(b Blanks) func(Event) bool {
	filled := make(map[string]string, len(s.Params))
	for name, v := range s.Params {
		filled[name] = fill(v, b)
	}
	return checkForms[s.Name].begin(filled)
}

func isQoS(param string, qos byte) bool { return param == "" || param == strconv.Itoa(int(qos)) }

func isYes(param string, yes bool) bool { return param == "" || (param == "yes") == yes }

// isPayload compares a payload with what a lesson asks for, "on" or "on|off".
func isPayload(param string, e Event) bool {
	return param == "" || e.Size == len(e.Payload) && slices.Contains(strings.Split(param, "|"), string(e.Payload))
}

// subscribed is met by a subscription that the broker granted.
func subscribed(p map[string]string) func(Event) bool {
	return func(e Event) bool {
		if e.Kind != broker.TraceSubscribed || e.Reason != broker.NoReason || !e.Actor.is(p["by"]) || !isQoS(p["qos"], e.QoS) || p["filter"] != "" && p["filter"] != e.Topic {
			return false
		}
		matches := func(name string) bool { return topic.Matches(e.Topic, name) }
		return !slices.ContainsFunc(listed(p["catches"]), func(name string) bool { return !matches(name) }) && !slices.ContainsFunc(listed(p["spares"]), matches)
	}
}

func listed(param string) []string {
	if param == "" {
		return nil
	}
	return strings.Split(param, ",")
}

// messageOf is met by an event of a kind about a message.
func messageOf(k broker.TraceKind) func(map[string]string) func(Event) bool {
	return func(p map[string]string) func(Event) bool {
		return func(e Event) bool {
			return e.Kind == k && topic.Matches(p["topic"], e.Topic) && e.Actor.is(p["by"]) && isQoS(p["qos"], e.QoS) && isYes(p["retained"], e.Retain) && isPayload(p["payload"], e)
		}
	}
}

// delivered is met by a message that was written to a client. One that was retained
// before the client subscribed counts as retained.
func delivered(p map[string]string) func(Event) bool {
	return func(e Event) bool {
		kept := e.Kind == broker.TraceRetainedSent
		return (kept || e.Kind == broker.TraceDelivered) && topic.Matches(p["topic"], e.Topic) && e.Actor.is(p["to"]) && isQoS(p["qos"], e.QoS) && isYes(p["retained"], kept) && isPayload(p["payload"], e)
	}
}

// payload is met by a message whose payload is of a kind.
func payload(p map[string]string) func(Event) bool {
	return func(e Event) bool {
		return e.Kind == broker.TracePublished && topic.Matches(p["topic"], e.Topic) && e.Actor.is(p["by"]) && isKind(p["is"], p["field"], e.Payload)
	}
}

func isKind(kind, field string, payload []byte) bool {
	var v any
	isJSON := json.Unmarshal(payload, &v) == nil
	_, isNumber := v.(float64)
	fields, isObject := v.(map[string]any)
	_, hasField := fields[field]
	switch kind {
	case "json":
		return isJSON && isObject && (field == "" || hasField)
	case "number":
		return isJSON && isNumber
	case "bytes":
		return len(payload) > 0 && !isReadable(payload)
	}
	return len(payload) > 0 && isReadable(payload) && !isObject && !isNumber
}

// isReadable reports whether a payload is a text that a person can read.
func isReadable(payload []byte) bool {
	return utf8.Valid(payload) && !strings.ContainsFunc(string(payload), func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' })
}

// maxNumber bounds the numbers that are looked for.
const maxNumber = 10

// numbers follows the numbers 1 to 10 of one topic: some are lost when they
// are missing at the round's end, twice when all came and one of them again, once when
// all came and none again. A 1 begins a new round; a 10 ends it, or the goodbye of who
// sent the numbers.
func numbers(p map[string]string) func(Event) bool {
	var seen [maxNumber + 1]int
	sender := ""
	return func(e Event) bool {
		if e.Kind == broker.TraceDisconnected && e.Departure == broker.LeftCleanly && sender != "" && e.Client == sender {
			missing := slices.Index(seen[1:], 0) >= 0
			seen, sender = [maxNumber + 1]int{}, ""
			return missing && p["are"] == "lost"
		}
		n, err := strconv.Atoi(string(e.Payload))
		if e.Kind != broker.TracePublished || !e.Actor.is(p["by"]) || !topic.Matches(p["topic"], e.Topic) || !isQoS(p["qos"], e.QoS) || err != nil || n < 1 || n > maxNumber {
			return false
		}
		if n == 1 && seen[2] > 0 {
			clear(seen[:])
		}
		seen[n]++
		sender = e.Client
		all := slices.Index(seen[1:], 0) < 0
		twice := slices.Max(seen[:]) > 1
		switch p["are"] {
		case "lost":
			return n == maxNumber && !all
		case "twice":
			return all && twice
		}
		return all && !twice
	}
}
