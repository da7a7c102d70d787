// Package spreadsheet writes tables that Excel, WPS and LibreOffice open right. It
// reads nothing.
package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// Mark is the byte order mark by which a spreadsheet sees that a CSV file is UTF-8.
const Mark = "\ufeff"

// starts are what a cell begins with that a spreadsheet may run.
const starts = "=+-@\t\r\n＝＋－＠"

// IsFormula reports whether a spreadsheet may take a cell for a formula, also behind spaces
// (OWASP, CSV Injection).
func IsFormula(cell string) bool {
	return strings.IndexAny(strings.TrimLeft(cell, " "), starts) == 0
}

// Text is a cell that is shown and never run: a formula gets an apostrophe before it.
func Text(cell string) string {
	if IsFormula(cell) {
		return "'" + cell
	}
	return cell
}

// CSV is a table as a file (RFC 4180), with Mark and each cell as Text has it.
func CSV(rows [][]string) []byte {
	out := bytes.NewBufferString(Mark)
	w := csv.NewWriter(out)
	w.UseCRLF = true
	for _, row := range rows {
		line := make([]string, len(row))
		for i, cell := range row {
			line[i] = Text(cell)
		}
		_ = w.Write(line) // a buffer takes everything
	}
	w.Flush()
	return out.Bytes()
}
