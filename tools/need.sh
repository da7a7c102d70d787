#!/bin/sh
# need.sh build|test: installs what is missing of the system's own packages on
# Debian and Ubuntu, as root or by sudo, or says plainly what is missing.
set -eu

build="gcc pkg-config libc6-dev libgl-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev libwayland-dev libxkbcommon-dev"
run="libgl1 libgl1-mesa-dri"
test="xvfb xauth dbus-daemon openbox xdotool imagemagick fonts-noto-cjk mosquitto mosquitto-clients python3-paho-mqtt qemu-system-arm firmware-microbit-micropython chromium"

case "${1:-}" in
build) want="$build $run" ;;
test) want="$build $run $test" ;;
*)
	echo "usage: need.sh build|test" >&2
	exit 2
	;;
esac

command -v go >/dev/null || {
	echo "Go is missing: install Go 1.26 or later, then try again." >&2
	exit 1
}
if [ "$1" = test ]; then
	command -v npm >/dev/null || {
		echo "Node.js 20 or later with npm is missing: the tests run a real MicroPython and MQTT clients under it." >&2
		exit 1
	}
fi
[ "$(uname -s)" = Linux ] || exit 0
command -v dpkg-query >/dev/null || {
	echo "This is no Debian or Ubuntu: make sure that the equivalents of these packages are installed: $want" >&2
	exit 0
}

missing=""
for p in $want; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null; then
		as_root="sudo"
	else
		echo "These packages are missing, and only root can install them:$missing" >&2
		echo "Ask whoever looks after this computer to run: apt-get install$missing" >&2
		exit 1
	fi
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; }; then
	echo "Could not install:$missing" >&2
	echo "Install them by hand, then try again." >&2
	exit 1
fi
