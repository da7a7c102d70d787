package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// ShowStartupError shows why the program can't start, in a window of its own, until that
// is closed. It gives the error back.
func ShowStartupError(a fyne.App, err error) error {
	_ = i18n.Use("")
	a.Settings().SetTheme(newLook(settings.SystemTheme, 1))
	p := explain(err)
	window := a.NewWindow(i18n.T("app.name"))
	window.SetIcon(AppIcon())
	window.SetContent(container.NewPadded(noticeWith(failure, rows(subtitleWrapped(p.Title), body(p.Advice), code(p.Detail)))))
	window.Resize(fyne.NewSize(640, 320))
	window.ShowAndRun()
	return err
}
