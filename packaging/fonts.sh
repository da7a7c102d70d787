#!/bin/sh
# fonts.sh PROGRAM: takes the hinting out of the toolkit's own fonts in a built
# program, which the toolkit does not use: half a megabyte less in each package.
# Nothing is in italics that is not Latin: those keep no other letters.
set -eu
. packaging/common.sh
from=$(go list -m -f '{{.Dir}}' fyne.io/fyne/v2)/theme/font
for font in NotoSans-Regular NotoSans-Bold NotoSans-Italic NotoSans-BoldItalic DejaVuSansMono-Powerline; do
	letters="*"
	case $font in *Italic) letters="U+0000-024F,U+2000-206F" ;; esac
	pyftsubset "$from/$font.ttf" --unicodes="$letters" --layout-features='*' --no-hinting --notdef-outline --output-file="$work/$font.ttf" 2>/dev/null
	pack swap "$1" "$from/$font.ttf" "$work/$font.ttf"
done
