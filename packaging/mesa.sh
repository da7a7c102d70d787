#!/bin/sh
# mesa.sh: Mesa's software OpenGL for Windows (softpipe), cross-compiled from Debian's
# own source package, which apt verifies. It takes about half an hour on two cores, and
# is kept in a cache. Prints the folder: opengl32.dll, libgallium_wgl.dll, LICENSE.txt.
set -eu
cache=${LAMPLIGHTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lamplighter}
made=$cache/mesa-windows-$(cksum <"$0" | cut -d" " -f1) # another way to build it is another library
if [ -f "$made/LICENSE.txt" ]; then
	echo "$made"
	exit 0
fi
"$(dirname "$0")/need.sh" mesa >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# This system's own package lists, with their sources; its configuration stays as it is.
mkdir -p "$work/lists/partial" "$work/parts"
for f in /etc/apt/sources.list.d/*.sources; do
	[ -f "$f" ] && sed 's/^Types:.*/Types: deb-src/' "$f" >"$work/parts/${f##*/}"
done
[ ! -f /etc/apt/sources.list ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/parts/main.list"
sources() { apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts" -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root "$@"; }
cd "$work"
sources update >&2
sources source mesa >&2
cd mesa-*/
export PATH="/usr/bin:$PATH" LC_ALL=C
cat >../cross.ini <<'CROSS'
[binaries]
c = 'x86_64-w64-mingw32-gcc'
cpp = 'x86_64-w64-mingw32-g++'
ar = 'x86_64-w64-mingw32-gcc-ar'
strip = 'x86_64-w64-mingw32-strip'
windres = 'x86_64-w64-mingw32-windres'
[host_machine]
system = 'windows'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'
CROSS
# Nothing throws, and Mesa's own file for this target does not ask for the sections to be gathered.
flags="-Os -ffile-prefix-map=$work=. -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables"
link="-static -s -Wl,--no-insert-timestamp -Wl,--gc-sections"
meson setup ../build --cross-file ../cross.ini --buildtype=release -Db_ndebug=true -Dgallium-drivers=swrast -Dllvm=disabled -Dplatforms=windows \
	-Dvulkan-drivers= -Degl=disabled -Dgles1=disabled -Dgles2=disabled -Dopengl=true -Dglx=disabled -Dshared-glapi=disabled \
	-Dgallium-d3d12-video=disabled -Dgallium-opencl=disabled -Dzlib=disabled -Dzstd=disabled -Dshader-cache=disabled -Dbuild-tests=false \
	"-Dc_args=$flags" "-Dcpp_args=$flags -fno-exceptions" "-Dc_link_args=$link" "-Dcpp_link_args=$link" >&2
ninja -C ../build src/gallium/targets/libgl-gdi/opengl32.dll >&2
mkdir -p "$made"
cp ../build/src/gallium/targets/libgl-gdi/opengl32.dll ../build/src/gallium/targets/wgl/libgallium_wgl.dll "$made/"
cp docs/license.rst "$made/LICENSE.txt"
echo "$made"
