#!/bin/sh
# Makes the pictures of i18n/guide from the scenes that tests draw, small and in few
# colours: packages carry them. Run it in the repository's root. Needs: make
# need-test, and apt-get install imagemagick
set -eu
export GOFLAGS='-buildvcs=false -tags=x11'
shots=$(mktemp -d)
trap 'rm -rf "$shots"' EXIT
LAMPLIGHTER_PICTURES=$shots go test -count=1 -run 'TestPictures.*/^(wizard-board-one|wizard-wifi|lamps-mixed)$/light-1024x640$' ./views/wizard ./views/lamps
for folder in i18n/guide/*/; do
	language=$(basename "$folder")
	for picture in board=wizard-board-one wifi=wizard-wifi lamps=lamps-mixed; do
		convert "$shots/${picture#*=}-$language-light-1024x640.png" -resize 800x -dither None -colors 32 -strip \
			-define png:compression-level=9 "PNG8:$folder${picture%=*}.png"
	done
done
ls -l i18n/guide/*/*.png
