package wizard

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup/batch"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// manyRow is one board of the table: its name and port, what is done with it and
// how far, and the buttons that fit.
type manyRow struct {
	widget.BaseWidget
	w     *wizard
	shown batch.Row
	words string

	which, reason, act *ui.Button
}

func newManyRow(w *wizard, key int) *manyRow {
	r := &manyRow{w: w, shown: batch.Row{Key: key, Phase: -1}}
	several := w.env.Several
	r.which = ui.QuietButton(i18n.T("wizard.many.which"), nil, func() { several.Identify(key) })
	r.reason = ui.QuietButton(i18n.T("wizard.many.why"), nil, func() { problem.Show(w.env.Shell, r.shown.Err) })
	r.act = ui.NewButton("", nil, r.press)
	r.ExtendBaseWidget(r)
	return r
}

// press is the row's own button.
func (r *manyRow) press() {
	if r.shown.Phase == batch.Ready {
		r.w.env.Several.Start(r.shown.Key)
		return
	}
	r.w.env.Several.Restart(r.shown.Key)
}

// show shows how the board stands.
func (r *manyRow) show(now batch.Row) {
	was := r.shown
	r.shown = now
	if was.Phase == now.Phase && was.Part == now.Part && was.Name == now.Name && was.Pupil == now.Pupil && was.Plugged == now.Plugged && was.Port == now.Port &&
		was.Blinking == now.Blinking && was.Took == now.Took && errorText(was.Err) == errorText(now.Err) {
		return
	}
	r.words = phaseWords(now)
	action := ""
	switch {
	case now.Phase == batch.Ready:
		action = i18n.T("wizard.many.start")
	case now.Phase == batch.Failed && now.Plugged:
		action = i18n.T("common.retry")
	}
	r.act.SetText(action)
	ui.SetVisible(r.act, action != "")
	ui.SetVisible(r.reason, now.Phase == batch.Failed)
	ui.SetVisible(r.which, now.Phase == batch.Ready || now.Phase == batch.Done && now.Plugged && now.Took > 0)
	ui.SetEnabled(r.which, !now.Blinking)
	r.Refresh()
}

// DebugText is what the row says.
func (r *manyRow) DebugText() string { return r.shown.Name + " " + r.words }

// CreateRenderer draws the row.
func (r *manyRow) CreateRenderer() fyne.WidgetRenderer {
	m := &manyRowRenderer{
		r: r, glow: canvas.NewRectangle(color.Transparent), sign: canvas.NewImageFromResource(nil), name: ui.OneLine(""), where: ui.OneLine(""),
		words: ui.OneLine(""), rail: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent),
	}
	m.sign.FillMode = canvas.ImageFillContain
	m.glow.CornerRadius, m.rail.CornerRadius, m.bar.CornerRadius = ui.Unit, manyBarHeight/2, manyBarHeight/2
	m.name.TextStyle.Bold = true
	m.where.SizeName, m.where.Importance = ui.SizeSmall, widget.LowImportance
	m.All = []fyne.CanvasObject{m.glow, m.sign, m.name, m.where, m.words, m.rail, m.bar, r.which, r.reason, r.act}
	m.Refresh()
	return m
}

// The row's measures, in units of the screen.
const (
	manyRowHeight = ui.Unit * 5.5
	manyBarHeight = ui.Unit * 0.75
	manyBarWidth  = ui.Unit * 14
	manyNameWidth = ui.Unit * 16
	manyPortWidth = ui.Unit * 12
)

type manyRowRenderer struct {
	ui.Drawing
	r                  *manyRow
	glow, rail, bar    *canvas.Rectangle
	sign               *canvas.Image
	name, where, words *widget.Label
}

func (m *manyRowRenderer) MinSize() fyne.Size { return fyne.NewSize(640, manyRowHeight) }

func (m *manyRowRenderer) Layout(size fyne.Size) {
	m.glow.Resize(size)
	middle := func(o fyne.CanvasObject, x, width, height float32) {
		ui.SetBounds(o, x, (size.Height-height)/2, width, height)
	}
	left, right := ui.Unit, size.Width-ui.Unit/2
	middle(m.sign, left, ui.Unit*3, ui.Unit*3)
	left += ui.Unit * 3.5
	for _, b := range []*ui.Button{m.r.act, m.r.reason, m.r.which} {
		if b.Visible() {
			s := b.MinSize()
			right -= s.Width
			middle(b, right, s.Width, min(s.Height, size.Height))
			right -= ui.Unit / 2
		}
	}
	name, port := float32(manyNameWidth), float32(manyPortWidth)
	switch {
	case m.r.shown.Pupil != "": // whose name says more than the port
		name, port = name+port, 0
	case ui.TextFactor() > 1.2: // a part of the port says nothing, and more of the rest does
		name, port = name+port/3, 0
	}
	middle(m.name, left, name, m.name.MinSize().Height)
	left += name
	ui.SetVisible(m.where, port > 0)
	middle(m.where, left, port, m.where.MinSize().Height)
	left += port
	if m.rail.Visible() {
		right -= manyBarWidth + ui.Unit
		middle(m.rail, right, manyBarWidth, manyBarHeight)
		middle(m.bar, right, manyBarWidth*float32(m.r.shown.Part), manyBarHeight)
	}
	middle(m.words, left, max(0, right-left), m.words.MinSize().Height)
}

// manyLooks are the icon, its colour and the row's colour in each phase.
var manyLooks = map[batch.Phase]struct {
	icon       string
	tint, fill fyne.ThemeColorName
}{
	batch.Waiting:  {"clock", ui.ColorSoft, ""},
	batch.Greeting: {"board", theme.ColorNamePrimary, ui.ColorChosen},
	batch.Ready:    {"board", theme.ColorNameForeground, ""},
	batch.Queued:   {"clock", ui.ColorSoft, ""},
	batch.Writing:  {"send", theme.ColorNamePrimary, ui.ColorChosen},
	batch.Proving:  {"lamp", theme.ColorNamePrimary, ui.ColorChosen},
	batch.Done:     {"check", theme.ColorNameSuccess, ui.ColorGood},
	batch.Failed:   {"cross", theme.ColorNameError, ui.ColorFail},
	batch.Pulled:   {"usb", theme.ColorNameWarning, ui.ColorAlert},
}

func (m *manyRowRenderer) Refresh() {
	r := m.r.shown
	look := manyLooks[r.Phase]
	m.glow.FillColor = color.Transparent
	if look.fill != "" {
		m.glow.FillColor = ui.Color(look.fill)
	}
	m.sign.Resource = nil
	if look.icon != "" {
		m.sign.Resource = ui.Tinted(look.icon, look.tint)
	}
	m.rail.FillColor, m.bar.FillColor = ui.Color(theme.ColorNameSeparator), ui.Color(theme.ColorNamePrimary)
	atWork := r.Phase.Working() || r.Phase == batch.Pulled
	ui.SetVisible(m.rail, atWork)
	ui.SetVisible(m.bar, atWork && r.Part > 0)
	name, where := format.SafeLine(device.Text(r.Name)), r.Port.Name
	if name == "" {
		name = i18n.T("wizard.many.unnamed")
	}
	if r.Pupil != "" {
		name = i18n.T("wizard.many.of", "Board", name, "Pupil", format.SafeLine(device.Text(r.Pupil)))
	}
	if !r.Plugged || r.Pupil != "" {
		where = ""
	}
	m.name.SetText(name)
	m.where.SetText(where)
	m.words.SetText(m.r.words)
	m.sign.Refresh()
	m.Layout(m.r.Size())
	canvas.Refresh(m.r)
}
