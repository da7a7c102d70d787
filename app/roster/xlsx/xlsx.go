// Package xlsx reads the cells of Excel workbooks: Office Open XML, ECMA-376 part 1,
// transitional and strict, as Excel, WPS, LibreOffice and others write it.
//
// It gives texts as a person sees them, as far as a list of names needs: no formula is
// computed and no date is written out. It never unpacks onto the disk, and what it
// unpacks is bounded.
package xlsx

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// ErrDamaged says that a file is no workbook, or one that can't be read.
var ErrDamaged = errors.New("the workbook is damaged")

// MaxColumns bounds the cells of a row; what is to the right is left out.
const MaxColumns = 256

// Book is a workbook.
type Book struct {
	Sheets []Sheet // in the order of their tabs, without charts

	files   map[string]*zip.File // by name in lower case
	left    int64                // bytes that may still be unpacked
	strings []string             // the shared ones
	widths  []int                // by style: the digits that a number is filled up to with zeros; 0 = as it is
}

// Sheet is one worksheet.
type Sheet struct {
	Name    string
	Visible bool
	Active  bool // it was open when the book was written
	part    string
}

// Row is a row that is written down in a sheet; those that have nothing may be missing.
type Row struct {
	Number int // from 1
	Hidden bool
	Cells  []string
}

// Open reads what a workbook has beside its sheets. At most so many bytes are unpacked,
// with all that Rows reads later.
func Open(data []byte, most int64) (*Book, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, ErrDamaged
	}
	b := &Book{files: map[string]*zip.File{}, left: most}
	for _, f := range z.File {
		b.files[key(f.Name)] = f
	}
	workbook := "xl/workbook.xml"
	for _, r := range b.relations("") {
		if r.is("officeDocument") {
			workbook = r.part
		}
	}
	sheets := map[string]string{} // parts by the relation's id
	for _, r := range b.relations(workbook) {
		switch {
		case r.is("worksheet"):
			sheets[r.id] = r.part
		case r.is("sharedStrings"):
			err = cmp.Or(err, b.readStrings(r.part))
		case r.is("styles"):
			err = cmp.Or(err, b.readStyles(r.part))
		}
	}
	if err = cmp.Or(err, b.readSheets(workbook, sheets)); err != nil {
		return nil, err
	}
	return b, nil
}

// key is the name under which a part is found: names of parts do not differ by case
// alone (ECMA-376 part 2), and some programs write backslashes.
func key(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// read gives a part's elements to f as they begin. f may take more of them from the
// decoder. A part that is missing has none.
func (b *Book) read(part string, f func(d *xml.Decoder, e xml.StartElement) error) error {
	file := b.files[key(part)]
	if file == nil {
		return nil
	}
	packed, err := file.Open()
	if err != nil {
		return ErrDamaged
	}
	defer packed.Close()
	d := decoder(&bounded{packed, &b.left})
	for {
		switch token, err := d.Token(); t := token.(type) {
		case xml.StartElement:
			if err := f(d, t); err != nil {
				return err
			}
		case nil:
			if errors.Is(err, io.EOF) {
				return nil
			}
			return ErrDamaged
		}
	}
}

// decoder reads XML in UTF-8, UTF-16 or what its declaration names.
func decoder(r io.Reader) *xml.Decoder {
	head := make([]byte, 2)
	n, _ := io.ReadFull(r, head)
	r = io.MultiReader(bytes.NewReader(head[:n]), r)
	if mark := string(head[:n]); mark != "\xff\xfe" && mark != "\xfe\xff" {
		d := xml.NewDecoder(r)
		d.CharsetReader = charset.NewReaderLabel
		return d
	}
	d := xml.NewDecoder(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// bounded reads as long as there is room.
type bounded struct {
	r    io.Reader
	left *int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if *b.left <= 0 {
		return 0, ErrDamaged
	}
	n, err := b.r.Read(p[:min(int64(len(p)), *b.left)])
	*b.left -= int64(n)
	return n, err
}

// relation is one of the parts that a part names.
type relation struct{ id, kind, part string }

// is compares the last word of the kind: what is before it differs between the
// transitional and the strict form.
func (r relation) is(kind string) bool { return strings.HasSuffix(r.kind, "/"+kind) }

// relations are those of a part, or of the book where it is "".
func (b *Book) relations(part string) (all []relation) {
	dir, file := path.Split(part)
	// What can't be read here is missed where it is needed.
	_ = b.read(dir+"_rels/"+file+".rels", func(_ *xml.Decoder, e xml.StartElement) error {
		target := strings.ReplaceAll(attr(e, "Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		all = append(all, relation{attr(e, "Id"), attr(e, "Type"), target})
		return nil
	})
	return all
}

func (b *Book) readSheets(workbook string, parts map[string]string) error {
	tab, active := -1, 0
	visible := map[int]int{} // the sheets by their tab, where they are no charts
	err := b.read(workbook, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookView":
			active, _ = strconv.Atoi(attr(e, "activeTab"))
		case "sheet":
			tab++
			if part, ok := parts[attr(e, "id")]; ok {
				state := attr(e, "state")
				visible[tab] = len(b.Sheets)
				b.Sheets = append(b.Sheets, Sheet{Name: attr(e, "name"), Visible: state == "" || state == "visible", part: part})
			}
		}
		return nil
	})
	if i, ok := visible[active]; ok {
		b.Sheets[i].Active = true
	}
	if err == nil && tab < 0 {
		return ErrDamaged
	}
	return err
}

func (b *Book) readStrings(part string) error {
	return b.read(part, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := text(d)
		b.strings = append(b.strings, text)
		return err
	})
}

// readStyles finds the formats that fill a number up with zeros, as 0012.
func (b *Book) readStyles(part string) error {
	formats := map[string]int{} // widths by the format's number
	cells := false
	return b.read(part, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			formats[attr(e, "numFmtId")] = zeros(attr(e, "formatCode"))
		case "cellXfs":
			cells = true
		case "cellStyles", "cellStyleXfs", "dxfs":
			cells = false
		case "xf":
			if cells {
				b.widths = append(b.widths, formats[attr(e, "numFmtId")])
			}
		}
		return nil
	})
}

// zeros is how many digits a format always shows, or 0 where it shows more than them.
func zeros(format string) int {
	format, _, _ = strings.Cut(format, ";") // what follows is for negative numbers
	for strings.HasPrefix(format, "[") {    // a language or a colour
		_, format, _ = strings.Cut(format, "]")
	}
	if before, _, ok := strings.Cut(format, "_"); ok { // room for a sign
		format = before
	}
	format = strings.TrimSpace(format)
	if strings.Trim(format, "0") != "" || len(format) > 15 {
		return 0
	}
	return len(format)
}

// attr is an attribute's value, whatever its namespace.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// isTrue reads an xsd:boolean.
func isTrue(value string) bool { return value == "1" || value == "true" }
