package table_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"lamplighter/app/roster"
	"lamplighter/app/roster/table"
)

// list is a list as schools have them, with a title above and an empty row.
var list = [][]string{
	{"三年二班名单"},
	{"学号", "姓 名", "小组：", "座位", "板子编号"},
	{"2023001", "李小明", "一组", "1-2", "7"},
	{},
	{"2023002", "欧阳娜娜", "二组", "2排3列", "lamp-08"},
	{"2023003", "Zoë Müller", "二组", "B4", ""},
}

var wanted = []roster.Pupil{
	{Number: "2023001", Name: "李小明", Group: "一组", Seat: roster.Seat{Row: 1, Column: 2}, Planned: "7"},
	{Number: "2023002", Name: "欧阳娜娜", Group: "二组", Seat: roster.Seat{Row: 2, Column: 3}, Planned: "lamp-08"},
	{Number: "2023003", Name: "Zoë Müller", Group: "二组", Seat: roster.Seat{Row: 2, Column: 4}},
}

func lines(rows [][]string, separator, end string) string {
	var all []string
	for _, r := range rows {
		all = append(all, strings.Join(r, separator))
	}
	return strings.Join(all, end) + end
}

func read(t *testing.T, data []byte) *table.Table {
	t.Helper()
	got, err := table.Read(data)
	if err != nil {
		t.Fatalf("%v, of %.80q", err, data)
	}
	return got
}

func pupils(t *testing.T, got *table.Table) ([]roster.Pupil, []table.Trouble) {
	t.Helper()
	all, wrong, err := got.Pupils()
	if err != nil {
		t.Fatal(err)
	}
	return all, wrong
}

func encode(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFormOfAListIsFoundOut(t *testing.T) {
	forms := map[string]struct {
		bytes func(string) []byte
		is    table.Encoding
	}{
		"UTF-8":                 {func(s string) []byte { return []byte(s) }, table.UTF8},
		"UTF-8 with its mark":   {func(s string) []byte { return []byte("\uFEFF" + s) }, table.UTF8},
		"GB18030":               {func(s string) []byte { return encode(t, simplifiedchinese.GB18030, s) }, table.GB18030},
		"UTF-16 LE, mark":       {func(s string) []byte { return encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), s) }, table.UTF16},
		"UTF-16 BE, mark":       {func(s string) []byte { return encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), s) }, table.UTF16},
		"UTF-16 LE, without it": {func(s string) []byte { return encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), s) }, table.UTF16},
		"UTF-16 BE, without it": {func(s string) []byte { return encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), s) }, table.UTF16},
	}
	for name, f := range forms {
		for _, separator := range []rune{',', ';', '\t', '，'} {
			for _, end := range []string{"\n", "\r\n", "\r"} {
				got := read(t, f.bytes(lines(list, string(separator), end)))
				if want := (table.Form{Encoding: f.is, Separator: separator}); got.Form != want {
					t.Errorf("%s, %q: %+v", name, separator, got.Form)
				}
				if all, wrong := pupils(t, got); !slices.Equal(all, wanted) || len(wrong) > 0 {
					t.Errorf("%s, %q: %+v, %+v", name, separator, all, wrong)
				}
				if got.Rows[1].Number != 5 {
					t.Errorf("%s: the second pupil is in row %d", name, got.Rows[1].Number)
				}
			}
		}
	}
}

