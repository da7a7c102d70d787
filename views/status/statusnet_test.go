package status

import (
	"fyne.io/fyne/v2"

	"lamplighter/app/link"
	"lamplighter/views/lamps"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("platform-status-refused", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		*e.Status = viewtest.OnAdafruit()
		e.Status.Link, e.Status.Err = link.Waiting, viewtest.Shut("io.adafruit.com:1883")
		e.Then(func() { envOf(e.Window).ShowProblem(ExplainableError(*e.Status)) })
		return lamps.New(e.Shell, e.Parts).Content()
	})
}
