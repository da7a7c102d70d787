package lamps

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/traffic"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// maxListed is how many lamps or topics a preview names; the others are counted.
const maxListed = 12

// startAgainDialog shows what starting again would change, and does what of it is
// wanted.
func (d *lessonDialogs) startAgainDialog() {
	var plan lesson.Plan
	var parts []planPart
	body := ui.Rows(ui.Body(i18n.T("again.looking")))
	m := d.env.Ask(ui.Question{
		Title: i18n.T("again.title"), Text: i18n.T("again.text"), Content: body, Yes: i18n.T("again.yes"), Danger: true, Width: missingWidth,
		Do: func() bool {
			if parts == nil {
				return false // it is looked for still
			}
			for _, x := range parts {
				if !x.check.Checked {
					x.leave(&plan)
				}
			}
			if !plan.IsEmpty() || d.env.Lesson.Attention() {
				d.env.Lesson.StartAgain(plan)
			}
			return true
		},
	})
	m.Cancelled = d.env.Lesson.Plan(func(found lesson.Plan) {
		plan, parts = found, d.planParts(found)
		body.Objects = d.planContent(plan, parts)
		body.Refresh()
		if m != nil && m.Overlay != nil {
			m.Fit()
		}
	})
}

// planPart is a part of a plan that can be left out.
type planPart struct {
	check *ui.Check
	list  string // what it is about
	leave func(*lesson.Plan)
}

func (d *lessonDialogs) planParts(plan lesson.Plan) []planPart {
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
		colors = append(colors, d.lampName(c.Base))
	}
	for _, n := range plan.Names {
		names = append(names, i18n.T("again.name", "Now", n.Current, "Back", n.Back))
	}
	for _, k := range plan.Rubbish {
		topics = append(topics, format.ClientText(k.Topic))
	}
	var off []string
	for _, base := range plan.Off {
		off = append(off, d.lampName(base))
	}
	add(i18n.N("again.off", len(off)), off, func(x *lesson.Plan) { x.Off = nil })
	add(i18n.N("again.colors", len(colors)), colors, func(x *lesson.Plan) { x.Colors = nil })
	add(i18n.N("again.names", len(names)), names, func(x *lesson.Plan) { x.Names = nil })
	add(i18n.N("again.rubbish", len(topics)), topics, func(x *lesson.Plan) { x.Rubbish = nil })
	return parts
}

func (d *lessonDialogs) lampName(base string) string {
	l, ok := d.panel.Light(base)
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

func (d *lessonDialogs) planContent(plan lesson.Plan, parts []planPart) (all []fyne.CanvasObject) {
	if plan.Err != nil {
		all = append(all, ui.Notice(ui.Warning, i18n.T("again.unknown", "Why", problem.Explain(plan.Err).Title)))
	}
	unknown := d.unknownLamps()
	if unknown > 0 {
		all = append(all, ui.Notice(ui.Warning, i18n.N("again.unknown-lamps", unknown)))
	}
	if len(parts) == 0 && len(all) == 0 {
		return append(all, ui.Notice(ui.Success, i18n.T("again.nothing")))
	}
	for _, x := range parts {
		list := ui.Small(x.list)
		list.Wrapping = fyne.TextWrapWord
		all = append(all, container.New(&ui.TightLayout{}, x.check, ui.Padded(0, list)))
	}
	if plan.Truncated {
		all = append(all, ui.Notice(ui.Warning, i18n.T("again.too-many")))
	}
	return all
}

// unknownLamps counts the lamps of which nobody knows how they are now.
func (d *lessonDialogs) unknownLamps() (n int) {
	for _, l := range d.panel.Lights() {
		if !l.Unlisted && !l.ReadOnly && (l.IsUnreachable() || l.DisplayState() == lights.Unknown) {
			n++
		}
	}
	return n
}

// restartNotice tells that the lesson was started again and how far that is, and takes it back.
type restartNotice struct {
	env        *env
	box        *fyne.Container
	words      *widget.Label
	undo, away *ui.Button
	trouble    *fyne.Container // why pupils' messages could not be removed, or put back
	problem    string          // that is in it
}

func newRestartNotice(d *env) *restartNotice {
	a := &restartNotice{env: d, words: ui.Body(""), trouble: container.NewStack()}
	a.undo = ui.NewButton(i18n.T("lamps.undo"), ui.Icon("undo"), d.Lesson.Undo)
	a.away = ui.QuietButton(i18n.T("common.close"), ui.Icon("cross"), d.Lesson.Dismiss)
	a.box = ui.Rows(ui.NoticeWith(ui.Success, a.words, a.undo, a.away), a.trouble)
	return a
}

func (a *restartNotice) update(now time.Time) {
	r, ok := a.env.Lesson.Restarted()
	ui.SetVisible(a.box, ok)
	if !ok {
		return
	}
	ui.SetText(a.words, againWords(r, format.Time(r.At, now)))
	ui.SetVisible(a.undo, r.CanUndo)
	ui.SetVisible(a.away, r.Erasing.Phase != traffic.EraserWorking) // it takes seconds
	why := ""
	if r.Erasing.Err != nil {
		why = r.Erasing.Err.Error()
	}
	if why != a.problem {
		a.problem, a.trouble.Objects = why, nil
		if r.Erasing.Err != nil {
			a.trouble.Objects = []fyne.CanvasObject{problem.View(a.env.Shell, r.Erasing.Err, a.env.Lesson.RetryErasing)}
		}
		a.trouble.Refresh()
	}
}

// againWords say that the lesson was started again, and how far the broker's retained
// messages are.
func againWords(r lesson.Restart, at string) string {
	words := i18n.T("again.undone")
	if r.CanUndo {
		words = i18n.T("again.done", "Time", at)
	}
	key := ui.Either(r.Erasing.Undo, "again.back", "again.removed")
	switch r.Erasing.Phase {
	case traffic.EraserIdle:
		return words
	case traffic.EraserWorking:
		key = ui.Either(r.Erasing.Undo, "again.putting", "again.removing")
	case traffic.EraserStuck:
		key = ui.Either(r.Erasing.Undo, "again.back-some", "again.removed-some")
	}
	return i18n.T("again.and", "Text", words, "More", i18n.T(key, "Done", r.Erasing.Done, "All", r.Erasing.All))
}
