package topics

import (
	"strings"

	"fyne.io/fyne/v2"

	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// A field takes ever longer for each key the more there is in it: beyond these
// bounds a line is not broken, in characters, and a text is not in the field at
// all, in bytes.
const (
	brokenMost = 400
	typedMost  = 16 << 10
)

// fold has the payload's lines broken only where that is quick.
func (u *topicPublish) fold(text string) {
	wrap := fyne.TextWrapBreak
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > brokenMost {
			wrap = fyne.TextWrapOff
		}
	}
	if u.payload.Wrapping != wrap {
		u.payload.Wrapping = wrap
		u.payload.Refresh()
	}
}

// pasted takes a text that is too long for the field as a payload of its own.
func (u *topicPublish) pasted(text string) bool {
	if len(text) <= typedMost {
		u.fold(u.payload.Text + text)
		return false
	}
	if u.form.SelectedIndex() == formHex || len(text) > maxFile {
		u.page.desk.Tell(i18n.T("topics.publish.toobig"), i18n.T("topics.publish.toobig.text", "Size", ui.SizeWords(maxFile)))
		return true
	}
	u.setFile(i18n.T("topics.publish.pasted"), []byte(text))
	return true
}
