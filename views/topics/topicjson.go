package topics

import (
	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/topics/payloadlines"
	"lamplighter/views/ui"
)

// quickJSON is how much JSON is written out at once, in bytes; more takes longer
// than a frame, and is made ready beside the window.
const quickJSON = 16 << 10

// writeJSON shows the payload as JSON, or as a text where it is none, and gives
// the note to it.
func (v *topicValue) writeJSON(payload []byte) (note string) {
	if !v.json.Shows(payload, v.before) {
		if len(payload)+len(v.before) > quickJSON {
			v.readJSON(payload, v.before)
		} else {
			v.json = payloadlines.NewJSON(payload, v.before)
		}
	}
	switch {
	case v.json == nil:
		return i18n.T("topics.value.breaking")
	case v.json.Empty():
		v.showText(payload)
		return i18n.T("topics.value.notjson")
	}
	v.json.LayOut(v.folded, v.columns())
	v.rows = v.json
	return ""
}

// readJSON makes a big one ready on another goroutine, one at a time: meanwhile
// the topic's last one stays in view.
func (v *topicValue) readJSON(payload, before []byte) {
	if v.busy {
		return
	}
	v.busy = true
	var j *payloadlines.JSON
	wanted := v.turn
	ui.InBackground(v.page.env.Post, func() { j = payloadlines.NewJSON(payload, before) }, func() {
		if v.busy = false; v.turn == wanted {
			v.json = j
		}
		v.write()
	})
}

// fold folds what opens in a row, or unfolds it.
func (v *topicValue) fold(row int) {
	if p, ok := v.opening(row); ok {
		v.folded[p] = !v.folded[p]
		v.write()
	}
}

// isListed reports whether the JSON is what is shown.
func (v *topicValue) isListed() bool { return v.rows == payloadlines.Rows(v.json) }

// opening is the value that opens in a row, if one does.
func (v *topicValue) opening(row int) (topics.Place, bool) {
	if !v.isListed() || row < 0 || row >= v.json.Rows() {
		return 0, false
	}
	return v.json.Place(row)
}

// foldKey folds and unfolds by the keys that do so in the tree.
func (v *topicValue) foldKey(e *fyne.KeyEvent) bool {
	p, ok := v.opening(v.lines.Current)
	switch {
	case !ok:
		return false
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter,
		e.Name == fyne.KeyRight && v.folded[p], e.Name == fyne.KeyLeft && !v.folded[p]:
		v.fold(v.lines.Current)
		return true
	}
	return false
}
