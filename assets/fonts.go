package assets

import _ "embed" // for the font

// CJK is a font with the characters of GB 2312 and the space, so that Chinese
// is readable on a computer without Chinese fonts. It is cut out of Noto Sans
// CJK SC by tools/font.sh; its licence lies beside it in fonts/OFL.txt.
//
//go:embed fonts/cjk.otf
var CJK []byte
