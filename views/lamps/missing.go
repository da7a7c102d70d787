package lamps

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/broker"
	"lamplighter/app/lesson"
	"lamplighter/app/link"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/lamps/class"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// missingWidth is how wide the dialogs of the lesson are.
const missingWidth = 760

// missingDialog lists the boards that are not here, and whom this computer's broker
// did not let in or has thrown off.
func (p *lampPage) missingDialog() {
	body := ui.Rows()
	shown := ""
	fill := func(m *ui.Dialog) {
		lines, said := p.missingLines()
		if said == shown { // a line that is drawn anew would lose where it was scrolled to
			return
		}
		shown, body.Objects = said, lines
		body.Refresh()
		if m.Overlay != nil {
			m.Fit()
		}
	}
	m := &ui.Dialog{Shell: p.desk.Shell}
	stops := []func(){p.panel.Changed.Listen(func() { fill(m) }), p.desk.Lesson.Changed.Listen(func() { fill(m) })}
	m.Cancelled = func() {
		for _, stop := range stops {
			stop()
		}
	}
	fill(m)
	end := ui.PrimaryButton(i18n.T("common.close"), nil, m.Cancel)
	m.Show(ui.Question{Title: i18n.T("missing.title"), Content: body, Wide: missingWidth}, end)
	p.desk.Window().Canvas().Focus(end)
}

// missingLines are what the dialog shows, and all of that as one text.
func (p *lampPage) missingLines() (lines []fyne.CanvasObject, said string) {
	if p.desk.Status().Link != link.Online {
		words := i18n.T("missing.no-link")
		return []fyne.CanvasObject{ui.Notice(ui.Warning, words)}, words
	}
	missing := p.desk.Lesson.Missing()
	if len(missing) == 0 {
		lines = append(lines, ui.Notice(ui.Success, i18n.T("missing.nobody")))
	}
	for _, m := range missing {
		words := p.missingWords(m)
		said += m.Name + words
		name := ui.SubtitleWrapped(p.nameOf(m.Base, m.Name))
		lines = append(lines, ui.NoticeWith(ui.Warning, container.New(&ui.TightLayout{}, name, ui.Body(words))))
	}
	thrown := p.thrownOff()
	if len(thrown) > 0 {
		lines = append(lines, ui.SubtitleWrapped(i18n.T("missing.thrown")))
	}
	for _, n := range thrown {
		words := problem.NoticeWords(n)
		times := i18n.N("noticed.times", n.Count, "Time", ui.TimeWords(n.At, p.now()))
		said += words + times
		parts := container.New(&ui.TightLayout{}, ui.Body(words), ui.Small(times))
		if l, ok := p.desk.Lesson.LampOf(n.User); ok {
			parts.Objects = append([]fyne.CanvasObject{ui.SubtitleWrapped(p.nameOf(l.Base, l.Name))}, parts.Objects...)
		}
		lines = append(lines, ui.NoticeWith(ui.Remark, parts))
	}
	return lines, fmt.Sprint(len(missing), len(thrown), said)
}

// thrownOff are the newest notices of who shares a client id, was not let in, or was
// thrown off, the newest first.
func (p *lampPage) thrownOff() []broker.Notice {
	if p.desk.Noticed == nil {
		return nil
	}
	all := slices.DeleteFunc(p.desk.Noticed(), func(n broker.Notice) bool { return !lesson.Refuses(n.Kind) })
	slices.Reverse(all)
	return all
}

// missingWords say since when a board is away, how it left, and what it said of the
// time before.
func (p *lampPage) missingWords(m lesson.Missing) string {
	words := i18n.T("missing.before")
	if !m.Away.IsZero() {
		words = i18n.T("missing.since", "Time", ui.TimeWords(m.Away, p.now()))
	}
	add := func(text string) { words = i18n.T("missing.and", "Text", words, "More", text) }
	switch {
	case m.Refused.Count > 0:
		add(problem.NoticeWords(m.Refused))
	case m.LeaveKnown:
		add(leaveWords(m.Leave))
	}
	if why := lostWords(m.Info.Lost); why != "" {
		add(i18n.T("missing.lost", "Why", why))
	}
	if m.Times > 1 {
		add(i18n.N("missing.times", m.Times))
	}
	return words
}

func leaveWords(l broker.Leave) string {
	switch l {
	case broker.LeftGoodbye:
		return i18n.T("missing.left.goodbye")
	case broker.LeftSilent:
		return i18n.T("missing.left.silent")
	case broker.LeftReplaced:
		return i18n.T("missing.left.replaced")
	case broker.LeftRemoved:
		return i18n.T("missing.left.removed")
	}
	return i18n.T("missing.left.broken")
}

// lostWords are a board's word for why it was away last, as people say it; "" where
// it gave none.
func lostWords(why string) string {
	if why == "" {
		return ""
	}
	f, _ := device.Stage{Name: device.StageLost, Bad: true, Why: why}.Fault()
	if why == device.WhyCode { // the board does not say which
		f = fault.LoginRefused
	}
	if f == fault.Unknown {
		return ""
	}
	return problem.Explain(&fault.Error{Fault: f, Op: "connect"}).Title
}

// nameOf is a lamp's name, with those of the pupils whose it is.
func (p *lampPage) nameOf(base, name string) string {
	if has := p.owners[base]; len(has) > 0 {
		return i18n.T("missing.pupil", "Name", name, "Pupil", class.PupilNames(has))
	}
	return name
}
