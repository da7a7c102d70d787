package wizard

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// stillPage is a page that only tells something: a failure, a pulled plug, a
// board that was restored.
type stillPage struct {
	all  fyne.CanvasObject
	feet foot
}

func (p *stillPage) content() fyne.CanvasObject { return p.all }

func (p *stillPage) update(setup.State) {}

func (p *stillPage) focus() fyne.Focusable { return nil }

func (p *stillPage) foot(setup.State) foot { return p.feet }

func (w *wizard) stillPage(iconName, name, text string, more ...fyne.CanvasObject) *stillPage {
	t := ui.TitleWrapped(name)
	t.Alignment = fyne.TextAlignCenter
	b := ui.Body(text)
	b.Alignment = fyne.TextAlignCenter
	all := append([]fyne.CanvasObject{container.NewCenter(ui.IconImage(ui.Tinted(iconName, theme.ColorNamePrimary), ui.Unit*9)), t, b}, more...)
	return &stillPage{all: container.NewVScroll(container.New(ui.MiddleLayout{}, ui.Rows(all...))), feet: w.backFoot()}
}

// newFailedPage tells what went wrong, and tries it again where it happened.
func newFailedPage(w *wizard, s setup.Failed) wizardPage {
	p := problem.Explain(s.Err)
	if key := problem.ValueKey(s.Err); key != "" {
		p.Advice = i18n.T(key)
	}
	details := container.NewCenter(ui.QuietButton(i18n.T("common.details"), nil, func() { problem.ShowDetail(w.env.Shell, p) }))
	page := w.stillPage("warning", p.Title, p.Advice, details)
	page.feet.next, page.feet.onNext = i18n.T("common.retry"), w.send(setup.Retry{})
	return page
}

// newUnpluggedPage waits for the plug, kindly. A port that was typed is in no
// list, so that nobody sees it come back: a person has to say so.
func newUnpluggedPage(w *wizard, s setup.Unplugged) wizardPage {
	text, typed := "wizard.unplugged.text", s.Port.Kind == device.Typed
	if typed {
		text = "wizard.unplugged.typed"
	}
	page := w.stillPage("usb", i18n.T("wizard.unplugged.title"), i18n.T(text))
	page.feet.back = i18n.T("wizard.unplugged.other")
	if typed {
		page.feet.next, page.feet.onNext = i18n.T("common.retry"), w.send(setup.Retry{})
	} else {
		page.feet.extra, page.feet.onExtra = i18n.T("common.retry"), w.send(setup.Retry{})
	}
	return page
}

// newRestoredPage tells that the board is as it was.
func newRestoredPage(w *wizard, s setup.Restored) wizardPage {
	key := ui.Either(s.Removed, "wizard.restored.removed", "wizard.restored.program")
	page := w.stillPage("check", i18n.T("wizard.restored.title"), i18n.T(key))
	page.feet = foot{next: i18n.T("wizard.finish.next"), onNext: w.send(setup.NextBoard{})}
	return page
}
