#!/bin/sh
# manifests.sh URL: the manifests for winget and scoop, in dist/manifests/, for
# packages that are published below URL. Run it after make package and signing.
set -eu
URL=${1:?say below which address the packages are published}
export URL
. packaging/common.sh
SETUP_SHA256=$(sha256sum "dist/$NAME-$VERSION-setup.exe" | cut -d ' ' -f 1)
PORTABLE_SHA256=$(sha256sum "dist/$NAME-$VERSION-portable.zip" | cut -d ' ' -f 1)
export SETUP_SHA256 PORTABLE_SHA256
rm -rf dist/manifests
mkdir -p dist/manifests
for part in installer version locale.en-US locale.zh-CN; do
	out=Lamplighter.Lamplighter.$part.yaml
	[ $part != version ] || out=Lamplighter.Lamplighter.yaml
	pack expand "packaging/publish/winget.$part.yaml" >"dist/manifests/$out"
done
pack expand packaging/publish/scoop.json >dist/manifests/lamplighter.json
ls dist/manifests
