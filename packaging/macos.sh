#!/bin/sh
# macos.sh: the program for macOS as dist/NAME-VERSION-macos.zip, unsigned. It needs a
# Mac with Xcode's command line tools: see docs/RELEASING.md.
set -eu
[ "$(uname)" = Darwin ] || { echo "macos.sh needs a Mac." >&2; exit 1; }
. packaging/common.sh
bundle=$work/macos/$NAME.app
rm -rf "$work/macos"
mkdir -p "$bundle/Contents/MacOS" "$bundle/Contents/Resources" "$work/macos/app.iconset"
for size in 16 32 128 256 512; do
	sips -z $size $size assets/icons/app.png --out "$work/macos/app.iconset/icon_${size}x$size.png" >/dev/null
	sips -z $((size * 2)) $((size * 2)) assets/icons/app.png --out "$work/macos/app.iconset/icon_${size}x$size@2x.png" >/dev/null
done
iconutil -c icns "$work/macos/app.iconset" -o "$bundle/Contents/Resources/app.icns"
cp assets/licences.txt "$bundle/Contents/Resources/THIRD-PARTY-LICENSES.txt"
pack expand packaging/macos/Info.plist >"$bundle/Contents/Info.plist"
for arch in arm64 amd64; do
	GOARCH=$arch CGO_ENABLED=1 go build -tags migrated_fynedo,no_emoji,nethttpomithttp2,x11 -trimpath -ldflags "-s -w -buildid=" -o "$work/macos/lamplighter-$arch" .
done
lipo -create -output "$bundle/Contents/MacOS/lamplighter" "$work/macos/lamplighter-arm64" "$work/macos/lamplighter-amd64"
if [ -n "${IDENTITY:-}" ]; then
	codesign --force --options runtime --timestamp --sign "$IDENTITY" "$bundle"
else
	codesign --force --sign - "$bundle" # arm64 runs nothing that is not signed at all
fi
ditto -c -k --keepParent "$bundle" "dist/$NAME-$VERSION-macos.zip"
