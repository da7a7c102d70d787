package install

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"lamplighter/device/repl"
)

// Bounds of what is hidden.
const (
	minSecret = 4  // characters; what is shorter is in every text
	maxSecret = 16 // how many are kept, the newest
)

// secretFilter are secrets that went to boards: a board may print what it was given,
// and what it prints is shown, and kept in errors.
type secretFilter []string

// add hides more, as they are and as a text shows them.
func (h *secretFilter) add(secrets ...string) {
	for _, s := range secrets {
		for _, s := range []string{s, printed(s)} {
			if len(s) >= minSecret && !slices.Contains(*h, s) {
				*h = append(*h, s)
			}
		}
	}
	*h = (*h)[max(0, len(*h)-maxSecret):]
}

// redact is text without the secrets. A text that was cut may begin with the end
// of one.
func (h secretFilter) redact(text string) string {
	const mark = "***"
	for _, secret := range h {
		text = strings.ReplaceAll(text, secret, mark)
		for i := 1; i <= len(secret)-minSecret; i++ {
			if rest, cut := strings.CutPrefix(text, secret[i:]); cut {
				text = mark + rest
				break
			}
		}
	}
	return text
}

// redactError takes the secrets out of the words of a board that an error carries, and
// gives the same error.
func (h secretFilter) redactError(err error) error {
	var heard *repl.UnexpectedOutput
	if errors.As(err, &heard) {
		heard.Text = h.redact(heard.Text)
	}
	var script *repl.ScriptError
	if errors.As(err, &script) {
		script.Type, script.Traceback, script.Out = h.redact(script.Type), h.redact(script.Traceback), []byte(h.redact(string(script.Out)))
	}
	return err
}

// printed is text without what can't be shown.
func printed(s string) string {
	return strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, s)
}
