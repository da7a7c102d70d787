package roster

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"lamplighter/app/cleantext"
)

// Bounds of the class.
const (
	MaxPupils  = 500
	MaxName    = 60  // characters of a pupil's name
	MaxWord    = 40  // characters of a group, a school's number, a board
	MaxSide    = 30  // rows and columns of the seat plan
	maxTextLen = 240 // bytes of each of them
)

// Pupil is a pupil of the class. What is in it stays on this computer: it is in no
// topic, client id, log or report.
type Pupil struct {
	ID     string `json:"id"` // made by this program
	Name   string `json:"name"`
	Number string `json:"number"` // the school's; "" = none
	Group  string `json:"group"`  // "" = none
	Seat   Seat   `json:"seat"`
	Board  string `json:"board"` // id of a settings.Board; "" = none. Several pupils may share one
	// Planned is the number or the name of the board that the pupil is to have, as
	// a list says it, until that board is set up; "" = none.
	Planned string `json:"planned"`
}

// Seat is a place in the seat plan, counted from 1 at the front left as the pupils
// see it. The zero Seat is none.
type Seat struct {
	Row    int `json:"row"`
	Column int `json:"column"`
}

// Before reports whether a seat is further to the front, or in the same row further
// to the left. No seat comes last.
func (s Seat) Before(o Seat) bool {
	if (s == Seat{}) != (o == Seat{}) {
		return o == Seat{}
	}
	return cmp.Or(cmp.Compare(s.Row, o.Row), cmp.Compare(s.Column, o.Column)) < 0
}

// in reports whether the seat is one of a plan's.
func (s Seat) in(p Plan) bool {
	return s.Row >= 1 && s.Row <= p.Rows && s.Column >= 1 && s.Column <= p.Columns
}

// Plan is how many seats there are.
type Plan struct {
	Rows    int `json:"rows"`
	Columns int `json:"columns"`
}

// Seat is the seat at a place of the plan, counted from 0, row by row from the front.
func (p Plan) Seat(at int) Seat { return Seat{at/p.Columns + 1, at%p.Columns + 1} }

// At is the place of a seat, or -1.
func (p Plan) At(s Seat) int {
	if !s.in(p) {
		return -1
	}
	return (s.Row-1)*p.Columns + s.Column - 1
}

// defaultPlan is that of a class whose seats nobody has arranged.
var defaultPlan = Plan{Rows: 6, Columns: 6}

// What is wrong with a pupil.
var (
	ErrNoName  = errors.New("the pupil has no name")
	ErrTooLong = errors.New("a text of the pupil is too long")
	ErrNoSeat  = errors.New("there is no such seat")
	ErrFull    = errors.New("the class is full")
	ErrGone    = errors.New("there is no such pupil")
)

// Check finds what is wrong with a pupil: an error from above that names nobody, or
// nil. Texts are as cleantext.Line makes them.
func (p Pupil) Check() error {
	switch {
	case p.Name == "":
		return ErrNoName
	case tooLong(p.Name, MaxName), tooLong(p.Number, MaxWord), tooLong(p.Group, MaxWord), tooLong(p.Planned, MaxWord), len(p.Board) > maxTextLen:
		return ErrTooLong
	case p.Seat != Seat{} && !p.Seat.in(Plan{MaxSide, MaxSide}):
		return ErrNoSeat
	}
	return nil
}

func tooLong(text string, most int) bool {
	return len(text) > maxTextLen || utf8.RuneCountInString(text) > most
}

// clean is a pupil with all texts as cleantext.Line makes them.
func (p Pupil) clean() Pupil {
	for _, t := range []*string{&p.Name, &p.Number, &p.Group, &p.Planned} {
		*t = cleantext.Line(*t)
	}
	return p
}

// groupsOf lists the groups of pupils by their numbers, else as they come in the list.
func groupsOf(pupils []Pupil) []string {
	var all []string
	for _, p := range pupils {
		if p.Group != "" && !slices.Contains(all, p.Group) {
			all = append(all, p.Group)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(numberIn(a), numberIn(b)) })
	return all
}

// numberIn is the last number in a text, as the 7 of lamp-07, or -1.
func numberIn(text string) int {
	end := strings.LastIndexFunc(text, isDigit) + 1
	begin := end
	for begin > 0 && isDigit(rune(text[begin-1])) {
		begin--
	}
	if begin == end {
		return -1
	}
	n := 0
	for _, c := range text[begin:end] {
		if n = n*10 + int(c-'0'); n > 1e6 {
			return -1
		}
	}
	return n
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// isNumber reports whether a text is a number and nothing else, but for the marks that
// people put before one.
func isNumber(text string) bool {
	return strings.Trim(text, "0123456789 #.-号第No") == ""
}
