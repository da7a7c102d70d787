package lamp

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"lamplighter/device"
)

// Answer is what a platform wants to hear after a command. The zero Answer is none.
type Answer struct{ Topic, Payload string }

// StatePayload is a lamp's state in the form of its topics, as the number-th word of the
// board. Source: open.iot.10086.cn, topics of data points and of the thing model.
func StatePayload(t device.Topics, number int, on bool) string {
	switch t.Form {
	case device.OneNETThing:
		return object{
			"id": strconv.Itoa(number), "version": "1.0",
			"params": object{t.Key: object{"value": on}},
		}.String()
	case device.OneNETData:
		return object{"id": number, "dp": object{t.Key: []object{{"v": bit(on)}}}}.String()
	}
	if on {
		return t.Prefix + "on"
	}
	return t.Prefix + "off"
}

// ReadPlatformCommand reads a command in a platform's form, and makes its answer.
func ReadPlatformCommand(t device.Topics, topic string, payload []byte, now bool) (on bool, a Answer, ok bool) {
	text, _ := clean(payload)
	if len(payload) > MaxPayload || !utf8.ValidString(text) {
		return false, a, false
	}
	if t.Form == device.OneNETThing {
		return unwrapThing(t, topic, text, now)
	}
	return unwrapData(t, topic, text, now)
}

// unwrapData reads a command of data streams, whose number is the last level
// of its topic.
func unwrapData(t device.Topics, topic, text string, now bool) (on bool, a Answer, ok bool) {
	start := strings.TrimSuffix(t.Set, "+")
	id, found := strings.CutPrefix(topic, start)
	if !found || id == "" || strings.Contains(id, "/") {
		return false, a, false
	}
	if strings.HasPrefix(text, "{") {
		var values map[string]any
		if json.Unmarshal([]byte(text), &values) != nil {
			return false, a, false
		}
		text = fmt.Sprint(values[t.Key])
	}
	if on, ok = ReadWord(text).On(now); !ok {
		return false, a, false
	}
	return on, Answer{
		Topic:   strings.TrimSuffix(start, "request/") + "response/" + id,
		Payload: object{t.Key: bit(on)}.String(),
	}, true
}

func unwrapThing(t device.Topics, topic, text string, now bool) (on bool, a Answer, ok bool) {
	var m struct {
		ID     any            `json:"id"`
		Params map[string]any `json:"params"`
	}
	if topic != t.Set || json.Unmarshal([]byte(text), &m) != nil || m.ID == nil {
		return false, a, false
	}
	if on, ok = ReadWord(fmt.Sprint(m.Params[t.Key])).On(now); !ok {
		return false, a, false
	}
	return on, Answer{Topic: topic + "_reply", Payload: object{"id": m.ID, "code": 200, "msg": "success"}.String()}, true
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// object is a JSON object.
type object map[string]any

func (o object) String() string {
	data, err := json.Marshal(o)
	if err != nil { // of strings, numbers and what JSON gave: it can't happen
		return "{}"
	}
	return string(data)
}
