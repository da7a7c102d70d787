package lamps

import (
	"fyne.io/fyne/v2"

	"lamplighter/views/ui"
)

// gridPlan is where cards lie.
type gridPlan struct {
	scale         float32
	tile          bool // cards are tiles
	wall          bool // tiles are of any size, and all in view
	columns       int
	width, height float32 // of a card
	left, gap     float32
}

// planGrid chooses the largest scale at which all n cards are in view, tiles where
// cards would be too many, and the least tiles where those are too. Text is scaled for
// people who want it larger. Large cards are for a class that looks from afar.
func planGrid(n int, size fyne.Size, text float32, large bool) gridPlan {
	scales := []float32{2.2, 1.9, 1.65, 1.45, 1.25, 1.1, 1}
	if large {
		scales = append(append([]float32{4.4, 3.8, 3.3, 2.9, 2.5}, scales...), 0.85, 0.7, 0.6)
	}
	for _, s := range scales {
		if p := planCards(n, size, s*text); p.width <= size.Width && p.total(n) <= size.Height {
			return p
		}
	}
	if n < fewest {
		return planCards(n, size, text)
	}
	return planTiles(n, size, text)
}

// fewest is how many lamps are shown as tiles at least: fewer scroll as cards.
const fewest = 5

func planCards(n int, size fyne.Size, scale float32) gridPlan {
	p := gridPlan{scale: scale, height: cardHeight * scale, gap: ui.Unit * 2}
	columns := max(1, int((size.Width+p.gap)/(cardWidth*scale+p.gap)))
	p.columns = min(columns, max(n, 1))
	p.width = min((size.Width-p.gap*float32(p.columns-1))/float32(p.columns), cardWidth*scale*1.5)
	p.width = max(p.width, min(cardWidth*scale, size.Width))
	p.left = max(0, (size.Width-p.width*float32(p.columns)-p.gap*float32(p.columns-1))/2)
	return p
}

// planTiles takes the columns at which tiles are nearest to their best form, all in
// view; where they can't be, as many columns as there is room for.
func planTiles(n int, size fyne.Size, text float32) gridPlan {
	var best gridPlan
	fit := float32(0)
	for columns := 1; ; columns++ {
		p := gridPlan{scale: text, tile: true, gap: ui.Unit * 0.75, columns: columns}
		p.width = (size.Width+p.gap)/float32(columns) - p.gap
		if p.width < tileWidth*text && columns > 1 {
			break
		}
		rows := (n + columns - 1) / columns
		p.height = min((size.Height+p.gap)/float32(rows)-p.gap, tallTile*text*1.2)
		if p.height < tileHeight*text {
			if fit == 0 {
				p.height = tileHeight * text
				best = p
			}
			continue
		}
		if f := min(p.width/tileWidth, p.height/tileHeight/1.1); f > fit {
			p.scale = max(text, min(f*0.9, 1.7*text)) // larger letters for the back row
			fit, best = f, p
		}
	}
	return best
}

func (p gridPlan) at(i int) fyne.Position {
	return fyne.NewPos(p.left+float32(i%p.columns)*(p.width+p.gap), float32(i/p.columns)*(p.height+p.gap))
}

func (p gridPlan) total(n int) float32 {
	rows := (n + p.columns - 1) / p.columns
	return max(0, float32(rows)*(p.height+p.gap)-p.gap)
}
