package lights

import (
	"bytes"
	"cmp"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// byPlace orders lamps by group and name, as people do: see sorter. Unlisted ones
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

// sorter makes keys by which text is ordered as people do: Chinese by pinyin,
// numbers by their value, without regard to case.
type sorter struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

func newSorter() *sorter {
	return &sorter{collator: collate.New(language.Chinese, collate.Numeric, collate.IgnoreCase)}
}

func (s *sorter) key(text string) []byte {
	s.buffer.Reset()
	return bytes.Clone(s.collator.KeyFromString(&s.buffer, text))
}
