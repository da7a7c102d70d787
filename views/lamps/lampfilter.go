package lamps

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/lights"
	"lamplighter/i18n"
	"lamplighter/views/lampview"
	"lamplighter/views/ui"
)

// The lamps that a filter shows.
const (
	showAll = iota
	showOn
	showTrouble
)

// filterFrom is how many lamps there are when filters are of use.
const filterFrom = 7

// lampFilter shows all lamps, those that are on, or those that want help.
type lampFilter struct {
	bar     *fyne.Container
	buttons [showTrouble + 1]*ui.Button
	chosen  int
	changed func()
}

func newLampFilter(changed func()) *lampFilter {
	f := &lampFilter{bar: ui.Row(), changed: changed}
	for i := range f.buttons {
		f.buttons[i] = ui.QuietButton("", nil, func() { f.choose(i) })
		f.bar.Add(f.buttons[i])
	}
	return f
}

func (f *lampFilter) choose(i int) {
	f.chosen = i
	f.changed()
}

// count says how many lamps each filter shows. One that shows none is left.
func (f *lampFilter) count(all []lights.Light) {
	var counts [showTrouble + 1]int
	for _, l := range all {
		for i := range counts {
			if shows(i, l) {
				counts[i]++
			}
		}
	}
	ui.SetVisible(f.bar, len(all) >= filterFrom)
	if len(all) < filterFrom || counts[f.chosen] == 0 {
		f.chosen = showAll
	}
	for i, key := range [...]string{"lamps.filter.all", "lamps.filter.on", "lamps.filter.trouble"} {
		b := f.buttons[i]
		b.SetImportance(ui.Either(i == f.chosen, widget.MediumImportance, widget.LowImportance))
		b.SetText(i18n.T(key, "Count", counts[i]))
		ui.SetEnabled(b, counts[i] > 0 || i == showAll)
	}
}

// shows reports whether a filter lets a lamp be seen.
func shows(filter int, l lights.Light) bool {
	switch filter {
	case showOn:
		return lampview.IsLit(l)
	case showTrouble:
		return inTrouble(l)
	}
	return true
}

// inTrouble reports whether a lamp wants somebody to look at it.
func inTrouble(l lights.Light) bool {
	switch l.Phase {
	case lights.NoAnswer, lights.NotSent, lights.Contradicted, lights.Offline, lights.Stale:
		return true
	}
	return l.RetainedCommand
}
