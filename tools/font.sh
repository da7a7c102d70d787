#!/bin/sh
# Makes assets/fonts/cjk.otf and cjk-bold.otf: the characters of GB 2312 from U+2E80 up, cut out
# of Noto Sans CJK SC (SIL Open Font License 1.1). Run it in the repository's
# root. Needs: apt-get install fonts-noto-cjk fonttools python3
#
# Some signs (arrows, comparisons, shapes) are in it too, for Noto Sans, in which
# the toolkit draws Latin text, lacks them.
#
# The space must be in the font: the toolkit keeps it in the run of Chinese
# characters, and would draw a box for it. Hinting, layout features and the
# tables for vertical text are left out, for the toolkit does not use them. An em
# has 500 units instead of 1000, which takes a fifth off the packed font: at 100
# pixels an em that moves no point by more than a tenth of a pixel.
set -eu
dir=${1:-/usr/share/fonts/opentype/noto}
list=$(mktemp)
cut=$(mktemp)
trap 'rm -f "$list" "$cut"' EXIT
python3 - >"$list" <<'PY'
import sys
both = (bytes([a, b]) for a in range(0xA1, 0xF8) for b in range(0xA1, 0xFF))
chars = (c.decode("gb2312", "ignore") for c in both)
sys.stdout.reconfigure(encoding="utf-8")
signs = "\u2190\u2191\u2192\u2193\u2212\u2248\u2260\u2264\u2265\u221e\u25a0\u25a1\u25b2\u25b3\u25bc\u25bd\u25c6\u25c7\u25cb\u25cf\u2605\u2606\u2103"
print("".join(c for c in chars if c and ord(c) >= 0x2E80) + signs + " \u00a0", end="")
PY
for face in Regular Bold; do
	name=cjk.otf
	[ $face = Regular ] || name=cjk-bold.otf
	pyftsubset "$dir/NotoSansCJK-$face.ttc" --font-number=2 --text-file="$list" --output-file="$cut" \
		--no-hinting --desubroutinize --layout-features='' \
		--drop-tables+=vhea,vmtx,VORG,BASE,GPOS,GSUB --notdef-outline
	/usr/bin/python3 - "$cut" "assets/fonts/$name" <<'PY'
import sys
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
font = TTFont(sys.argv[1], recalcTimestamp=False)
scale_upem(font, 500)
font.save(sys.argv[2])
font = TTFont(sys.argv[2], recalcTimestamp=False) # scale_upem leaves the matrix, and it is written only in a font as read
font["CFF "].cff.topDictIndex[0].FontMatrix = [0.002, 0, 0, 0.002, 0, 0]
font.save(sys.argv[2])
PY
done
