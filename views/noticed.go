package views

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/broker"
	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// noticedKeys name the text of each kind of notice. Who comes and goes is no
// news: the lamps show it.
var noticedKeys = map[broker.Kind]string{
	broker.Denied: "noticed.denied", broker.BadLogin: "noticed.bad-login", broker.NoLogin: "noticed.no-login",
	broker.IDTaken: "noticed.id-taken", broker.DuplicateClient: "noticed.duplicate", broker.DuplicateProgram: "noticed.duplicate-here",
	broker.Crowded: "noticed.crowded", broker.TooBig: "noticed.too-big", broker.TooMuchKept: "noticed.too-much",
	broker.CommandNotKept: "noticed.command", broker.TooSlow: "noticed.too-slow", broker.StoreBroken: "noticed.broken", broker.StoreFailed: "noticed.failed",
	broker.WebMoved: "noticed.web-moved", broker.WebFailed: "noticed.web-failed",
}

// noticedLength bounds what is shown of a client's own words, in runes.
const noticedLength = 48

// showNoticed lists what the broker noticed, the newest first.
func (d *desk) showNoticed() {
	all := d.Noticed()
	slices.Reverse(all)
	list := rows()
	now := time.Now()
	for _, n := range all {
		list.Add(d.noticedLine(n, now))
	}
	m := &modal{desk: d}
	forget := newButton(i18n.T("noticed.forget"), icon("check"), func() {
		d.ForgetNoticed()
		m.cancel()
	})
	ok := primaryButton(i18n.T("common.close"), nil, m.cancel)
	m.show(question{Title: i18n.T("noticed.title"), Content: list, More: forget}, ok)
	d.window().Canvas().Focus(ok)
}

// noticedLine is one notice: what happened, what to do, how often and when.
func (d *desk) noticedLine(n broker.Notice, now time.Time) fyne.CanvasObject {
	kind := remark
	if n.Kind == broker.StoreBroken || n.Kind == broker.StoreFailed {
		kind = warning
	}
	times := i18n.N("noticed.times", n.Count, "Time", timeWords(n.At, now))
	return noticeWith(kind, rows(body(noticedWords(n)), small(times)))
}

func noticedWords(n broker.Notice) string {
	key, ok := noticedKeys[n.Kind]
	if !ok {
		return ""
	}
	if n.Kind == broker.TooMuchKept && n.HolderAddr == "" { // this program's own, or of before it was noted
		key = "noticed.too-much-alone"
	}
	return i18n.T(key, "Who", shown(cmp.Or(n.User, n.ClientID, n.Addr)), "ID", shown(n.ClientID), "Addr", n.Addr,
		"Topic", shown(n.Topic), "Path", n.Path, "Port", strconv.Itoa(n.Port), "Wanted", strconv.Itoa(n.Wanted),
		"Size", sizeWords(n.Limit), "Holder", shown(n.Holder), "HolderAddr", n.HolderAddr)
}

func shown(words string) string {
	safe, cut := topics.Display(words, noticedLength)
	if cut {
		safe += ellipsis
	}
	return safe
}
