package lamps

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/broker"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/watch"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// missingWidth is how wide the dialogs of the lesson are.
const missingWidth = 760

// lessonDialogs are the dialogs about the lesson as a whole.
type lessonDialogs struct {
	env    *env
	panel  *lights.Panel
	now    func() time.Time
	owners *lampOwners
}

// missingDialog lists the boards that are not here, and whom this computer's broker
// did not let in or has thrown off.
func (d *lessonDialogs) missingDialog() {
	body := ui.Rows()
	shown := ""
	var m *ui.Dialog
	fill := func() {
		lines, said := d.missingLines()
		if said == shown { // a line that is drawn anew would lose where it was scrolled to
			return
		}
		shown, body.Objects = said, lines
		body.Refresh()
		if m != nil {
			m.Fit()
		}
	}
	fill()
	m = d.env.ShowWide(i18n.T("missing.title"), "", body, missingWidth)
	m.Cancelled = watch.Stops{d.panel.Changed.Listen(fill), d.env.Lesson.Changed.Listen(fill)}.Stop
}

// missingLines are what the dialog shows, and all of that as one text.
func (d *lessonDialogs) missingLines() (lines []fyne.CanvasObject, said string) {
	if d.env.Status().Link != link.Online {
		words := i18n.T("missing.no-link")
		return []fyne.CanvasObject{ui.Notice(ui.Warning, words)}, words
	}
	missing := d.env.Lesson.Missing()
	if len(missing) == 0 {
		lines = append(lines, ui.Notice(ui.Success, i18n.T("missing.nobody")))
	}
	for _, m := range missing {
		words := d.missingWords(m)
		said += m.Name + words
		name := ui.SubtitleWrapped(d.owners.nameOf(m.Base, m.Name))
		lines = append(lines, ui.NoticeWith(ui.Warning, container.New(&ui.TightLayout{}, name, ui.Body(words))))
	}
	thrown := d.thrownOff()
	if len(thrown) > 0 {
		lines = append(lines, ui.SubtitleWrapped(i18n.T("missing.thrown")))
	}
	for _, n := range thrown {
		words := problem.NoticeWords(n)
		times := i18n.N("noticed.times", n.Count, "Time", format.Time(n.At, d.now()))
		said += words + times
		parts := container.New(&ui.TightLayout{}, ui.Body(words), ui.Small(times))
		if l, ok := d.env.Lesson.LampOf(n.User); ok {
			parts.Objects = append([]fyne.CanvasObject{ui.SubtitleWrapped(d.owners.nameOf(l.Base, l.Name))}, parts.Objects...)
		}
		lines = append(lines, ui.NoticeWith(ui.Remark, parts))
	}
	return lines, fmt.Sprint(len(missing), len(thrown), said)
}

// thrownOff are the newest notices of who shares a client id, was not let in, or was
// thrown off, the newest first.
func (d *lessonDialogs) thrownOff() []broker.Notice {
	if d.env.Noticed == nil {
		return nil
	}
	all := slices.DeleteFunc(d.env.Noticed(), func(n broker.Notice) bool { return !lesson.Refuses(n.Kind) })
	slices.Reverse(all)
	return all
}

// missingWords say since when a board is away, how it left, and what it said of the
// time before.
func (d *lessonDialogs) missingWords(m lesson.Missing) string {
	words := i18n.T("missing.before")
	if !m.Away.IsZero() {
		words = i18n.T("missing.since", "Time", format.Time(m.Away, d.now()))
	}
	add := func(text string) { words = i18n.T("missing.and", "Text", words, "More", text) }
	switch {
	case m.Refused.Count > 0:
		add(problem.NoticeWords(m.Refused))
	case m.DepartureKnown:
		add(departureText(m.Departure))
	}
	if why := lostWords(m.Info.Lost); why != "" {
		add(i18n.T("missing.lost", "Why", why))
	}
	if m.Times > 1 {
		add(i18n.N("missing.times", m.Times))
	}
	return words
}

func departureText(l broker.Departure) string {
	return i18n.T(cmp.Or(leaveKeys[l], "missing.left.broken"))
}

// leaveKeys are the ways in which a connection ends by somebody's will; any other broke.
var leaveKeys = map[broker.Departure]string{
	broker.LeftCleanly:          "missing.left.goodbye",
	broker.LeftKeepAliveTimeout: "missing.left.silent",
	broker.LeftTakenOver:        "missing.left.replaced",
	broker.LeftRemoved:          "missing.left.removed",
}

// lostWords are a board's word for why it was away last, as people say it; "" where
// it gave none.
func lostWords(why string) string {
	if why == "" {
		return ""
	}
	f, _ := device.Stage{Name: device.StageLost, Bad: true, Reason: why}.Fault()
	if why == device.ReasonCode { // the board does not say which
		f = fault.LoginRefused
	}
	if f == fault.Unknown {
		return ""
	}
	return problem.Explain(&fault.Error{Fault: f, Op: "connect"}).Title
}
