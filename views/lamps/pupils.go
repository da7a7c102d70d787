package lamps

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/pupilpage"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// pupilsWidth is how wide the dialog is, for a picture that is read across a room.
const pupilsWidth = 960

// pupilsDialog opens the pupils' page, shows how it is reached, and closes it.
type pupilsDialog struct {
	env                  *env
	page                 *pupilpage.Page
	body                 *fyne.Container
	rule                 *ui.Select
	main, newCode, names *ui.Button
	end, shut            *ui.Button
	present, refused     *widget.Label
	wrong                *ui.Wrong
	list                 *widget.Label // who is here, where that was asked for
	code                 string        // that is shown
	modal                *ui.Dialog
}

// pupilsDialog shows the page's address, or offers to open it.
func (p *lampPage) pupilsDialog() {
	d := &pupilsDialog{env: p.env, page: p.env.Pupils, body: ui.Rows(), present: ui.Label(""), refused: ui.Body(""), wrong: ui.NewWrong(), list: ui.Body("")}
	var options []string
	for _, r := range pupilpage.Rules() {
		options = append(options, map[pupilpage.Rule]string{
			pupilpage.RuleOwn: i18n.T("pupilpage.rule.mine"), pupilpage.RuleGroup: groupRule(len(d.env.Class.Groups()) > 0), pupilpage.RuleAll: i18n.T("pupilpage.rule.all"), pupilpage.RuleLook: i18n.T("pupilpage.rule.look"),
		}[r])
	}
	d.rule = ui.NewSelect(options, func(i int) { d.page.SetRule(pupilpage.Rule(i)) })
	d.main = ui.PrimaryButton(i18n.T("pupilpage.open"), nil, func() { d.toggle(p) })
	d.shut = ui.NewButton(i18n.T("pupilpage.close"), nil, func() { d.toggle(p) })
	d.newCode = ui.NewButton(i18n.T("pupilpage.new-code"), ui.Icon("refresh"), func() { d.page.Open(PupilSpeech{p.now}) })
	d.names = ui.QuietButton(i18n.T("pupilpage.show-names"), ui.Icon("people"), func() {
		ui.SetVisible(d.list, !d.list.Visible())
		d.update()
	})
	d.list.Hide()
	d.open()
}

// groupRule is what the rule of groups lets pupils do.
func groupRule(any bool) string {
	if !any {
		return i18n.T("pupilpage.rule.group.none")
	}
	return i18n.T("pupilpage.rule.group")
}

func (d *pupilsDialog) open() {
	d.modal = &ui.Dialog{Shell: d.env.Shell}
	stop := d.page.Changed.Listen(d.update)
	d.modal.Cancelled = stop
	d.end = ui.NewButton(i18n.T("common.close"), nil, d.modal.Cancel)
	d.update()
	d.modal.Show(ui.Question{Title: i18n.T("pupilpage.title"), Content: d.body, ExtraButton: ui.Row(d.newCode, d.shut), Width: pupilsWidth}, d.end, d.main)
	d.focus()
}

// focus puts the focus on what does no harm: a page that was just opened is not
// closed by a second press.
func (d *pupilsDialog) focus() {
	d.env.Window().Canvas().Focus(ui.Either(d.page.State().Open, d.end, d.main))
}

// toggle opens or closes the page. One that is closed has nothing to show.
func (d *pupilsDialog) toggle(p *lampPage) {
	if d.page.State().Open {
		d.page.Close()
	} else {
		d.page.Open(PupilSpeech{p.now})
	}
	d.focus()
}

// update shows how the page is now.
func (d *pupilsDialog) update() {
	s := d.page.State()
	d.rule.SetQuietly(int(d.page.Rule()))
	ui.SetVisible(d.newCode, s.Open)
	said := ""
	if s.Err != nil {
		said = problem.Explain(s.Err).Title
	}
	d.wrong.Set(nil, said)
	ui.SetText(d.present, i18n.N("pupilpage.here", s.Present))
	ui.SetText(d.refused, i18n.N("pupilpage.refused", s.Refused))
	ui.SetVisible(d.refused, s.Refused > 0)
	ui.SetText(d.list, d.pupilLines())
	ui.SetVisible(d.shut, s.Open)
	ui.SetVisible(d.main, !s.Open)
	d.end.Importance = ui.Either(s.Open, widget.HighImportance, widget.MediumImportance)
	d.end.Refresh()
	if shown := s.Code + s.Address; shown != d.code || len(d.body.Objects) == 0 { // a picture is drawn once
		d.code = shown
		d.body.Objects = d.build(s)
	}
	d.body.Refresh()
	if d.modal.Overlay != nil {
		d.modal.Fit()
	}
}

