package topics

import (
	"slices"

	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// quickJSON is how much JSON is written out at once, in bytes; more takes longer
// than a frame, and is made ready beside the window.
const quickJSON = 16 << 10

// jsonView is JSON that is written out, a line for each value. Of the lines only
// those in view are made.
type jsonView struct {
	payload, before []byte // what it is of
	lines           []topics.JSONLine

	columns int
	folded  map[topics.Place]bool
	rows    []jsonRow
	made    ui.CodeText // the line that was made last
	parts   []string    // of its text
	of      int         // which it is, or -1
}

// jsonRow is a line, or a part of one that is broken.
type jsonRow struct{ line, part int32 }

func newJSONView(payload, before []byte) *jsonView {
	return &jsonView{payload: payload, before: before, lines: topics.Pretty(payload, before), of: -1}
}

// shows reports whether it is of these very payloads.
func (j *jsonView) shows(payload, before []byte) bool {
	return j != nil && sameArray(j.payload, payload) && sameArray(j.before, before)
}

func sameArray(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// layOut finds the rows for a width; what is in a folded value has none.
func (j *jsonView) layOut(folded map[topics.Place]bool, columns int) {
	j.folded, j.columns, j.of, j.rows = folded, columns, -1, slices.Grow(j.rows[:0], len(j.lines))
	for i := 0; i < len(j.lines); i++ {
		n := 1
		if !j.fits(&j.lines[i]) {
			j.build(i)
			n = len(j.parts)
		}
		for part := range n {
			j.rows = append(j.rows, jsonRow{int32(i), int32(part)})
		}
		if j.isFolded(i) {
			i = j.lines[i].End
		}
	}
}

// fits tells quickly of most lines that fit into one row that they do.
func (j *jsonView) fits(l *topics.JSONLine) bool {
	const signs = 12 // around key and value at most, as of what is folded
	return l.Mark == topics.MarkNone && len(l.Key)+len(l.Value)+signs <= j.room(l.Depth) && plainASCII(l.Key) && plainASCII(l.Value)
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// room is how many letters of a line's text fit into a row.
func (j *jsonView) room(depth int) int { return j.columns - 2*min(depth, ui.MaxIndent) - 1 }

// foldable reports whether there is something in a value that can be folded.
func (j *jsonView) foldable(i int) bool { return j.lines[i].Opens != "" && j.lines[i].End > i+1 }

func (j *jsonView) isFolded(i int) bool { return j.foldable(i) && j.folded[j.lines[i].Place] }

// build makes a line, and breaks its text.
func (j *jsonView) build(i int) {
	if j.of == i {
		return
	}
	l := &j.lines[i]
	t := jsonText(l)
	if j.foldable(i) {
		if t.Sign = "▾"; j.isFolded(i) {
			t.Sign = "▸"
			t.Text += " … " + j.lines[l.End].Close
		}
	}
	j.made, j.of = t, i
	j.parts = wrapCode(t.Text, j.room(l.Depth)-len(t.Remark))
}

// row is what a row says.
func (j *jsonView) row(k int) ui.CodeText {
	r := j.rows[k]
	j.build(int(r.line))
	if t := j.made; r.part == 0 {
		t.Text = j.parts[0]
		return t
	}
	return ui.CodeText{Depth: j.made.Depth + 1, Text: j.parts[r.part], Tint: j.made.Tint, Fill: j.made.Fill}
}

// place is what is folded by a tap on a row, and false where that is nothing.
func (j *jsonView) place(k int) (topics.Place, bool) {
	r := j.rows[k]
	return j.lines[r.line].Place, r.part == 0 && j.foldable(int(r.line))
}

func jsonText(l *topics.JSONLine) ui.CodeText {
	t := ui.CodeText{Depth: l.Depth, Text: l.Opens + l.Value + l.Close}
	if l.Key != "" && l.Close == "" {
		t.Text = l.Key + ": " + t.Text
	}
	t.Text, _ = topics.Display(t.Text, len(t.Text)+1)
	switch l.Mark {
	case topics.MarkChanged:
		was, _ := topics.Display(l.Was, 60)
		t.Sign, t.Fill, t.Remark = "~", ui.ColorAlert, i18n.T("topics.json.was", "Value", was)
	case topics.MarkNew:
		t.Sign, t.Fill, t.Remark = "+", ui.ColorGood, i18n.T("topics.json.new")
	case topics.MarkGone:
		t.Sign, t.Fill, t.Remark = "−", ui.ColorFail, i18n.T("topics.json.gone")
	}
	return t
}

// writeJSON shows the payload as JSON, or as a text where it is none, and gives
// the note to it.
func (v *topicValue) writeJSON(payload []byte) (note string) {
	if !v.json.shows(payload, v.before) {
		if len(payload)+len(v.before) > quickJSON {
			v.readJSON(payload, v.before)
		} else {
			v.json = newJSONView(payload, v.before)
		}
	}
	switch {
	case v.json == nil:
		return i18n.T("topics.value.breaking")
	case len(v.json.lines) == 0:
		v.showText(payload)
		return i18n.T("topics.value.notjson")
	}
	v.json.layOut(v.folded, v.columns())
	v.listed = true
	return ""
}

// readJSON makes a big one ready on another goroutine, one at a time: meanwhile
// the topic's last one stays in view.
func (v *topicValue) readJSON(payload, before []byte) {
	if v.busy {
		return
	}
	v.busy = true
	var j *jsonView
	wanted := v.turn
	ui.InBackground(v.page.desk.Post, func() { j = newJSONView(payload, before) }, func() {
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

// opening is the value that opens in a row, if one does.
func (v *topicValue) opening(row int) (topics.Place, bool) {
	if !v.listed || row < 0 || row >= len(v.json.rows) {
		return 0, false
	}
	return v.json.place(row)
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
