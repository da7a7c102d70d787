package xlsx

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// maxMerged bounds the cells that the merged ones of a sheet stand for.
const maxMerged = 10000

// Rows reads a sheet's rows up to a number. The cells below the first of a merged one
// have its text: a group's name that stands once for all its pupils.
func (b *Book) Rows(s Sheet, last int) ([]Row, error) {
	r := &reader{book: b, last: last, at: map[int]int{}}
	err := b.read(s.part, func(d *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			return r.row(d, e)
		case "mergeCell":
			r.merge(attr(e, "ref"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r.rows, nil
}

// reader reads one sheet.
type reader struct {
	book   *Book
	last   int
	rows   []Row
	number int         // of the newest row
	at     map[int]int // the places of rows by their number
	merged int
}

func (r *reader) row(d *xml.Decoder, e xml.StartElement) error {
	r.number++
	if n, err := strconv.Atoi(attr(e, "r")); err == nil && n > 0 {
		r.number = n
	}
	row := Row{Number: r.number, Hidden: isTrue(attr(e, "hidden"))}
	column := 0
	err := within(d, func(e xml.StartElement) error {
		if e.Name.Local != "c" {
			return d.Skip()
		}
		column++
		if c, _, ok := place(attr(e, "r")); ok {
			column = c
		}
		text, err := r.book.cell(d, e)
		if text == "" || column > MaxColumns {
			return err
		}
		row.setCell(column, text)
		return err
	})
	if r.number <= r.last {
		r.at[r.number] = len(r.rows)
		r.rows = append(r.rows, row)
	}
	return err
}

// merge gives what a merged cell shows to the rows below its first one.
func (r *reader) merge(ref string) {
	first, last, _ := strings.Cut(ref, ":")
	column, from, ok := place(first)
	_, to, okLast := place(last)
	top, known := r.at[from]
	if !ok || !okLast || !known || column > len(r.rows[top].Cells) {
		return
	}
	text := r.rows[top].Cells[column-1]
	for n := from + 1; n <= min(to, r.last) && r.merged < maxMerged; n++ {
		r.merged++
		if i, known := r.at[n]; known {
			r.rows[i].setCell(column, text)
		}
	}
}

// setCell writes a cell, in a column from 1.
func (r *Row) setCell(column int, text string) {
	for len(r.Cells) < column {
		r.Cells = append(r.Cells, "")
	}
	r.Cells[column-1] = text
}

// place reads a cell's name, as AB12: its column and row, from 1.
func place(name string) (column, row int, ok bool) {
	i := 0
	for ; i < len(name) && i < 3; i++ {
		c := name[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	row, err := strconv.Atoi(name[i:])
	return column, row, err == nil && column > 0 && row > 0
}

// cell is what a cell shows. A formula's text is the one that was kept with it.
func (b *Book) cell(d *xml.Decoder, e xml.StartElement) (string, error) {
	value := ""
	err := within(d, func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "v":
			value, err = chars(d)
		case "is":
			value, err = text(d)
		default:
			err = d.Skip()
		}
		return err
	})
	if err != nil {
		return "", err
	}
	switch attr(e, "t") {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(b.strings) {
			return b.strings[i], nil
		}
		return "", nil
	case "", "n":
		style, _ := strconv.Atoi(attr(e, "s"))
		return b.number(strings.TrimSpace(value), style), nil
	}
	return unescape(value), nil
}

// number writes a number as it is seen: all of its digits, and the zeros before it that
// its format asks for.
func (b *Book) number(value string, style int) string {
	if f, err := strconv.ParseFloat(value, 64); err == nil && strings.ContainsAny(value, "eE") && f == float64(int64(f)) && f < 1e15 {
		value = strconv.FormatInt(int64(f), 10)
	}
	if style < 0 || style >= len(b.widths) || value == "" || strings.Trim(value, "0123456789") != "" {
		return value
	}
	return strings.Repeat("0", max(0, b.widths[style]-len(value))) + value
}

// text is that of a string item: all its runs, without how it is pronounced.
func text(d *xml.Decoder) (string, error) {
	var all []byte
	taken, spoken := 0, 0 // the depths of a text and of a pronunciation; 0 = not in one
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", ErrDamaged
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			if t.Name.Local == "t" && taken == 0 {
				taken = depth
			}
			if t.Name.Local == "rPh" && spoken == 0 {
				spoken = depth
			}
		case xml.EndElement:
			if depth == taken {
				taken = 0
			}
			if depth == spoken {
				spoken = 0
			}
			depth--
		case xml.CharData:
			if taken > 0 && spoken == 0 {
				all = append(all, t...)
			}
		}
	}
	return unescape(string(all)), nil
}

// within gives the elements inside the one that has begun to f, which takes each whole.
func within(d *xml.Decoder, f func(e xml.StartElement) error) error {
	for {
		token, err := d.Token()
		if err != nil {
			return ErrDamaged
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return ErrDamaged
			}
		case xml.EndElement:
			return nil
		}
	}
}

// chars is the text of the element that has begun.
func chars(d *xml.Decoder) (string, error) {
	var all []byte
	for depth := 1; ; {
		token, err := d.Token()
		if err != nil {
			return "", ErrDamaged
		}
		switch t := token.(type) {
		case xml.CharData:
			all = append(all, t...)
		case xml.StartElement:
			depth++
		case xml.EndElement:
			if depth--; depth == 0 {
				return string(all), nil
			}
		}
	}
}

// unescape reads the characters that XML can't hold: _x000D_ (ST_Xstring).
func unescape(s string) string {
	var all strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s) < i+7 {
			break
		}
		code, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
		if err != nil || s[i+6] != '_' {
			all.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		all.WriteString(s[:i])
		all.WriteRune(rune(code))
		s = s[i+7:]
	}
	return all.String() + s
}
