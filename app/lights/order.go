package lights

import (
	"cmp"
	"strings"
)

// byPlace orders lamps by group and name, as people count: lamp-2 comes before
// lamp-10. Unlisted ones are the last. The base decides between equals, so the order never wavers.
func byPlace(a, b *lamp) int {
	return cmp.Or(
		unlistedLast(a.light, b.light),
		natural(a.light.Group, b.light.Group),
		natural(a.light.Name, b.light.Name),
		strings.Compare(a.light.Base, b.light.Base),
	)
}

// unlistedLast keeps what a pupil's program makes up from standing before boards.
func unlistedLast(a, b Light) int {
	switch {
	case a.Unlisted == b.Unlisted:
		return 0
	case b.Unlisted:
		return -1
	}
	return 1
}

// natural compares text without regard to case, and runs of digits by their value.
func natural(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			da, db := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if c := cmp.Or(cmp.Compare(len(da), len(db)), strings.Compare(da, db)); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
