// Package explained shows a lamp's program line by line: what a line does, which message
// it makes, and what keepalive, QoS and retained change, beside what really passes
// between the lamp's board and the broker.
package explained

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/lights"
	"lamplighter/app/livemap"
	"lamplighter/app/program/explain"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

const (
	sideWidth  = 330
	shownLines = 8                      // of the board's traffic
	writeTime  = 250 * time.Millisecond // between two updates of it
)

// keepAlives are those to choose from, in seconds.
var keepAlives = []int{5, 10, 30, 60, 300}

// page shows one lamp's program.
type page struct {
	shell   *ui.Shell
	parts   *backend.Parts
	traffic *livemap.BoardTraffic
	now     func() time.Time

	lamps  []lights.Light // of the choice
	base   string
	own    explain.Choices // of the program as it is
	wanted explain.Choices
	plain  []explain.Line
	lines  []explain.Line
	chosen int

	lamp      *ui.Select
	keepAlive *ui.Select
	qos       *ui.Select
	retained  *ui.Check
	list      *ui.LineList
	side      *lineWords
	body      fyne.CanvasObject
	empty     fyne.CanvasObject
	root      fyne.CanvasObject

	inView bool
	soon   func() // stops the update that waits; nil = none
	stop   watch.Stops
}

// New builds the page.
func New(s *ui.Shell, parts *backend.Parts) ui.Page {
	p := &page{shell: s, parts: parts, traffic: livemap.NewBoardTraffic(parts.Trace), now: parts.Map.Now, chosen: -1}
	p.build()
	p.stop = append(p.stop, p.traffic.Changed.Listen(p.wake), parts.Lights.Changed.Listen(p.wake))
	return p
}

func (p *page) build() {
	p.lamp = ui.NewSelect(nil, func(i int) {
		if i >= 0 && i < len(p.lamps) {
			p.choose(p.lamps[i].Base)
		}
	})
	var seconds []string
	for _, n := range keepAlives {
		seconds = append(seconds, i18n.N("explained.keepalive.seconds", n))
	}
	p.keepAlive = ui.NewSelect(seconds, func(i int) { p.wanted.KeepAlive = keepAlives[max(i, 0)]; p.applied() })
	p.qos = ui.NewSelect([]string{"QoS 0", "QoS 1"}, func(i int) { p.wanted.QoS = byte(max(i, 0)); p.applied() })
	p.retained = ui.NewCheck(i18n.T("explained.retained"), func(on bool) { p.wanted.Retained = on; p.applied() })
	p.list = ui.NewLineList(func() int { return len(p.lines) }, func() ui.ListLine { return ui.NewCodeLine(true) }, p.bind)
	p.list.OnChoose = func(i int) { p.chosen = i; p.showLine() }
	bar := container.New(&ui.FlowLayout{Gap: ui.Unit}, narrow(170, p.lamp), narrow(172, p.keepAlive), narrow(110, p.qos), p.retained)
	p.side = newLineWords(func() { p.shell.Visit(ui.PlaceLearn, "map/"+p.base) })
	field := ui.NewSurface(theme.ColorNameInputBackground, ui.Unit/2, p.list)
	field.Border = theme.ColorNameInputBorder
	side := container.New(sideLayout{}, ui.Scrolled(p.side.box))
	p.body = container.NewBorder(ui.Padded(ui.PagePadding, bar), nil, nil, side, container.New(layout.NewCustomPaddedLayout(0, ui.PagePadding, ui.PagePadding, 0), field))
	p.empty = ui.EmptyPlace("lamp", i18n.T("explained.empty"), ui.PrimaryButton(i18n.T("rail.setup"), ui.Icon("setup"), func() { p.shell.Visit(ui.PlaceSetup, "") }))
	p.root = container.NewStack(p.body, p.empty)
}

// narrow gives a field a width, larger for larger text.
func narrow(wide float32, o fyne.CanvasObject) fyne.CanvasObject {
	return ui.Narrow(wide*ui.TextFactor(), o)
}

// sideLayout gives the explanation its width, larger for larger text.
type sideLayout struct{}

