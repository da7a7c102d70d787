#!/bin/sh
# need.sh build|arm64|mesa|test: says which of the system's packages make package, make
# package-arm64, Mesa's build or make test-package lacks, and installs them as tools/need.sh does.
set -eu
case "${1:-}" in
build) want="nsis binutils rpm fonttools gcc-mingw-w64-x86-64-win32 zip xz-utils imagemagick librsvg2-bin desktop-file-utils appstream" ;;
arm64) want="gcc-aarch64-linux-gnu libc6-dev-arm64-cross libgl1-mesa-dev:arm64 libx11-dev:arm64 libxcursor-dev:arm64 libxrandr-dev:arm64 libxinerama-dev:arm64 libxi-dev:arm64 libxxf86vm-dev:arm64" ;;
mesa) want="gcc-mingw-w64-x86-64-win32 g++-mingw-w64-x86-64-win32 meson python3-mako bison flex dpkg-dev" ;;
test) want="xvfb xauth openbox xdotool imagemagick debootstrap wine64 unzip x11-utils desktop-file-utils" ;;
*)
	echo "usage: need.sh build|arm64|mesa|test" >&2
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
case "$missing" in *:arm64*) dpkg --add-architecture arm64 ;; esac
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
