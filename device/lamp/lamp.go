// Package lamp knows the words that lamps are told and say: commands, colours and
// the forms of platforms. The board's own reader, assets/board/lamp/command.py and
// forms.py, is tried on the same vectors: testdata/vectors.json.
package lamp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxPayload bounds the payloads that are looked at, in bytes: a command is short.
const MaxPayload = 1024

// Word is on, off or toggle.
type Word int

// The words.
const (
	NoWord Word = iota
	On
	Off
	Toggle
)

// On reports whether a lamp is on after the word, and whether it is a word.
func (w Word) On(now bool) (on, ok bool) {
	if w == Toggle {
		return !now, true
	}
	return w == On, w != NoWord
}

// Command is what a payload asks of a lamp.
type Command struct {
	Word   Word   // NoWord where it names a colour only
	Paints bool   // Color is asked for
	Color  [3]int // 0 to 255 each
	Level  int    // brightness in percent, 1 to 100; 0 = as it is
	Cut    bool   // a byte order mark or NULs were taken off
}

// What is no part of a word. MicroPython knows no other white space.
const blank = " \t\r\n\v\f"

// clean takes off a byte order mark, white space and the NULs that end the
// strings of C, and reports whether it was more than white space.
func clean(payload []byte) (text string, cut bool) {
	p := bytes.TrimPrefix(payload, []byte("\xef\xbb\xbf"))
	cut = len(p) != len(payload)
	trimmed := bytes.Trim(p, blank+"\x00")
	return string(trimmed), cut || bytes.Count(p, []byte{0}) != bytes.Count(trimmed, []byte{0})
}

// Read reads a command as the lamp program does. A lamp that is not colored looks
// at no colour. A colour of an unknown form leaves the word: the lamp switches.
func Read(payload []byte, colored bool) (c Command, ok bool) {
	text, cut := clean(payload)
	c.Cut = cut
	if len(payload) > MaxPayload || !utf8.ValidString(text) {
		return c, false
	}
	if strings.HasPrefix(text, "{") {
		return readObject(c, text, colored)
	}
	parts := strings.Split(text, "#") // Bemfa's on#80 and on#80#16711680
	c.Word = ReadWord(parts[0])
	if lights, _ := c.Word.On(false); lights && colored {
		readBrightness(&c, parts[1:])
	}
	return c, c.Word != NoWord
}

// readBrightness reads what follows a word: the brightness, and a colour as one
// number. What is none is left out.
func readBrightness(c *Command, parts []string) {
	if len(parts) > 0 {
		if n, err := number(parts[0], 100); err == nil {
			c.Level = n
		}
	}
	if len(parts) > 1 {
		if n, err := number(parts[1], 1<<24-1); err == nil {
			c.Color, c.Paints = [3]int{n >> 16, n >> 8 & 255, n & 255}, true
		}
	}
}

// readObject reads {"state":"ON","color":…}.
func readObject(c Command, text string, colored bool) (Command, bool) {
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil {
		return c, false
	}
	if v := m["color"]; colored && v != nil {
		var ok bool
		if c.Color, c.Paints, ok = colorOf(v); !ok {
			return c, false
		}
	}
	state := m["state"]
	if state == nil {
		return c, c.Paints
	}
	c.Word = ReadWord(fmt.Sprint(state))
	return c, c.Word != NoWord
}

// What people say. A name of the thing may go before: led_on, turn on.
var (
	heads   = []string{"led", "light", "lamp", "turn", "switch", "灯"}
	onSet   = []string{"on", "1", "true", "开", "开灯", "打开", "开启", "亮"}
	offSet  = []string{"off", "0", "false", "关", "关灯", "关闭", "关掉", "灭"}
	toggles = []string{"toggle", "切换"}
)

// ReadWord reads one word, whatever its case and quotes; 1.0 is 1.
func ReadWord(text string) Word {
	w := lower(strings.Trim(strings.Trim(strings.Trim(text, blank), `"'`), blank))
	if len(w) > 1 && w[1] == '.' {
		w = strings.TrimRight(strings.TrimRight(w, "0"), ".")
	}
	for _, h := range heads {
		if tail, ok := strings.CutPrefix(w, h); ok {
			w = strings.TrimLeft(tail, "_- :=")
			break
		}
	}
	switch {
	case slices.Contains(onSet, w):
		return On
	case slices.Contains(offSet, w):
		return Off
	case slices.Contains(toggles, w):
		return Toggle
	}
	return NoWord
}

// lower makes ASCII letters small, as MicroPython does, and no others.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// number reads a number in digits, up to most.
func number(text string, most int) (int, error) {
	text = strings.Trim(text, blank)
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.Atoi(text)
	if err == nil && n > most {
		err = strconv.ErrRange
	}
	return n, err
}
