# What the scripts of this folder share; run them in the repository's root.
export GOFLAGS='-buildvcs=false -tags=x11'
export LC_ALL=C TZ=UTC
umask 022
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
work=bin/package
tool() { go tool -modfile=packaging/tools.mod "$@"; }
pack() { "$work/pack" "$@"; }
# dated gives a folder's files the sources' date, which packages keep.
dated() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }
mkdir -p "$work" dist
go build -o "$work/pack" ./packaging/pack
eval "$(pack vars)"
