package labels

import (
	"fmt"
	"os"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Fonts are what letters are drawn with. A letter is taken from the first font that
// has it.
type Fonts struct {
	all    []*sfnt.Font
	buffer sfnt.Buffer
	glyphs map[rune]glyph
}

// glyph is the shape of a letter, in parts of an em. Font is nil where no font has it.
type glyph struct {
	font    *sfnt.Font
	index   sfnt.GlyphIndex
	advance float64
}

// perEm is how fine shapes are asked for: units an em.
const perEm = 1000

// NewFonts reads fonts in OpenType or TrueType form.
func NewFonts(files ...[]byte) (*Fonts, error) {
	f := &Fonts{glyphs: map[rune]glyph{}}
	for _, data := range files {
		one, err := sfnt.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("read a font: %w", err)
		}
		f.all = append(f.all, one)
	}
	return f, nil
}

// systemFonts have the rare characters that people are called by and that the
// program's own font lacks, where the system has them.
var systemFonts = []string{
	`C:\Windows\Fonts\msyh.ttc`, `C:\Windows\Fonts\simsun.ttc`, `C:\Windows\Fonts\simsunb.ttf`,
	"/System/Library/Fonts/PingFang.ttc", "/System/Library/Fonts/STHeiti Light.ttc", "/System/Library/Fonts/Hiragino Sans GB.ttc",
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
}

// maxFont is the largest font that is read, in bytes.
const maxFont = 64 << 20

// AddSystem adds the system's own fonts for letters that the others lack. What can't
// be read is left out.
func (f *Fonts) AddSystem() {
	for _, path := range systemFonts {
		if info, err := os.Stat(path); err != nil || info.Size() > maxFont {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if c, err := sfnt.ParseCollection(data); err == nil && c.NumFonts() > 0 {
			if one, err := c.Font(0); err == nil {
				f.all = append(f.all, one)
			}
		}
	}
}

// glyph finds the shape of a letter.
func (f *Fonts) glyph(r rune) glyph {
	if g, ok := f.glyphs[r]; ok {
		return g
	}
	g := glyph{advance: 1}
	for _, one := range f.all {
		index, err := one.GlyphIndex(&f.buffer, r)
		if err != nil || index == 0 {
			continue
		}
		advance, err := one.GlyphAdvance(&f.buffer, index, fixed.I(perEm), font.HintingNone)
		if err == nil {
			g = glyph{one, index, units(advance)}
			break
		}
	}
	f.glyphs[r] = g
	return g
}

func units(v fixed.Int26_6) float64 { return float64(v) / 64 / perEm }

// smallest is how much smaller letters may be made, so that a text fits.
const smallest = 0.6

// fit breaks a text into at most so many lines of a width, with letters of a size or
// somewhat smaller. What does not fit even then ends with an ellipsis.
func (f *Fonts) fit(text string, size, wide float64, most int) ([]string, float64) {
	if text == "" {
		return nil, size
	}
	for scale := 1.0; ; scale -= 0.1 {
		lines, all := f.wrap(text, wide/(size*scale), most)
		if all || scale-0.1 < smallest {
			return lines, size * scale
		}
	}
}

// wrap breaks a text where it must, at a space if there is one, and reports whether
// all of it is there.
func (f *Fonts) wrap(text string, ems float64, most int) (lines []string, all bool) {
	rest := []rune(text)
	for len(rest) > 0 {
		end, w := 0, 0.0
		for end < len(rest) && w+f.glyph(rest[end]).advance <= ems {
			w += f.glyph(rest[end]).advance
			end++
		}
		switch {
		case end == len(rest):
		case len(lines) == most-1:
			return append(lines, string(rest[:max(0, end-1)])+"…"), false
		default:
			for at := end; at > end/2; at-- {
				if unicode.IsSpace(rest[at]) || strings.ContainsRune("/-", rest[at-1]) {
					end = at
					break
				}
			}
		}
		end = max(end, 1)
		lines = append(lines, strings.TrimSpace(string(rest[:end])))
		rest = []rune(strings.TrimLeft(string(rest[end:]), " "))
	}
	return lines, true
}

// text draws a line of text from a point on its base line.
func (s *sheet) text(text string, x, y, size float64) {
	for _, r := range text {
		g := s.fonts.glyph(r)
		switch {
		case g.font != nil:
			s.shape(g, x, y, size)
		case !unicode.IsSpace(r):
			s.missing++
			s.pdf.Rect(x+size*0.1, y-size*0.75, size*0.8, size*0.8, "D")
		}
		x += g.advance * size
	}
}

// shape draws a letter.
func (s *sheet) shape(g glyph, x, y, size float64) {
	segments, err := g.font.LoadGlyph(&s.fonts.buffer, g.index, fixed.I(perEm), nil)
	if err != nil || len(segments) == 0 {
		return
	}
	at := func(p fixed.Point26_6) (float64, float64) { return x + units(p.X)*size, y + units(p.Y)*size }
	for i, seg := range segments {
		x0, y0 := at(seg.Args[0])
		x1, y1 := at(seg.Args[1])
		x2, y2 := at(seg.Args[2])
		switch seg.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				s.pdf.ClosePath()
			}
			s.pdf.MoveTo(x0, y0)
		case sfnt.SegmentOpLineTo:
			s.pdf.LineTo(x0, y0)
		case sfnt.SegmentOpQuadTo:
			s.pdf.CurveTo(x0, y0, x1, y1)
		case sfnt.SegmentOpCubeTo:
			s.pdf.CurveBezierCubicTo(x0, y0, x1, y1, x2, y2)
		}
	}
	s.pdf.ClosePath()
	s.pdf.DrawPath("F")
}
