package lamps

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lesson"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// maxListed is how many lamps or topics a preview names; the others are counted.
const maxListed = 12

// startAgainDialog shows what starting again would change, and does what of it is
// wanted.
func (p *lampPage) startAgainDialog() {
	var plan lesson.Plan
	var parts []planPart
	body := ui.Rows(ui.Body(i18n.T("again.looking")))
	m := p.desk.Ask(ui.Question{
		Title: i18n.T("again.title"), Text: i18n.T("again.text"), Content: body, Yes: i18n.T("again.yes"), Danger: true, Wide: missingWidth,
		Do: func() bool {
			if parts == nil {
				return false // it is looked for still
			}
			for _, x := range parts {
				if !x.check.Checked {
					x.leave(&plan)
				}
			}
			if !plan.IsEmpty() {
				p.desk.Lesson.StartAgain(plan)
			}
			return true
		},
	})
	cancel := p.desk.Lesson.Plan(func(found lesson.Plan) {
		plan, parts = found, p.planParts(found)
		body.Objects = planContent(plan, parts)
		body.Refresh()
		if m != nil && m.Overlay != nil {
			m.Fit()
		}
	})
	m.Cancelled = cancel
}

// planPart is a part of a plan that can be left out.
type planPart struct {
	check *ui.Check
	list  string // what it is about
	leave func(*lesson.Plan)
}

func (p *lampPage) planParts(plan lesson.Plan) []planPart {
	parts := []planPart{}
	add := func(text string, list []string, leave func(*lesson.Plan)) {
		if len(list) == 0 {
			return
		}
		check := ui.NewCheck(text, func(bool) {})
		check.SetQuietly(true)
		parts = append(parts, planPart{check, listWords(list), leave})
	}
	var colors, names, topics []string
	for _, c := range plan.Colors {
		colors = append(colors, p.lampName(c.Base))
	}
	for _, n := range plan.Names {
		names = append(names, i18n.T("again.name", "Now", n.Now, "Back", n.Back))
	}
	for _, k := range plan.Rubbish {
		topics = append(topics, ui.SafeText(k.Topic))
	}
	var off []string
	for _, base := range plan.Off {
		off = append(off, p.lampName(base))
	}
	add(i18n.N("again.off", len(off)), off, func(x *lesson.Plan) { x.Off = nil })
	add(i18n.N("again.colors", len(colors)), colors, func(x *lesson.Plan) { x.Colors = nil })
	add(i18n.N("again.names", len(names)), names, func(x *lesson.Plan) { x.Names = nil })
	add(i18n.N("again.rubbish", len(topics)), topics, func(x *lesson.Plan) { x.Rubbish = nil })
	return parts
}

func (p *lampPage) lampName(base string) string {
	l, ok := p.panel.Light(base)
	if !ok {
		return base
	}
	return l.Name
}

// listWords names the first of a list, and counts the rest.
func listWords(all []string) string {
	if len(all) <= maxListed {
		return strings.Join(all, i18n.T("again.between"))
	}
	return i18n.N("again.more", len(all)-maxListed, "List", strings.Join(all[:maxListed], i18n.T("again.between")))
}

func planContent(plan lesson.Plan, parts []planPart) (all []fyne.CanvasObject) {
	if plan.Err != nil {
		all = append(all, ui.Notice(ui.Warning, i18n.T("again.unknown", "Why", problem.Explain(plan.Err).Title)))
	}
	if len(parts) == 0 {
		return append(all, ui.Notice(ui.Success, i18n.T("again.nothing")))
	}
	for _, x := range parts {
		list := ui.Small(x.list)
		list.Wrapping = fyne.TextWrapWord
		all = append(all, container.New(&ui.TightLayout{}, x.check, ui.Padded(0, list)))
	}
	if plan.More {
		all = append(all, ui.Notice(ui.Warning, i18n.T("again.too-many")))
	}
	return all
}

// again tells that the lesson was started again, and takes that back.
type again struct {
	desk   *env
	notice *ui.Surface
	words  *widget.Label
}

func newAgain(d *env) *again {
	a := &again{desk: d, words: ui.Body("")}
	a.notice = ui.NoticeWith(ui.Success, a.words,
		ui.NewButton(i18n.T("lamps.undo"), ui.Icon("undo"), d.Lesson.Undo), ui.QuietButton(i18n.T("common.close"), ui.Icon("cross"), d.Lesson.Dismiss))
	return a
}

func (a *again) update(p *lampPage) {
	at, ok := a.desk.Lesson.Started()
	ui.SetVisible(a.notice, ok)
	if ok {
		ui.SetText(a.words, i18n.T("again.done", "Time", ui.TimeWords(at, p.now())))
	}
}
