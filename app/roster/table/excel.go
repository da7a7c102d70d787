package table

import (
	"bytes"
	"errors"

	"github.com/xuri/excelize/v2"

	"lamplighter/device/crash"
)

// readExcel reads the first sheet of an .xlsx file that has anything in it. The
// library reads what anybody made: a panic in it is a damaged file.
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
	for _, sheet := range f.GetSheetList() {
		if shown, err := f.GetSheetVisible(sheet); err != nil || !shown {
			continue
		}
		if err := t.readSheet(f, sheet); err != nil {
			return err
		}
		if len(t.Rows) > 0 {
			t.Form.Sheet = cut(sheet, maxCell)
			return nil
		}
	}
	return ErrEmpty
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
	for number := 1; rows.Next() && number <= maxLooked; number++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true}) // a long number as it is
		if err != nil {
			return ErrBadExcel
		}
		t.add(number, cells, "")
	}
	if rows.Error() != nil {
		return ErrBadExcel
	}
	return nil
}
