package course

import (
	"strconv"
	"strings"
	"testing"

	"lamplighter/app/broker"
)

func event(k broker.TraceKind, who Actor, topic, payload string, more ...func(*Event)) Event {
	e := Event{TraceEvent: broker.TraceEvent{Kind: k, Client: string(who), Topic: topic, Payload: []byte(payload), Size: len(payload)}, Actor: who}
	for _, f := range more {
		f(&e)
	}
	return e
}

func qos(n byte) func(*Event)               { return func(e *Event) { e.QoS = n } }
func retain(e *Event)                       { e.Retain = true }
func denied(e *Event)                       { e.Reason = broker.ReasonRights }
func leave(l broker.Departure) func(*Event) { return func(e *Event) { e.Departure = l } }
func cutPayload(e *Event)                   { e.Size = len(e.Payload) + 1 }
func asClient(id string) func(*Event)       { return func(e *Event) { e.Client = id } }
func turnedAway(e *Event)                   { e.Kind, e.Refused = -1, true }

// numbered are numbers that were published at a QoS, as "1 2 3".
func numbered(q byte, list string) (all []Event) {
	for _, n := range strings.Fields(list) {
		all = append(all, event(broker.TracePublished, Sender, "class/numbers", n, qos(q)))
	}
	return all
}

