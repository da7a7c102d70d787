package lamps

import (
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// programWidth is how wide the dialog is, so that most lines of a program are
// seen whole.
const programWidth = 880

// How high a program is shown, as the window allows.
const leastProgram, mostProgram = ui.Unit * 12, ui.Unit * 62

// programDialog shows the program that a pupil would type for a lamp.
type programDialog struct {
	env    *env
	base   string
	models []string // of the choice
	board  *ui.Select
	real   *ui.Check
	warn   *ui.Surface
	wrong  *ui.Wrong
	text   *widget.Label
	scroll *container.Scroll
	field  *ui.Surface // around it
	copyIt *ui.Button
	save   *ui.Button
	modal  *ui.Dialog
}

func (m *lampMenu) programDialog(base string) {
	l, ok := m.panel.Light(base)
	if !ok || m.env.Program == nil {
		return
	}
	newProgramDialog(m.env, base).open(l.Name)
}

func newProgramDialog(d *env, base string) *programDialog {
	s := &programDialog{env: d, base: base, warn: ui.Notice(ui.Warning, i18n.T("program.real.warning")), wrong: ui.NewWrong()}
	s.text = ui.Code("")
	s.text.Selectable = true
	s.scroll = container.NewScroll(s.text)
	s.real = ui.NewCheck(i18n.T("program.real"), func(bool) { s.write() })
	s.board = ui.NewSelect(nil, func(int) { s.write() })
	s.save = ui.NewButton(i18n.T("program.save"), ui.Icon("save"), s.saveAs)
	s.copyIt = ui.PrimaryButton(i18n.T("common.copy"), ui.Icon("copy"), func() { d.CopyText(s.text.Text) })
	return s
}

// list fills the choice of boards, and chooses the lamp's own.
func (s *programDialog) list() (known bool) {
	own := s.env.ProgramModel(s.base)
	var names []string
	if _, err := s.env.Program(s.base, "", false); own == "" && err == nil { // somebody has said where its lamp is
		s.models, names, known = []string{""}, []string{i18n.T("program.board.own")}, true
	}
	at := 0
	for _, m := range device.Models() {
		if m.Key == own {
			at, known = len(names), true
		}
		s.models, names = append(s.models, m.Key), append(names, m.Name)
	}
	s.board.Options = names
	s.board.SetQuietly(at)
	return known
}

func (s *programDialog) open(name string) {
	known := s.list()
	which := ui.Row(ui.Label(i18n.T("program.board")), ui.Narrow(260, s.board))
	parts := ui.Rows(container.New(&ui.FlowLayout{Gap: ui.Unit * 2}, which, s.real))
	if !known {
		parts.Add(ui.Small(i18n.T("program.board.unknown")))
	}
	s.field = ui.NewSurface(theme.ColorNameInputBackground, ui.Unit/2, s.scroll)
	s.field.Border = theme.ColorNameInputBorder
	for _, o := range []fyne.CanvasObject{s.warn, s.wrong.Box, s.field} {
		parts.Add(o)
	}
	s.modal = &ui.Dialog{Shell: s.env.Shell}
	end := ui.NewButton(i18n.T("common.close"), nil, s.modal.Cancel)
	s.write()
	s.modal.Show(ui.Question{
		Title: i18n.T("program.title", "Name", name), Text: i18n.T("program.text"), Content: parts, ExtraButton: s.save, Width: programWidth,
	}, end, s.copyIt)
	s.fit()
	s.env.Window().Canvas().Focus(s.copyIt)
}

// write shows the program as it is chosen.
func (s *programDialog) write() {
	text, err := s.env.Program(s.base, s.models[max(0, s.board.SelectedIndex())], s.real.Checked)
	said := ui.Either(err != nil, i18n.T("program.problem"), "")
	s.wrong.Set(nil, said)
	ui.SetVisible(s.field, err == nil)
	ui.SetVisible(s.warn, s.real.Checked && err == nil)
	ui.SetEnabled(s.copyIt, err == nil)
	ui.SetEnabled(s.save, err == nil)
	s.text.SetText(text)
	s.fit()
}

// fit gives the program all the room that the window has, so that it scrolls by itself and
// not with the whole dialog.
func (s *programDialog) fit() {
	if s.modal == nil || s.modal.Overlay == nil {
		return
	}
	s.scroll.SetMinSize(fyne.NewSize(0, leastProgram))
	s.scroll.SetMinSize(fyne.NewSize(0, leastProgram+min(mostProgram-leastProgram, max(0, s.modal.SpareHeight()))))
	s.modal.Fit()
}

// saveAs writes the program into a file that the user chooses.
func (s *programDialog) saveAs() {
	s.env.SaveText(format.FileName(path.Base(s.base), "py"), []byte(s.text.Text))
}
