// Package trainer is the part of Learn in which topic filters are tried: a tree whose
// levels light up as a filter is typed, and tasks for which a filter is to be found.
package trainer

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/course/trainer"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
)

// showAfter is after how many wrong answers an answer can be shown.
const showAfter = 3

// page is the trainer.
type page struct {
	s     *ui.Shell
	parts *backend.Parts
	t     *trainer.Trainer
	own   bool   // the tree is this class's
	seed  uint64 // of the next trainer

	task, count  *widget.Label
	flaw         *ui.Wrong
	filter       *ui.Entry
	answer, next *ui.Button
	show         *ui.Button
	source       *ui.Select
	none         *widget.Label // that the class has no topics yet
	verdict      *fyne.Container
	rows         []trainer.Row
	tree         *ui.LineList
	scroll       *fyne.Container
	root         fyne.CanvasObject
}

// New builds the part.
func New(s *ui.Shell, parts *backend.Parts) ui.Page {
	return newPage(s, parts, uint64(time.Now().UnixNano()))
}

func newPage(s *ui.Shell, parts *backend.Parts, seed uint64) *page {
	p := &page{s: s, parts: parts, seed: seed, task: ui.SubtitleWrapped(""), count: ui.Small(""), flaw: ui.NewWrong(), none: ui.Body(i18n.T("learn.filters.none")), verdict: ui.Rows()}
	p.filter = ui.NewEntry(i18n.T("learn.filters.type"))
	p.filter.TextStyle = fyne.TextStyle{Monospace: true}
	p.filter.OnChanged = func(string) { p.typed() }
	p.filter.OnSubmitted = func(string) { p.check() }
	p.answer = ui.PrimaryButton(i18n.T("learn.filters.check"), ui.Icon("check"), p.check)
	p.next = ui.NewButton(i18n.T("learn.filters.next"), ui.Icon("right"), p.another)
	p.show = ui.QuietButton(i18n.T("learn.filters.show"), ui.Icon("eye"), func() { p.filter.SetText(p.t.Show()) })
	p.source = ui.NewSelect([]string{i18n.T("learn.filters.example"), i18n.T("learn.filters.own")}, func(i int) { p.choose(i == 1) })
	p.source.SetQuietly(0)
	p.tree = ui.NewLineList(func() int { return len(p.rows) }, func() ui.ListLine { return newTreeLine() }, func(i int, l ui.ListLine, _ bool) { l.(*treeLine).show(p.rows[i]) })
	left := ui.Rows(
		ui.Card(ui.Rows(ui.Small(i18n.T("learn.filters.task")), p.task, p.filter, flow(p.answer, p.next, p.show), p.flaw.Box, p.verdict)),
		ui.Small(i18n.T("learn.filters.rules")),
	)
	p.scroll = ui.Scrolled(left)
	right := container.NewBorder(ui.Rows(p.source, p.none, p.count), nil, nil, nil, p.tree)
	p.root = container.New(ui.BesideLayout{Left: 0.5}, p.scroll, ui.Padded(ui.PagePadding, right))
	p.choose(false)
	return p
}

func flow(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&ui.FlowLayout{Gap: ui.Unit}, objects...)
}

func (p *page) Content() fyne.CanvasObject { return p.root }

// Shown takes in what the class has published meanwhile.
func (p *page) Shown() {
	if p.own {
		p.choose(true)
	}
}

func (p *page) Hidden() {}

func (p *page) Close() {}

// FirstFocus is the filter.
func (p *page) FirstFocus() fyne.Focusable { return p.filter }

// Submit checks the filter.
func (p *page) Submit() { p.check() }

// Escape empties the filter.
func (p *page) Escape() bool {
	if p.filter.Text == "" {
		return false
	}
	p.filter.SetText("")
	return true
}

// choose works with this class's topics, or with the example's. Where the same topics
// are there as before, the task stays.
func (p *page) choose(own bool) {
	names := trainer.Example()
	if own {
		names = trainer.FromTree(p.parts.Topics)
	}
	ui.SetVisible(p.none, len(names) == 0)
	fresh := trainer.New(names, p.seed)
	if p.t != nil && own == p.own && slices.Equal(fresh.Topics(), p.t.Topics()) {
		return
	}
	p.own, p.t = own, fresh
	p.seed++
	p.begin()
}

func (p *page) another() {
	p.t.Next()
	p.begin()
}

// begin shows a task.
func (p *page) begin() {
	ui.SetText(p.task, taskWords(p.t.Task()))
	ui.SetVisible(p.show, false)
	ui.SetVisible(p.next, true)
	p.showVerdict()
	if p.filter.Text != "" {
		p.filter.SetText("") // which shows the tree
		return
	}
	p.typed()
}

// showVerdict shows a verdict, or none.
func (p *page) showVerdict(all ...fyne.CanvasObject) {
	p.verdict.Objects = all
	ui.SetVisible(p.verdict, len(all) > 0)
	p.verdict.Refresh()
	p.scroll.Refresh()
}

// typed lights up what the filter matches.
func (p *page) typed() {
	filter := p.filter.Text
	if len(filter) > topic.MaxLen {
		filter = ""
	}
	p.rows = p.t.Rows(filter)
	matched, all := 0, 0
	for _, r := range p.rows {
		if r.Topic {
			all++
		}
		if r.Mark == trainer.Matched {
			matched++
		}
	}
	ui.SetText(p.count, i18n.N("learn.filters.count", all, "Matched", matched))
	why := ""
	if filter != "" {
		why = flawWords(filter)
	}
	p.flaw.Set(p.filter, why)
	if len(p.verdict.Objects) > 0 {
		p.showVerdict()
		ui.SetVisible(p.next, true)
	}
	p.tree.Update()
	p.scroll.Refresh()
}

// check judges the filter as the answer.
func (p *page) check() {
	v := p.t.Answer(p.filter.Text)
	ui.SetVisible(p.show, !v.Correct && p.t.Tries() >= showAfter)
	ui.SetVisible(p.next, !v.Correct) // it stands beside the praise
	why := flawWords(p.filter.Text)
	switch {
	case v.Correct && p.t.IsShown():
		p.showVerdict(ui.Notice(ui.Remark, i18n.T("learn.filters.shown"), ui.NewButton(i18n.T("learn.filters.next"), ui.Icon("right"), p.another)))
	case v.Correct:
		p.showVerdict(ui.Notice(ui.Success, i18n.N("learn.filters.right", p.t.Solved()), ui.NewButton(i18n.T("learn.filters.next"), ui.Icon("right"), p.another)))
	case why != "":
		p.showVerdict()
		p.flaw.Refuse(p.filter, why)
	default:
		all := []fyne.CanvasObject{ui.Notice(ui.Failure, verdictWords(v)), levelTable(v)}
		if slash := slashWords(p.filter.Text, v); slash != "" {
			all = append(all, ui.Small(slash))
		}
		p.showVerdict(all...)
	}
}
