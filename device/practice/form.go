package practice

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"lamplighter/device"
)

// wrap puts a state into a form, as the number-th word of the board. Source:
// open.iot.10086.cn, topics of data points and of the thing model.
func wrap(t device.Topics, number int, on bool) string {
	if t.Form == device.OneNETThing {
		return object{
			"id": strconv.Itoa(number), "version": "1.0",
			"params": object{t.Key: object{"value": on}},
		}.String()
	}
	return object{"id": number, "dp": object{t.Key: []object{{"v": bit(on)}}}}.String()
}

// unwrap reads a command in a form, and makes its answer.
func unwrap(t device.Topics, topic string, payload []byte, now bool) (w wish, ok bool) {
	if len(payload) > maxPayload {
		return w, false
	}
	if t.Form == device.OneNETThing {
		return unwrapThing(t, topic, payload, now)
	}
	return unwrapData(t, topic, payload, now)
}

// unwrapData reads a command of data streams, whose number is the last level
// of its topic.
func unwrapData(t device.Topics, topic string, payload []byte, now bool) (w wish, ok bool) {
	start := strings.TrimSuffix(t.Set, "+")
	id, found := strings.CutPrefix(topic, start)
	if !found || id == "" || strings.Contains(id, "/") {
		return w, false
	}
	text := strings.TrimSpace(string(payload))
	if strings.HasPrefix(text, "{") {
		var values map[string]any
		if json.Unmarshal([]byte(text), &values) != nil {
			return w, false
		}
		text = fmt.Sprint(values[t.Key])
	}
	if w.on, w.switches = spoken(text, now); !w.switches {
		return w, false
	}
	w.answer = word{
		topic:   strings.TrimSuffix(start, "request/") + "response/" + id,
		payload: object{t.Key: bit(w.on)}.String(),
	}
	return w, true
}

func unwrapThing(t device.Topics, topic string, payload []byte, now bool) (w wish, ok bool) {
	var m struct {
		ID     any            `json:"id"`
		Params map[string]any `json:"params"`
	}
	if topic != t.Set || json.Unmarshal(payload, &m) != nil || m.ID == nil {
		return w, false
	}
	if w.on, w.switches = spoken(fmt.Sprint(m.Params[t.Key]), now); !w.switches {
		return w, false
	}
	w.answer = word{topic: topic + "_reply", payload: object{"id": m.ID, "code": 200, "msg": "success"}.String()}
	return w, true
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
