#!/bin/sh
# package.sh: every package, in dist/, with sums, licences and a bill of materials.
set -eu
. packaging/common.sh
rm -rf dist
mkdir -p dist
pack licences >"$work/THIRD-PARTY-LICENSES.txt"
cp "$work/THIRD-PARTY-LICENSES.txt" dist/
tool cyclonedx-gomod app -json -licenses=false -noserial -std -output "dist/$NAME-$VERSION.cdx.json" -main . . 2>"$work/sbom.log" ||
	{ cat "$work/sbom.log"; exit 1; }
packaging/linux.sh
packaging/windows.sh
pack sums dist
