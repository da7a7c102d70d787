// Package class is what a teacher does with a class: its pupils, their seats, lists from other
// programs and labels for boards. It never switches a lamp.
package class

import (
	"cmp"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/roster"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// dialogWidth is how wide the dialog is where there is room.
const dialogWidth = 980

// dialog shows the pupils, and where they sit.
type dialog struct {
	env   *env
	shift func() // shows the lamps in the seat plan, or not any more
	class *roster.Class

	count, hint      *widget.Label
	pupils, seats    *ui.Button
	list             *ui.LineList
	plan             *seatPlan
	sides, view      *fyne.Container
	empty            fyne.CanvasObject
	undo             *ui.Button
	inSeats          bool
	rows             []roster.Pupil // as listed
	boards           map[string]string
	past             *Past
	reading          bool // a list is read
	more, planButton *ui.Button
	end, pasteFirst  *ui.Button
	modal            *ui.Dialog
}

// classState is a class as it was.
type classState struct {
	plan   roster.Plan
	pupils []roster.Pupil
}

func (b classState) equal(o classState) bool {
	return b.plan == o.plan && slices.Equal(b.pupils, o.pupils)
}

// maxUndo is how many changes of the class can be undone.
const maxUndo = 30

// Past is what can be undone of the class. It outlives the dialog. What others
// have changed meanwhile, as a board that was set up for a pupil, no undo takes away.
type Past struct {
	steps []classState // the last one last
	now   classState   // as the last step left it
}

// canUndo reports whether there is a step, and nobody has changed the class since.
func (c *Past) canUndo(now classState) bool { return len(c.steps) > 0 && c.now.equal(now) }

// add notes a step, where it has changed anything.
func (c *Past) add(before, after classState) {
	if before.equal(after) {
		return
	}
	if !c.canUndo(before) {
		c.steps = nil
	}
	c.steps, c.now = append(c.steps, before), after
	if len(c.steps) > maxUndo {
		c.steps = slices.Delete(c.steps, 0, 1)
	}
}

// env is what the dialog works with: the frame's services, and the program's parts.
type env struct {
	*ui.Shell
	*backend.Parts
}

// Open shows the class in a dialog. Past is what can be undone, and outlives it; shift shows the
// lamps in the plan of seats, or not any more.
func Open(s *ui.Shell, p *backend.Parts, past *Past, shift func()) {
	newDialog(&env{Shell: s, Parts: p}, past, shift).open()
}

func newDialog(env *env, past *Past, shift func()) *dialog {
	d := &dialog{env: env, class: env.Class, past: past, shift: shift, count: ui.Label(""), hint: ui.Small("")}
	d.pupils = ui.QuietButton(i18n.T("class.pupils"), ui.Icon("people"), func() { d.show(false) })
	d.seats = ui.QuietButton(i18n.T("class.seats"), ui.Icon("group"), func() { d.show(true) })
	d.undo = ui.QuietButton(i18n.T("class.undo"), ui.Icon("undo"), d.undoLast)
	d.more = ui.QuietButton(i18n.T("class.more"), ui.Icon("more"), d.menu)
	d.planButton = ui.QuietButton("", ui.Icon("lamp"), d.toggleLamps)
	d.list = ui.NewLineList(func() int { return len(d.rows) }, func() ui.ListLine { return newPupilLine() }, d.bindLine)
	d.list.OnChoose = func(int) {}
	d.list.OnTap = func(i int, _ fyne.Position) bool { d.list.SetCurrent(i); d.edit(d.rows[i]); return true }
	d.list.OnKey = d.listKey
	d.plan = newSeatPlan(d.class, d.change)
	d.sides = d.sideButtons()
	d.empty = ui.EmptyPlace("people", i18n.T("class.empty"), d.importButtons()...)
	d.view = container.New(&tallLayout{})
	return d
}

// importButtons lead to a list of pupils.
func (d *dialog) importButtons() []fyne.CanvasObject {
	d.pasteFirst = ui.PrimaryButton(i18n.T("class.paste"), ui.Icon("copy"), d.paste)
	return []fyne.CanvasObject{
		d.pasteFirst,
		ui.NewButton(i18n.T("class.open"), ui.Icon("open"), d.openFile),
		ui.NewButton(i18n.T("class.add"), ui.Icon("plus"), func() { d.edit(roster.Pupil{}) }),
	}
}

func (d *dialog) open() {
	d.modal = &ui.Dialog{Shell: d.env.Shell}
	stop := d.class.Changed.Listen(d.update)
	d.modal.Cancelled = stop
	d.end = ui.NewButton(i18n.T("common.close"), nil, d.modal.Cancel)
	tabs := container.NewBorder(nil, nil, ui.Row(d.pupils, d.seats), ui.Row(d.undo, d.more), container.New(ui.LevelLayout{}, d.count))
	content := ui.Rows(tabs, d.view, d.hint)
	d.layOut()
	d.update()
	d.modal.Show(ui.Question{Title: i18n.T("class.title"), Content: content, ExtraButton: d.planButton, Width: dialogWidth}, d.end)
	d.focus()
}

// focus brings the keyboard to what is in view.
func (d *dialog) focus() {
	c := d.env.Window().Canvas()
	switch {
	case len(d.rows) == 0:
		c.Focus(d.pasteFirst)
	case d.inSeats:
		c.Focus(d.plan)
	default:
		c.Focus(d.list)
	}
}

// show shows the list of pupils, or the seats.
func (d *dialog) show(seats bool) {
	d.inSeats = seats
	d.layOut()
	d.update()
	d.modal.Fit()
	d.focus()
}

// layOut puts what is shown into its place, as high as the window allows.
func (d *dialog) layOut() {
	room := max(ui.Unit*20, d.env.Window().Canvas().Size().Height-ui.Unit*(28+15*ui.TextFactor()))
	d.view.Layout = &tallLayout{room}
	switch {
	case len(d.class.Pupils()) == 0:
		d.view.Objects = []fyne.CanvasObject{d.empty}
	case d.inSeats:
		d.view.Objects = []fyne.CanvasObject{container.NewBorder(d.sides, nil, nil, nil, d.plan.scroll)}
	default:
		d.view.Objects = []fyne.CanvasObject{container.NewBorder(tableHead(), nil, nil, nil, d.list)}
	}
	d.view.Refresh()
}

// tallLayout gives what it holds a height of its own.
type tallLayout struct{ height float32 }

func (l *tallLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (l *tallLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, l.height)
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// update shows the class as it is now.
func (d *dialog) update() {
	empty := len(d.rows) == 0
	d.rows, d.boards = d.class.Pupils(), d.boardNames()
	if empty != (len(d.rows) == 0) {
		d.layOut()
	}
	there := len(d.rows) > 0
	ui.SetText(d.count, i18n.N("class.count", len(d.rows)))
	ui.SetVisible(d.count, there)
	for b, on := range map[*ui.Button]bool{d.pupils: !d.inSeats, d.seats: d.inSeats} {
		b.SetImportance(ui.Either(on, widget.MediumImportance, widget.LowImportance))
		ui.SetVisible(b, there)
	}
	ui.SetVisible(d.undo, d.past.canUndo(d.snapshot()))
	d.end.SetImportance(ui.Either(there, widget.HighImportance, widget.MediumImportance))
	hint := ui.Either(d.inSeats, i18n.T("class.hint.seats"), i18n.T("class.hint.list"))
	ui.SetText(d.hint, hint)
	ui.SetVisible(d.hint, there)
	ui.SetVisible(d.planButton, there)
	d.planButton.SetText(InPlanWords(d.env.Settings.Snapshot().Seats))
	d.list.Update()
	d.plan.update()
	if d.modal != nil && d.modal.Overlay != nil {
		d.modal.Fit()
	}
}

// InPlanWords is what the button does that shows lamps in the plan.
func InPlanWords(seats bool) string {
	if seats {
		return i18n.T("class.lamps.list")
	}
	return i18n.T("class.lamps.plan")
}

// boardNames are how boards are called that pupils have, by their ids.
func (d *dialog) boardNames() map[string]string {
	all := map[string]string{}
	for _, l := range d.env.Lights.Lights() {
		all[d.env.Boards.BoardOf(l.Base)] = l.Name
	}
	for _, b := range d.env.Settings.Snapshot().Boards {
		if all[b.ID] == "" {
			all[b.ID] = b.Name
		}
	}
	return all
}

// boardWords is whose board, as a person calls it.
func (d *dialog) boardWords(p roster.Pupil) string {
	switch name := d.boards[p.Board]; {
	case p.Board != "" && name != "":
		return name
	case p.Planned != "":
		return i18n.T("class.board.planned", "Board", p.Planned)
	}
	return ""
}

// seatWords is a seat as people say it.
func seatWords(s roster.Seat) string {
	if s == (roster.Seat{}) {
		return ""
	}
	return i18n.T("class.seat", "Row", s.Row, "Column", s.Column)
}

// listKey edits and removes with the keyboard.
func (d *dialog) listKey(e *fyne.KeyEvent) bool {
	i := d.list.Current
	if i < 0 || i >= len(d.rows) {
		return false
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyF2:
		d.edit(d.rows[i])
	case fyne.KeyDelete:
		d.remove(d.rows[i])
	default:
		return false
	}
	return true
}

// change does what can be undone.
func (d *dialog) change(do func()) {
	_ = d.changeIf(func() error { do(); return nil })
}

// changeIf does what can be undone where it does not fail.
func (d *dialog) changeIf(do func() error) error {
	before := d.snapshot()
	err := do()
	d.past.add(before, d.snapshot())
	d.update()
	return err
}

func (d *dialog) snapshot() classState { return classState{d.class.Plan(), d.class.Pupils()} }

func (d *dialog) undoLast() {
	if !d.past.canUndo(d.snapshot()) {
		return
	}
	n := len(d.past.steps) - 1
	was := d.past.steps[n]
	d.past.steps = d.past.steps[:n]
	d.class.Restore(was.plan, was.pupils)
	d.past.now = d.snapshot()
	d.update()
	d.focus()
}

func (d *dialog) remove(p roster.Pupil) { d.change(func() { d.class.Remove(p.ID) }) }

// toggleLamps shows the lamps in the plan, or as before.
func (d *dialog) toggleLamps() { d.shift(); d.update() }

// menu is what is seldom needed.
func (d *dialog) menu() {
	item := func(text, icon string, do func()) *fyne.MenuItem {
		return fyne.NewMenuItemWithIcon(text, ui.Icon(icon), do)
	}
	items := []*fyne.MenuItem{
		item(i18n.T("class.add"), "plus", func() { d.edit(roster.Pupil{}) }),
		item(i18n.T("class.paste"), "copy", d.paste), item(i18n.T("class.open"), "open", d.openFile),
		fyne.NewMenuItemSeparator(),
		item(i18n.T("class.export"), "save", d.exportList), item(i18n.T("class.labels"), "board", d.labelsDialog),
		fyne.NewMenuItemSeparator(),
		item(i18n.T("class.clear"), "trash", d.clear),
	}
	if len(d.rows) == 0 {
		items = append(items[:4:4], items[5])
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(d.more)
	d.env.PopUp(fyne.NewMenu("", items...), at.AddXY(0, d.more.Size().Height))
}

// clear removes all pupils, where a person is sure.
func (d *dialog) clear() {
	d.env.Ask(ui.Question{
		Title: i18n.T("class.clear"), Text: i18n.N("class.clear.sure", len(d.rows)), Yes: i18n.T("class.clear.yes"), Danger: true,
		Do: func() bool {
			d.change(func() { d.class.Replace(nil) })
			d.focus()
			return true
		},
	})
}

// classProblem puts what is wrong with a pupil into words.
func classProblem(err error) string {
	return cmp.Or(problem.Words(err, classProblemTexts), problem.Explain(err).Title)
}

var classProblemTexts = []problem.Text{
	{Err: roster.ErrNoName, Key: "class.wrong.no-name"},
	{Err: roster.ErrTooLong, Key: "class.wrong.too-long"},
	{Err: roster.ErrFull, Key: "class.wrong.full"},
	{Err: roster.ErrNoSeat, Key: "class.wrong.seat"},
	{Err: roster.ErrGone, Key: "class.wrong.gone"},
}

// edit changes a pupil, or adds one.
func (d *dialog) edit(p roster.Pupil) {
	name, number, group, wrong := ui.NewEntry(""), ui.NewEntry(""), ui.NewEntry(""), ui.NewWrong()
	name.SetText(p.Name)
	number.SetText(p.Number)
	group.SetText(p.Group)
	all, words := d.choices(p)
	board := ui.NewSelect(words, nil)
	board.SetQuietly(slices.Index(all, boardChoice{p.Board, p.Planned}))
	title, yes := i18n.T("class.edit.title", "Name", format.MenuName(p.Name)), i18n.T("class.edit.yes")
	if p.ID == "" {
		title, yes = i18n.T("class.add.title"), i18n.T("class.add.yes")
	}
	var m *ui.Dialog
	do := func() bool {
		next, known := d.class.Pupil(p.ID) // it may have another board by now
		if p.ID != "" && !known {
			return wrong.Set(nil, classProblem(roster.ErrGone))
		}
		next.Name, next.Number, next.Group = name.Text, number.Text, group.Text
		if i := board.SelectedIndex(); i >= 0 && all[i] != (boardChoice{p.Board, p.Planned}) {
			next.Board, next.Planned = all[i].board, all[i].planned
		}
		if err := d.changeIf(func() error { return d.class.Set(next) }); err != nil {
			return wrong.Refuse(ui.Either(errors.Is(err, roster.ErrNoName), name, nil), classProblem(err))
		}
		return true
	}
	q := ui.Question{
		Title: title, Yes: yes, Do: do, Lines: []*ui.Entry{name, number, group},
		Content: ui.Rows(ui.Labelled(i18n.T("class.name"), name), ui.Labelled(i18n.T("class.number"), number),
			ui.Labelled(i18n.T("class.group"), group), ui.Labelled(i18n.T("class.board"), board), ui.Small(i18n.T("class.board.display")), wrong.Box),
	}
	if p.ID != "" {
		q.ExtraButton = ui.NewButton(i18n.T("class.remove"), ui.Icon("trash"), func() { m.Close(); d.remove(p); d.focus() })
	}
	m = d.env.Ask(q)
	d.env.Window().Canvas().Focus(name)
}

// boardChoice is a board that a pupil can have, or is to have.
type boardChoice struct{ board, planned string }

// choices are the boards that a pupil may have, and in words: the first is none, then
// the one that a list has planned.
func (d *dialog) choices(p roster.Pupil) (all []boardChoice, words []string) {
	add := func(c boardChoice, word string) { all, words = append(all, c), append(words, word) }
	add(boardChoice{}, i18n.T("class.board.none"))
	if p.Planned != "" {
		add(boardChoice{p.Board, p.Planned}, i18n.T("class.board.planned", "Board", p.Planned))
	}
	owners := d.env.Boards.Owners()
	for _, l := range d.env.Lights.Lights() {
		if l.Unlisted {
			continue
		}
		word := format.MenuName(l.Name)
		if has := owners[l.Base]; len(has) > 0 && !slices.ContainsFunc(has, func(x roster.Pupil) bool { return x.ID == p.ID }) {
			word = i18n.T("class.board.of", "Board", word, "Name", format.MenuName(PupilNames(has)))
		}
		add(boardChoice{board: d.env.Boards.BoardOf(l.Base)}, word)
	}
	if mine := (boardChoice{p.Board, p.Planned}); p.Board != "" && !slices.Contains(all, mine) {
		add(mine, d.boardElsewhere(p.Board)) // on another broker, or not heard now
	}
	return all, words
}

// boardElsewhere is what a board is called that is not on the panel.
func (d *dialog) boardElsewhere(id string) string {
	if name := d.boards[id]; name != "" {
		return i18n.T("class.board.elsewhere", "Board", format.MenuName(name))
	}
	return i18n.T("class.board.unseen")
}
