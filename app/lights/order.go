package lights

import (
	"bytes"
	"cmp"
	"strings"
)

// byPlace orders lamps by group and name, as people do: see pinyin.Key. Unlisted ones
// are the last. The base decides between equals, so the order never wavers.
func byPlace(a, b *lamp) int {
	return cmp.Or(
		unlistedLast(a.light, b.light),
		bytes.Compare(a.groupKey, b.groupKey),
		bytes.Compare(a.nameKey, b.nameKey),
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
