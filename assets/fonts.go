package assets

import (
	"bytes"
	_ "embed" // for the font
	"encoding/binary"
)

// CJK is a font with the characters of GB 2312, some signs and the space, so that Chinese
// is readable on a computer without Chinese fonts. It is cut out of Noto Sans
// CJK SC by tools/font.sh; its licence lies beside it in fonts/OFL.txt.
//
//go:embed fonts/cjk.otf
var CJK []byte

// CJKBold is CJK in bold, made in the same way.
//
//go:embed fonts/cjk-bold.otf
var CJKBold []byte

// MonoCJK is CJK with a space as wide as a letter of the toolkit's monospace
// font (DejaVu Sans Mono), so that columns of text stay in line.
func MonoCJK() []byte {
	font := bytes.Clone(CJK)
	if at, ok := table(font, "hmtx"); ok {
		// The space is glyph 1: each glyph has its width and its left side, 2 bytes each.
		binary.BigEndian.PutUint16(font[at+4:], monoWidth)
	}
	return font
}

// monoWidth is the width of a letter in DejaVu Sans Mono, 1233 of 2048, in the
// 500 units an em of CJK.
const monoWidth = 301

// table finds a table in an OpenType font by its tag (OpenType 1.9, "Table directory").
func table(font []byte, tag string) (at int, ok bool) {
	n := int(binary.BigEndian.Uint16(font[4:]))
	for i := range n {
		record := font[12+16*i:]
		if string(record[:4]) == tag {
			return int(binary.BigEndian.Uint32(record[8:])), true
		}
	}
	return 0, false
}
