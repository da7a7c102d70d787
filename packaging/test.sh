#!/bin/sh
# test.sh [linux|bare|windows]...: installs and starts the packages of dist/, on
# screens with OpenGL and without. PICTURES=/some/folder keeps pictures of what was shown.
set -eu
. packaging/common.sh
out=$PWD/dist
GOCACHE=$(go env GOCACHE) GOPATH=$(go env GOPATH)
export GOCACHE GOPATH
home=$(mktemp -d)
export HOME="$home" XDG_RUNTIME_DIR="$home" LANG=en_US.UTF-8 LIBGL_ALWAYS_SOFTWARE=1 DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent
unset LC_ALL WAYLAND_DISPLAY || true
servers=""
tidy() {
	for p in $servers; do kill "$p" 2>/dev/null || true; done
	# Wine's server writes for a moment still.
	rm -rf "$home" 2>/dev/null || { sleep 5; rm -rf "$home"; }
}
trap tidy EXIT

fail() {
	echo "FAILED: $*" >&2
	exit 1
}
passed() { echo "ok  $*"; }

# screen starts an X server and sets DISPLAY.
screen() {
	rm -f "$home/display"
	Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp "$@" 3>"$home/display" 2>/dev/null &
	servers="$servers $!"
	until [ -s "$home/display" ]; do sleep 0.1; done
	DISPLAY=:$(cat "$home/display")
	export DISPLAY
	openbox >/dev/null 2>&1 &
	servers="$servers $!"
}

picture() {
	[ -n "${PICTURES:-}" ] || return 0
	mkdir -p "$PICTURES"
	import -window root "$PICTURES/$1.png"
}

# appears waits for a window whose title matches, for up to 3 minutes.
appears() {
	n=0
	until [ -n "$(xdotool search --onlyvisible --name "$1" 2>/dev/null)" ]; do
		n=$((n + 1))
		[ $n -lt 600 ] || fail "no window $1"
		sleep 0.3
	done
}

gone() {
	n=0
	while kill -0 "$1" 2>/dev/null; do
		n=$((n + 1))
		[ $n -lt 600 ] || fail "process $1 does not end"
		sleep 0.3
	done
	code=0
	wait "$1" || code=$?
}

# starts starts a program, waits for its window, and ends it as an upgrade does.
starts() {
	what=$1
	shift
	"$@" 2>"$home/log" &
	pid=$!
	appears 'Lamplighter|掌灯'
	sleep 2
	picture "$what"
	"$@" --quit || fail "$what: --quit ends with $?"
	gone $pid
	[ "$code" = 0 ] || fail "$what ended with $code: $(cat "$home/log")"
	passed "$what starts and ends when asked"
}

# says starts a program on a screen without OpenGL: a message, and exit code 1.
says() {
	what=$1
	shift
	"$@" 2>"$home/log" &
	pid=$!
	appears 'Lamplighter|掌灯'
	sleep 1
	picture "$what"
	xdotool search --onlyvisible --name 'Lamplighter|掌灯' windowactivate --sync key Return || true # the message may be gone before the key is up
	gone $pid
	[ "$code" = 1 ] || fail "$what ended with $code: $(cat "$home/log")"
	passed "$what says that there is no OpenGL, and ends with 1"
}

linux() {
	dpkg-deb -x "$out/lamplighter_$VERSION-1_amd64.deb" "$home/deb"
	"$home/deb/usr/bin/lamplighter" --version | grep -qx "$NAME $VERSION" || fail "another version"
	tar -C "$home" -xf "$out/lamplighter-$VERSION-linux-amd64.tar.xz"
	prefix="$home/a folder 文件夹"
	PREFIX=$prefix "$home/lamplighter-$VERSION-linux-amd64/install.sh" >/dev/null
	grep -qxF "Exec=\"$prefix/bin/lamplighter\"" "$prefix/share/applications/$ID.desktop" || fail "the menu's entry"
	desktop-file-validate "$prefix/share/applications/$ID.desktop"
	starts deb "$home/deb/usr/bin/lamplighter"
	"$prefix/bin/lamplighter" 2>/dev/null &
	pid=$!
	appears 'Lamplighter|掌灯'
	sleep 2
	PREFIX=$prefix "$home/lamplighter-$VERSION-linux-amd64/install.sh" >/dev/null || fail "the upgrade of the running program"
	gone $pid
	PREFIX=$prefix "$home/lamplighter-$VERSION-linux-amd64/install.sh" --remove >/dev/null
	left=$(find "$prefix" -type f ! -name '*.cache') # the desktop's own caches stay
	[ -z "$left" ] || fail "left behind: $left"
	[ -d "$home/.config/Lamplighter" ] || fail "the data folder is gone"
	passed "the archive installs, upgrades over the running program, and is removed; the data stays"
	screen -extension GLX
	says deb-without-opengl "$home/deb/usr/bin/lamplighter"
}

