// Package welcome is what fills the window at the very first start: the language, a
// picture, and what to begin with. It is answered once.
package welcome

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/lights"
	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/lampview"
	"lamplighter/views/ui"
)

const (
	pictureSide = ui.Unit * 24
	choiceWidth = ui.Unit * 40
)

// New builds it; begin is called when a person has chosen what to begin with: a
// board of theirs, or the practice board.
func New(s *ui.Shell, begin func(practice bool)) fyne.CanvasObject {
	choose := func(practice bool) func() { return func() { begin(practice) } }
	column := ui.Rows(
		container.NewCenter(lamp()),
		container.NewCenter(ui.Narrow(choiceWidth, languages(s))),
		container.NewCenter(ui.Narrow(choiceWidth, ui.PrimaryButton(i18n.T("lamps.empty.setup"), ui.Icon("setup"), choose(false)))),
		container.NewCenter(ui.Narrow(choiceWidth, ui.NewButton(i18n.T("lamps.empty.practice"), ui.Icon("play"), choose(true)))),
	)
	return container.New(ui.MiddleLayout{}, column)
}

// languages lists them, each in its own words; the one in use is chosen.
func languages(s *ui.Shell) fyne.CanvasObject {
	all := i18n.Languages()
	names := make([]string, len(all))
	for i, l := range all {
		names[i] = l.Name
	}
	list := ui.NewSelect(names, func(i int) {
		s.Restyle(func(v *settings.Values) { v.Language = all[i].Tag })
	})
	list.SetQuietly(slices.IndexFunc(all, func(l i18n.Lang) bool { return l.Tag == i18n.Language() }))
	return list
}

// lamp is the picture: a lamp that is lit.
func lamp() fyne.CanvasObject {
	p := lampview.NewPicture()
	p.Light, p.Lit = lights.Light{State: lights.On, Phase: lights.Confirmed}, 1
	p.Paint()
	return container.New(pictureLayout{p}, p.Objects...)
}

type pictureLayout struct{ picture *lampview.Picture }

func (l pictureLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	const margin = pictureSide / 5 // for its glow
	l.picture.Layout(fyne.NewSquareOffsetPos(margin), size.Width-2*margin)
}

func (pictureLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(pictureSide) }
