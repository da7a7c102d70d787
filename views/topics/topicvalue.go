package topics

import (
	"bytes"
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/textfit"
	"lamplighter/views/topics/payloadlines"
	"lamplighter/views/ui"
)

const (
	firstText  = 64 << 10 // bytes of a text that are shown before somebody asks for all
	maxBigJSON = 32 << 20 // bytes that are shown as JSON
)

// topicValue is the last value of a topic, in the form that fits or that was
// chosen.
type topicValue struct {
	page   *topicPage
	form   *ui.Select
	lines  *ui.LineList
	image  *canvas.Image
	note   *widget.Label
	all    *ui.Button
	body   *fyne.Container
	folded map[topics.Place]bool

	entry        topics.Entry
	before       []byte
	whole        bool              // all of a big text is wanted
	rows         payloadlines.Rows // what is shown, nil = none
	breaker      breaker
	json         *payloadlines.JSON // the last JSON that was written out, or nil
	drawn        []byte             // the payload that image is of
	busy         bool               // JSON or an image is being made ready on another goroutine
	turn         int                // how many topics were open
	cancelDecode func()             // ends the image being made ready
	foot         *fyne.Container    // what can be done with a value
	box          *fyne.Container
}

// The forms, as the choice lists them.
var valueForms = []topics.Kind{-1, topics.KindText, topics.KindJSON, topics.KindImage, topics.KindHex, topics.KindGBK}

func newTopicValue(p *topicPage) *topicValue {
	v := &topicValue{page: p, folded: map[topics.Place]bool{}, cancelDecode: func() {}, breaker: breaker{post: p.env.Post}}
	v.form = ui.NewSelect([]string{i18n.T("topics.form.auto"), i18n.T("topics.form.text"), i18n.T("topics.form.json"), i18n.T("topics.form.image"), i18n.T("topics.form.hex"), i18n.T("topics.form.gbk")},
		func(int) { v.write() })
	v.form.FitOptions()
	v.form.SetQuietly(0)
	v.lines = ui.NewLineList(v.count, func() ui.ListLine { return ui.NewCodeLine(true) }, v.bind)
	v.lines.OnTap = func(i int, _ fyne.Position) bool { v.fold(i); return true }
	v.lines.OnChoose, v.lines.OnKey = func(int) {}, v.foldKey
	v.lines.OnLetter = func(r rune) {
		if r == ' ' {
			v.fold(v.lines.Current)
		}
	}
	v.lines.OnResize = func() {
		if v.rows != nil {
			v.write()
		}
	}
	v.image = &canvas.Image{FillMode: canvas.ImageFillContain}
	v.note = ui.Small("")
	v.all = ui.NewButton(i18n.T("topics.value.all"), nil, func() { v.whole = true; v.write() })
	v.body = container.NewStack(v.lines)
	copyIt := ui.NewButton(i18n.T("common.copy"), ui.Icon("copy"), func() { p.env.copyPayload(v.entry.Payload) })
	save := ui.NewButton(i18n.T("topics.value.save"), ui.Icon("save"), v.save)
	v.foot = ui.Between(ui.Row(v.form, copyIt, save), nil, nil)
	v.box = container.NewBorder(nil, container.New(&ui.StackLayout{}, container.NewBorder(nil, nil, nil, v.all, v.note), v.foot), nil, nil, v.body)
	return v
}

func (v *topicValue) content() fyne.CanvasObject { return v.box }

// reset forgets what was chosen for the topic before.
func (v *topicValue) reset() {
	v.breaker.forget()
	v.json, v.drawn, v.image.Image = nil, nil, nil
	v.turn++
	v.cancelDecode()
	v.whole = false
	v.lines.Top, v.lines.Current = 0, -1
	v.folded = map[topics.Place]bool{}
	v.form.SetQuietly(0)
}

func (v *topicValue) update(id topics.ID, l topics.Level) {
	v.entry, v.before = l.Last, nil
	if two := v.page.tree.History(id, 2); len(two) == 2 {
		v.before = two[1].Payload
	}
	v.write()
}

func (v *topicValue) kind() topics.Kind {
	if k := valueForms[max(0, v.form.SelectedIndex())]; k >= 0 {
		return k
	}
	return topics.KindOf(v.entry.Payload)
}

