package topics

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
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
	Path  string // as "a.b[0]"
	Key   string // as it stands before the value, or ""
	Value string // exact JSON of a plain value, or ""
	Opens string // "{" or "["
	Close string // "}" or "]", without a Key
	Depth int
	End   int // index of the line that closes this one
	Mark  Mark
	Was   string // of a changed plain value: what it was
}

// maxDepth keeps a payload of a million brackets from being a wall of space.
const maxDepth = 200

// Pretty writes JSON out in lines and marks what differs from the payload
// before, which may be nil. Numbers stay exactly as they were written. It gives
// nil for what is no object or array of at most MaxJSON bytes.
func Pretty(payload, before []byte) []JSONLine {
	if !isJSON(payload) {
		return nil
	}
	lines := jsonLines(payload)
	if !isJSON(before) {
		return lines
	}
	was := map[string]string{}
	for _, l := range jsonLines(before) {
		if l.Close == "" {
			was[l.Path] = l.Opens + l.Value
		}
	}
	for i := range lines {
		l := &lines[i]
		if l.Close != "" {
			continue
		}
		old, ok := was[l.Path]
		delete(was, l.Path)
		switch {
		case !ok:
			l.Mark = MarkNew
		case old != l.Opens+l.Value:
			l.Mark, l.Was = MarkChanged, old
		}
	}
	for _, l := range jsonLines(before) {
		if _, gone := was[l.Path]; gone && l.Close == "" && l.Opens == "" {
			lines = append(lines, JSONLine{Path: l.Path, Key: l.Path, Value: l.Value, Mark: MarkGone, End: len(lines)})
		}
	}
	return lines
}

type level struct {
	array bool
	index int
	path  string
	line  int
}

// jsonLines reads valid JSON into lines, without a recursion.
func jsonLines(payload []byte) []JSONLine {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var lines []JSONLine
	var stack []level
	key, hasKey := "", false
	for {
		tok, err := d.Token()
		if err != nil {
			return lines
		}
		if delim, ok := tok.(json.Delim); ok && (delim == '}' || delim == ']') {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			lines[top.line].End = len(lines)
			lines = append(lines, JSONLine{Path: top.path, Close: delim.String(), Depth: min(len(stack), maxDepth), End: len(lines)})
			continue
		}
		path := ""
		if n := len(stack); n > 0 {
			top := &stack[n-1]
			if !top.array && !hasKey {
				key, hasKey = tok.(string), true
				continue
			}
			path = top.step(key)
		}
		if len(stack) > maxDepth {
			for _, l := range stack {
				lines[l.line].End = len(lines) - 1
			}
			return lines
		}
		line := JSONLine{Path: path, Depth: min(len(stack), maxDepth), End: len(lines)}
		if hasKey {
			line.Key = key
		}
		hasKey = false
		if delim, ok := tok.(json.Delim); ok {
			line.Opens = delim.String()
			stack = append(stack, level{array: delim == '[', path: path, line: len(lines)})
		} else {
			line.Value = plain(tok)
		}
		lines = append(lines, line)
	}
}

// step is the path of the next value in an object or array.
func (l *level) step(key string) string {
	if l.array {
		l.index++
		return l.path + "[" + strconv.Itoa(l.index-1) + "]"
	}
	if strings.ContainsAny(key, ".[]") || key == "" {
		key = strconv.Quote(key)
	}
	if l.path == "" {
		return key
	}
	return l.path + "." + key
}

func plain(tok json.Token) string {
	switch v := tok.(type) {
	case json.Number:
		return v.String()
	case string:
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(v) == nil {
			return strings.TrimRight(b.String(), "\n")
		}
	case bool:
		return strconv.FormatBool(v)
	}
	return "null"
}

// CheckJSON says at which byte text stops being JSON, counted from 1, and why;
// 0 means that it is JSON.
func CheckJSON(text string) (at int, err error) {
	var raw json.RawMessage
	if err = json.Unmarshal([]byte(text), &raw); err == nil {
		return 0, nil
	}
	at = len(text)
	var s *json.SyntaxError
	if errors.As(err, &s) {
		at = int(s.Offset)
	}
	return max(at, 1), err
}
