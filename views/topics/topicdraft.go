package topics

import (
	"strings"

	"lamplighter/i18n"
	"lamplighter/views/format"
)

// A field takes ever longer for each key the more there is in it, most of all in a line
// that has to be broken; left whole, it is drawn as one picture, which a screen shows black
// where it is too wide. What is beyond these bounds, in bytes, is not in the field at all.
const (
	lineMost  = 3000
	typedMost = 16 << 10
	hexLine   = 64 // hexadecimal digits that stand in one line
)

// isTooLong reports whether a text is no text to edit in the field.
func isTooLong(text string) bool {
	if len(text) > typedMost {
		return true
	}
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > lineMost {
			return true
		}
	}
	return false
}

// hexLines breaks hexadecimal digits into lines, between which spaces don't count.
func hexLines(text string) string {
	if !isTooLong(text) || len(text) > typedMost {
		return text
	}
	var b strings.Builder
	digits := strings.Join(strings.Fields(text), "")
	for len(digits) > hexLine {
		b.WriteString(digits[:hexLine] + "\n")
		digits = digits[hexLine:]
	}
	return b.String() + digits
}

// pasted takes a text that is too long for the field as a payload of its own.
func (u *topicPublish) pasted(text string) bool {
	isHex := u.form.SelectedIndex() == formHex
	switch {
	case !isTooLong(text):
		return false
	case isHex && len(text) <= typedMost:
		u.payload.SetText(hexLines(u.payload.Text + text))
		return true
	case isHex || len(text) > maxFile:
		u.page.env.ShowInformation(i18n.T("topics.publish.toobig"), i18n.T("topics.publish.toobig.text", "Size", format.Size(maxFile)))
		return true
	}
	u.setFile(i18n.T("topics.publish.pasted"), []byte(text))
	return true
}
