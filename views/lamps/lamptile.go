package lamps

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"lamplighter/i18n"
	"lamplighter/views/lampview"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// A tile's measures at scale 1: the least that one may have, and the height from which
// it says what its lamp's state rests on. Below that the page says it of the current
// one.
const (
	tileWidth  = 148
	tileHeight = 62
	tallTile   = 124
	tileRoom   = 8
	tileLamp   = 42
	tileDots   = 40
	tileSign   = 18 // how much of that may be seen
)

// tall reports whether a tile of a height has room for what its state rests on.
func tall(height, scale float32) bool { return height >= tallTile*scale }

// tileNames are a tile's, the best first; the second has no room beside a mark.
var tileNames = []nameFace{{14, 1, 0, 0}, {12, 2, 14, 9}}

// narrowNames are those of a narrow one.
var narrowNames = []nameFace{{14, 1, 0, 0}, {11, 1, 0, 0}}

// layTile puts a lamp's picture, name and word beside each other, with what is told of
// it below where there is room. The whole tile is the switch.
func (r *lampCardRenderer) layTile(size fyne.Size) {
	c, u := r.c, r.c.scale
	if size.Width < tileWidth*u {
		r.layNarrow(size)
		return
	}
	rest := size.Height
	if tall(size.Height, u) {
		rest = 70 * u
	}
	side := tileLamp * u
	c.picture.Layout(fyne.NewPos(tileRoom*u, (rest-side)/2+2*u), side)
	c.sw.Hide()
	ui.SetBounds(c.dots, size.Width-tileDots, rest-tileDots, tileDots, tileDots)
	w := lampview.Describe(c.light, c.now())
	left := (2*tileRoom + tileLamp) * u
	room := size.Width - left - tileRoom*u
	bold := fyne.TextStyle{Bold: true}
	mark := c.markWords()
	top := (rest - 40*u) / 2
	if mark != "" && !tall(size.Height, u) {
		top = (rest - 56*u) / 2
	}
	faces := tileNames
	if mark != "" && !tall(size.Height, u) {
		faces = tileNames[:1]
	}
	r.writeName(fyne.NewPos(left, top), room, faces)
	room -= tileSign - tileRoom*u
	word := 17 * u
	if wide := textfit.Width(w.Word, word, bold); wide > room {
		word = max(13*u, word*room/wide)
	}
	ui.WriteText(r.word, textfit.Line(w.Word, word, bold, room), word, bold, wordColor(c.light))
	r.word.Move(fyne.NewPos(left, top+19*u))
	r.tileTruth(size, rest, w.Truth)
	r.tileMark(size, left, top+41*u, room, mark)
}

// smallWord is the smallest letters on a wall of tiles.
const smallWord = 11

// numberOf is the number at a name's end, or "".
func numberOf(name string) string {
	return name[len(strings.TrimRight(name, "0123456789")):]
}

// layWall puts a lamp's picture and name beside each other, as large as there is
// room, with its word below where that can be read.
func (r *lampCardRenderer) layWall(size fyne.Size) {
	const least, edge = 48, 4
	for _, o := range []fyne.CanvasObject{r.c.sw, r.c.dots, r.badge, r.badgeText, r.name[1], r.name[2], r.truth[0], r.truth[1], r.changedBy} {
		o.Hide()
	}
	side := min(size.Height*0.72, size.Width*0.3)
	r.c.picture.Layout(fyne.NewPos(edge, (size.Height-side)/2), side)
	left := side + 2*edge
	room := size.Width - left - edge
	word := lampview.Describe(r.c.light, r.c.now()).Word
	bold := fyne.TextStyle{Bold: true}
	large := min(size.Height*0.36, 40)
	spoken := size.Height >= least
	if !spoken {
		large = min(size.Height*0.55, 24)
	}
	fit := func(t *canvas.Text, text string, most float32, tint fyne.ThemeColorName) float32 {
		if wide := textfit.Width(text, most, bold); wide > room {
			most = max(smallWord, 0.96*most*room/wide)
		}
		ui.WriteText(t, textfit.Middle(text, most, bold, room), most, bold, tint)
		return t.MinSize().Height
	}
	called := r.c.name()
	if n := numberOf(called); n != "" && textfit.Width(called, smallWord, bold) > room {
		called = n // lamp-107 and lamp-207 are told apart by it
	}
	name := fit(r.name[0], called, large, theme.ColorNameForeground)
	ui.SetVisible(r.word, spoken)
	if !spoken {
		r.name[0].Move(fyne.NewPos(left, (size.Height-name)/2))
		return
	}
	below := fit(r.word, word, large*0.8, wordColor(r.c.light))
	r.name[0].Move(fyne.NewPos(left, (size.Height-name-below)/2))
	r.word.Move(fyne.NewPos(left, (size.Height-name-below)/2+name))
}

