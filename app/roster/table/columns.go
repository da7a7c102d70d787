package table

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Meaning is what a column holds.
type Meaning int

// The meanings.
const (
	Nothing Meaning = iota // that is wanted
	Name
	Group
	Seat   // row and column in one, as 2-3
	Board  // its number or its name
	Number // the school's
	SeatRow
	SeatColumn
	FamilyName // before or after Name, as the script wants it
	meanings
)

// Meanings lists what a column can hold.
func Meanings() []Meaning {
	all := make([]Meaning, meanings)
	for i := range all {
		all[i] = Meaning(i)
	}
	return all
}

// headings are the words that stand above columns, in lower case and without spaces
// and signs.
var headings = map[Meaning][]string{
	Name: {
		"姓名", "名字", "名称", "学生", "学生姓名", "姓名name", "name", "names", "fullname", "pupil", "pupilname", "pupils", "student", "studentname", "students",
		"firstname", "givenname", "forename", "名",
	},
	FamilyName: {"lastname", "familyname", "surname", "姓", "姓氏"},
	Group:      {"组", "小组", "组别", "分组", "组号", "小组号", "第几组", "组名", "group", "groups", "team", "groupname", "groupno", "groupnumber"},
	Seat:       {"座位", "座位号", "座号", "座次", "位置", "seat", "seats", "seatno", "seatnumber", "place"},
	SeatRow:    {"行", "排", "第几排", "座位行", "行号", "排号", "row", "seatrow"},
	SeatColumn: {"列", "第几列", "座位列", "列号", "column", "col", "seatcolumn"},
	Board: {
		"板子", "板子号", "板子编号", "板号", "编号", "设备", "设备号", "设备编号", "掌控板", "掌控板编号", "灯", "灯号", "灯编号",
		"board", "boards", "boardno", "boardnumber", "boardid", "lamp", "lampno", "lampnumber", "device", "deviceno",
	},
	Number: {"学号", "学籍号", "考号", "学生编号", "学生号", "studentid", "studentno", "studentnumber", "pupilno", "pupilnumber", "schoolno", "schoolnumber"},
}

// meaningOf is what a heading says that its column holds.
func meaningOf(heading string) Meaning {
	word := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
	for m, words := range headings {
		if slices.Contains(words, word) {
			return m
		}
	}
	return Nothing
}

// titleRows are looked at for headings: a school's lists have titles above them.
const titleRows = 15

// headings finds the row of headings: one that has a word for names.
func (t *Table) headings() (row int, found bool) {
	for i, r := range t.Rows[:min(titleRows, len(t.Rows))] {
		if slices.Contains(meaningsIn(r, len(r.Cells)), Name) {
			return i, true
		}
	}
	return 0, false
}

// findColumns finds the headings, or guesses from what columns hold.
func (t *Table) findColumns() {
	i, found := t.headings()
	if found {
		t.unfold(i)
	}
	width := 0
	for _, r := range t.Rows {
		width = max(width, len(r.Cells))
	}
	t.Columns = make([]Meaning, width)
	if !found {
		t.guess()
		return
	}
	t.Title, t.Columns = make([]string, width), meaningsIn(t.Rows[i], width)
	copy(t.Title, t.Rows[i].Cells)
	t.Rows = t.Rows[i+1:]
	t.seatNumbers()
}

// unfold puts the blocks of a list below each other that stand side by side under the
// same headings, as school offices print them.
func (t *Table) unfold(head int) {
	words := t.Rows[head].Cells
	wide := slices.Index(words[min(1, len(words)):], words[0]) + 1
	if wide == 0 || words[0] == "" || len(words)%wide != 0 {
		return
	}
	for i, w := range words {
		if w != words[i%wide] {
			return
		}
	}
	below := t.Rows[head+1:]
	all := append(slices.Clone(t.Rows[:head]), Row{Number: t.Rows[head].Number, Cells: words[:wide]})
	for from := 0; from < len(words); from += wide {
		for _, r := range below {
			part := r.Cells[min(from, len(r.Cells)):min(from+wide, len(r.Cells))]
			if len(all) < maxRows && strings.Join(part, "") != "" {
				all = append(all, Row{Number: r.Number, Cells: part, wrong: r.wrong})
			}
		}
	}
	t.Rows = all
}

// seatNumbers takes a column of seats that holds single numbers for the school's
// numbers: that is what 座号 is in most lists.
func (t *Table) seatNumbers() {
	at := slices.Index(t.Columns, Seat)
	if at < 0 || slices.Contains(t.Columns, Number) {
		return
	}
	filled := 0
	for _, r := range t.Rows {
		switch text := r.cell(at); {
		case text == "":
		case !isNumber(text):
			return
		default:
			filled++
		}
	}
	if filled > 0 {
		t.Columns[at] = Number
	}
}

// meaningsIn are those of a row of headings; the first of two with the same counts.
func meaningsIn(r Row, width int) []Meaning {
	found := make([]Meaning, width)
	for i, c := range r.Cells {
		if m := meaningOf(c); !slices.Contains(found, m) {
			found[i] = m
		}
	}
	return found
}

// guess takes the column that looks most like names for the names, and columns of
// seats for seats. What numbers mean nobody can guess.
func (t *Table) guess() {
	best, most := -1, 0
	for c := range t.Columns {
		named, seats, filled, seen := 0, 0, 0, map[string]bool{}
		for _, r := range t.Rows {
			text := r.cell(c)
			if text == "" {
				continue
			}
			filled++
			if _, ok := readSeat(text); ok && !isNumber(text) {
				seats++
			} else if looksLikeName(text) && !seen[text] {
				named++
			}
			seen[text] = true
		}
		if named > most {
			best, most = c, named
		}
		if filled > 0 && seats == filled && !slices.Contains(t.Columns, Seat) {
			t.Columns[c] = Seat
		}
	}
	if best >= 0 {
		t.Columns[best] = Name
	}
}

func looksLikeName(text string) bool {
	return utf8.RuneCountInString(text) >= 2 && !strings.ContainsFunc(text, unicode.IsDigit) && strings.ContainsFunc(text, unicode.IsLetter)
}

func isNumber(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
}

// notes are how sums and notes begin that stand below lists, where a pupil would be.
var notes = []string{
	"合计", "总计", "小计", "共计", "人数", "total", "sum", "subtotal", "制表", "填表", "审核", "班主任", "备注", "说明", "日期", "注",
}

// isNote reports whether a name is a sum or a note below the list.
func isNote(name string) bool {
	word := strings.ToLower(strings.TrimRight(name, ":："))
	return slices.ContainsFunc(notes, func(n string) bool {
		return word == n || strings.HasPrefix(word, n) && strings.ContainsAny(name, ":：")
	})
}
