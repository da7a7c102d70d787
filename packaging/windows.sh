#!/bin/sh
# windows.sh: the installer and the portable zip for Windows, in dist/.
set -eu
. packaging/common.sh

stage=$work/windows
mkdir -p "$stage"
pack expand packaging/windows/manifest.xml >"$stage/manifest.xml"
cp assets/icons/app.ico "$stage/app.ico"
convert -size 164x314 xc:'#f6f4f0' \( assets/icons/app.png -resize 112x112 \) -gravity north -geometry +0+72 -composite -alpha off "BMP3:$stage/side.bmp"
cp "$work/THIRD-PARTY-LICENSES.txt" "$stage/"
pack winres app.ico manifest.xml >"$stage/winres.json"
# The linker takes the resource from beside package main.
trap 'rm -f rsrc_windows_amd64.syso' EXIT
tool go-winres make --in "$stage/winres.json" --arch amd64 --out rsrc
rm -f "$stage/$NAME.exe" # Go would take one whose fonts are swapped for its own
CC=x86_64-w64-mingw32-gcc GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CGO_LDFLAGS="-O2 -g -Wl,--no-insert-timestamp" \
	go build -tags migrated_fynedo,no_emoji,nethttpomithttp2,x11 -trimpath -ldflags "-s -w -H windowsgui" -o "$stage/$NAME.exe" .
packaging/fonts.sh "$stage/$NAME.exe"
rm -f rsrc_windows_amd64.syso
mkdir -p "$stage/mesa"
cp "$(packaging/mesa.sh)"/* "$stage/mesa/"
dated "$stage"

makensis -V2 -INPUTCHARSET UTF8 "-DNAME=$NAME" "-DID=$ID" "-DVERSION=$VERSION" "-DNUMBER=$VERSION.0" \
	"-DSTAGE=$PWD/$stage" "-DOUT=$PWD/dist/$NAME-$VERSION-setup.exe" packaging/windows/installer.nsi

portable=$work/portable
mkdir -p "$portable/$NAME"
cp -r "$stage/mesa" "$portable/$NAME/"
cp "$stage/$NAME.exe" "$stage/THIRD-PARTY-LICENSES.txt" packaging/windows/portable.txt "$portable/$NAME/"
dated "$portable"
rm -f "dist/$NAME-$VERSION-portable.zip"
(cd "$portable" && find "$NAME" -type f | LC_ALL=C sort | TZ=UTC zip -X -9 -q -@ "$OLDPWD/dist/$NAME-$VERSION-portable.zip")