// layNarrow puts the name over the lamp's picture and word, for a seat that is narrow.
// The word is not cut: its letters become smaller, and it goes below the picture.
func (r *lampCardRenderer) layNarrow(size fyne.Size) {
	c, u := r.c, r.c.scale
	for _, o := range []fyne.CanvasObject{c.sw, r.badge, r.badgeText} {
		o.Hide()
	}
	for _, t := range []*canvas.Text{r.truth[0], r.truth[1], r.changedBy} {
		ui.WriteText(t, "", 13*u, fyne.TextStyle{}, ui.ColorSoft)
	}
	ui.SetBounds(c.dots, size.Width-tileSign, size.Height-tileDots, tileSign, tileDots)
	r.writeName(fyne.NewPos(tileRoom, 3*u), size.Width-2*tileRoom, narrowNames)
	bold, text := fyne.TextStyle{Bold: true}, lampview.Describe(c.light, c.now()).Word
	wide := textfit.Width(text, 13*u, bold)
	top, side := 25*u, min(30*u, size.Width/3)
	beside := size.Width - 2*tileRoom - side - tileSign
	if 13*u*beside >= smallWord*wide { // it can be read there
		r.narrowWord(text, fyne.NewPos(2*tileRoom+side, top), side, beside)
	} else {
		line := 18 * u
		side = max(smallWord, min(side, size.Height-top-line))
		r.narrowWord(text, fyne.NewPos(tileRoom, size.Height-line-2), line, size.Width-tileRoom-tileSign)
	}
	c.picture.Layout(fyne.NewPos(tileRoom, top), side)
}

// narrowWord writes the lamp's word, as large as there is room, in the middle of a height.
func (r *lampCardRenderer) narrowWord(text string, at fyne.Position, high, room float32) {
	bold, word := fyne.TextStyle{Bold: true}, 13*r.c.scale
	if wide := textfit.Width(text, word, bold); wide > room {
		word = max(smallWord, 0.98*word*room/wide)
	}
	ui.WriteText(r.word, textfit.Line(text, word, bold, room), word, bold, wordColor(r.c.light))
	r.word.Move(at.AddXY(0, (high-r.word.MinSize().Height)/2))
}

// tileTruth says what the state rests on, in a tile that has the room.
func (r *lampCardRenderer) tileTruth(size fyne.Size, top float32, truth string) {
	u := r.c.scale
	lines := []string{"", ""}
	if tall(size.Height, u) {
		most := min(2, int((size.Height-top-tileRoom*u)/(18*u)))
		lines = append(textfit.Wrap(truth, 13*u, fyne.TextStyle{}, size.Width-(2*tileRoom+4)*u, most), lines...)
	}
	for i, t := range r.truth {
		ui.WriteText(t, lines[i], 13*u, fyne.TextStyle{}, theme.ColorNameForeground)
		t.Move(fyne.NewPos((tileRoom+2)*u, top+18*float32(i)*u))
	}
}

// tileMark says in small letters what makes this lamp another than most.
func (r *lampCardRenderer) tileMark(size fyne.Size, left, top, room float32, mark string) {
	u := r.c.scale
	r.badge.Hide()
	r.badgeText.Hide()
	at := fyne.NewPos(left, top)
	if tall(size.Height, u) {
		at, room = fyne.NewPos((tileRoom+2)*u, size.Height-(tileRoom+16)*u), size.Width-(2*tileRoom+4)*u
	}
	tint := ui.Either(r.c.warns(), theme.ColorNameWarning, ui.ColorSoft)
	ui.WriteText(r.changedBy, textfit.Line(mark, 12*u, fyne.TextStyle{}, room), 12*u, fyne.TextStyle{}, tint)
	r.changedBy.Move(at)
}

// tileWords are what a tile has no room for: of which lamp, what its state rests on,
// and who changed it.
func (p *lampPage) tileWords() string {
	l, ok := p.grid.light()
	if !ok || !p.grid.plan.tile || tall(p.grid.plan.height, p.grid.plan.scale) {
		return ""
	}
	w := lampview.Describe(l, p.now())
	name := shownName(cmp.Or(p.grid.names[l.Base], l.Name), p.grid.twins[l.Base])
	if w.ChangedBy == "" {
		return i18n.T("lamps.tile", "Name", name, "Truth", w.Truth)
	}
	return i18n.T("lamps.tile.who", "Name", name, "Truth", w.Truth, "Who", w.ChangedBy)
}
