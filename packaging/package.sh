#!/bin/sh
# package.sh: every package, in dist/, with sums, licences and a bill of materials.
set -eu
. packaging/common.sh
rm -rf dist
mkdir -p dist
pack licences >"$work/THIRD-PARTY-LICENSES.txt"
cmp "$work/THIRD-PARTY-LICENSES.txt" assets/licences.txt # which *About* shows
cp "$work/THIRD-PARTY-LICENSES.txt" dist/
packaging/linux.sh
packaging/windows.sh
for built in linux/root/usr/bin/lamplighter "windows/$NAME.exe"; do
	tool cyclonedx-gomod bin -json -noserial -std -version "v$VERSION" -output "dist/$NAME-$VERSION-${built%%/*}.cdx.json" "$work/$built" 2>"$work/sbom.log" ||
		{ cat "$work/sbom.log"; exit 1; }
	# Its time is that of the sources, as everywhere.
	sed -i "s/\"timestamp\": \"[^\"]*\"/\"timestamp\": \"$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)\"/" "dist/$NAME-$VERSION-${built%%/*}.cdx.json"
done
pack sums dist
