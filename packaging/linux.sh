#!/bin/sh
# linux.sh [arm64]: the .deb, the .rpm and the archive for Linux, in dist/, for amd64 or
# for arm64, which a Raspberry Pi with a system of 64 bits has.
set -eu
ARCH=${1:-amd64}
export ARCH
. packaging/common.sh

stage=$work/linux
machine=x86_64
cross=""
if [ "$ARCH" = arm64 ]; then
	stage=$work/linux-arm64
	machine=aarch64
	cross="env GOARCH=arm64 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig"
fi
root=$stage/root
rm -rf "$stage"
mkdir -p "$root/usr/bin" "$root/usr/share/applications" "$root/usr/share/metainfo" "$root/usr/share/man/man1" \
	"$root/usr/share/doc/lamplighter" "$root/usr/lib/udev/rules.d"
$cross go build -tags migrated_fynedo,no_emoji,nethttpomithttp2,x11 -trimpath -buildmode=pie -ldflags "-s -w -buildid=" -o "$root/usr/bin/lamplighter" .
packaging/fonts.sh "$root/usr/bin/lamplighter"
pack expand packaging/linux/lamplighter.desktop >"$root/usr/share/applications/$ID.desktop"
pack expand packaging/linux/metainfo.xml >"$root/usr/share/metainfo/$ID.metainfo.xml"
pack expand packaging/linux/lamplighter.1 | gzip -9n >"$root/usr/share/man/man1/lamplighter.1.gz"
cat LICENSE "$work/THIRD-PARTY-LICENSES.txt" >"$root/usr/share/doc/lamplighter/copyright"
for size in 16 24 32 48 64 128 256; do
	dir=$root/usr/share/icons/hicolor/${size}x$size/apps
	mkdir -p "$dir"
	rsvg-convert -w $size -h $size assets/icons/app.svg -o "$dir/$ID.png"
done
mkdir -p "$root/usr/share/icons/hicolor/scalable/apps"
cp assets/icons/app.svg "$root/usr/share/icons/hicolor/scalable/apps/$ID.svg"
pack udev >"$root/usr/lib/udev/rules.d/70-lamplighter.rules"
desktop-file-validate "$root/usr/share/applications/$ID.desktop"
appstreamcli validate --no-net --pedantic "$root/usr/share/metainfo/$ID.metainfo.xml" >"$work/appstream.log" ||
	{ cat "$work/appstream.log"; exit 1; }

pack expand packaging/linux/nfpm.yaml >"$stage/nfpm.yaml"
pack expand packaging/linux/changelog.yml >"$stage/changelog.yml"
cp packaging/linux/postinstall.sh packaging/linux/postremove.sh "$stage/"
dated "$stage"
nfpm=$PWD/$(realpath --relative-to=. "$(tool -n nfpm)")
out=$PWD/dist
(cd "$stage" && "$nfpm" package -p deb -t "$out/") >"$work/nfpm.log"

# nfpm's own xz makes it a fifth larger.
deb=$out/lamplighter_$VERSION-1_$ARCH.deb
rm -rf "$stage/deb"
mkdir -p "$stage/deb"
(cd "$stage/deb" && ar x "$deb" && xz -dc data.tar.xz | xz -9e -T1 >data && mv data data.tar.xz && rm "$deb" &&
	ar rcD "$deb" debian-binary control.tar.* data.tar.xz)

{ pack expand packaging/linux/lamplighter.spec && sed -n 's/^ *- note: /- /p' "$stage/changelog.yml"; } >"$stage/lamplighter.spec"
rpmbuild -bb --target $machine --define "_topdir $PWD/$stage/rpm" --define "_rpmdir $out" --define '_rpmfilename %{NVRA}.rpm' \
	--define "stage $PWD/$stage" --define "day $(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" "$stage/lamplighter.spec" >"$work/rpm.log" 2>&1 ||
	{ cat "$work/rpm.log"; exit 1; }

folder=lamplighter-$VERSION-linux-$ARCH
rm -rf "${work:?}/$folder"
mkdir -p "$work/$folder/udev"
cp -r "$root/usr" "$work/$folder/"
mv "$work/$folder/usr/lib/udev/rules.d/70-lamplighter.rules" "$work/$folder/udev/"
rm -rf "$work/$folder/usr/lib"
cp packaging/linux/install.sh "$work/$folder/"
chmod 755 "$work/$folder/install.sh"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$work" -c "$folder" |
	xz -9e -T1 >"dist/$folder.tar.xz"