# bare installs the .deb in a bare root, whose packages are all that it has.
bare() {
	[ -x /usr/sbin/debootstrap ] || fail "debootstrap is missing"
	[ "$(id -u)" = 0 ] || { echo "--  not root: the bare Debian root is left out"; return 0; }
	root=$home/root
	debootstrap --variant=minbase bookworm "$root" >"$home/log" 2>&1 || fail "debootstrap: $(tail -n 3 "$home/log")"
	cp "$out/lamplighter_$VERSION-1_amd64.deb" "$root/tmp/l.deb"
	chroot "$root" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends /tmp/l.deb xvfb && useradd -m pupil' >"$home/log" 2>&1 ||
		fail "the .deb does not install: $(tail -n 5 "$home/log")"
	if chroot "$root" ldd /usr/bin/lamplighter | grep 'not found'; then fail "a library is missing"; fi
	[ -f "$root/usr/lib/udev/rules.d/70-lamplighter.rules" ] || fail "no udev rule"
	mount -t proc proc "$root/proc" 2>/dev/null || true
	chroot "$root" su pupil -c '
		Xvfb :91 -screen 0 1280x800x24 -nolisten tcp 2>/dev/null & x=$!
		sleep 3
		DISPLAY=:91 lamplighter & p=$!
		n=0; until [ -e ~/.config/Lamplighter/window.json ]; do n=$((n+1)); [ $n -lt 600 ] || exit 9; sleep 0.3; done
		lamplighter --quit || exit 8
		wait $p || exit 7
		kill $x
		DISPLAY= lamplighter; [ $? = 1 ] || exit 6' >"$home/log" 2>&1 || { c=$?; umount "$root/proc" 2>/dev/null || true; fail "in the bare root: $c, $(tail -n 5 "$home/log")"; }
	chroot "$root" apt-get remove -y lamplighter >"$home/log" 2>&1 || fail "it can't be removed: $(tail -n 3 "$home/log")"
	grep -qF '~/.config/Lamplighter' "$home/log" || fail "the removal does not say where the data is"
	[ -d "$root/home/pupil/.config/Lamplighter" ] || fail "the removal took the data"
	umount "$root/proc" 2>/dev/null || true
	passed "the .deb installs in a bare Debian root and runs as an ordinary user"
}

# pages goes through a program's pages by Enter alone, until its last window is gone.
pages() {
	appears "$1"
	n=0
	until [ -z "$(xdotool search --onlyvisible --name "$1" 2>/dev/null)" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || fail "the pages of $1 do not end"
		xdotool key Return # to the window that came last
		[ $n != 2 ] || picture "windows-$2"
		sleep 1
	done
}

# random gives Wine the library that Go's programs take random bytes from, which
# Wine 8 lacks; every Windows since 7 has it.
random() {
	library=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
	[ ! -e "$library" ] || return 0
	cat >"$home/random.c" <<-'END'
		unsigned char __stdcall SystemFunction036(void *, unsigned long);
		__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *p, unsigned long long n) { return SystemFunction036(p, n); }
	END
	x86_64-w64-mingw32-gcc -shared -o "$library" "$home/random.c" -ladvapi32
}

