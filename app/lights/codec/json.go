package codec

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// object is JSON whose members are read one by one, so that one of another type
// than expected spoils none of the others.
type object map[string]json.RawMessage

func readObject(payload []byte, most int) (object, bool) {
	if len(payload) > most {
		return nil, false
	}
	var o object
	return o, json.Unmarshal(payload, &o) == nil && o != nil
}

// text is a member's text; one of another type is "".
func (o object) text(keys ...string) string {
	for _, k := range keys {
		var s string
		if json.Unmarshal(o[k], &s) == nil && s != "" {
			return s
		}
	}
	return ""
}

// value is a scalar member as Home Assistant renders it, and false where there
// is none.
func (o object) value(key string) (string, bool) { return scalar(o[key]) }

// flag is a member that is true, or says so.
func (o object) flag(key string) bool {
	s, _ := o.value(key)
	return strings.EqualFold(s, "true")
}

// number is a numeric member, be it as text, or what to take where there is none.
func (o object) number(key string, otherwise float64) float64 {
	s, _ := o.value(key)
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return otherwise
	}
	return n
}

// child is a member that is an object, or nil.
func (o object) child(keys ...string) object {
	for _, k := range keys {
		var c object
		if json.Unmarshal(o[k], &c) == nil && c != nil {
			return c
		}
	}
	return nil
}

// scalar is a JSON value as Home Assistant renders it: text as it is, True and
// False, numbers as they are written.
func scalar(raw json.RawMessage) (string, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "", false
	}
	switch raw[0] {
	case '"':
		var s string
		return s, json.Unmarshal(raw, &s) == nil
	case 't':
		return "True", true
	case 'f':
		return "False", true
	case '{', '[', 'n':
		return "", false
	}
	return string(raw), true
}

// quoted is text as a JSON string.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimRight(b.String(), "\n")
}

// percentOf is a brightness on a scale in percent. What is lit at all is at
// least 1 percent.
func percentOf(text string, scale float64) (int, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) || scale <= 0 {
		return 0, false
	}
	percent := int(math.Round(min(max(n/scale, 0), 1) * 100))
	if n > 0 {
		percent = max(percent, 1)
	}
	return percent, true
}

// onScale is a percentage on a scale, at least 1.
func onScale(percent int, scale float64) string {
	return strconv.Itoa(int(math.Max(1, math.Round(float64(min(max(percent, 1), 100))*scale/100))))
}
