package topics

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// Mark says what became of a line since the message before.
type Mark int

// The marks.
const (
	MarkNone Mark = iota
	MarkChanged
	MarkNew
	MarkGone
)

// JSONLine is one line of a payload that is written out. Lines from a first
// line with Opens to the one at its End can be folded.
type JSONLine struct {
	Place    Place  // of the value; the line that closes a value has its place too
	Key      string // as it stands before the value, or ""; of a line that is gone its path
	Value    string // exact JSON of a plain value, or ""
	Opens    string // "{" or "["
	Close    string // "}" or "]", without a Key
	Depth    int
	End      int // index of the line that closes this one
	Mark     Mark
	Previous string // of a changed plain value: what it was
}

// Pretty writes JSON out in lines and marks what differs from the payload
// before, which may be nil. Numbers stay exactly as they were written. It gives
// nil for what is no object or array of at most MaxJSON bytes. It takes up to a
// second for the largest.
func Pretty(payload, before []byte) []JSONLine {
	if !isJSON(payload) {
		return nil
	}
	lines := jsonLines(payload)
	if !isJSON(before) {
		return lines
	}
	old := jsonLines(before)
	was := make(map[Place]int, len(old))
	for i := range old {
		if old[i].Close == "" {
			was[old[i].Place] = i
		}
	}
	for i := range lines {
		l := &lines[i]
		if l.Close != "" {
			continue
		}
		k, ok := was[l.Place]
		delete(was, l.Place)
		if !ok {
			l.Mark = MarkNew
		} else if o := &old[k]; o.Opens != l.Opens || o.Value != l.Value {
			l.Mark, l.Previous = MarkChanged, o.Opens+o.Value
		}
	}
	return appendGone(lines, old, was)
}

// appendGone adds the plain values that were there before.
func appendGone(lines, old []JSONLine, was map[Place]int) []JSONLine {
	if len(was) == 0 {
		return lines
	}
	var up path
	for i := range old {
		l := &old[i]
		up.follow(l)
		if k, gone := was[l.Place]; gone && k == i && l.Opens == "" && l.Close == "" {
			key, _ := up.text(l)
			lines = append(lines, JSONLine{Place: l.Place, Key: key, Value: l.Value, Mark: MarkGone, End: len(lines)})
		}
	}
	return lines
}

// jsonLines reads valid JSON into lines. It makes room for them at once: to copy a
// hundred megabytes of them for more would stop the whole program meanwhile.
func jsonLines(payload []byte) []JSONLine {
	text := string(payload)
	lines := make([]JSONLine, 0, mostLines(text))
	var open []int
	scanJSON(text, func(l *JSONLine) bool {
		l.End = len(lines)
		switch {
		case l.Opens != "":
			open = append(open, len(lines))
		case l.Close != "":
			lines[open[len(open)-1]].End = len(lines)
			open = open[:len(open)-1]
		}
		lines = append(lines, *l)
		return true
	})
	return lines
}

// mostLines is how many lines valid JSON has at most.
func mostLines(text string) int {
	n := 1
	for i := 0; i < len(text); {
		switch text[i] {
		case '{', '[':
			n += 2 // itself and what is first in it
		case '}', ']', ',':
			n++
		case '"':
			i = jsonEnd(text, i)
			continue
		}
		i++
	}
	return n
}

// jsonLevel is an object or array that is being read.
type jsonLevel struct {
	array bool
	index int
	place Place
}

// scanJSON reads valid JSON value by value, until visit says no. Visit may not
// keep the line. Nothing in it recurs, and no text is copied but a string with
// escapes in it.
func scanJSON(text string, visit func(*JSONLine) bool) {
	var stack []jsonLevel
	key, hasKey := "", false
	for i := 0; i < len(text); {
		c := text[i]
		if c <= ' ' || c == ',' || c == ':' {
			i++
			continue
		}
		end := jsonEnd(text, i)
		token := text[i:end]
		i = end
		l := JSONLine{}
		if c == '}' || c == ']' {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			l.Place, l.Close, l.Depth = top.place, token, len(stack)
			if !visit(&l) {
				return
			}
			continue
		}
		if n := len(stack); n > 0 {
			top := &stack[n-1]
			if !top.array && !hasKey {
				key, hasKey = unquoted(token), true
				continue
			}
			if top.array {
				l.Place = top.place.item(top.index)
				top.index++
			} else {
				l.Place, l.Key = top.place.field(key), key
			}
		}
		hasKey = false
		l.Depth = len(stack)
		if c == '{' || c == '[' {
			l.Opens = token
			stack = append(stack, jsonLevel{array: c == '[', place: l.Place})
		} else {
			l.Value = readable(token)
		}
		if !visit(&l) {
			return
		}
	}
}

// jsonEnd is where the token that begins at i ends.
func jsonEnd(text string, i int) int {
	switch text[i] {
	case '{', '}', '[', ']':
		return i + 1
	case '"':
		for i++; text[i] != '"'; i++ {
			if text[i] == '\\' {
				i++
			}
		}
		return i + 1
	}
	if n := strings.IndexAny(text[i:], ",]} \t\r\n"); n >= 0 {
		return i + n
	}
	return len(text)
}

// unquoted is a string without its quotes and escapes.
func unquoted(token string) string {
	if strings.IndexByte(token, '\\') < 0 {
		return token[1 : len(token)-1]
	}
	var s string
	_ = json.Unmarshal([]byte(token), &s) // it is valid
	return s
}

// readable is a plain value with no more escapes than it needs.
func readable(token string) string {
	if token[0] != '"' || strings.IndexByte(token, '\\') < 0 {
		return token
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(unquoted(token)) // a string
	return strings.TrimRight(b.String(), "\n")
}

// CheckJSON says at which character text stops being JSON, counted from 1, and
// why; 0 means that it is JSON.
func CheckJSON(text string) (at int, err error) {
	var raw json.RawMessage
	if err = json.Unmarshal([]byte(text), &raw); err == nil {
		return 0, nil
	}
	at = len(text)
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = int(s.Offset)
	}
	return max(utf8.RuneCountInString(text[:at]), 1), err
}
