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
	KindGBK   // text in GBK, where somebody chooses it: see GBK
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
	case isText(bare(payload)):
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
	if b = bytes.TrimSpace(bare(b)); len(b) > maxNumber {
		return false
	}
	_, ok := parseNumber(string(b))
	return ok
}

// bare is a payload without the byte order mark before and the NULs behind it,
// which programs in C leave there. A text shows them: see Display.
func bare(b []byte) []byte {
	return bytes.TrimRight(bytes.TrimPrefix(b, []byte("\uFEFF")), "\x00")
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
		if payload = bytes.TrimSpace(bare(payload)); len(payload) > maxNumber {
			return 0, false
		}
		return wordOrNumber(string(payload))
	}
	place, is := placeAt(path)
	payload, valid := jsonOf(payload)
	if !is || !valid {
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
	if v, ok := switchWords[strings.ToLower(s)]; ok {
		return v, true
	}
	return measured(s)
}

// maxUnit is the longest unit of a measured value, in bytes.
const maxUnit = 16

// measured reads a number with its unit: 23.5 °C, 50%, 1013 hPa, 25度. Digits with
// letters that are hexadecimal too, as 7f, are none; digits in the unit are those
// of m² and m³ only.
func measured(s string) (float64, bool) {
	at := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789+-.", r) })
	if at <= 0 {
		return 0, false
	}
	v, ok := parseNumber(s[:at])
	unit := strings.TrimLeft(s[at:], " \u00A0")
	glued := unit == s[at:]
	unit = strings.TrimRight(unit, "23")
	switch {
	case !ok, unit == "", len(unit) > maxUnit, glued && len(unit) > 1 && strings.Trim(unit, "abcdefABCDEF") == "":
		return 0, false
	case glued && strings.Contains("abcdefBDE", unit): // C, F and A are degrees and ampere
		return 0, false
	}
	names := func(r rune) bool { return unicode.IsLetter(r) || strings.ContainsRune("°℃℉%‰", r) }
	return v, strings.ContainsFunc(unit, names) && strings.IndexFunc(unit, func(r rune) bool { return !names(r) && !strings.ContainsRune("/²³·^ ", r) }) < 0
}

// jsonOf is the JSON in a payload. What Python and JavaScript write for numbers
// that are none, as nan, becomes null, so that the rest of it can be read.
func jsonOf(payload []byte) (text []byte, ok bool) {
	if isJSON(payload) {
		return payload, true
	}
	if text = bare(payload); len(text) > MaxJSON {
		return nil, false
	}
	text = withoutNaN(text)
	return text, isJSON(text)
}

// notNumbers are the words for numbers that are none, in lower case.
var notNumbers = []string{"nan", "-nan", "inf", "-inf", "infinity", "-infinity", "none", "undefined"}

// withoutNaN puts null in the place of such words that stand outside of strings.
func withoutNaN(text []byte) []byte {
	var out []byte
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '"':
			end = stringEnd(text, i)
		case isWord(c):
			for end < len(text) && isWord(text[end]) {
				end++
			}
			if slices.Contains(notNumbers, strings.ToLower(string(text[i:end]))) {
				out = append(out, "null"...)
				i = end
				continue
			}
		}
		out = append(out, text[i:end]...)
		i = end
	}
	return out
}

// stringEnd is behind the string that begins at i.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(text))
}

func isWord(c byte) bool {
	return c == '-' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// maxPaths is how many numbers of one payload are offered.
const maxPaths = 64

// NumberPaths lists where a payload holds something that can be plotted: "" for
// the whole payload, else JSON paths as "a.b[0]"; at most 64.
func NumberPaths(payload []byte) []string {
	if _, ok := NumberIn(payload, ""); ok {
		return []string{""}
	}
	payload, valid := jsonOf(payload)
	if !valid {
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