// write shows the value in its form, or says why it can't be.
func (v *topicValue) write() {
	v.rows = nil
	note := ""
	var body fyne.CanvasObject = v.lines
	payload := v.entry.Payload
	more := false
	switch kind := v.kind(); {
	case v.entry.At.IsZero():
		note = i18n.T("topics.history.none")
	case v.entry.Omitted:
		note = i18n.T("topics.value.omitted", "Size", format.Size(v.entry.Size))
	case len(payload) == 0:
		note = i18n.T("topics.value.empty.why")
	case kind == topics.KindHex:
		v.rows = payloadlines.Hex{Payload: payload, Bytes: v.hexBytes()}
		if _, gbk := topics.GBK(payload); gbk {
			note = i18n.T("topics.value.gbk")
		}
	case kind == topics.KindGBK:
		note = v.writeGBK(payload)
	case kind == topics.KindImage:
		if note = v.draw(payload); v.image.Image != nil {
			body = v.image
		}
	case kind == topics.KindJSON && len(payload) > topics.MaxJSON:
		note = v.showBigJSON(payload)
	case kind == topics.KindJSON:
		note = v.writeJSON(payload)
	default:
		if more = len(payload) > firstText && !v.whole; more {
			note = partWords(payload)
			payload = clip(payload, firstText)
		}
		if v.showText(payload); v.breaker.isBusy() {
			note = i18n.T("topics.value.breaking")
		}
		note = cmp.Or(note, v.change(kind))
	}
	ui.SetOrHide(v.note, note)
	ui.SetVisible(v.all, more)
	ui.SetVisible(v.foot, !v.entry.At.IsZero())
	ui.ShowOnly(v.body, body)
	v.lines.Update()
}

// writeGBK shows a text in GBK, or says that it is none.
func (v *topicValue) writeGBK(payload []byte) string {
	text, ok := topics.GBK(payload)
	if !ok {
		return i18n.T("topics.value.notgbk")
	}
	v.writeText([]byte(text))
	return ""
}

// change says in one line how a short text differs from the one before.
func (v *topicValue) change(kind topics.Kind) string {
	if v.before == nil || len(v.entry.Payload) > 200 || len(v.before) > 200 || bytes.ContainsAny(v.entry.Payload, "\n") {
		return ""
	}
	if bytes.Equal(v.before, v.entry.Payload) {
		return i18n.T("topics.value.same")
	}
	if kind == topics.KindHex || topics.KindOf(v.before) == topics.KindHex {
		return ""
	}
	was, _ := topics.Display(string(v.before), 80)
	return i18n.T("topics.value.was", "Value", was)
}

func (v *topicValue) count() int {
	if v.rows == nil {
		return 0
	}
	return v.rows.Rows()
}

func (v *topicValue) bind(i int, line ui.ListLine, _ bool) { line.(*ui.CodeLine).Write(v.rows.Row(i)) }

// columns is how many letters a line has room for.
func (v *topicValue) columns() int {
	room := v.lines.Size().Width - theme.ScrollBarSize() - ui.Unit*3
	letter := textfit.Width("0", theme.TextSize(), fyne.TextStyle{Monospace: true})
	return max(20, int(room/letter))
}

// hexBytes is how many bytes a line of a dump has room for.
func (v *topicValue) hexBytes() int {
	switch c := v.columns(); {
	case c >= 73:
		return 16
	case c < 41: // large letters
		return 4
	}
	return 8
}

// showText shows a text; a big one is broken into lines on another goroutine.
func (v *topicValue) showText(payload []byte) {
	if len(payload) <= firstText {
		v.breaker.payload = nil
		v.writeText(payload)
		return
	}
	v.showBroken(payload, false)
}

// showBigJSON shows JSON over topics.MaxJSON, and says what it has not.
func (v *topicValue) showBigJSON(payload []byte) string {
	if len(payload) > maxBigJSON {
		v.showText(payload)
		return i18n.T("topics.value.hugejson", "Size", format.Size(maxBigJSON))
	}
	big := v.showBroken(payload, true)
	switch {
	case big == nil:
		return i18n.T("topics.value.breaking")
	case big.Bad():
		return i18n.T("topics.value.notjson")
	}
	return i18n.T("topics.value.bigjson", "Size", format.Size(topics.MaxJSON))
}

// showBroken shows a big text, nil while another goroutine breaks it into lines.
func (v *topicValue) showBroken(payload []byte, asJSON bool) *payloadlines.Text {
	big := v.breaker.text(payload, v.columns(), asJSON, v.write)
	if big != nil {
		v.rows = big
	}
	return big
}

// partWords says that a text is not shown whole, and how it could be JSON.
func partWords(payload []byte) string {
	key := "topics.value.part"
	if head := bytes.TrimSpace(payload[:firstText]); len(payload) > topics.MaxJSON && len(payload) <= maxBigJSON && len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		key = "topics.value.part.json"
	}
	return i18n.T(key, "Shown", format.Size(firstText), "Size", format.Size(len(payload)))
}

// writeText breaks a text into lines.
func (v *topicValue) writeText(payload []byte) {
	safe, _ := topics.Text(payload, len(payload))
	var lines payloadlines.Plain
	for line := range strings.SplitSeq(safe, "\n") {
		lines = append(lines, payloadlines.Wrap(line, v.columns())...)
	}
	v.rows = lines
}

// save writes the exact bytes into a file that the user chooses.
func (v *topicValue) save() {
	v.page.env.SaveText(format.FileName(v.page.right.topic, "bin"), v.entry.Payload)
}

func (p *topicPage) problem(err error) {
	if err != nil {
		p.env.ShowProblem(err)
	}
}
