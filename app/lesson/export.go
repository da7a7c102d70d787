package lesson

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"
)

// byteOrderMark has Excel read the file as UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// Heads are a table's words for its columns.
type Heads struct {
	Board, Name, Commands, Pupils, Confirmed, Unanswered, Left, Away string
}

// CSV is what happened as a table that a spreadsheet reads: one line a lamp, and the
// time away in whole seconds. Names are those of lamps and may be pupils': "" in
// Heads leaves them out. No cell is one that a spreadsheet would run.
func CSV(rows []Row, h Heads) []byte {
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	write := func(board, name string, rest ...string) {
		line := []string{plainCell(board)}
		if h.Name != "" {
			line = append(line, plainCell(name))
		}
		for _, x := range rest {
			line = append(line, plainCell(x))
		}
		_ = w.Write(line) // a buffer takes everything
	}
	write(h.Board, h.Name, h.Commands, h.Pupils, h.Confirmed, h.Unanswered, h.Left, h.Away)
	for _, r := range rows {
		confirmed, unanswered := strconv.Itoa(r.Confirmed), strconv.Itoa(r.Unanswered())
		if r.Silent { // it can't confirm
			confirmed, unanswered = "", ""
		}
		write(r.Base, r.Name, strconv.Itoa(r.Commands), strconv.Itoa(r.Pupils), confirmed, unanswered,
			strconv.Itoa(r.Times), strconv.Itoa(int(r.Away.Round(time.Second)/time.Second)))
	}
	w.Flush()
	return out.Bytes()
}

// plainCell is a text that a spreadsheet shows and never runs: what begins as a
// formula gets an apostrophe before it, as OWASP advises (CSV Injection).
func plainCell(s string) string {
	if rest := []rune(strings.TrimLeft(s, " ")); len(rest) > 0 && strings.ContainsRune("=+-@＝＋－＠\t\r\n", rest[0]) {
		return "'" + s
	}
	return s
}