func TestEachCheckTellsWhoDoesItFromWhoAlmostDoesIt(t *testing.T) {
	pub, sub, got := broker.TracePublished, broker.TraceSubscribed, broker.TraceDelivered
	tried := map[string]bool{}
	for _, c := range []struct {
		check  string
		does   []Event
		almost []Event
	}{
		{"lamp-here", []Event{event(broker.TraceConnected, Lamp, "", "")}, []Event{event(broker.TraceConnected, Board, "", ""), event(broker.TraceDisconnected, Lamp, "", "")}},
		{"connected by=program", []Event{event(broker.TraceConnected, Program, "", "")}, []Event{
			event(broker.TraceConnected, Me, "", ""), event(broker.TraceConnected, Window, "", ""), event(broker.TraceConnected, Board, "", ""), event(broker.TraceConnected, Other, "", ""),
		}},
		{"connected by=me id=me", []Event{event(broker.TraceConnected, Me, "", "")}, []Event{event(broker.TraceConnected, Me, "", "", asClient("Me"))}},
		{"left by=me how=replaced", []Event{event(broker.TraceDisconnected, Me, "", "", leave(broker.LeftTakenOver))}, []Event{event(broker.TraceDisconnected, Me, "", "", leave(broker.LeftCleanly)), event(broker.TraceDisconnected, Friend, "", "", leave(broker.LeftTakenOver))}},
		{"left by=lamp how=lost", []Event{event(broker.TraceDisconnected, Lamp, "", "", leave(broker.LeftKeepAliveTimeout))}, []Event{event(broker.TraceDisconnected, Lamp, "", "", leave(broker.LeftCleanly))}},
		{"left by=lamp", []Event{event(broker.TraceDisconnected, Lamp, "", "", leave(broker.LeftConnectionLost))}, []Event{event(broker.TraceConnected, Lamp, "", "")}},
		{"login-refused by=me", []Event{event(0, Me, "", "", turnedAway)}, []Event{event(0, Friend, "", "", turnedAway), event(broker.TraceRefused, Me, "a", "")}},
		{"subscribed by=me filter={lamp}/#", []Event{event(sub, Me, "class/lamp-01/#", "")}, []Event{event(sub, Me, "class/lamp-01/+", ""), event(sub, Friend, "class/lamp-01/#", ""), event(sub, Me, "class/lamp-01/#", "", denied)}},
		{"subscribed qos=2", []Event{event(sub, Me, "a", "", qos(2))}, []Event{event(sub, Me, "a", "", qos(1))}},
		{"subscribed catches=a/1/t,a/2/t spares=a/1/h,b", []Event{event(sub, Me, "a/+/t", "")}, []Event{event(sub, Me, "a/1/t", ""), event(sub, Me, "a/#", ""), event(sub, Me, "#", "")}},
		{"unsubscribed by=me filter=a", []Event{event(broker.TraceUnsubscribed, Me, "a", "")}, []Event{event(broker.TraceUnsubscribed, Me, "b", ""), event(sub, Me, "a", "")}},
		{"published topic={lamp}/light/set payload=on by=pupil", []Event{event(pub, Me, "class/lamp-01/light/set", "on")}, []Event{
			event(pub, Me, "class/lamp-01/light", "on"), event(pub, Me, "class/lamp-01/light/set", "off"), event(pub, Me, "class/lamp-01/light/set", "On"), event(pub, Window, "class/lamp-01/light/set", "on"),
			event(pub, Me, "class/lamp-01/light/set", "on", cutPayload), event(broker.TraceRefused, Me, "class/lamp-01/light/set", "on"),
		}},
		{"published topic=a retained=yes qos=1", []Event{event(pub, Me, "a", "x", retain, qos(1))}, []Event{event(pub, Me, "a", "x", qos(1)), event(pub, Me, "a", "x", retain)}},
		{"published topic=a retained=no", []Event{event(pub, Me, "a", "x")}, []Event{event(pub, Me, "a", "x", retain)}},
		{"refused topic={lamp}/light by=me", []Event{event(broker.TraceRefused, Me, "class/lamp-01/light", "on")}, []Event{event(pub, Me, "class/lamp-01/light", "on"), event(broker.TraceRefused, Me, "class/lamp-01/light/set", "on")}},
		{"will-sent topic={lamp}/status payload=offline", []Event{event(broker.TraceWillSent, Lamp, "class/lamp-01/status", "offline")}, []Event{event(pub, Lamp, "class/lamp-01/status", "offline"), event(broker.TraceWillSent, Board, "class/lamp-02/status", "offline")}},
		{"retained topic=a", []Event{event(broker.TraceRetained, Me, "a", "")}, []Event{event(broker.TraceNotRetained, Me, "a", ""), event(pub, Me, "a", "x", retain)}},
		{"cleared topic=a", []Event{event(broker.TraceCleared, Me, "a", "")}, []Event{event(pub, Me, "a", ""), event(broker.TraceCleared, Me, "b", "")}},
		{"delivered topic=a to=friend retained=yes", []Event{event(broker.TraceRetainedSent, Friend, "a", "x")}, []Event{event(got, Friend, "a", "x", retain), event(broker.TraceRetainedSent, Me, "a", "x")}},
		{"delivered topic=a payload=x qos=1", []Event{event(got, Me, "a", "x", qos(1))}, []Event{event(got, Me, "a", "y", qos(1)), event(got, Me, "a", "x"), event(pub, Me, "a", "x", qos(1))}},
		{"payload topic=a is=json field=on", []Event{event(pub, Me, "a", `{"on": true}`)}, []Event{event(pub, Me, "a", `{on: true}`), event(pub, Me, "a", `{"off": 1}`), event(pub, Me, "a", `"on"`), event(pub, Me, "b", `{"on": 1}`)}},
		{"payload topic=a is=number", []Event{event(pub, Me, "a", "21.5")}, []Event{event(pub, Me, "a", "21,5"), event(pub, Me, "a", `"21"`), event(pub, Me, "a", "")}},
		{"payload topic=a is=bytes", []Event{event(pub, Me, "a", "\x00\x2a")}, []Event{event(pub, Me, "a", "00 2a"), event(pub, Me, "a", "中"), event(pub, Me, "a", "")}},
		{"payload topic=a is=text", []Event{event(pub, Me, "a", "warm")}, []Event{event(pub, Me, "a", "21"), event(pub, Me, "a", `{"a":1}`), event(pub, Me, "a", "\xff")}},
		{"numbers topic={room}/numbers qos=0 are=lost by=line", append(numbered(0, "1 2 4"), event(broker.TraceDisconnected, Sender, "", "", leave(broker.LeftCleanly))), append(append(numbered(0, "1 2 3 4 5 6 7 8 9 10"), numbered(1, "1 3")...), append(numbered(0, "1 3"), event(broker.TraceDisconnected, Sender, "", "", leave(broker.LeftConnectionLost)), event(broker.TraceDisconnected, Me, "", "", leave(broker.LeftCleanly)))...)},
		{"numbers topic={room}/numbers qos=0 are=lost by=line", numbered(0, "1 2 4 10"), numbered(0, "1 2 4")},
		{"numbers topic={room}/numbers qos=1 are=twice", numbered(1, "1 2 3 4 5 5 6 7 8 9 10"), append(numbered(1, "1 2 3 4 5 6 7 8 9 10"), numbered(1, "1 2 2 3")...)},
		{"numbers topic={room}/numbers qos=2 are=once", numbered(2, "1 2 3 4 5 6 7 8 9 10"), append(numbered(2, "1 2 3 4 5 6 7 8 9 9 10"), numbered(2, "1 2 4 5 6 7 8 9 10")...)},
		{"numbers topic={room}/numbers qos=2 are=once", append(numbered(2, "1 2 2 3"), numbered(2, "1 2 3 4 5 6 7 8 9 10")...), numbered(2, "0 11 x 1.5")},
	} {
		l, err := Parse("f", "x", []byte("# T\naim: a\ntake: b\n## S\ncheck: "+c.check+"\n"))
		if err != nil {
			t.Errorf("%s: %v", c.check, err)
			continue
		}
		spec := l.Steps[0].Checks[0]
		tried[spec.Name] = true
		met := func(all []Event) (yes bool) {
			check := spec.begin(sample)
			for _, e := range all {
				yes = check(e) || yes
			}
			return yes
		}
		if !met(c.does) {
			t.Errorf("%s: who does it is not seen", c.check)
		}
		if met(c.almost) {
			t.Errorf("%s: who almost does it is taken for one who did", c.check)
		}
		for i, e := range c.almost { // each alone, where it is not a row of numbers
			if spec.Name != "numbers" && met([]Event{e}) {
				t.Errorf("%s: almost %s is taken", c.check, strconv.Itoa(i))
			}
		}
	}
	for _, name := range Checks() {
		if !tried[name] {
			t.Errorf("the check %s is not tried", name)
		}
	}
}
