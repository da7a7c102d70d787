#!/bin/sh
# need.sh build|mesa|test: says which of the system's packages make package, Mesa's
# build or make test-package lacks, and installs them as tools/need.sh does.
set -eu
case "${1:-}" in
build) want="nsis binutils gcc-mingw-w64-x86-64-win32 zip xz-utils imagemagick librsvg2-bin desktop-file-utils appstream" ;;
mesa) want="gcc-mingw-w64-x86-64-win32 g++-mingw-w64-x86-64-win32 meson python3-mako bison flex dpkg-dev" ;;
test) want="xvfb xauth openbox xdotool imagemagick debootstrap wine64 unzip x11-utils desktop-file-utils" ;;
*)
	echo "usage: need.sh build|mesa|test" >&2
	exit 2
	;;
esac
missing=""
for p in $want; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "These packages are missing: run apt-get install$missing as root." >&2
	exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
