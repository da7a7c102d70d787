package table

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// readText reads text with separators.
func (t *Table) readText(data []byte) error {
	text, encoding := decode(data)
	if strings.Count(text, "\x00") > 0 || strings.Count(text, "\uFFFD")*10 > utf8.RuneCountInString(text) {
		return ErrNotText
	}
	lines := splitLines(text)
	separator, said := declaredSeparator(lines)
	first := 0
	if said {
		first = 1
	} else {
		separator = findSeparator(lines)
	}
	t.Form = Form{Encoding: encoding, Separator: separator}
	for i := first; i < len(lines); {
		if len(t.Rows) == maxRows {
			t.More += countFilled(lines[i:])
			break
		}
		cells, used, wrong := record(lines[i:], separator)
		if strings.ContainsRune(strings.Join(cells, ""), utf8.RuneError) {
			wrong = BadLetters
		}
		t.add(i+1, cells, wrong)
		i += used
	}
	return nil
}

func countFilled(lines []string) (n int) {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n
}

// decode makes text of bytes: by their mark, as UTF-16 where most zero bytes
// are every other one,
// as UTF-8 where they are, else as whichever of UTF-8 and GB18030 has fewer mistakes.
func decode(data []byte) (string, Encoding) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		return valid(data[3:]), UTF8
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), zeros(data, 1) > 2*zeros(data, 0):
		return utf16(data, unicode.LittleEndian), UTF16
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), zeros(data, 0) > 2*zeros(data, 1):
		return utf16(data, unicode.BigEndian), UTF16
	case utf8.Valid(data):
		return string(data), UTF8
	}
	chinese, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if plain := valid(data); err != nil || strings.Count(plain, "\uFFFD") < strings.Count(string(chinese), "\uFFFD") {
		return plain, UTF8
	}
	return string(chinese), GB18030
}

func valid(data []byte) string { return strings.ToValidUTF8(string(data), "\uFFFD") }

func utf16(data []byte, order unicode.Endianness) string {
	text, _ := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data) // mistakes are U+FFFD
	return strings.TrimPrefix(valid(text), "\uFEFF")
}

// zeros counts the zero bytes at even (0) or odd (1) places.
func zeros(data []byte, from int) (n int) {
	for i := from; i < len(data); i += 2 {
		if data[i] == 0 {
			n++
		}
	}
	return n
}

// splitLines splits at every end of a line that there is, the last one's left out.
func splitLines(text string) []string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// separators are what stands between cells, those first that are least likely to be
// in a cell.
var separators = []rune{'\t', ';', ',', '，', '；'}

// declaredSeparator is that of a first line as Excel writes it: sep=;
func declaredSeparator(lines []string) (rune, bool) {
	word, ok := strings.CutPrefix(strings.ToLower(strings.Trim(lines[0], "\" ")), "sep=")
	r, size := utf8.DecodeRuneInString(word)
	for _, s := range separators {
		if ok && s == r && size == len(word) {
			return s, true
		}
	}
	return 0, false
}

// sampleLines are looked at for a separator.
const sampleLines = 50

// findSeparator is the one that most lines have, in the same number; 0 = none.
func findSeparator(lines []string) rune {
	best, most := rune(0), 0
	for _, s := range separators {
		counts := map[int]int{}
		for i, n := 0, 0; i < len(lines) && n < sampleLines; n++ {
			cells, used, _ := record(lines[i:], s)
			i += used
			if len(cells) > 1 {
				counts[len(cells)]++
			}
		}
		for _, same := range counts {
			if same > most {
				best, most = s, same
			}
		}
	}
	return best
}

// recordLines is how many lines one row may take: a cell with a line's end in it is
// quoted, and a quotation mark that nobody closes must not swallow the rest.
const recordLines = 8

// record reads the first row of lines, and reports how many it takes. Where a cell's
// quotation mark is not closed it is one line, taken as it stands.
func record(lines []string, separator rune) (cells []string, used int, wrong Reason) {
	asItStands := strings.Split(lines[0], string(separator))
	switch {
	case separator == 0:
		return lines[:1], 1, ""
	case !slices.ContainsFunc(asItStands, isQuoted):
		return asItStands, 1, ""
	}
	text := ""
	for used = 1; used <= min(recordLines, len(lines)) && len(text) < recordLines*recordSize; used++ {
		text += lines[used-1] + "\n"
		if strings.Count(text, `"`)%2 != 0 {
			continue
		}
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord = separator, -1
		if cells, err := r.Read(); err == nil {
			return cells, used, ""
		}
	}
	return asItStands, 1, BadQuote
}

// recordSize is how long the lines of such a row may be, in bytes.
const recordSize = 4 << 10

func isQuoted(cell string) bool { return strings.HasPrefix(cell, `"`) }
