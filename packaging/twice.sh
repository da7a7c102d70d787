#!/bin/sh
# twice.sh: makes the packages again and compares them with those of dist/.
set -eu
first=$(mktemp -d)
trap 'rm -rf "$first"' EXIT
cp dist/*.sha256 "$first/"
packaging/package.sh >/dev/null
same=yes
for f in "$first"/*.sha256; do
	cmp -s "$f" "dist/${f##*/}" || { echo "differs: ${f##*/}"; same=no; }
done
[ "$same" = yes ] || exit 1
echo "Twice the same bytes."
