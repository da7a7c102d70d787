package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"lamplighter/app/roster/xlsx"
)

const (
	most = 1 << 20 // bytes that a test lets a book unpack
	rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// book is a workbook as the smallest program writes it, with one sheet.
func book(sheet string) map[string]string {
	return map[string]string{
		"_rels/.rels":                rels + `<Relationship Id="a" Type="` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": rels + `<Relationship Id="r1" Type="` + kind + `worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="` + kind + `"><sheets><sheet name="名单" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheet + `</sheetData></worksheet>`,
	}
}

func pack(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func rows(t *testing.T, parts map[string]string) []xlsx.Row {
	t.Helper()
	b, err := xlsx.Open(pack(t, parts), most)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Sheets) != 1 {
		t.Fatalf("sheets: %+v", b.Sheets)
	}
	all, err := b.Rows(b.Sheets[0], 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wantRows(t *testing.T, parts map[string]string, want ...xlsx.Row) {
	t.Helper()
	if got := rows(t, parts); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", fmt.Sprint(got), fmt.Sprint(want))
	}
}

func TestACellHasTheTextThatAPersonSees(t *testing.T) {
	parts := book(`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="inlineStr"><is><t>in</t><r><t>line</t></r></is></c></row>
<row r="4" hidden="1"><c r="A4"><v>2.02300000001E11</v></c><c r="B4" s="1"><v>7</v></c><c r="C4" t="str"><f>A1&amp;B1</f><v>kept_x000A_text</v></c></row>
<row><c><v>1.5</v></c><c t="b"><v>1</v></c><c s="2"><v>12</v></c><c t="s"><v>9</v></c><c t="s"><v>-1</v></c></row>`)
	parts["xl/_rels/workbook.xml.rels"] = strings.Replace(parts["xl/_rels/workbook.xml.rels"], "</Relationships>",
		`<Relationship Id="r2" Type="`+kind+`sharedStrings" Target="/xl/texts.xml"/><Relationship Id="r3" Type="`+kind+`styles" Target="styles.xml"/></Relationships>`, 1)
	parts["xl/texts.xml"] = `<sst><si><r><t>李</t></r><r><t>小明</t></r><rPh><t>spoken</t></rPh></si></sst>`
	parts["xl/styles.xml"] = `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-804]0000_ ;-0"/><numFmt numFmtId="171" formatCode="0&quot;号&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="170"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>`
	wantRows(t, parts,
		xlsx.Row{Number: 2, Cells: []string{"李小明", "", "inline"}},
		xlsx.Row{Number: 4, Hidden: true, Cells: []string{"202300000001", "0007", "kept\ntext"}},
		xlsx.Row{Number: 5, Cells: []string{"1.5", "1", "12"}},
	)
}

func TestTheStrictFormWithPrefixesAndBackslashesIsRead(t *testing.T) {
	const strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
	parts := map[string]string{}
	for name, text := range book(`<row><c t="inlineStr"><is><t>王芳</t></is></c></row>`) {
		text = strings.ReplaceAll(text, kind, strict)
		if strings.HasPrefix(name, "xl/work") {
			text = strings.NewReplacer("</", "</x:", "<", "<x:").Replace(text)
		}
		parts[strings.ReplaceAll(strings.ToUpper(name[:1])+name[1:], "/", `\`)] = text
	}
	wantRows(t, parts, xlsx.Row{Number: 1, Cells: []string{"王芳"}})
}

func TestASheetInUTF16IsRead(t *testing.T) {
	parts := book("")
	text := "\ufeff" + `<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData><row><c t="str"><v>王芳</v></c></row></sheetData></worksheet>`
	var wide []byte
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	parts["xl/worksheets/sheet1.xml"] = string(wide)
	wantRows(t, parts, xlsx.Row{Number: 1, Cells: []string{"王芳"}})
}

func TestTheRowsBelowAMergedCellHaveItsText(t *testing.T) {
	parts := book(`<row r="1"><c r="B1" t="str"><v>一组</v></c></row><row r="2"><c r="A2" t="str"><v>a</v></c></row><row r="4"><c r="A4" t="str"><v>b</v></c></row>`)
	parts["xl/worksheets/sheet1.xml"] = strings.Replace(parts["xl/worksheets/sheet1.xml"], "</sheetData>",
		`</sheetData><mergeCells><mergeCell ref="B1:C3"/><mergeCell ref="B3:B99999999"/><mergeCell ref="?"/></mergeCells>`, 1)
	wantRows(t, parts,
		xlsx.Row{Number: 1, Cells: []string{"", "一组"}},
		xlsx.Row{Number: 2, Cells: []string{"a", "一组"}},
		xlsx.Row{Number: 4, Cells: []string{"b"}},
	)
}

func TestSheetsAreToldApart(t *testing.T) {
	parts := book("")
	parts["xl/_rels/workbook.xml.rels"] = rels + `<Relationship Id="r1" Type="` + kind + `worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="` + kind + `chartsheet" Target="chartsheets/sheet1.xml"/><Relationship Id="r3" Type="` + kind + `worksheet" Target="worksheets/sheet2.xml"/></Relationships>`
	parts["xl/workbook.xml"] = `<workbook><bookViews><workbookView activeTab="2"/></bookViews><sheets><sheet name="hidden" state="veryHidden" id="r1"/><sheet name="chart" id="r2"/><sheet name="open" id="r3"/></sheets></workbook>`
	b, err := xlsx.Open(pack(t, parts), most)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range b.Sheets {
		got += fmt.Sprintf("%s visible=%v active=%v; ", s.Name, s.Visible, s.Active)
	}
	if want := "hidden visible=false active=false; open visible=true active=true; "; got != want {
		t.Errorf("%q", got)
	}
}

func TestADamagedBookIsRefused(t *testing.T) {
	broken := book(`<row><c t="str"><v>cut`)
	broken["xl/worksheets/sheet1.xml"] = `<worksheet><sheetData><row><c t="str"><v>cut`
	bomb := book(strings.Repeat(`<row><c t="str"><v>`+strings.Repeat("x", 1000)+`</v></c></row>`, 2*most/1000))
	deep := book(`<row><c t="inlineStr"><is>` + strings.Repeat("<r>", 200_000))
	for name, parts := range map[string]map[string]string{"cut": broken, "bomb": bomb, "deep": deep} {
		b, err := xlsx.Open(pack(t, parts), most)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := b.Rows(b.Sheets[0], 100); !errors.Is(err, xlsx.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{"no zip": []byte("PK\x03\x04"), "no book": pack(t, map[string]string{"word/document.xml": "<document/>"})} {
		if _, err := xlsx.Open(data, most); !errors.Is(err, xlsx.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSheet(f *testing.F) {
	f.Add(`<row r="2"><c r="A2" s="1"><v>1E5</v></c></row>`, "A1:A3")
	f.Fuzz(func(t *testing.T, sheet, ref string) {
		parts := book(sheet)
		parts["xl/worksheets/sheet1.xml"] += `<mergeCells><mergeCell ref="` + ref + `"/></mergeCells>`
		b, err := xlsx.Open(pack(t, parts), most)
		if err != nil {
			t.Fatal(err)
		}
		all, err := b.Rows(b.Sheets[0], 100)
		if err != nil && !errors.Is(err, xlsx.ErrDamaged) {
			t.Error(err)
		}
		for _, r := range all {
			if r.Number < 1 || r.Number > 100 || len(r.Cells) > xlsx.MaxColumns {
				t.Errorf("row %d of %d cells", r.Number, len(r.Cells))
			}
		}
	})
}