func (sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

func (sideLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(min(sideWidth*ui.TextFactor(), sideWidth*1.25), 0)
}

// Content is the page.
func (p *page) Content() fyne.CanvasObject { return p.root }

// Shown begins to follow the board.
func (p *page) Shown() {
	p.inView = true
	p.refreshLamps()
	p.traffic.Follow(p.base)
	p.showLine()
}

// Hidden ends that.
func (p *page) Hidden() {
	p.inView = false
	p.traffic.Follow("")
	p.halt()
}

// Close ends all listening.
func (p *page) Close() {
	p.halt()
	p.stop.Stop()
}

// FirstFocus is the program.
func (p *page) FirstFocus() fyne.Focusable {
	if p.body.Visible() {
		return p.list
	}
	return nil
}

func (p *page) wake() {
	if p.inView && p.soon == nil {
		p.soon = worker.After(writeTime, p.shell.Post, func() {
			p.soon = nil
			p.refreshLamps()
			p.showLine()
		})
	}
}

func (p *page) halt() {
	if p.soon != nil {
		p.soon()
		p.soon = nil
	}
}

// refreshLamps lists the lamps, and chooses the first where none is chosen.
func (p *page) refreshLamps() {
	var names []string
	p.lamps = nil
	at := -1
	for _, l := range p.parts.Lights.Lights() {
		if l.Source != lights.OwnBoard || l.Unlisted {
			continue
		}
		if l.Base == p.base {
			at = len(names)
		}
		p.lamps, names = append(p.lamps, l), append(names, format.ClientText(l.Name))
	}
	ui.SetVisible(p.body, len(names) > 0)
	ui.SetVisible(p.empty, len(names) == 0)
	if strings.Join(names, "\n") != strings.Join(p.lamp.Options, "\n") {
		p.lamp.Options = names
		p.lamp.Refresh()
	}
	if at < 0 && len(names) > 0 {
		at = 0
		p.choose(p.lamps[0].Base)
	}
	p.lamp.SetQuietly(at)
}

// choose explains another lamp's program.
func (p *page) choose(base string) {
	if base == p.base {
		return
	}
	p.base = base
	text, err := p.program()
	p.plain = nil
	if err == nil {
		p.plain = explain.Lines(text)
	}
	p.own = explain.ChoicesOf(p.plain)
	p.wanted = p.own
	if i := slices.Index(keepAlives, p.own.KeepAlive); i >= 0 {
		p.keepAlive.SetQuietly(i)
	}
	p.qos.SetQuietly(0)
	p.retained.SetQuietly(p.own.Retained)
	p.chosen = firstOf(p.plain, explain.Connect)
	if p.inView {
		p.traffic.Follow(base)
	}
	p.apply()
	p.list.SetCurrent(p.chosen)
}

// program is the lamp's, on the board that it is known to have, or on any.
func (p *page) program() (string, error) {
	model := p.parts.ProgramModel(p.base)
	text, err := p.parts.Program(p.base, model, false)
	if err != nil && model == "" {
		text, err = p.parts.Program(p.base, device.Models()[0].Key, false)
	}
	return text, err
}

// firstOf is the first line of a kind, or -1.
func firstOf(lines []explain.Line, k explain.Kind) int {
	return slices.IndexFunc(lines, func(l explain.Line) bool { return l.Kind == k })
}

// apply shows the program with what is chosen.
func (p *page) apply() {
	p.lines = explain.Apply(p.plain, p.wanted)
	p.list.Update()
	p.showLine()
}

// applied shows the program with a choice that was made now, and the first line that it
// changes, where the chosen one is none of them.
func (p *page) applied() {
	before := p.lines
	p.apply()
	changed := func(i int) bool {
		return i >= 0 && i < len(before) && i < len(p.lines) && before[i].Text != p.lines[i].Text
	}
	show := p.chosen
	for i := range p.lines {
		if !changed(show) && changed(i) {
			show = i
		}
	}
	if changed(show) {
		p.list.MoveTo(show)
	}
}

// bind writes one line, with its number and a mark where a choice has changed it.
func (p *page) bind(i int, line ui.ListLine, chosen bool) {
	l := p.lines[i]
	t := ui.CodeText{Text: fmt.Sprintf("%3d  %s", i+1, l.Text)}
	switch {
	case l.Kind == explain.Comment:
		t.Color = ui.ColorSoft
	case packetWords(l.Kind) != "":
		t.Color = theme.ColorNameHyperlink
	}
	if l.Changed {
		t.Remark, t.Fill = i18n.T("explained.changed"), ui.ColorAlert
	}
	if chosen {
		t.Fill = ui.ColorChosen
	}
	line.(*ui.CodeLine).Write(t)
}

// showLine explains the line that is chosen, and shows the board's traffic.
func (p *page) showLine() {
	if p.chosen < 0 || p.chosen >= len(p.lines) {
		p.side.showNone()
		return
	}
	l := p.lines[p.chosen]
	p.side.show(p.chosen+1, l, p.wanted, p.lastWords(l.Kind), p.realWords())
}

// lastWords tell of the last message that the line has really made.
func (p *page) lastWords(k explain.Kind) string {
	lamp, _ := p.parts.Lights.Light(p.base)
	match := fits(k, lamp.Topics.StateTopic(), lamp.Topics.Status)
	if match == nil {
		return ""
	}
	e, ok := p.traffic.Last(match)
	if !ok {
		return i18n.T("explained.last.none")
	}
	return i18n.T("explained.last", "Event", eventWords(e, p.now()))
}

// realWords are the board's newest traffic, in the order in which it passed, as the
// program beside it is read.
func (p *page) realWords() string {
	all := p.traffic.Events()
	if len(all) == 0 {
		return i18n.T("explained.real.none")
	}
	var words []string
	for _, e := range all[max(0, len(all)-shownLines):] {
		words = append(words, eventWords(e, p.now()))
	}
	return strings.Join(words, "\n")
}
