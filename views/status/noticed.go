package status

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/broker"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// showNoticed lists what the broker noticed, the newest first. Its button says that they are
// read; Esc leaves them for later.
func (d *env) showNoticed() {
	all := d.Noticed()
	slices.Reverse(all)
	list := ui.Rows()
	now := time.Now()
	for _, n := range all {
		list.Add(d.noticedLine(n, now))
	}
	m := &ui.Dialog{Shell: d.Shell}
	read := ui.PrimaryButton(i18n.T("noticed.forget"), ui.Icon("check"), func() {
		d.ForgetNoticed()
		m.Cancel()
	})
	m.Show(ui.Question{Title: i18n.T("noticed.title"), Content: list}, read)
	d.Window().Canvas().Focus(read)
}

// noticedLine is one notice: what happened, what to do, how often and when.
func (d *env) noticedLine(n broker.Notice, now time.Time) fyne.CanvasObject {
	kind := ui.Remark
	if n.Kind == broker.StoreBroken || n.Kind == broker.StoreFailed || n.Kind == broker.BadPolicy {
		kind = ui.Warning
	}
	times := i18n.N("noticed.times", n.Count, "Time", format.Time(n.At, now))
	if n.Topics > 1 {
		times = i18n.N("noticed.times.topics", n.Count, "Topics", n.Topics, "Time", format.Time(n.At, now))
	}
	return ui.NoticeWith(kind, ui.Rows(ui.Body(problem.NoticeWords(n)), ui.Small(times)))
}
