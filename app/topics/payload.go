package topics

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is a form in which a payload can be read.
type Kind int

// The kinds.
const (
	KindEmpty Kind = iota
	KindText
	KindNumber
	KindJSON  // an object or an array
	KindImage // PNG, JPEG or GIF
	KindHex   // anything else
)

// MaxJSON is the largest payload that is read as JSON, in bytes.
const MaxJSON = 1 << 20

// KindOf finds the form that fits a payload best.
func KindOf(payload []byte) Kind {
	switch {
	case len(payload) == 0:
		return KindEmpty
	case isImage(payload):
		return KindImage
	case isNumber(payload):
		return KindNumber
	case isJSON(payload):
		return KindJSON
	case isText(payload):
		return KindText
	}
	return KindHex
}

// isImage knows the first bytes that the formats' standards demand.
func isImage(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff")) ||
		bytes.HasPrefix(b, []byte("GIF87a")) || bytes.HasPrefix(b, []byte("GIF89a"))
}

func isNumber(b []byte) bool {
	if b = bytes.TrimSpace(b); len(b) > maxNumber {
		return false
	}
	_, ok := parseNumber(string(b))
	return ok
}

func isJSON(b []byte) bool {
	b = bytes.TrimSpace(b)
	return len(b) > 1 && len(b) <= MaxJSON && (b[0] == '{' || b[0] == '[') && json.Valid(b)
}

// isText allows line breaks and tabs, and nothing else that can't be drawn. It
// looks at the first 64 KiB.
func isText(b []byte) bool {
	if len(b) > searchedBytes {
		b = b[:searchedBytes]
		for i := 0; i < utf8.UTFMax && !utf8.Valid(b); i++ {
			b = b[:len(b)-1]
		}
	}
	if !utf8.Valid(b) {
		return false
	}
	return bytes.IndexFunc(b, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }) < 0
}

// maxNumber is the longest text that is read as a number, in bytes.
const maxNumber = 40

func parseNumber(s string) (float64, bool) {
	if s = strings.TrimSpace(s); s == "" || len(s) > maxNumber || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// switchWords are plotted as 1 and 0.
var switchWords = map[string]float64{"on": 1, "off": 0, "true": 1, "false": 0, "online": 1, "offline": 0, "yes": 1, "no": 0}

// NumberIn reads the number at a JSON path, or the whole payload as a number
// where the path is "". The words on, off, true, false, online and offline are
// 1 and 0.
func NumberIn(payload []byte, path string) (v float64, ok bool) {
	if path == "" {
		if payload = bytes.TrimSpace(payload); len(payload) > maxNumber {
			return 0, false
		}
		return wordOrNumber(string(payload))
	}
	place, is := placeAt(path)
	if !is || !isJSON(payload) {
		return 0, false
	}
	scanJSON(string(payload), func(l *JSONLine) bool {
		if l.Place != place || l.Close != "" {
			return true
		}
		v, ok = valueNumber(l)
		return false
	})
	return v, ok
}

// valueNumber is the number that a plain JSON value is.
func valueNumber(l *JSONLine) (float64, bool) {
	if l.Value == "" || len(l.Value) > maxNumber {
		return 0, false
	}
	return wordOrNumber(strings.TrimSpace(strings.Trim(l.Value, `"`)))
}

func wordOrNumber(s string) (float64, bool) {
	if v, ok := parseNumber(s); ok {
		return v, true
	}
	v, ok := switchWords[strings.ToLower(s)]
	return v, ok
}

// maxPaths is how many numbers of one payload are offered.
const maxPaths = 64

// NumberPaths lists where a payload holds something that can be plotted: "" for
// the whole payload, else JSON paths as "a.b[0]"; at most 64.
func NumberPaths(payload []byte) []string {
	if _, ok := NumberIn(payload, ""); ok {
		return []string{""}
	}
	if !isJSON(payload) {
		return nil
	}
	var paths []string
	var way path
	scanJSON(string(payload), func(l *JSONLine) bool {
		way.follow(l)
		if _, ok := valueNumber(l); !ok {
			return true
		}
		if text, whole := way.text(l); whole {
			paths = append(paths, text)
		}
		return len(paths) < maxPaths
	})
	return paths
}

// Point is one value of a plot. Its time is in Unix nanoseconds.
type Point struct {
	At int64
	V  float64
}

// Points reads the numbers at a path from messages, of which the newest is the
// first, and gives the oldest first. What is no number is left out. It may be
// called on any goroutine.
func Points(all []Entry, path string) []Point {
	points := make([]Point, 0, len(all))
	for _, e := range slices.Backward(all) {
		if v, ok := NumberIn(e.Payload, path); ok {
			points = append(points, Point{e.At.UnixNano(), v})
		}
	}
	return points
}
