package views

import (
	"fyne.io/fyne/v2"
)

func init() {
	registerScene("platform-status-refused", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		*e.status = onAdafruit()
		e.status.Link, e.status.Err = LinkDown, shut("io.adafruit.com:1883")
		e.then(func() { deskOf(e.testWindow).ShowProblem(toldError(*e.status)) })
		return NewLamps(e.shell, e.parts).Content()
	})
}
