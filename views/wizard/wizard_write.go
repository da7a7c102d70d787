package wizard

import (
	"fmt"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// newWritePage shows bytes and files on their way to the board.
func newWritePage(w *wizard, s setup.Writing) *busyPage {
	return newBusyPage(w, "send", s, func(state setup.State) busy {
		s, ok := state.(setup.Writing)
		if !ok {
			return busy{}
		}
		return progressed(i18n.T("wizard.write.title"), i18n.T("wizard.write.text"), s.Progress)
	})
}

// newUndoPage shows how the board gets back what it had.
func newUndoPage(w *wizard, s setup.Undoing) *busyPage {
	return newBusyPage(w, "refresh", s, func(state setup.State) busy {
		s, ok := state.(setup.Undoing)
		if !ok {
			return busy{}
		}
		name := ui.Either(s.Remove, i18n.T("wizard.undo.remove"), i18n.T("wizard.undo.restore"))
		return progressed(name, i18n.T("wizard.write.text"), s.Progress)
	})
}

// progressed is work whose bytes are counted.
func progressed(name, text string, p device.Progress) busy {
	b := busy{name: name, text: text, part: -1}
	if p.Total > 0 {
		b.part = float64(p.Done) / float64(p.Total)
		b.sign = i18n.T("wizard.write.bytes", "Done", kilobytes(p.Done), "Total", kilobytes(p.Total))
	}
	if p.Step != "" {
		b.text = i18n.T("wizard.write.file", "Name", p.Step)
	}
	return b
}

// kilobytes is a number of bytes as people read it, in KiB.
func kilobytes(n int) string { return fmt.Sprintf("%.1f", float64(n)/1024) }
