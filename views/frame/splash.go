package frame

import (
	"image"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lamplighter/device/crash"
	"lamplighter/i18n"
)

// splash fills the window with the program's name alone, and calls drawn once a frame
// has it.
func (w *Window) splash(drawn func()) {
	name := canvas.NewText(i18n.T("app.name"), theme.Color(theme.ColorNameForeground))
	name.TextSize = theme.Size(theme.SizeNameHeadingText)
	once := func() {
		if w.root != nil && !w.closed {
			drawn()
		}
	}
	// Fyne tells of no frame, but asks for this picture while it draws one.
	frame := canvas.NewRaster(func(int, int) image.Image {
		crash.Go(func() { w.Opts.Post(once) })
		return image.NewAlpha(image.Rect(0, 0, 1, 1))
	})
	w.root = container.NewStack(frame, container.NewCenter(name))
	w.Win.SetTitle(name.Text)
	w.Win.SetContent(w.root)
}
