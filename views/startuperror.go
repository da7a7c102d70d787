package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// ShowStartupError shows why the program can't start, in a window of its own, until that
// is closed. It gives the error back.
func ShowStartupError(a fyne.App, err error) error {
	_ = i18n.SetLanguage("")
	a.Settings().SetTheme(ui.NewLook(settings.SystemTheme, 1, false))
	p := problem.Explain(err)
	window := a.NewWindow(i18n.T("app.name"))
	window.SetIcon(ui.AppIcon())
	window.SetContent(container.NewPadded(ui.NoticeWith(ui.Failure, ui.Rows(ui.SubtitleWrapped(p.Title), ui.Body(p.Advice), ui.Code(p.Detail)))))
	window.Resize(fyne.NewSize(640, 320))
	window.ShowAndRun()
	return err
}
