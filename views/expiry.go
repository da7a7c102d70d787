package views

import (
	"slices"
	"time"

	"lamplighter/app/expiry"
	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// dateWords is a day.
func dateWords(t time.Time) string { return t.Local().Format(time.DateOnly) }

// expiryWords says until when a board's password is valid.
func expiryWords(expires, now time.Time) string {
	if !expiry.Over(expires, now) {
		return i18n.T("expiry.until", "Date", dateWords(expires))
	}
	return i18n.T("expiry.over", "Date", dateWords(expires))
}

// expiryLine is the status line's warning.
func expiryLine(e expiry.Summary) string {
	name := shown(e.Name)
	key := "expiry.status.until"
	if e.Over {
		key = "expiry.status.over"
	}
	if e.Count > 1 {
		return i18n.N(key+".more", e.Count-1, "Name", name, "Date", dateWords(e.At))
	}
	return i18n.T(key, "Name", name, "Date", dateWords(e.At))
}

// showExpiry says which boards' passwords end, and what to do.
func showExpiry(d *shell, v settings.Values, now time.Time) {
	var boards []settings.Board
	for _, b := range v.Boards {
		if b.Connection == v.Connection && !b.Hidden && expiry.Soon(b.Expires, now) {
			boards = append(boards, b)
		}
	}
	slices.SortStableFunc(boards, func(a, b settings.Board) int { return a.Expires.Compare(b.Expires) })
	lines := rows()
	for _, b := range boards {
		lines.Add(body(i18n.T("expiry.board", "Name", shown(b.Name), "When", expiryWords(b.Expires, now))))
	}
	d.show(i18n.T("expiry.title"), i18n.T("expiry.what"), lines)
}
