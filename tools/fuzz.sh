#!/bin/sh
# fuzz.sh RUNS: runs every fuzz test of the program that often. Not for a time: where
# that ends within a run, Go calls it a failure, "context deadline exceeded".
set -eu
grep -rlE '^func Fuzz' --include='*_test.go' . | sort | while read -r file; do
	dir=$(dirname "$file")
	sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file" | while read -r name; do
		echo "fuzzing $name in $dir $1 times"
		go test -race -run '^$' -fuzz "^$name\$" -fuzztime "${1}x" "$dir" </dev/null
	done
done
