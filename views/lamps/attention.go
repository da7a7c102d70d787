package lamps

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// attention tells that the teacher alone has the switches, with what goes with it,
// and gives them back.
type attention struct {
	env           *env
	notice        *ui.Surface
	words, button *widget.Label // who has the switches; how the boards' buttons are
	dark, buttons *ui.Check
	endSpotlight  *ui.Button // ends the spotlight
}

func newAttention(d *env) *attention {
	a := &attention{env: d, words: ui.Body(""), button: ui.Small("")}
	a.button.Wrapping = fyne.TextWrapWord
	a.dark = ui.NewCheck(i18n.T("attention.dark"), func(on bool) { a.setOptions(on, a.buttons.Checked) })
	a.buttons = ui.NewCheck(i18n.T("attention.buttons"), func(on bool) { a.setOptions(a.dark.Checked, on) })
	a.endSpotlight = ui.NewButton(i18n.T("spotlight.end"), ui.Icon("lamp"), func() { d.Lesson.SetSpotlight("") })
	give := ui.PrimaryButton(i18n.T("attention.give"), ui.Icon("unlock"), func() { d.Lesson.SetAttention(false) })
	a.notice = ui.NoticeWith(ui.Warning, container.New(&ui.TightLayout{}, a.words, a.button), a.dark, a.buttons, a.endSpotlight, give)
	return a
}

func (a *attention) setOptions(dark, buttons bool) {
	w := a.env.Lesson.AttentionOptions()
	w.Dark, w.Buttons = dark, buttons
	a.env.Lesson.SetAttentionOptions(w)
}

// update shows how it is.
func (a *attention) update() {
	l := a.env.Lesson
	ui.SetVisible(a.notice, l.Attention())
	if !l.Attention() {
		return
	}
	a.dark.SetQuietly(l.AttentionOptions().Dark)
	a.buttons.SetQuietly(l.AttentionOptions().Buttons)
	ui.SetVisible(a.endSpotlight, l.Spotlight() != "")
	ui.SetVisible(a.dark, l.Spotlight() == "")
	ui.SetVisible(a.button, l.Spotlight() == "" || l.AttentionOptions().Buttons)
	ui.SetText(a.words, a.text())
	ui.SetText(a.button, a.buttonText())
}

func (a *attention) text() string {
	if x, ok := a.env.Lights.Light(a.env.Lesson.Spotlight()); ok {
		if broker := a.env.Status().Broker; broker != "" {
			return i18n.T("spotlight.notice.other", "Name", x.Name, "Broker", format.ClientText(broker))
		}
		return i18n.T("spotlight.notice", "Name", x.Name)
	}
	if broker := a.env.Status().Broker; broker != "" {
		return i18n.T("attention.notice.other", "Broker", format.ClientText(broker))
	}
	return i18n.T("attention.notice")
}

// buttonText says how the boards' buttons are, by the boards' own word.
func (a *attention) buttonText() string {
	b := a.env.Lesson.Buttons()
	switch {
	case !a.env.Lesson.AttentionOptions().Buttons:
		return i18n.T("attention.buttons.free")
	case b.Unable > 0:
		return i18n.N("attention.buttons.unable", b.Unable, "Held", b.Held, "All", b.Held+b.Free+b.Unable)
	}
	return i18n.T("attention.buttons.held", "Held", b.Held, "All", b.Held+b.Free)
}
