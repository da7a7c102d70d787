#!/bin/sh
# install.sh: installs Lamplighter for the person who runs it, without root, below
# ~/.local (or $PREFIX). install.sh --remove takes it away; what was made with it
# stays in ~/.config/Lamplighter.
# 为当前用户安装掌灯，不需要管理员权限；加 --remove 卸载，数据保留在 ~/.config/Lamplighter。
set -eu
cd "$(dirname "$0")"
prefix=${PREFIX:-$HOME/.local}
list=$prefix/share/lamplighter/installed-files

# end ends the running program, never while it writes to a board.
end() {
	[ -x "$prefix/bin/lamplighter" ] || return 0
	code=0
	"$prefix/bin/lamplighter" --quit || code=$?
	case $code in
	0) ;;
	3)
		echo "Lamplighter is writing to a board: wait, then try again. 掌灯正在向板子写入程序，请稍后再试。" >&2
		exit 3
		;;
	*)
		echo "Lamplighter is still running: close it, then try again. 掌灯仍在运行，请先关闭它。" >&2
		exit 4
		;;
	esac
}

refresh() {
	command -v update-desktop-database >/dev/null && update-desktop-database -q "$prefix/share/applications" || true
	command -v gtk-update-icon-cache >/dev/null && gtk-update-icon-cache -q -t "$prefix/share/icons/hicolor" || true
}

remove() {
	[ -f "$list" ] || return 0
	while IFS= read -r f; do rm -f "$prefix/$f"; done <"$list"
	rm -f "$list"
	rmdir "$prefix/share/lamplighter" 2>/dev/null || true
}

end
remove
if [ "${1:-}" = --remove ]; then
	refresh
	echo "Removed. Your settings and boards are still in ~/.config/Lamplighter. 已卸载，你的数据仍在 ~/.config/Lamplighter。"
	exit 0
fi
mkdir -p "$prefix/share/lamplighter"
(cd usr && find bin share -type f) | LC_ALL=C sort >"$list"
while IFS= read -r f; do
	mkdir -p "$prefix/$(dirname "$f")"
	cp "usr/$f" "$prefix/$f"
done <"$list"
# The menu starts it by its path, for ~/.local/bin is not in every PATH.
menu=$prefix/share/applications/io.lamplighter.app.desktop
path=$(printf '%s' "$prefix/bin/lamplighter" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
{ grep -v '^Exec=' "$menu" && printf 'Exec="%s"\n' "$path"; } >"$menu.new"
mv "$menu.new" "$menu"
refresh
echo "Installed. Start it from the menu, or as $prefix/bin/lamplighter. 安装完成，可从菜单启动。"
rule=udev/70-lamplighter.rules
if [ ! -e /usr/lib/udev/rules.d/70-lamplighter.rules ] && [ ! -e /etc/udev/rules.d/70-lamplighter.rules ]; then
	echo "Boards on USB may need one step by an administrator 使用 USB 板子可能需要管理员执行一次:"
	echo "  sudo cp '$PWD/$rule' /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=tty"
fi
