package topics

import (
	"image/color"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// signRoom is the room of the triangle.
func signRoom() float32 { return max(ui.Unit*2.5, ui.LeastRow()) }

const countRoom = ui.Unit * 11.5 // on the right

const rowChars = 160 // of a name or value that are looked at for one line

// markTime is how long a line shows that it changed.
const markTime = 1200 * time.Millisecond

// topicRow is one line of the tree.
type topicRow struct {
	objects            *fyne.Container
	chosen, mark       *canvas.Rectangle
	sign               *canvas.Text
	name, value, count *canvas.Text
	retained, star     *canvas.Image
	size               fyne.Size
	names, values      textfit.Widths

	row       topics.Row
	level     topics.Level
	fresh     bool // nothing was bound since the last change of look
	wasChosen bool // chosen
	alpha     uint8
}

func newTopicRow() *topicRow {
	r := &topicRow{
		chosen: canvas.NewRectangle(color.Transparent), mark: canvas.NewRectangle(color.Transparent),
		sign: canvas.NewText("", nil), name: canvas.NewText("", nil), value: canvas.NewText("", nil), count: canvas.NewText("", nil),
		retained: ui.IconImage(ui.Tinted("kept", ui.ColorSoft), ui.Unit*2), star: ui.IconImage(ui.Tinted("star-full", theme.ColorNamePrimary), ui.Unit*2),
	}
	r.chosen.CornerRadius = ui.Unit / 2
	r.mark.Hide()
	r.count.Alignment = fyne.TextAlignTrailing
	r.objects = container.New(ui.Still{}, r.chosen, r.mark, r.sign, r.name, r.value, r.count, r.retained, r.star)
	return r
}

func (r *topicRow) Box() *fyne.Container { return r.objects }

func (r *topicRow) Restyle() {
	r.sign.Color, r.sign.TextSize = ui.Color(ui.ColorSoft), theme.TextSize()
	r.name.Color, r.name.TextSize = ui.Color(theme.ColorNameForeground), theme.TextSize()
	r.value.Color, r.value.TextSize = ui.Color(ui.ColorSoft), theme.TextSize()
	r.count.Color, r.count.TextSize = ui.Color(ui.ColorSoft), theme.CaptionTextSize()
	r.fresh = true
}

func (r *topicRow) Place(size fyne.Size) {
	if r.size != size {
		r.size, r.fresh = size, true
	}
}

// bind shows a level, which changed age ago; what is shown already is not touched.
func (r *topicRow) bind(row topics.Row, l topics.Level, chosen bool, age time.Duration) {
	same := !r.fresh && r.row == row && sameLevel(r.level, l)
	if !same {
		r.row, r.level = row, l
		r.fresh = false
		r.write()
	}
	if r.wasChosen != chosen || !same {
		r.wasChosen = chosen
		r.chosen.FillColor = color.Transparent
		if chosen {
			r.chosen.FillColor = ui.Color(ui.ColorChosen)
		}
		r.chosen.Refresh()
	}
	r.fade(age)
}

func sameLevel(a, b topics.Level) bool {
	return a.Messages == b.Messages && a.Topics == b.Topics && a.Changed.Equal(b.Changed) && a.Starred == b.Starred &&
		a.Retained == b.Retained && a.Children == b.Children && a.Topic == b.Topic && a.Last.At.Equal(b.Last.At) && a.Name == b.Name
}

// fade shows how fresh the newest message is, by a bar in four steps.
func (r *topicRow) fade(age time.Duration) {
	var alpha uint8
	if age >= 0 && age < markTime {
		alpha = uint8(4-age*4/markTime) * 60
	}
	if alpha == r.alpha {
		return
	}
	r.alpha = alpha
	if alpha == 0 {
		r.mark.Hide() // a clear one is drawn too
		return
	}
	c := ui.Palette[theme.ColorNamePrimary].Light
	r.mark.FillColor = color.NRGBA{R: uint8(c >> 24), G: uint8(c >> 16), B: uint8(c >> 8), A: alpha}
	ui.SetVisible(r.mark, true)
	r.mark.Refresh()
}

// write puts all words in their places.
func (r *topicRow) write() {
	l, height := r.level, r.size.Height
	r.chosen.Resize(r.size)
	r.mark.Resize(fyne.NewSize(ui.Unit/2, height)) // the whole line would be as much to draw as all its words
	x := float32(min(r.row.Depth, ui.MaxIndent))*ui.Indent + ui.Unit/2
	sign := ""
	switch {
	case r.row.Open:
		sign = "▾"
	case r.row.Branch:
		sign = "▸"
	}
	r.drawText(r.sign, sign, x, height)
	x += signRoom()
	right := r.size.Width - countRoom
	for _, badge := range []struct {
		img  *canvas.Image
		Show bool
	}{{r.star, l.Starred}, {r.retained, l.Retained}} {
		if !badge.Show {
			ui.SetVisible(badge.img, false)
			continue
		}
		right -= ui.Unit * 2.25
		ui.SetBounds(badge.img, right, (height-ui.Unit*2)/2, ui.Unit*2, ui.Unit*2)
		ui.SetVisible(badge.img, true)
	}
	room := right - x - ui.Unit
	if l.Topic {
		room = (right - x) * 0.62 // a value needs its part; how many topics are below does not
	}
	name := r.names.Fit(levelName(l.Name), r.name.TextSize, r.name.TextStyle, max(ui.Unit*4, room))
	if !l.Topic && !l.Children {
		name = ""
	}
	r.drawText(r.name, name, x, height)
	x += r.names.Width(name, r.name.TextSize, r.name.TextStyle) + ui.Unit*1.5
	whole := rowValue(l)
	value := r.values.Fit(whole, r.value.TextSize, r.value.TextStyle, max(0, right-x-ui.Unit))
	if !l.Topic && value != whole { // part of a number of topics says nothing
		value = ""
	}
	r.drawText(r.value, value, x, height)
	r.drawText(r.count, rowCount(l), r.size.Width-countRoom, height)
	r.count.Resize(fyne.NewSize(countRoom-ui.Unit/2, textfit.LineHeight(r.count)))
}

// drawText writes one text, in the middle of the line's height.
func (r *topicRow) drawText(t *canvas.Text, s string, x, height float32) {
	changed := t.Text != s
	t.Text = s
	at := fyne.NewPos(x, (height-textfit.LineHeight(t))/2)
	if changed || t.Position() != at {
		t.Move(at)
		t.Refresh()
	}
}

// levelName is a level as people can read it.
func levelName(name string) string {
	if name == "" {
		return i18n.T("topics.level.empty")
	}
	return format.Cut(name, rowChars)
}

// rowValue is the last value in one line, or what is below a level without one.
func rowValue(l topics.Level) string {
	if !l.Topic {
		return countN("topics.row.topics", l.Topics)
	}
	return "= " + shortValue(l.Last, rowChars)
}

// shortValue is a payload in one line of at most most characters.
func shortValue(e topics.Entry, most int) string {
	switch {
	case e.Omitted:
		return i18n.T("topics.value.omitted", "Size", format.Size(e.Size))
	case e.Size == 0:
		return i18n.T("topics.value.empty")
	}
	head := clip(e.Payload, 4096)
	switch topics.KindOf(head) {
	case topics.KindImage:
		return i18n.T("topics.value.image", "Size", format.Size(e.Size))
	case topics.KindHex:
		return i18n.T("topics.value.binary", "Size", format.Size(e.Size))
	}
	short := clip(e.Payload, 4*most)
	safe, cut := topics.Display(string(short), most)
	if cut || len(short) < len(e.Payload) {
		safe += textfit.Ellipsis
	}
	return safe
}

// clip is the beginning of a payload, without a part of a character at its end.
func clip(payload []byte, most int) []byte {
	if len(payload) <= most {
		return payload
	}
	payload = payload[:most]
	for cut := 1; cut < utf8.UTFMax && cut < len(payload); cut++ {
		if c := payload[len(payload)-cut]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(payload[len(payload)-cut:]) {
				return payload[:len(payload)-cut]
			}
			break
		}
	}
	return payload
}

// rowCount is the number of messages.
func rowCount(l topics.Level) string {
	return i18n.T("topics.row.count", "Count", countWords(l.Messages))
}
