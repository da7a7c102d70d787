package lesson

import (
	"strconv"
	"time"

	"lamplighter/app/spreadsheet"
)

// Heads are a table's words for its columns.
type Heads struct {
	Board, Name, Commands, Pupils, Confirmed, Unanswered, Left, Away string
}

// CSV is what happened as a table that a spreadsheet reads: one line a lamp, and the
// time away in whole seconds. Names are those of lamps and may be pupils': "" in
// Heads leaves them out. No cell is one that a spreadsheet would run.
func CSV(rows []Row, h Heads) []byte {
	line := func(board, name string, rest ...string) []string {
		if h.Name == "" {
			return append([]string{board}, rest...)
		}
		return append([]string{board, name}, rest...)
	}
	table := [][]string{line(h.Board, h.Name, h.Commands, h.Pupils, h.Confirmed, h.Unanswered, h.Left, h.Away)}
	for _, r := range rows {
		confirmed, unanswered := strconv.Itoa(r.Confirmed), strconv.Itoa(r.Unanswered())
		if r.Silent { // it can't confirm
			confirmed, unanswered = "", ""
		}
		table = append(table, line(r.Base, r.Name, strconv.Itoa(r.Commands), strconv.Itoa(r.Pupils), confirmed, unanswered,
			strconv.Itoa(r.Times), strconv.Itoa(int(r.Away.Round(time.Second)/time.Second))))
	}
	return spreadsheet.CSV(table)
}
