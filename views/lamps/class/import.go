package class

import (
	"cmp"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/roster"
	"lamplighter/app/roster/table"
	"lamplighter/device/crash"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// paste reads a list from the clipboard.
func (d *dialog) paste() { d.read([]byte(d.env.Clipboard().Content())) }

// openFile asks for a file with a list.
func (d *dialog) openFile() {
	d.env.OpenFile(func(r io.ReadCloser, _ string) { d.readFrom(r) })
}

// readFrom reads a list on a goroutine of its own, and closes it.
func (d *dialog) readFrom(r io.ReadCloser) {
	if d.reading {
		_ = r.Close()
		return
	}
	d.reading = true
	crash.Go(func() {
		data, err := io.ReadAll(io.LimitReader(r, table.MaxFile+1))
		_ = r.Close()
		d.env.Post(func() {
			d.reading = false
			if err != nil {
				d.env.ShowProblem(err)
				return
			}
			d.read(data)
		})
	})
}

// read finds out what a list is on a goroutine of its own, and shows it.
func (d *dialog) read(data []byte) {
	if d.reading {
		return
	}
	d.reading = true
	crash.Go(func() {
		t, err := (*table.Table)(nil), table.ErrNotText
		if crash.Catch(func() { t, err = table.Read(data) }) != nil {
			err = table.ErrNotText
		}
		d.env.Post(func() {
			d.reading = false
			if d.modal == nil || d.modal.Overlay == nil {
				return // the class was left meanwhile
			}
			if err != nil {
				d.env.ShowInformation(i18n.T("class.import.title"), tableProblem(err))
				return
			}
			newListPreview(d, t).open()
		})
	})
}

// tableProblem puts what is wrong with a list into words.
func tableProblem(err error) string {
	return cmp.Or(problem.Words(err, tableProblemTexts), i18n.T("class.list.not-text"))
}

var tableProblemTexts = []problem.Text{
	{Err: table.ErrTooBig, Key: "class.list.big"},
	{Err: table.ErrEmpty, Key: "class.list.empty"},
	{Err: table.ErrOldExcel, Key: "class.list.old-excel"},
	{Err: table.ErrBadExcel, Key: "class.list.bad-excel"},
	{Err: table.ErrNoNames, Key: "class.list.no-names"},
}

// listPreview shows a list before it is taken, and lets a person say what its columns
// mean.
type listPreview struct {
	dialog  *dialog
	table   *table.Table
	selects []*ui.Select
	sample  *widget.Label
	summary *widget.Label
	pupils  []roster.Pupil
	yes     *ui.Button
	modal   *ui.Dialog
}

// meaningWords are what a column can hold, in the order of table.Meanings.
func meaningWords() []string {
	return []string{
		i18n.T("class.column.nothing"), i18n.T("class.column.name"), i18n.T("class.column.group"), i18n.T("class.column.seat"), i18n.T("class.column.board"),
		i18n.T("class.column.number"), i18n.T("class.column.row"), i18n.T("class.column.column"), i18n.T("class.column.family"),
	}
}

// previewColumns are shown of a wide list; the others hold nothing that is wanted, or
// what their headings say.
const previewColumns = 12

func newListPreview(d *dialog, t *table.Table) *listPreview {
	v := &listPreview{dialog: d, table: t, sample: ui.Body(""), summary: ui.Body("")}
	for i := range t.Columns[:min(previewColumns, len(t.Columns))] {
		v.selects = append(v.selects, ui.NewSelect(meaningWords(), func(m int) {
			_ = t.SetMeaning(i, table.Meaning(m))
			v.update()
		}))
	}
	return v
}

func (v *listPreview) open() {
	var rows []fyne.CanvasObject
	for i, s := range v.selects {
		rows = append(rows, ui.OneLine(v.columnWords(i)), s)
	}
	v.modal = &ui.Dialog{Shell: v.dialog.env.Shell}
	v.yes = ui.PrimaryButton("", nil, v.accept)
	no := ui.NewButton(i18n.T("common.cancel"), nil, v.modal.Cancel)
	columns := container.NewGridWithColumns(2, rows...)
	content := ui.Rows(ui.Body(v.formWords()), ui.Subtitle(i18n.T("class.import.rows")), v.sample, v.summary, ui.Subtitle(i18n.T("class.import.columns")), columns)
	v.update()
	v.modal.Show(ui.Question{Title: i18n.T("class.import.title"), Content: content, Width: dialogWidth * 0.75}, no, v.yes)
	v.dialog.env.Window().Canvas().Focus(v.yes)
}

// formWords say how the list is written.
func (v *listPreview) formWords() string {
	f := v.table.Form
	text := i18n.T("class.import.text", "Encoding", string(f.Encoding))
	switch {
	case f.Excel:
		text = i18n.T("class.import.excel", "Sheet", format.ClientText(f.Sheet))
	case f.Separator == '\t':
		text = i18n.T("class.import.tab", "Encoding", string(f.Encoding))
	case f.Separator != 0:
		text = i18n.T("class.import.separator", "Encoding", string(f.Encoding), "Separator", string(f.Separator))
	}
	if v.table.More > 0 {
		return i18n.T("class.import.and-more", "Form", text, "Rows", v.table.More)
	}
	return text
}

// columnWords are a column's heading and the first of what it holds.
func (v *listPreview) columnWords(column int) string {
	var cells []string
	if v.table.Title != nil && v.table.Title[column] != "" {
		cells = append(cells, format.ClientText(v.table.Title[column]))
	}
	for _, r := range v.table.Rows[:min(3, len(v.table.Rows))] {
		if column < len(r.Cells) && r.Cells[column] != "" {
			cells = append(cells, format.ClientText(r.Cells[column]))
		}
	}
	return strings.Join(cells, i18n.T("lamps.count.between"))
}

// Of a list so many pupils and so many troubles are shown.
const (
	samplePupils  = 3
	shownTroubles = 20
)

// update shows what would be taken.
func (v *listPreview) update() {
	for i, s := range v.selects {
		s.SetQuietly(int(v.table.Columns[i]))
	}
	pupils, wrong, err := v.table.Pupils()
	v.pupils = pupils
	var lines []string
	for _, p := range pupils[:min(samplePupils, len(pupils))] {
		lines = append(lines, v.pupilWords(p))
	}
	if len(pupils) > samplePupils {
		lines = append(lines, i18n.N("class.import.more", len(pupils)-samplePupils))
	}
	text := strings.Join(lines, "\n")
	if err != nil {
		text = tableProblem(err)
	}
	ui.SetText(v.sample, text)
	v.showProblems(wrong)
	v.yes.SetText(v.yesWords())
	ui.SetEnabled(v.yes, len(pupils) > 0)
	if v.modal != nil && v.modal.Overlay != nil {
		v.modal.Fit()
	}
}

// yesWords are what the button does: it may take another class's place.
func (v *listPreview) yesWords() string {
	if old := len(v.dialog.rows); old > 0 {
		return i18n.N("class.import.replace", len(v.pupils), "Old", old)
	}
	return i18n.N("class.import.yes", len(v.pupils))
}

// showProblems says which rows can't be taken, or not whole.
func (v *listPreview) showProblems(wrong []table.Trouble) {
	var lines []string
	for _, w := range wrong[:min(shownTroubles, len(wrong))] {
		lines = append(lines, troubleWords(w))
	}
	if len(wrong) > shownTroubles {
		lines = append(lines, i18n.N("class.import.more-wrong", len(wrong)-shownTroubles))
	}
	v.summary.Importance = widget.WarningImportance
	ui.SetText(v.summary, strings.Join(lines, "\n"))
	ui.SetVisible(v.summary, len(lines) > 0)
}

// pupilWords are all that is taken of a pupil.
func (v *listPreview) pupilWords(p roster.Pupil) string {
	parts := []string{p.Name}
	if p.Number != "" {
		parts = append(parts, i18n.T("class.part.number", "Number", p.Number))
	}
	if p.Group != "" {
		parts = append(parts, i18n.T("class.part.group", "Group", p.Group))
	}
	if p.Seat != (roster.Seat{}) {
		parts = append(parts, seatWords(p.Seat))
	}
	if p.Planned != "" {
		parts = append(parts, i18n.T("class.part.board", "Board", p.Planned))
	}
	return strings.Join(parts, i18n.T("lamps.count.between"))
}

// troubleKeys are why a row is not taken, or not whole.
var troubleKeys = map[table.Reason]string{
	table.NoName: "class.row.no-name", table.TooLong: "class.row.too-long", table.BadQuote: "class.row.quote", table.BadLetters: "class.row.letters",
	table.Twice: "class.row.twice", table.Full: "class.row.full", table.BadSeat: "class.row.seat", table.SeatTaken: "class.row.seat-taken",
	table.SameName: "class.row.same-name", table.Note: "class.row.note",
}

func troubleWords(w table.Trouble) string {
	return i18n.T(troubleKeys[w.Reason], "Row", w.Row, "Other", w.Other, "Most", roster.MaxPupils)
}

// accept makes the list the class.
func (v *listPreview) accept() {
	v.modal.Close()
	d := v.dialog
	d.change(func() { d.env.Boards.Enrol(v.pupils) })
	d.layOut()
	d.env.Toast(i18n.N("class.import.done", len(v.pupils)))
	d.focus()
}
