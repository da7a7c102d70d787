package lampview

import (
	"slices"
	"time"

	"lamplighter/app/expiry"
	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// dateWords is a day.
func dateWords(t time.Time) string { return t.Local().Format(time.DateOnly) }

// ExpiryWords says until when a board's password is valid.
func ExpiryWords(expires, now time.Time) string {
	if !expiry.Expired(expires, now) {
		return i18n.T("expiry.until", "Date", dateWords(expires))
	}
	return i18n.T("expiry.over", "Date", dateWords(expires))
}

// ExpiryLine is the status line's warning.
func ExpiryLine(e expiry.Summary) string {
	name := format.ClientText(e.Name)
	key := ui.Either(e.Expired, "expiry.status.over", "expiry.status.until")
	if e.Count > 1 {
		return i18n.N(key+".more", e.Count-1, "Name", name, "Date", dateWords(e.At))
	}
	return i18n.T(key, "Name", name, "Date", dateWords(e.At))
}

// ShowExpiry says which boards' passwords end, and what to do.
func ShowExpiry(d *ui.Shell, v settings.Values, now time.Time) {
	var boards []settings.Board
	for _, b := range v.Boards {
		if b.Connection == v.Connection && !b.Hidden && expiry.EndsSoon(b.Expires, now) {
			boards = append(boards, b)
		}
	}
	slices.SortStableFunc(boards, func(a, b settings.Board) int { return a.Expires.Compare(b.Expires) })
	lines := ui.Rows()
	for _, b := range boards {
		lines.Add(ui.Body(i18n.T("expiry.board", "Name", format.ClientText(b.Name), "When", ExpiryWords(b.Expires, now))))
	}
	d.Show(i18n.T("expiry.title"), i18n.T("expiry.what"), lines)
}
