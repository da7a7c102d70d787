package status

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/broker"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// noticedKeys name the text of each kind of notice. Who comes and goes is no
// news: the lamps show it.
var noticedKeys = map[broker.Kind]string{
	broker.Denied: "noticed.denied", broker.BadLogin: "noticed.bad-login", broker.NoLogin: "noticed.no-login",
	broker.BadProtocol: "noticed.protocol", broker.BadMethod: "noticed.method", broker.NoID: "noticed.no-id",
	broker.IDTaken: "noticed.id-taken", broker.DuplicateClient: "noticed.duplicate", broker.DuplicateProgram: "noticed.duplicate-here",
	broker.Crowded: "noticed.crowded", broker.TooBig: "noticed.too-big", broker.TooMuchKept: "noticed.too-much",
	broker.CommandNotKept: "noticed.command", broker.TooSlow: "noticed.too-slow", broker.StoreBroken: "noticed.broken", broker.StoreFailed: "noticed.failed",
	broker.WebMoved: "noticed.web-moved", broker.WebFailed: "noticed.web-failed", broker.OldKeys: "noticed.old-keys",
	broker.HeldBack: "noticed.held-back", broker.BadPolicy: "noticed.bad-policy",
}

// showNoticed lists what the broker noticed, the newest first.
func (d *desk) showNoticed() {
	all := d.Noticed()
	slices.Reverse(all)
	list := ui.Rows()
	now := time.Now()
	for _, n := range all {
		list.Add(d.noticedLine(n, now))
	}
	m := &ui.Dialog{Shell: d.Shell}
	forget := ui.NewButton(i18n.T("noticed.forget"), ui.Icon("check"), func() {
		d.ForgetNoticed()
		m.Cancel()
	})
	ok := ui.PrimaryButton(i18n.T("common.close"), nil, m.Cancel)
	m.Show(ui.Question{Title: i18n.T("noticed.title"), Content: list, More: forget}, ok)
	d.Window().Canvas().Focus(ok)
}

// noticedLine is one notice: what happened, what to do, how often and when.
func (d *desk) noticedLine(n broker.Notice, now time.Time) fyne.CanvasObject {
	kind := ui.Remark
	if n.Kind == broker.StoreBroken || n.Kind == broker.StoreFailed || n.Kind == broker.BadPolicy {
		kind = ui.Warning
	}
	times := i18n.N("noticed.times", n.Count, "Time", ui.TimeWords(n.At, now))
	if n.Topics > 1 {
		times = i18n.N("noticed.times.topics", n.Count, "Topics", n.Topics, "Time", ui.TimeWords(n.At, now))
	}
	return ui.NoticeWith(kind, ui.Rows(ui.Body(noticedWords(n)), ui.Small(times)))
}

func noticedWords(n broker.Notice) string {
	key, ok := noticedKeys[n.Kind]
	if !ok {
		return ""
	}
	if n.Kind == broker.TooMuchKept && n.HolderAddr == "" { // this program's own, or of before it was noted
		key = "noticed.too-much-alone"
	}
	return i18n.T(key, "Who", ui.SafeText(cmp.Or(n.User, n.ClientID, n.Addr)), "ID", ui.SafeText(n.ClientID), "Addr", n.Addr,
		"Topic", ui.SafeText(n.Topic), "Path", n.Path, "Port", strconv.Itoa(n.Port), "Wanted", strconv.Itoa(n.Wanted),
		"Size", ui.SizeWords(n.Limit), "Holder", ui.SafeText(n.Holder), "HolderAddr", n.HolderAddr)
}
