#!/bin/sh
# fuzz.sh SECONDS: runs every fuzz test of the program for that long.
set -eu
grep -rlE '^func Fuzz' --include='*_test.go' . | sort | while read -r file; do
	dir=$(dirname "$file")
	sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file" | while read -r name; do
		echo "fuzzing $name in $dir for $1 s"
		go test -race -run '^$' -fuzz "^$name\$" -fuzztime "${1}s" "$dir" </dev/null
	done
done
