// Package table reads lists of pupils from the clipboard, CSV and Excel, finds out
// how they are written and what each column means, and writes such a list again.
//
// What it reads comes from anybody: all of it is bounded, nothing of it is run, and
// no error holds any of it.
package table

import (
	"errors"
	"slices"
	"strings"

	"lamplighter/app/cleantext"
)

// Bounds of a list.
const (
	MaxFile    = 8 << 20  // bytes
	maxUnzip   = 32 << 20 // bytes of all that an Excel file unpacks to
	maxRows    = 2000     // kept, and of them roster.MaxPupils taken
	maxColumns = 40
	maxCell    = 256   // bytes; the rest of a cell is cut off, and it is too long for a name then
	maxLooked  = 20000 // rows that are looked at for one that is not empty
)

// Why a list can't be read at all.
var (
	ErrTooBig    = errors.New("the list is too big")
	ErrEmpty     = errors.New("there is nothing in the list")
	ErrNotText   = errors.New("this is no list")
	ErrOldExcel  = errors.New("the file is of an Excel before 2007, or has a password")
	ErrBadExcel  = errors.New("the Excel file is damaged")
	ErrNoNames   = errors.New("no column is said to hold the names")
	errBadColumn = errors.New("there is no such column")
)

// Form is how a list is written.
type Form struct {
	Excel     bool
	Sheet     string   // of an Excel file
	Encoding  Encoding // of text
	Separator rune     // of text; 0 = one column
}

// Encoding is how text is written as bytes.
type Encoding string

// The encodings.
const (
	UTF8    Encoding = "UTF-8"
	GB18030 Encoding = "GB18030"
	UTF16   Encoding = "UTF-16"
)

// Row is a row of a list that is not empty.
type Row struct {
	Number int // as the list counts it, from 1: of the sheet, or the line where it begins
	Cells  []string
	wrong  Reason // it can't be read, for this
}

// Table is a list as it was read, before anything of it is taken.
type Table struct {
	Form    Form
	Title   []string // headings, one for each column; nil = there are none
	Columns []Meaning
	Rows    []Row // without the headings, and what is above them
	More    int   // rows for which there was no room
}

// Read reads a list: the bytes of a file, whatever its name, or what was copied.
func Read(data []byte) (*Table, error) {
	t := &Table{}
	var err error
	switch {
	case len(data) > MaxFile:
		return nil, ErrTooBig
	case strings.HasPrefix(string(data[:min(8, len(data))]), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return nil, ErrOldExcel
	case strings.HasPrefix(string(data[:min(4, len(data))]), "PK\x03\x04"):
		err = t.readExcel(data)
	default:
		err = t.readText(data)
	}
	if err != nil {
		return nil, err
	}
	if len(t.Rows) == 0 {
		return nil, ErrEmpty
	}
	t.findColumns()
	if len(t.Rows) == 0 { // there are headings alone
		return nil, ErrEmpty
	}
	return t, nil
}

// add keeps a row, where it is not empty and there is room.
func (t *Table) add(number int, cells []string, wrong Reason) {
	kept := make([]string, min(len(cells), maxColumns))
	for i := range kept {
		kept[i] = plain(cleantext.Line(cut(cells[i], maxCell)))
	}
	for len(kept) > 0 && kept[len(kept)-1] == "" {
		kept = kept[:len(kept)-1]
	}
	switch {
	case len(kept) == 0:
	case len(t.Rows) == maxRows:
		t.More++
	default:
		t.Rows = append(t.Rows, Row{Number: number, Cells: kept, wrong: wrong})
	}
}

// cut is the beginning of a text, of at most so many bytes and whole characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// cell is what a row has in a column.
func (r Row) cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column]
}

// SetMeaning says what a column means. What another column meant by the same is not meant
// any more.
func (t *Table) SetMeaning(column int, m Meaning) error {
	if column < 0 || column >= len(t.Columns) || m < Nothing || m >= meanings {
		return errBadColumn
	}
	if i := slices.Index(t.Columns, m); i >= 0 && m != Nothing {
		t.Columns[i] = Nothing
	}
	t.Columns[column] = m
	return nil
}
