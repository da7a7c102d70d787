package wizard

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lamplighter/views/ui"
)

var (
	_ fyne.Tappable      = (*ui.PickRow)(nil)
	_ fyne.Focusable     = (*ui.PickRow)(nil)
	_ fyne.Disableable   = (*ui.PickRow)(nil)
	_ desktop.Hoverable  = (*ui.PickRow)(nil)
	_ desktop.Cursorable = (*ui.PickRow)(nil)
)
