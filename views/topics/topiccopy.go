package topics

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/format"
)

// copyMost is the longest text that is put on the clipboard, in bytes. On X11 a
// longer one than a request may be (16 MB at most) ends the program once somebody
// pastes it, and nobody pastes so much on purpose.
const copyMost = 4 << 20

// copyPayload puts a payload on the clipboard: as it is where it is a text, else
// as hex digits, for a clipboard ends at its first zero.
func (d *env) copyPayload(payload []byte) {
	switch {
	case isWritable(string(payload[:min(len(payload), copyMost)])) && len(payload) <= copyMost:
		d.CopyText(string(payload))
	case 2*len(payload) <= copyMost:
		d.Clipboard().SetContent(hex.EncodeToString(payload))
		d.Toast(i18n.T("topics.copy.hex"))
	default:
		d.ShowInformation(i18n.T("topics.copy.big"), i18n.T("topics.copy.big.text", "Size", format.Size(copyMost)))
	}
}

// copyTopic puts a topic on the clipboard, in the form that is shown where it has
// letters that can't be written.
func (d *env) copyTopic(topic string) {
	if isWritable(topic) {
		d.CopyText(topic)
		return
	}
	safe, _ := topics.Display(topic, len(topic))
	d.Clipboard().SetContent(safe)
	d.Toast(i18n.T("topics.copy.shown"))
}

func isWritable(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}
