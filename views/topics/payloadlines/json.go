package payloadlines

import (
	"slices"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// JSON is JSON that is written out, a line for each value. Of the lines only
// those in view are made.
type JSON struct {
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

// NewJSON reads a payload, and what changed since the one before; of what is no JSON it is
// Empty. It takes as long as the payload is, and may be called on any goroutine.
func NewJSON(payload, before []byte) *JSON {
	return &JSON{payload: payload, before: before, lines: topics.Pretty(payload, before), of: -1}
}

// Shows reports whether it is of these very payloads.
func (j *JSON) Shows(payload, before []byte) bool {
	return j != nil && Same(j.payload, payload) && Same(j.before, before)
}

// Same reports whether two slices are the very same bytes in memory.
func Same(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// LayOut finds the rows for a width; what is in a folded value has none.
func (j *JSON) LayOut(folded map[topics.Place]bool, columns int) {
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

// Empty reports whether the payload is no JSON.
func (j *JSON) Empty() bool { return len(j.lines) == 0 }

// Rows is how many rows there are since LayOut.
func (j *JSON) Rows() int { return len(j.rows) }

// fits tells quickly of most lines that fit into one row that they do.
func (j *JSON) fits(l *topics.JSONLine) bool {
	const signs = 12 // around key and value at most, as of what is folded
	return l.Mark == topics.MarkNone && len(l.Key)+len(l.Value)+signs <= j.textWidth(l.Depth) && plainASCII(l.Key) && plainASCII(l.Value)
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// textWidth is how many letters of a line's text fit into a row.
func (j *JSON) textWidth(depth int) int { return j.columns - 2*min(depth, ui.MaxIndent) - 1 }

// foldable reports whether there is something in a value that can be folded.
func (j *JSON) foldable(i int) bool { return j.lines[i].Opens != "" && j.lines[i].End > i+1 }

func (j *JSON) isFolded(i int) bool { return j.foldable(i) && j.folded[j.lines[i].Place] }

// build makes a line, and breaks its text.
func (j *JSON) build(i int) {
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
	j.parts = Wrap(t.Text, j.textWidth(l.Depth)-len(t.Remark))
}

// Row is what a row says.
func (j *JSON) Row(k int) ui.CodeText {
	r := j.rows[k]
	j.build(int(r.line))
	if t := j.made; r.part == 0 {
		t.Text = j.parts[0]
		return t
	}
	return ui.CodeText{Depth: j.made.Depth + 1, Text: j.parts[r.part], Color: j.made.Color, Fill: j.made.Fill}
}

// Place is what is folded by a tap on a row, and false where that is nothing.
func (j *JSON) Place(k int) (topics.Place, bool) {
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
		was, _ := topics.Display(l.Previous, 60)
		t.Sign, t.Fill, t.Remark = "~", ui.ColorAlert, i18n.T("topics.json.was", "Value", was)
	case topics.MarkNew:
		t.Sign, t.Fill, t.Remark = "+", ui.ColorGood, i18n.T("topics.json.new")
	case topics.MarkGone:
		t.Sign, t.Fill, t.Remark = "−", ui.ColorFail, i18n.T("topics.json.gone")
	}
	return t
}
