package views

import (
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// desk is what the window gives to its pages: the parts of the program, and the
// window's own services.
type desk struct {
	*Parts
	frame *Window
	work  *topicWork
}

// window is the window, for its canvas and clipboard.
func (d *desk) window() fyne.Window { return d.frame.window }

// visit goes to a place and, if target is not "", to one thing of it: a board's
// base topic in Lamps, a topic in Topics.
func (d *desk) visit(id placeID, target string) { d.frame.visit(id, target) }

// toast tells in passing that something is done. What needs an answer, or what
// went wrong, has its place on the page or in a dialog.
func (d *desk) toast(text string) { d.frame.layer.say(text) }

// copyText puts text on the clipboard and says so.
func (d *desk) copyText(text string) {
	d.frame.ui.Clipboard().SetContent(text)
	d.toast(i18n.T("common.copied"))
}

// leave keeps what was typed a moment ago.
func (d *desk) leave() {
	if d.work != nil {
		d.work.keepDraft()
	}
}

// restyle changes how the window looks, at once.
func (d *desk) restyle(change func(*settings.Values)) {
	d.Settings.Update(change)
	d.frame.apply()
}

// help shows what the place in view is for, and its keys.
func (d *desk) help() {
	for _, p := range places {
		if p.id == d.frame.here {
			d.tell(p.word(), p.help()+"\n\n"+i18n.T("help.keys"))
		}
	}
}

// toastTime is how long a toast stays.
const toastTime = 4 * time.Second
