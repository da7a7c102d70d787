// Package labels makes sheets of labels for boards as PDF: what a board is called,
// whose it is, its topic, and the address of the pupils' page as a QR code.
//
// Text is drawn as shapes, so that it looks the same on every printer and needs no
// font there; it is not to be searched or copied.
package labels

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"rsc.io/qr"
)

// Label is what stands on one label.
type Label struct {
	Board string // "" = none
	Pupil string // "" = none
	Topic string // "" = none
	Page  string // a URL; "" = no QR code
}

// MaxLabels is how many there are at most.
const MaxLabels = 1000

// ErrTooMany is the error for more than MaxLabels.
var ErrTooMany = errors.New("too many labels")

// A sheet is A4 with three columns of eight labels, as they are sold everywhere, all
// in mm.
const (
	columns, rows = 3, 8
	width, height = 70.0, 37.0
	top           = (297 - rows*height) / 2
	room          = 5.0
	side          = 22.0 // of the QR code, with its quiet zone
	quiet         = 4    // modules (ISO/IEC 18004, 6.3.8)
)

// PDF makes the sheets. Letters that fonts lack are drawn as boxes, and counted.
func PDF(all []Label, fonts *Fonts) (data []byte, missing int, err error) {
	if len(all) > MaxLabels {
		return nil, 0, ErrTooMany
	}
	p := fpdf.New("P", "mm", "A4", "")
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(0, 0, 0)
	p.SetCreationDate(time.Unix(0, 0)) // when it was made is nobody's business
	p.SetModificationDate(time.Unix(0, 0))
	p.SetDrawColor(200, 200, 200)
	p.SetLineWidth(0.1)
	s := &sheet{pdf: p, fonts: fonts}
	for i, l := range all {
		n := i % (columns * rows)
		if n == 0 {
			p.AddPage()
		}
		s.label(l, float64(n%columns)*width, top+float64(n/columns)*height)
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, 0, fmt.Errorf("make labels: %w", err)
	}
	return out.Bytes(), s.missing, nil
}

// sheet is what labels are drawn on.
type sheet struct {
	pdf     *fpdf.Fpdf
	fonts   *Fonts
	missing int
}

// label draws one label at its upper left corner.
func (s *sheet) label(l Label, x, y float64) {
	s.pdf.SetFillColor(0, 0, 0)
	s.pdf.Rect(x, y, width, height, "D") // where it is cut, on plain paper
	wide := width - 2*room
	if l.Page != "" && s.code(l.Page, x+width-room-side, y+(height-side)/2) {
		wide -= side + 2
	}
	lines := []struct {
		text     string
		size     float64 // mm of an em
		most     int
		grey     bool
		advances float64 // mm to the next line
	}{{l.Pupil, 6.2, 2, false, 6.6}, {l.Board, 5, 1, false, 6}, {l.Topic, 2.6, 2, true, 3.2}}
	if l.Pupil == "" {
		lines[1].size, lines[1].advances = 7, 8
	}
	total := 0.0
	fitted := make([][]string, len(lines))
	for i, line := range lines {
		fitted[i], lines[i].size = s.fonts.fit(line.text, line.size, wide, line.most)
		total += float64(len(fitted[i])) * line.advances
	}
	y += (height - total) / 2
	for i, line := range lines {
		shade := 0
		if line.grey {
			shade = 90
		}
		s.pdf.SetFillColor(shade, shade, shade)
		for _, text := range fitted[i] {
			s.text(text, x+room, y+line.advances*0.78, line.size)
			y += line.advances
		}
	}
}

// code draws a URL as a QR code, and reports whether there is one.
func (s *sheet) code(url string, x, y float64) bool {
	code, err := qr.Encode(url, qr.M)
	if err != nil {
		return false
	}
	module := side / float64(code.Size+2*quiet)
	x, y = x+quiet*module, y+quiet*module
	for row := range code.Size {
		for from := 0; from < code.Size; {
			to := from
			for to < code.Size && code.Black(to, row) {
				to++
			}
			if to > from { // neighbours together, or a printer leaves gaps
				s.pdf.Rect(x+float64(from)*module, y+float64(row)*module, float64(to-from)*module, module*1.02, "F")
			}
			from = to + 1
		}
	}
	return true
}
