package lamps

import (
	"cmp"
	"image/color"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/expiry"
	"lamplighter/app/lights"
	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/lampview"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// lampMenu is what can be done with one lamp, and the dialogs for it.
type lampMenu struct {
	env   *env
	panel *lights.Panel
	now   func() time.Time
	ask   func(base string, on bool) // switches a lamp whose card has no switch
}

// cardMenu is everything that can be done with one lamp.
func (m *lampMenu) cardMenu(base string, at fyne.Position) {
	l, ok := m.panel.Light(base)
	if !ok {
		return
	}
	item := func(key, iconName string, do func()) *fyne.MenuItem {
		return fyne.NewMenuItemWithIcon(i18n.T(key), ui.Icon(iconName), do)
	}
	var items []*fyne.MenuItem
	if l.Source != lights.OwnBoard {
		items = append(items, sourceItems(l)...)
	}
	if l.IsUnreachable() && !l.ReadOnly {
		items = append(items,
			item("lamps.menu.on", "lamp-on", func() { m.ask(base, true) }),
			item("lamps.menu.off", "lamp", func() { m.ask(base, false) }),
			fyne.NewMenuItemSeparator())
	}
	if lampview.Refused(l) {
		items = append(items, item("lamps.menu.why", "warning", func() { m.env.ShowProblem(l.Err) }), fyne.NewMenuItemSeparator())
	}
	if expiry.EndsSoon(expiry.EndOf(m.env.Settings.Values(), base), m.now()) {
		items = append(items, item("expiry.menu", "warning", func() { lampview.ShowExpiry(m.env.Shell, m.env.Settings.Values(), m.now()) }), fyne.NewMenuItemSeparator())
	}
	if !l.Unlisted && !l.ReadOnly && m.env.Lesson.Spotlight() != base {
		items = append(items, item("spotlight.menu", "sun", func() { m.env.Lesson.SetSpotlight(base) }))
	}
	items = append(items, item("lamps.menu.rename", "edit", func() { m.renameDialog(base) }))
	switch {
	case l.HasColor:
		items = append(items, item("lamps.menu.color", "palette", func() { m.colorDialog(base) }))
	case l.HasLevel:
		items = append(items, item("lamps.menu.level", "palette", func() { m.colorDialog(base) }))
	}
	items = append(items, item("lamps.menu.topics", "topics", func() { m.topicsDialog(base) }))
	if m.env.Program != nil && l.Topics.Set != "" && l.Source == lights.OwnBoard {
		items = append(items, item("program.menu", "board", func() { m.programDialog(base) }))
	}
	if l.RetainedCommand {
		items = append(items, item("lamps.menu.retained-command", "warning", func() { m.retainedCommandDialog(base) }))
	}
	items = append(items, m.practiceItems(base, item)...)
	remove := item("lamps.menu.remove", "trash", func() { m.removeDialog(base) })
	if l.Source != lights.OwnBoard {
		remove = item("lamps.menu.hide", "eye-off", func() { m.hideDialog(base) })
	}
	items = append(items, fyne.NewMenuItemSeparator(), remove)
	m.env.PopUp(fyne.NewMenu("", items...), at)
}

// practiceItems are what hands do to a board, for one that nobody can touch.
func (m *lampMenu) practiceItems(base string, item func(key, iconName string, do func()) *fyne.MenuItem) []*fyne.MenuItem {
	if m.env.Practice == nil {
		return nil
	}
	board, ok := m.env.Practice(base)
	if !ok {
		return nil
	}
	items := []*fyne.MenuItem{fyne.NewMenuItemSeparator()}
	if !board.Plugged() {
		return append(items, item("lamps.menu.plug", "power", func() { crash.Go(board.Plug) }))
	}
	return append(items,
		item("lamps.menu.button", "dot-on", func() { crash.Go(board.PressButton) }),
		item("lamps.menu.unplug", "offline", func() { crash.Go(board.Unplug) }))
}

func (m *lampMenu) renameDialog(base string) {
	l, ok := m.panel.Light(base)
	if !ok {
		return
	}
	name := ui.NewEntry("")
	name.SetText(l.Name)
	wrong := ui.NewWrong()
	m.env.Ask(ui.Question{
		Title: i18n.T("lamps.rename.title"), Text: i18n.T("lamps.rename.text"),
		Content: ui.Rows(name, wrong.Box), Yes: i18n.T("lamps.rename.yes"), Lines: []*ui.Entry{name},
		Do: func() bool { return m.succeeds(m.panel.Rename(base, name.Text), wrong, name) },
	})
	name.SelectAll()
}

// succeeds reports whether the panel did what was asked of it, and says at a field, nil
// for none, why it did not.
func (m *lampMenu) succeeds(err error, wrong *ui.Wrong, field *ui.Entry) bool {
	return err == nil || wrong.Refuse(field, panelProblem(err))
}

// panelProblem puts what the panel refused into words.
func panelProblem(err error) string {
	_, value := problem.ValueWords(err)
	return cmp.Or(problem.Words(err, panelProblemTexts), value, problem.Explain(err).Title)
}

var panelProblemTexts = []problem.Text{
	{Err: lights.ErrNoLink, Key: "lamps.error.link"},
	{Err: lights.ErrTaken, Key: "lamps.error.taken"},
	{Err: lights.ErrNoLight, Key: "lamps.error.gone"},
}

func (m *lampMenu) removeDialog(base string) {
	l, ok := m.panel.Light(base)
	if !ok {
		return
	}
	text := ui.Either(l.Presence == lights.PresenceOnline, i18n.T("lamps.remove.here"), i18n.T("lamps.remove.text"))
	wrong := ui.NewWrong()
	topics := ui.Code(strings.Join(m.panel.RemovedTopics(base), "\n"))
	topics.Wrapping = fyne.TextWrapBreak
	m.env.Ask(ui.Question{
		Title: i18n.T("lamps.remove.title", "Name", l.Name), Text: text,
		Content: ui.Rows(ui.Small(i18n.T("lamps.remove.topics")), topics, wrong.Box),
		Yes:     i18n.T("lamps.remove.yes"), Danger: true,
		Do: func() bool { return m.succeeds(m.panel.Remove(base), wrong, nil) },
	})
}

func (m *lampMenu) retainedCommandDialog(base string) {
	wrong := ui.NewWrong()
	m.env.Ask(ui.Question{
		Title: i18n.T("lamps.retained-command.title"), Text: i18n.T("lamps.retained-command.text"), Content: wrong.Box, Yes: i18n.T("lamps.retained-command.yes"),
		Do: func() bool { return m.succeeds(m.panel.ClearCommand(base), wrong, nil) },
	})
}

// addDialog puts a lamp on the panel that does not come by itself: a pupil's
// own program on a topic of its own.
func (m *lampMenu) addDialog() {
	name, set, state := ui.NewEntry(i18n.T("lamps.add.name")), ui.NewEntry("class/lamp-01/light/set"), ui.NewEntry("class/lamp-01/light")
	wrong := ui.NewWrong()
	field := func(key string, e *ui.Entry) fyne.CanvasObject {
		return container.New(&ui.StackLayout{}, ui.Small(i18n.T(key)), e)
	}
	m.env.Ask(ui.Question{
		Title: i18n.T("lamps.add.title"), Text: i18n.T("lamps.add.text"),
		Content: ui.Rows(field("lamps.add.name", name), field("lamps.add.set", set), field("lamps.add.state", state), wrong.Box),
		Yes:     i18n.T("lamps.add.yes"),
		Do: func() bool {
			s, st := strings.TrimSpace(set.Text), strings.TrimSpace(state.Text)
			if !plainTopic(s) {
				return wrong.Refuse(set, i18n.T("lamps.add.wrong"))
			}
			if st != "" && !plainTopic(st) {
				return wrong.Refuse(state, i18n.T("lamps.add.wrong"))
			}
			e := lights.Entry{Base: s, Name: name.Text, Topics: device.Topics{Set: s, State: st}}
			if base, ok := strings.CutSuffix(s, "/light/set"); ok && base != "" {
				e.Base = base
			}
			return m.succeeds(m.panel.Add(e), wrong, nil)
		},
	})
}

// plainTopic reports whether a lamp can be added at a topic.
func plainTopic(t string) bool {
	return len(t) <= 256 && topic.ValidName(t) && !topic.IsInternal(t) && !strings.ContainsAny(t, "\r\n\t")
}

// swatches are colours that pupils ask for first, with the keys of their names: nobody
// has to tell them apart by looks alone.
var swatches = []struct {
	name  string
	color lights.RGB
}{
	{"lamps.color.warm", lights.RGB{R: 255, G: 190, B: 90}},
	{"lamps.color.white", lights.RGB{R: 255, G: 255, B: 255}},
	{"lamps.color.red", lights.RGB{R: 255}},
	{"lamps.color.orange", lights.RGB{R: 255, G: 110}},
	{"lamps.color.yellow", lights.RGB{R: 255, G: 220}},
	{"lamps.color.green", lights.RGB{G: 255}},
	{"lamps.color.turquoise", lights.RGB{G: 255, B: 200}},
	{"lamps.color.blue", lights.RGB{B: 255}},
	{"lamps.color.purple", lights.RGB{R: 150, B: 255}},
	{"lamps.color.pink", lights.RGB{R: 255, G: 40, B: 140}},
}

// swatchWords is a colour's name, marked where the lamp has that colour.
func swatchWords(name string, c lights.RGB, l lights.Light) string {
	const near = 12 // a dimmed colour is rounded
	has := lampview.LampColor(l)
	if !l.HasColor || difference(has.R, c.R) > near || difference(has.G, c.G) > near || difference(has.B, c.B) > near {
		return i18n.T(name)
	}
	return i18n.T("lamps.color.present", "Color", i18n.T(name))
}

func difference(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

// colorDialog sets colour and brightness. They count when the board says so, so
// what it shows is what the board has.
func (m *lampMenu) colorDialog(base string) {
	l, ok := m.panel.Light(base)
	if !ok {
		return
	}
	var buttons []fyne.CanvasObject
	var names []*widget.Label
	level := l.Level
	for _, x := range swatches {
		name := ui.Small("")
		name.Alignment, name.Importance = fyne.TextAlignCenter, widget.MediumImportance
		names = append(names, name)
		buttons = append(buttons, container.New(&ui.StackLayout{Gap: -ui.Unit}, newSwatch(x.color, func() { _ = m.panel.SetColor(base, x.color.At(max(level, 1))) }), name))
	}
	percent := ui.Label("")
	slider := ui.NewSlider(5, 100)
	slider.Step = 5
	setPercent := func() { percent.SetText(i18n.T("lamps.color.percent", "Percent", strconv.Itoa(level))) }
	slider.Value = float64(max(level, 5))
	slider.OnChanged = func(v float64) { level = int(v); setPercent() }
	slider.OnChangeEnded = func(v float64) { level = int(v); _ = m.panel.SetLevel(base, level) }
	setPercent()
	truth := ui.Body("")
	say := func() {
		if now, ok := m.panel.Light(base); ok {
			ui.SetText(truth, m.colorTruth(now))
			for i, x := range swatches {
				ui.SetText(names[i], swatchWords(x.name, x.color, now))
			}
		}
	}
	stop := m.panel.Changed.Listen(say)
	say()
	bar := container.NewBorder(nil, nil, nil, percent, slider)
	head, content := i18n.T("lamps.level.title", "Name", l.Name), ui.Rows(bar, truth)
	if l.HasColor {
		head = i18n.T("lamps.color.title", "Name", l.Name)
		content = ui.Rows(container.NewGridWithColumns(5, buttons...), ui.Small(i18n.T("lamps.color.level")), bar, truth)
	}
	m.env.Show(head, "", content).Cancelled = stop
}

func (m *lampMenu) colorTruth(l lights.Light) string {
	truth := i18n.T("lamps.level.truth", "Percent", l.Level)
	if l.HasColor {
		truth = i18n.T("lamps.color.truth", "R", int(l.Color.R), "G", int(l.Color.G), "B", int(l.Color.B))
	}
	switch l.Phase {
	case lights.Waiting, lights.Queued, lights.NoAnswer, lights.NotSent, lights.Offline:
		return lampview.Describe(l, m.now()).Truth
	}
	return truth
}

// swatch is a colour to choose.
type swatch struct {
	ui.Button
	color color.NRGBA
}

func newSwatch(c lights.RGB, tapped func()) *swatch {
	s := &swatch{color: color.NRGBA{R: c.R, G: c.G, B: c.B, A: 255}}
	s.OnTapped = tapped
	s.ExtendBaseWidget(s)
	return s
}

// Cursor shows a hand.
func (s *swatch) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer draws the colour over the button, inside its frame.
func (s *swatch) CreateRenderer() fyne.WidgetRenderer {
	patch := canvas.NewRectangle(s.color)
	patch.CornerRadius = ui.Unit
	patch.StrokeColor, patch.StrokeWidth = ui.Color(theme.ColorNameInputBorder), 1
	patch.SetMinSize(fyne.NewSquareSize(ui.Unit * 4))
	return &swatchRenderer{WidgetRenderer: s.Button.CreateRenderer(), patch: patch}
}

type swatchRenderer struct {
	fyne.WidgetRenderer
	patch *canvas.Rectangle
}

func (r *swatchRenderer) Objects() []fyne.CanvasObject {
	return append(r.WidgetRenderer.Objects(), r.patch)
}

func (r *swatchRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(ui.Unit * 6) }

func (r *swatchRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.patch.Move(fyne.NewSquareOffsetPos(ui.Unit / 2))
	r.patch.Resize(size.SubtractWidthHeight(ui.Unit, ui.Unit))
}

// topicsDialog shows what a lamp says and hears, with the words that MQTT has
// for it, and what its board tells of itself.
func (m *lampMenu) topicsDialog(base string) {
	l, ok := m.panel.Light(base)
	if !ok {
		return
	}
	var lines []fyne.CanvasObject
	add := func(key, topic string) {
		if topic == "" {
			return
		}
		name := ui.Code(topic)
		name.Truncation = fyne.TextTruncateEllipsis
		lines = append(lines, container.New(&ui.StackLayout{}, ui.Small(lampview.TextFor(l, key)),
			container.NewBorder(nil, nil, nil, ui.Row(
				ui.QuietButton("", ui.Icon("copy"), func() { m.env.CopyText(topic) }),
				ui.QuietButton(i18n.T("lamps.topics.watch"), ui.Icon("topics"), func() { m.showTopic(topic) })), container.New(ui.LevelLayout{}, name))))
	}
	add("lamps.topics.set", l.Topics.Set)
	add("lamps.topics.state", l.Topics.State)
	if l.HasColor {
		add("lamps.topics.rgbset", l.Topics.RGBSet)
		add("lamps.topics.rgb", l.Topics.RGB)
	}
	add("lamps.topics.status", l.Topics.Status)
	if l.Source == lights.OwnBoard {
		add("lamps.topics.info", l.Topics.Info)
	}
	facts := infoWords(l)
	if ends := expiry.EndOf(m.env.Settings.Values(), base); !ends.IsZero() {
		facts = append(facts, lampview.ExpiryWords(ends, m.now()))
	}
	lines = append(lines, ui.Small(strings.Join(facts, "\n")))
	scroll := container.NewVScroll(container.New(&ui.StackLayout{Gap: ui.Unit / 2}, lines...))
	scroll.SetMinSize(fyne.NewSize(ui.DialogWidth, min(ui.Unit*44, m.env.Window().Canvas().Size().Height-ui.Unit*26)))
	m.env.Show(i18n.T("lamps.topics.title", "Name", l.Name), "", scroll)
}

// showTopic goes to a topic in the browser.
func (m *lampMenu) showTopic(topic string) {
	m.env.LeaveDialog()
	m.env.Visit(ui.PlaceTopics, topic)
}

// infoWords is what a board told of itself.
func infoWords(l lights.Light) []string {
	in := l.Info
	all := systemWords(l)
	for _, f := range []struct{ Key, value string }{
		{"lamps.info.board", in.Board},
		{"lamps.info.firmware", in.Firmware},
		{"lamps.info.program", in.Program},
		{"lamps.info.id", in.ID},
		{"lamps.info.ip", in.IP},
	} {
		if f.value == "" {
			continue
		}
		if key := f.Key; key == "lamps.info.firmware" || key == "lamps.info.ip" {
			all = append(all, i18n.T(key, "Value", f.value))
		} else {
			all = append(all, lampview.TextFor(l, key, "Value", f.value))
		}
	}
	if in.RSSI != 0 {
		all = append(all, i18n.T("lamps.info.signal", "Value", in.RSSI))
	}
	if l.Ignored > 0 {
		all = append(all, i18n.N("lamps.info.ignored", l.Ignored))
	}
	return all
}
