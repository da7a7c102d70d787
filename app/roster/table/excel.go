package table

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"lamplighter/device/crash"
)

// readExcel reads the sheet of an .xlsx file that has a list of names, the open one
// first, or else the first that has anything in it. The library reads what anybody made:
// a panic in it is a damaged file.
func (t *Table) readExcel(data []byte) error {
	err := ErrBadExcel
	if crash.Catch(func() { err = t.openExcel(data) }) != nil {
		t.Rows = nil
		return ErrBadExcel
	}
	return err
}

func (t *Table) openExcel(data []byte) error {
	// Nothing is unpacked onto the disk, for the limits are the same.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip})
	if err != nil {
		return ErrBadExcel
	}
	defer f.Close()
	t.Form = Form{Excel: true}
	var first *Table // the first sheet with anything in it
	for _, sheet := range sheets(f) {
		one := &Table{Form: Form{Excel: true, Sheet: cut(sheet, maxCell)}}
		if err := one.readSheet(f, sheet); err != nil {
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

// sheets are those that a person sees, first the one that was open last.
func sheets(f *excelize.File) (all []string) {
	active := f.GetSheetName(f.GetActiveSheetIndex())
	for _, sheet := range f.GetSheetList() {
		if shown, err := f.GetSheetVisible(sheet); err == nil && shown {
			all = append(all, sheet)
		}
	}
	if i := slices.Index(all, active); i > 0 {
		all = slices.Insert(slices.Delete(all, i, i+1), 0, active)
	}
	return all
}

func (t *Table) readSheet(f *excelize.File, sheet string) error {
	rows, err := f.Rows(sheet)
	if err != nil {
		if e := (excelize.ErrSheetNotExist{}); errors.As(err, &e) {
			return nil // a chart
		}
		return ErrBadExcel
	}
	defer rows.Close()
	merged := mergedCells(f, sheet)
	for number := 1; rows.Next() && number <= maxLooked; number++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true}) // a long number as it is
		if err != nil {
			return ErrBadExcel
		}
		if rows.GetRowOpts().Hidden || len(t.Rows) == maxRows && len(cells) > 0 {
			t.skip(cells, rows.GetRowOpts().Hidden)
			continue
		}
		for column, text := range merged[number] {
			for len(cells) <= column {
				cells = append(cells, "")
			}
			cells[column] = text
		}
		for column, text := range cells[:min(len(cells), maxColumns)] {
			cells[column] = padded(f, sheet, column, number, text)
		}
		t.add(number, cells, "")
	}
	if rows.Error() != nil {
		return ErrBadExcel
	}
	return nil
}

// skip leaves out a row: one that a filter hides is not meant.
func (t *Table) skip(cells []string, hidden bool) {
	if !hidden && strings.Join(cells, "") != "" {
		t.More++
	}
}

// maxMerged bounds the cells that a merged one stands for.
const maxMerged = 10000

// mergedCells are what the rows below the first have in cells that are merged with the
// one above, by row from 1 and column from 0: a group's name that stands once for all
// its pupils.
func mergedCells(f *excelize.File, sheet string) map[int]map[int]string {
	merges, err := f.GetMergeCells(sheet)
	if err != nil {
		return nil
	}
	all, count := map[int]map[int]string{}, 0
	for _, m := range merges {
		column, from, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		_, to, errEnd := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil || errEnd != nil || column > maxColumns {
			continue
		}
		for row := from + 1; row <= to && count < maxMerged; row++ {
			if all[row] == nil {
				all[row] = map[int]string{}
			}
			all[row][column-1] = m.GetCellValue()
			count++
		}
	}
	return all
}

// padded is a number with the zeros before it that its cell shows, as 0012; other texts
// are as they are.
func padded(f *excelize.File, sheet string, column, row int, text string) string {
	if !isNumber(text) || len(text) > 15 {
		return text
	}
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return text
	}
	shown, err := f.GetCellValue(sheet, name)
	if err == nil && isNumber(shown) && len(shown) <= 15 && strings.TrimLeft(shown, "0") == strings.TrimLeft(text, "0") {
		return shown
	}
	return text
}