windows() {
	WINEPREFIX=$home/wine
	export WINEPREFIX WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=' LANG=C.UTF-8 # for names of files
	wine=$(command -v wine64 || echo /usr/lib/wine/wine64)
	[ -x "$wine" ] || fail "Wine is missing"
	"$wine" wineboot -i >/dev/null 2>&1
	random
	"$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1
	"$wine" "$out/$NAME-$VERSION-setup.exe" /S /DESKTOP || fail "the installer ends with $?"
	folder=$(find "$WINEPREFIX/drive_c/users" -type d -path "*Programs/$NAME")
	[ -f "$folder/$NAME.exe" ] && [ -f "$folder/Uninstall.exe" ] || fail "the installer installed nothing"
	[ -n "$(find "$WINEPREFIX/drive_c/users" -name "$NAME.lnk" -path '*Start Menu*')" ] || fail "no entry in the start menu"
	passed "the installer installs silently"
	"$wine" "$folder/$NAME.exe" 2>"$home/log" &
	pid=$!
	appears 'Lamplighter|掌灯'
	sleep 3
	picture windows
	"$wine" "$out/$NAME-$VERSION-setup.exe" /S || fail "the upgrade over the running program ends with $?"
	gone $pid
	passed "the upgrade has the running program end"
	key="HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\$ID"
	"$wine" reg add "$key" /v DisplayVersion /d 99.0 /f >/dev/null 2>&1
	code=0
	"$wine" "$out/$NAME-$VERSION-setup.exe" /S || code=$?
	[ "$code" = 5 ] || fail "a silent downgrade ends with $code"
	"$wine" "$out/$NAME-$VERSION-setup.exe" /S /DOWNGRADE || fail "a wanted downgrade ends with $?"
	passed "a downgrade has to be asked for"
	"$wine" "$folder/Uninstall.exe" /S
	n=0
	while [ -e "$folder" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || fail "left behind: $(ls "$folder")"
		sleep 0.3
	done
	[ -n "$(find "$WINEPREFIX/drive_c/users" -type d -path '*Roaming/Lamplighter')" ] || fail "the data folder is gone"
	[ -z "$(find "$WINEPREFIX/drive_c/users" -name "$NAME.lnk")" ] || fail "a shortcut is left behind"
	passed "the uninstaller removes the program and leaves the data"
	"$wine" "$out/$NAME-$VERSION-setup.exe" &
	pid=$!
	pages "$NAME Setup|掌灯 安装" setup
	gone $pid
	[ "$code" = 0 ] || fail "the installer ends with $code by its pages"
	appears "^$NAME\$|^掌灯\$" # its last page starts the program
	"$wine" "$folder/$NAME.exe" --quit || fail "--quit ends with $?"
	"$wine" "$folder/Uninstall.exe" &
	pages "$NAME Uninstall|$NAME Setup|掌灯" uninstall # its last window says where the data is
	[ ! -e "$folder" ] || fail "left behind: $(ls "$folder")"
	passed "installer and uninstaller go by their pages"
	stick="$home/U 盘 掌灯"
	mkdir -p "$stick"
	unzip -q "$out/$NAME-$VERSION-portable.zip" -d "$stick"
	starts portable "$wine" "$stick/$NAME/$NAME.exe"
	[ -f "$stick/$NAME/data/window.json" ] || fail "the portable program's data is elsewhere"
	passed "the portable program keeps its data beside itself"
	# The walks, with a program that says what is on its screen.
	LAMPLIGHTER_PICTURES=${PICTURES:-} go test -tags wine,x11 -count=1 -timeout 40m -run Wine ./e2e || fail "the walks under Wine"
	passed "from the first start to a lit lamp: the practice board on a Chinese path, real MicroPython by COM5"
	screen -extension GLX
	# Wine, unlike Windows, takes a library from beside the program only where it is told.
	WINEDLLOVERRIDES="opengl32=n,b"
	export WINEDLLOVERRIDES
	"$wine" "$stick/$NAME/$NAME.exe" 2>"$home/log" &
	appears 'Lamplighter|掌灯'
	sleep 8
	picture portable-software-opengl
	"$wine" "$stick/$NAME/$NAME.exe" --quit || fail "--quit of the program with software OpenGL ends with $?"
	[ -f "$stick/$NAME/mesa/$NAME.exe" ] || fail "the window came from elsewhere"
	passed "without OpenGL the program comes with Mesa's"
	rm -rf "$stick/$NAME/mesa"
	says portable-without-opengl "$wine" "$stick/$NAME/$NAME.exe"
	"$wine" wineboot -k >/dev/null 2>&1 || true
}

[ $# -gt 0 ] || set -- linux bare windows
for part in "$@"; do
	screen
	"$part"
done
