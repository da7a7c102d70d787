package views

import (
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/device"
	"lamplighter/i18n"
)

// programWidth is how wide the dialog is, so that most lines of a program are
// seen whole.
const programWidth = 880

// programDialog shows the program that a pupil would type for a lamp.
type programDialog struct {
	desk   *desk
	base   string
	models []string // of the choice
	board  *choice
	real   *tick
	warn   *surface
	wrong  *widget.Label
	text   *widget.Label
	scroll *container.Scroll
	field  *surface // around it
	copyIt *button
	save   *button
	modal  *modal
}

func (p *lampPage) programDialog(base string) {
	l, ok := p.panel.Light(base)
	if !ok || p.desk.Program == nil {
		return
	}
	newProgramDialog(p.desk, base).open(l.Name)
}

func newProgramDialog(d *desk, base string) *programDialog {
	s := &programDialog{desk: d, base: base, warn: notice(warning, i18n.T("program.real.warning")), wrong: inputError()}
	s.text = code("")
	s.text.Selectable = true
	s.scroll = container.NewScroll(s.text)
	height := d.window().Canvas().Size().Height - unit*44
	s.scroll.SetMinSize(fyne.NewSize(0, min(unit*62, max(unit*12, height))))
	s.real = newTick(i18n.T("program.real"), func(bool) { s.write() })
	s.board = newChoice(nil, func(int) { s.write() })
	s.save = newButton(i18n.T("program.save"), icon("save"), s.saveAs)
	s.copyIt = primaryButton(i18n.T("common.copy"), icon("copy"), func() { d.copyText(s.text.Text) })
	return s
}

// list fills the choice of boards, and chooses the lamp's own.
func (s *programDialog) list() (known bool) {
	own := s.desk.ProgramModel(s.base)
	var names []string
	if _, err := s.desk.Program(s.base, "", false); own == "" && err == nil { // somebody has said where its lamp is
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
	s.board.setQuietly(at)
	return known
}

func (s *programDialog) open(name string) {
	known := s.list()
	which := row(label(i18n.T("program.board")), narrow(260, s.board))
	parts := rows(container.New(&flowLayout{gap: unit * 2}, which, s.real))
	if !known {
		parts.Add(small(i18n.T("program.board.unknown")))
	}
	s.field = newSurface(theme.ColorNameInputBackground, unit/2, s.scroll)
	s.field.border = theme.ColorNameInputBorder
	for _, o := range []fyne.CanvasObject{s.warn, s.wrong, s.field} {
		parts.Add(o)
	}
	s.modal = &modal{shell: s.desk.shell}
	end := newButton(i18n.T("common.close"), nil, s.modal.cancel)
	s.write()
	s.modal.show(question{
		Title: i18n.T("program.title", "Name", name), Text: i18n.T("program.text"), Content: parts, More: s.save, Wide: programWidth,
	}, end, s.copyIt)
	s.desk.window().Canvas().Focus(s.copyIt)
}

// write shows the program as it is chosen.
func (s *programDialog) write() {
	text, err := s.desk.Program(s.base, s.models[max(0, s.board.SelectedIndex())], s.real.Checked)
	setText(s.wrong, i18n.T("program.problem"))
	show(s.wrong, err != nil)
	show(s.field, err == nil)
	show(s.warn, s.real.Checked && err == nil)
	enable(s.copyIt, err == nil)
	enable(s.save, err == nil)
	s.text.SetText(text)
	if s.modal != nil && s.modal.overlay != nil {
		s.modal.fit()
	}
}

// saveAs writes the program into a file that the user chooses.
func (s *programDialog) saveAs() {
	s.desk.saveText(fileName(path.Base(s.base), "py"), []byte(s.text.Text))
}
