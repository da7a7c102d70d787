package table

import (
	"slices"

	"lamplighter/app/roster/xlsx"
)

// readExcel reads the sheet of an .xlsx file that has a list of names, the open one
// first, or else the first that has anything in it.
func (t *Table) readExcel(data []byte) error {
	book, err := xlsx.Open(data, maxUnzip)
	if err != nil {
		return ErrBadExcel
	}
	t.Form = Form{Excel: true}
	var first *Table // the first sheet with anything in it
	for _, sheet := range shown(book.Sheets) {
		one := &Table{Form: Form{Excel: true, Sheet: cut(sheet.Name, maxCell)}}
		if err := one.readSheet(book, sheet); err != nil {
			return err
		}
		if len(one.Rows) == 0 {
			continue
		}
		if _, named := one.headings(); named {
			*t = *one
			return nil
		}
		if first == nil {
			first = one
		}
	}
	if first == nil {
		return ErrEmpty
	}
	*t = *first
	return nil
}

// shown are the sheets that a person sees, first the one that was open last.
func shown(sheets []xlsx.Sheet) (all []xlsx.Sheet) {
	for _, s := range sheets {
		switch {
		case !s.Visible:
		case s.Active:
			all = slices.Insert(all, 0, s)
		default:
			all = append(all, s)
		}
	}
	return all
}

func (t *Table) readSheet(book *xlsx.Book, sheet xlsx.Sheet) error {
	rows, err := book.Rows(sheet, maxLooked)
	if err != nil {
		return ErrBadExcel
	}
	for _, r := range rows {
		if !r.Hidden { // a row that a filter hides is not meant
			t.add(r.Number, r.Cells, "")
		}
	}
	return nil
}
