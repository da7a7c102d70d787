package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"lamplighter/app/roster"
)

// Titles are the headings of a list that is written, in a person's language.
type Titles struct {
	Number, Name, Group, Seat, Board string
}

// Write writes a list of pupils as Excel opens it right: UTF-8 with its mark, and no
// cell that Excel would take for a formula. Board says what stands for the
// board of pupil i. Read reads it again.
func Write(pupils []roster.Pupil, t Titles, board func(i int) string) ([]byte, error) {
	out := bytes.NewBufferString("\uFEFF")
	w := csv.NewWriter(out)
	w.UseCRLF = true
	rows := [][]string{{t.Number, t.Name, t.Group, t.Seat, t.Board}}
	for i, p := range pupils {
		rows = append(rows, []string{p.Number, p.Name, p.Group, seatText(p.Seat), board(i)})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("write a list: %w", err)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// seatText is a seat as readSeat reads it. 2-3 alone would be a day in March.
func seatText(s roster.Seat) string {
	if s == (roster.Seat{}) {
		return ""
	}
	return fmt.Sprintf("R%dC%d", s.Row, s.Column)
}

// formulas are what a cell begins with that a spreadsheet may run (OWASP, "CSV
// Injection"), and the mark before it that says that it is text.
const formulas = "=+-@\t\r＝＋－＠'"

// harmless is a cell that no spreadsheet runs as a formula; plain undoes it.
func harmless(text string) string {
	if text != "" && strings.IndexAny(text, formulas) == 0 {
		return "'" + text
	}
	return text
}

func plain(text string) string {
	if rest, marked := strings.CutPrefix(text, "'"); marked && rest != "" && strings.IndexAny(rest, formulas) == 0 {
		return rest
	}
	return text
}
