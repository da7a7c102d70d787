#!/bin/sh
# Known vulnerabilities in what the program calls. The database is on the
# internet: a machine that can't reach it says so and goes on.
set -eu
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if go tool -modfile=tools/go.mod govulncheck ./... >"$out" 2>&1; then
	tail -n 1 "$out"
elif grep -q 'fetching vulnerabilities' "$out"; then
	echo "govulncheck: the database of vulnerabilities can't be reached from here; not checked"
else
	cat "$out"
	exit 1
fi
