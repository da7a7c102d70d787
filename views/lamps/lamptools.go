package lamps

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// lampTools are what finds lamps, and what asks all of those that are found.
type lampTools struct {
	find                *ui.Entry
	on, off, menuButton *ui.Button
}

func newLampTools(p *lampPage) *lampTools {
	t := &lampTools{find: ui.NewEntry(i18n.T("lamps.find"))}
	t.find.Icon = ui.Tinted("search", ui.ColorSoft)
	t.find.OnChanged = func(string) { p.update() }
	t.find.OnSubmitted = func(string) { p.focusGrid() }
	t.on = ui.PrimaryButton("", ui.Icon("lamp-on"), func() { p.last.ask(true, p.grid.lights) })
	t.off = ui.NewButton("", ui.Icon("lamp"), func() { p.last.ask(false, p.grid.lights) })
	t.menuButton = ui.QuietButton("", ui.Icon("more"), p.pageMenu)
	return t
}

func (t *lampTools) row() *fyne.Container {
	find := container.NewGridWrap(fyne.NewSize(ui.Unit*24, t.find.MinSize().Height), t.find)
	apart := container.NewGridWrap(fyne.NewSize(ui.Unit, 1)) // nobody hits "all off" for "all on"
	return ui.Row(find, t.on, apart, t.off, t.menuButton)
}

// label says what "all" means now.
func (t *lampTools) label(all, found int) {
	on, off := i18n.T("lamps.all.on"), i18n.T("lamps.all.off")
	if found != all && found > 0 {
		on, off = i18n.N("lamps.found.on", found), i18n.N("lamps.found.off", found)
	}
	t.on.SetText(on)
	t.off.SetText(off)
}