// build is what the dialog shows of a page that is open, or of one that is not.
func (d *pupilsDialog) build(s pupilpage.State) []fyne.CanvasObject {
	rule := ui.Labelled(i18n.T("pupilpage.rule"), d.rule)
	if !s.Open {
		return []fyne.CanvasObject{ui.Body(i18n.T("pupilpage.text")), rule, d.wrong.Box}
	}
	about := ui.Rows()
	var picture fyne.CanvasObject = ui.Notice(ui.Warning, i18n.T("pupilpage.no-network"))
	if s.Address != "" {
		if code, err := ui.QRCode(s.URL(), d.side()); err == nil {
			picture = code
		}
		about.Add(ui.Rows(ui.Body(i18n.T("pupilpage.scan")), large(s.Address)))
	}
	for _, o := range []fyne.CanvasObject{ui.Body(i18n.T("pupilpage.code")), large(s.Code[:len(s.Code)/2] + " " + s.Code[len(s.Code)/2:]), rule, ui.Row(d.present, d.names), d.list, d.refused} {
		about.Add(o)
	}
	if s.Address == "" {
		return []fyne.CanvasObject{picture, about}
	}
	return []fyne.CanvasObject{container.NewBorder(nil, nil, container.NewVBox(picture), nil, ui.Padded(ui.Unit, about))}
}

// side is how large the picture may be, in this window.
func (d *pupilsDialog) side() float32 {
	return min(ui.Unit*64, max(ui.Unit*28, d.env.Window().Canvas().Size().Height-ui.Unit*30))
}

// maxLarge is how many letters fit beside the picture at largeSize.
const (
	maxLarge  = 21
	largeSize = 32
)

// large is a text that is read across a room.
func large(text string) fyne.CanvasObject {
	if len(text) > maxLarge { // an IPv6 address
		l := ui.Code(text)
		l.Wrapping = fyne.TextWrapBreak
		return l
	}
	c := canvas.NewText(text, ui.Color(theme.ColorNameForeground))
	c.TextSize, c.TextStyle = largeSize, fyne.TextStyle{Monospace: true, Bold: true}
	return container.New(layout.NewCustomPaddedLayout(ui.Unit, ui.Unit, 0, 0), c)
}

// pupilLines lists the pupils, with their lamps.
func (d *pupilsDialog) pupilLines() string {
	var lines []string
	for _, x := range d.page.Pupils() {
		name := format.MenuName(format.ClientText(x.Name))
		if name == "" {
			name = i18n.T("pupilpage.unnamed")
		}
		lamp, has := d.env.Lights.Light(x.Lamp)
		switch {
		case !x.Present:
			lines = append(lines, i18n.T("pupilpage.person.away", "Name", name))
		case has:
			lines = append(lines, i18n.T("pupilpage.person.lamp", "Name", name, "Lamp", lamp.Name))
		default:
			lines = append(lines, i18n.T("pupilpage.person", "Name", name))
		}
	}
	if len(lines) == 0 {
		return i18n.T("pupilpage.nobody")
	}
	return strings.Join(lines, "\n")
}

// showPupils shows how the pupils' page and the lesson are.
func (p *lampPage) showPupils() {
	s := p.env.Pupils.State()
	ui.SetVisible(p.line.pupils, s.Open)
	p.line.pupils.SetText(i18n.N("pupilpage.button", s.Present))
	ui.SetVisible(p.line.attention, !p.env.Lesson.Attention() && len(p.panel.Lights()) > 0)
	p.attention.update()
	p.restarted.update(p.now())
}
