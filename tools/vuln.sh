#!/bin/sh
# vuln.sh [ARGUMENTS OF GOVULNCHECK]: looks for known vulnerabilities in what the
# program calls, and fails where there are some. The database is on the internet:
# a machine that can't reach it says so, and when the last check was, which is kept
# in vuln-checked.txt. CI (the variable CI is set) that has a network, and so finds
# the database's name, fails instead.
set -eu
kept=tools/vuln-checked.txt
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if go tool -modfile=tools/go.mod govulncheck "$@" ./... >"$out" 2>&1; then
	grep . "$out" | tail -n 1
	date -u +%Y-%m-%d >"$kept"
elif grep -q 'fetching vulnerabilities' "$out"; then
	echo "govulncheck: NOT CHECKED, the database of vulnerabilities can't be reached from here; last checked: $(cat "$kept")"
	[ -z "${CI:-}" ] || grep -q 'no such host' "$out" || exit 1
else
	cat "$out"
	exit 1
fi