func excel(t *testing.T, sheets map[string][][]string, hidden ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	var names []string
	for name := range sheets {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, r := range sheets[name] {
			for j, c := range r {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				value := any(c)
				if len(c) == 12 && strings.Trim(c, "0123456789") == "" {
					value = 202300000001 // a number, as Excel makes one of what is typed
				}
				if err := f.SetCellValue(name, cell, value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, name := range hidden {
		if err := f.SetSheetVisible(name, false); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAnExcelFileIsReadFromItsFirstSheetWithAnythingInIt(t *testing.T) {
	long := slices.Clone(list)
	long[2] = []string{"202300000001", "李小明", "一组", "1-2", "7"}
	got := read(t, excel(t, map[string][][]string{"A hidden": {{"姓名"}, {"nobody"}}, "B 名单": long}, "A hidden"))
	if want := (table.Form{Excel: true, Sheet: "B 名单"}); got.Form != want {
		t.Errorf("%+v", got.Form)
	}
	all, wrong := pupils(t, got)
	want := slices.Clone(wanted)
	want[0].Number = "202300000001"
	if !slices.Equal(all, want) || len(wrong) > 0 || got.Rows[1].Number != 5 {
		t.Errorf("%+v, %+v", all, wrong)
	}
}

func TestWhatCannotBeTakenIsToldByRow(t *testing.T) {
	text := strings.Join([]string{
		"Name,Group,Seat,Student ID",
		"Ann,1,1-1,",
		"Ann,1,1-1,",                            // 3: the same
		"Ann,2,,",                               // 4: the same name, somebody else as it seems
		",3,,",                                  // 5: nobody
		strings.Repeat("名", 61) + ",1,,",        // 6: too long
		strings.Repeat("名", 60) + ",1,,",        // 7: not too long
		"Bo,1,1-1,",                             // 8: Ann's seat
		"Cy,1,0-40,",                            // 9: no seat
		"\"Di,1,2-2,",                           // 10: not closed
		"Ed,1,2-3,",                             // 11: is read nevertheless
		"\"Fay\nLee\",\"1, \"\"best\"\"\",2-4,", // 12, two lines
		"Guy \"G\" Hu,1,2-5,",                   // 14
		"\uFFFD\uFFFD,1,,",                      // 15
		"Ann,1,,77",                             // 16: another number
		strings.Repeat("z", 400) + "," + strings.Repeat("z", 400), // 17
	}, "\n")
	all, wrong := pupils(t, read(t, []byte(text)))
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	if want := []string{"Ann", "Ann", strings.Repeat("名", 60), "Bo", "Cy", "Ed", "Fay Lee", `Guy "G" Hu`, "Ann"}; !slices.Equal(names, want) {
		t.Errorf("taken: %q", names)
	}
	if want := []table.Trouble{
		{Row: 3, Reason: table.Twice, Other: 2},
		{Row: 4, Reason: table.SameName, Other: 2, Accepted: true},
		{Row: 5, Reason: table.NoName},
		{Row: 6, Reason: table.TooLong},
		{Row: 8, Reason: table.SeatTaken, Other: 2, Accepted: true},
		{Row: 9, Reason: table.BadSeat, Accepted: true},
		{Row: 10, Reason: table.BadQuote},
		{Row: 15, Reason: table.BadLetters},
		{Row: 17, Reason: table.TooLong},
	}; !slices.Equal(wrong, want) {
		t.Errorf("told:\n%+v, want\n%+v", wrong, want)
	}
	if all[6].Group != `1, "best"` {
		t.Errorf("group %q", all[6].Group)
	}
}

func TestColumnsAreGuessedWhereNobodyNamesThemAndChanged(t *testing.T) {
	got := read(t, []byte("7\t王芳\t1-1\n8\t张伟\t1-2\n"))
	if want := []table.Meaning{table.Nothing, table.Name, table.Seat}; !slices.Equal(got.Columns, want) || got.Title != nil {
		t.Fatalf("%v, %q", got.Columns, got.Title)
	}
	if err := got.SetMeaning(0, table.Board); err != nil {
		t.Fatal(err)
	}
	all, _ := pupils(t, got)
	if all[1] != (roster.Pupil{Name: "张伟", Seat: roster.Seat{Row: 1, Column: 2}, Planned: "8"}) {
		t.Errorf("%+v", all[1])
	}
	if err := got.SetMeaning(0, table.Name); err != nil || got.Columns[1] != table.Nothing {
		t.Errorf("two columns of names: %v, %v", got.Columns, err)
	}
	if got.SetMeaning(9, table.Name) == nil || got.SetMeaning(0, 99) == nil {
		t.Error("a column or a meaning that is not there is taken")
	}
	_ = got.SetMeaning(0, table.Nothing)
	if _, _, err := got.Pupils(); !errors.Is(err, table.ErrNoNames) {
		t.Errorf("without names: %v", err)
	}
	one := read(t, []byte("李明\n王芳"))
	if all, _ := pupils(t, one); len(all) != 2 || one.Form.Separator != 0 {
		t.Errorf("one column: %+v, %+v", one.Form, all)
	}
	two := read(t, []byte("sep=;\nFirst name;Surname;Row;Column\nAda;Lovelace;2;5\n明;李;1;1\n"))
	if all, wrong := pupils(t, two); len(wrong) > 0 || all[0] != (roster.Pupil{Name: "Ada Lovelace", Seat: roster.Seat{Row: 2, Column: 5}}) || all[1].Name != "李明" {
		t.Errorf("%+v, %+v", all, wrong)
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	archive := func(name string, size uint64) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, CompressedSize64: 1, UncompressedSize64: size})
		if err == nil {
			_, err = w.Write([]byte("x"))
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	good := excel(t, map[string][][]string{"x": list})
	for name, c := range map[string]struct {
		data []byte
		err  error
	}{
		"nothing":           {nil, table.ErrEmpty},
		"lines without any": {[]byte("\n , ,\n,\n"), table.ErrEmpty},
		"headings alone":    {[]byte("姓名,组\n"), table.ErrEmpty},
		"a picture":         {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"), table.ErrNotText},
		"an old Excel file": {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), table.ErrOldExcel},
		"half an Excel":     {good[:len(good)/2], table.ErrBadExcel},
		"an archive":        {archive("hello.txt", 1), table.ErrBadExcel},
		"a bomb":            {archive("xl/worksheets/sheet1.xml", 40<<20), table.ErrBadExcel},
		"too big":           {bytes.Repeat([]byte("a,b\n"), 3<<20), table.ErrTooBig},
		"empty Excel":       {excel(t, map[string][][]string{"x": nil}), table.ErrEmpty},
	} {
		if got, err := table.Read(c.data); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}

func TestAListIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("name" + strings.Repeat(",x", 100) + "\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "pupil %d%s\n", i, strings.Repeat(",y", 100))
	}
	got := read(t, []byte(b.String()))
	all, wrong := pupils(t, got)
	if len(all) != roster.MaxPupils || len(got.Rows)+got.More != 3000 || got.More == 0 || len(got.Columns) != 40 {
		t.Errorf("%d pupils, %d rows, %d left out, %d columns", len(all), len(got.Rows), got.More, len(got.Columns))
	}
	if last := wrong[len(wrong)-1]; last.Reason != table.Full {
		t.Errorf("%+v", last)
	}
	open := read(t, []byte("name,x\n"+strings.Repeat("\"a,b\n", 100000)))
	if _, wrong := pupils(t, open); len(wrong) == 0 || wrong[0].Reason != table.BadQuote {
		t.Error("marks that nobody closes are not told")
	}
}

func TestAWrittenListIsReadAgainAndRunsNothing(t *testing.T) {
	class := []roster.Pupil{
		{Name: "=HYPERLINK(\"http://x\")", Group: "+1", Number: "-2", Seat: roster.Seat{Row: 2, Column: 3}},
		{Name: "@all", Group: `a,"b"; c`},
		{Name: "'quoted"},
		{Name: "李小明", Number: "007"},
		{Name: "＝1"},
	}
	data := table.Write(class, table.Titles{Number: "学号", Name: "姓名", Group: "组", Seat: "座位", Board: "板子"}, func(i int) string { return class[i].Planned })
	if !bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) || !bytes.Contains(data, []byte("\r\n")) {
		t.Fatalf("%q", data)
	}
	got := read(t, data)
	for _, line := range strings.Split(string(data[3:]), "\r\n") {
		for _, cell := range strings.Split(strings.ReplaceAll(line, `"`, ""), ",") {
			if cell != "" && strings.ContainsRune("=+-@＝", []rune(cell)[0]) {
				t.Errorf("%q would be run", cell)
			}
		}
	}
	if all, wrong := pupils(t, got); !slices.Equal(all, class) || len(wrong) > 0 {
		t.Errorf("%+v, %+v", all, wrong)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("姓名,组\n李,1"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("sep=;\n\"a;b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := table.Read(data)
		if err != nil {
			return
		}
		all, _, err := got.Pupils()
		if err != nil && !errors.Is(err, table.ErrNoNames) {
			t.Error(err)
		}
		for _, p := range all {
			if err := p.Check(); err != nil {
				t.Errorf("%q: %v", p.Name, err)
			}
		}
	})
}

func TestASchoolsOwnExcelIsReadAsAPersonSeesIt(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetRow("Sheet1", "A1", &[]any{"填写说明"}))
	must(f.SetSheetRow("Sheet1", "A2", &[]any{"请勿修改表头"}))
	_, err := f.NewSheet("三班")
	must(err)
	for i, r := range [][]any{{"组", "学号", "姓名"}, {"第1组", 12, "李小明"}, {nil, 13, "王芳"}, {nil, 14, "张伟"}, {"第2组", 15, "赵一"}, {nil, nil, "合计：4人"}} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		must(f.SetSheetRow("三班", cell, &r))
	}
	must(f.MergeCell("三班", "A2", "A4"))
	form := "0000"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &form})
	must(err)
	must(f.SetCellStyle("三班", "B2", "B5", style))
	must(f.SetRowVisible("三班", 4, false))
	var out bytes.Buffer
	must(f.Write(&out))
	all, wrong := pupils(t, read(t, out.Bytes()))
	want := []roster.Pupil{{Name: "李小明", Group: "第1组", Number: "0012"}, {Name: "王芳", Group: "第1组", Number: "0013"}, {Name: "赵一", Group: "第2组", Number: "0015"}}
	if !slices.Equal(all, want) {
		t.Errorf("%+v", all)
	}
	if len(wrong) != 1 || wrong[0] != (table.Trouble{Row: 6, Reason: table.Note}) {
		t.Errorf("told: %+v", wrong)
	}
}

func TestBlocksSideBySideAreOneList(t *testing.T) {
	got := read(t, []byte("三年二班\n学号\t姓名\t学号\t姓名\n1\t李明\t3\t张伟\n2\t王芳\t\t\n"))
	all, wrong := pupils(t, got)
	if want := []roster.Pupil{{Name: "李明", Number: "1"}, {Name: "王芳", Number: "2"}, {Name: "张伟", Number: "3"}}; !slices.Equal(all, want) || len(wrong) > 0 {
		t.Errorf("%+v, %+v", all, wrong)
	}
}

func TestASingleNumberAsSeatIsTheSchoolsNumber(t *testing.T) {
	all, wrong := pupils(t, read(t, []byte("座号,姓名\n1,李明\n2,王芳\n,合计\n")))
	if len(all) != 2 || all[1].Number != "2" || len(wrong) != 1 || wrong[0].Reason != table.Note {
		t.Errorf("%+v, %+v", all, wrong)
	}
}

func TestTwoOfOneNameAreBothTaken(t *testing.T) {
	all, wrong := pupils(t, read(t, []byte("姓名\n李伟\n王芳\n李伟\n")))
	if len(all) != 3 || len(wrong) != 1 || wrong[0] != (table.Trouble{Row: 4, Reason: table.SameName, Other: 2, Accepted: true}) {
		t.Errorf("%+v, %+v", all, wrong)
	}
}
