package table

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"lamplighter/app/roster"
)

// Reason is why a row, or something in it, is not taken.
type Reason string

// The reasons. With those of the first group a row is not taken at all.
const (
	NoName     Reason = "no-name"
	TooLong    Reason = "too-long"
	BadQuote   Reason = "quote"   // a quotation mark is not closed
	BadLetters Reason = "letters" // that can't be read
	Twice      Reason = "twice"   // the same as row Other, in more than name and group
	Note       Reason = "note"    // it is a sum or a note below the list
	Full       Reason = "full"    // there are roster.MaxPupils already

	BadSeat   Reason = "seat"       // it is no seat
	SeatTaken Reason = "seat-taken" // by row Other
	SameName  Reason = "same-name"  // as row Other
)

// Trouble is what is told of a row.
type Trouble struct {
	Row      int // as the list counts it
	Reason   Reason
	Other    int  // the row that has it already, or 0
	Accepted bool // the pupil is taken, without what is wrong
}

// Pupils are the pupils of a list, by what its columns mean, and what can't be taken.
// It fails with ErrNoNames.
func (t *Table) Pupils() (all []roster.Pupil, wrong []Trouble, err error) {
	c := t.places()
	if c[Name] < 0 && c[FamilyName] < 0 {
		return nil, nil, ErrNoNames
	}
	people, seats := map[string]earlier{}, map[roster.Seat]int{}
	for _, r := range t.Rows {
		p, trouble := r.pupil(c)
		key := p.Name + "\n" + p.Number
		before, same := people[key]
		switch {
		case trouble.Reason != "" && !trouble.Accepted:
		case same && before.pupil == p && p != (roster.Pupil{Name: p.Name, Group: p.Group}): // else two may be called so
			trouble = Trouble{Reason: Twice, Other: before.row}
		case len(all) == roster.MaxPupils:
			trouble = Trouble{Reason: Full}
		default:
			if same {
				trouble = Trouble{Reason: SameName, Other: before.row, Accepted: true}
			}
			if other := seats[p.Seat]; p.Seat != (roster.Seat{}) && other != 0 {
				trouble = Trouble{Reason: SeatTaken, Other: other, Accepted: true}
				p.Seat = roster.Seat{}
			} else {
				seats[p.Seat] = r.Number
			}
			people[key] = earlier{r.Number, p}
			all = append(all, p)
		}
		if trouble.Reason != "" {
			trouble.Row = r.Number
			wrong = append(wrong, trouble)
		}
	}
	return all, wrong, nil
}

// earlier is a pupil of an earlier row.
type earlier struct {
	row   int
	pupil roster.Pupil
}

// places are the columns by their meanings; -1 = there is none.
func (t *Table) places() map[Meaning]int {
	all := map[Meaning]int{}
	for _, m := range Meanings() {
		all[m] = slices.Index(t.Columns, m)
	}
	return all
}

// pupil is who stands in a row.
func (r Row) pupil(c map[Meaning]int) (roster.Pupil, Trouble) {
	cell := func(m Meaning) string { return r.cell(c[m]) }
	p := roster.Pupil{Name: fullName(cell(Name), cell(FamilyName)), Group: cell(Group), Number: cell(Number), Planned: cell(Board)}
	if r.wrong != "" {
		return p, Trouble{Reason: r.wrong}
	}
	switch err := p.Check(); {
	case errors.Is(err, roster.ErrNoName):
		return p, Trouble{Reason: NoName}
	case isNote(p.Name):
		return p, Trouble{Reason: Note}
	case err != nil:
		return p, Trouble{Reason: TooLong}
	}
	text := cell(Seat)
	if row, column := cell(SeatRow), cell(SeatColumn); text == "" && row+column != "" {
		text = row + "-" + column
	}
	if text == "" {
		return p, Trouble{}
	}
	seat, ok := readSeat(text)
	if !ok {
		return p, Trouble{Reason: BadSeat, Accepted: true}
	}
	p.Seat = seat
	return p, Trouble{}
}

// fullName is a name of two parts, as its script writes it.
func fullName(given, family string) string {
	switch {
	case given == "" || family == "":
		return given + family
	case strings.ContainsFunc(given+family, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return family + given
	}
	return given + " " + family
}

// readSeat reads a seat as people write it: two numbers, the row first (2-3, 2排3列),
// or a letter for the row (B3).
func readSeat(text string) (roster.Seat, bool) {
	numbers := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	first, rest := rune(0), ""
	for i, r := range text {
		if i == 0 {
			first = unicode.ToUpper(r)
		} else {
			rest = text[i:]
			break
		}
	}
	var s roster.Seat
	switch {
	case len(numbers) == 2:
		s = roster.Seat{Row: small(numbers[0]), Column: small(numbers[1])}
	case len(numbers) == 1 && rest == numbers[0] && first >= 'A' && first <= 'Z':
		s = roster.Seat{Row: int(first-'A') + 1, Column: small(numbers[0])}
	}
	return s, s.Row >= 1 && s.Row <= roster.MaxSide && s.Column >= 1 && s.Column <= roster.MaxSide
}

// small is a number of few digits, else 0.
func small(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > roster.MaxSide {
		return 0
	}
	return n
}
