package table

import (
	"fmt"
	"strings"

	"lamplighter/app/roster"
	"lamplighter/app/spreadsheet"
)

// Titles are the headings of a list that is written, in a person's language.
type Titles struct {
	Number, Name, Group, Seat, Board string
}

// Write writes a list of pupils as Excel opens it right: UTF-8 with its mark, and no
// cell that Excel would take for a formula. Board says what stands for the
// board of pupil i. Read reads it again.
func Write(pupils []roster.Pupil, t Titles, board func(i int) string) []byte {
	rows := [][]string{{t.Number, t.Name, t.Group, t.Seat, t.Board}}
	for i, p := range pupils {
		rows = append(rows, []string{p.Number, p.Name, p.Group, seatText(p.Seat), board(i)})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = quoted(row[i])
		}
	}
	return spreadsheet.CSV(rows)
}

// seatText is a seat as readSeat reads it. 2-3 alone would be a day in March.
func seatText(s roster.Seat) string {
	if s == (roster.Seat{}) {
		return ""
	}
	return fmt.Sprintf("R%dC%d", s.Row, s.Column)
}

// quoted is a cell that plain gives back, whatever it begins with: an apostrophe of
// its own gets one before it, as a formula does.
func quoted(cell string) string {
	if strings.HasPrefix(cell, "'") {
		return "'" + cell
	}
	return cell
}

// plain is what was written as a cell.
func plain(cell string) string {
	if rest, marked := strings.CutPrefix(cell, "'"); marked && (strings.HasPrefix(rest, "'") || spreadsheet.IsFormula(rest)) {
		return rest
	}
	return cell
}
