#!/bin/sh
# After a removal, but not after an upgrade (dpkg: upgrade; rpm: 1).
set -e
case "${1:-}" in
remove | purge | 0)
	echo "What people made with Lamplighter (settings, boards, recordings) is still in each one's ~/.config/Lamplighter."
	echo "各人用掌灯保存的设置、板子和录制内容仍在其 ~/.config/Lamplighter 里。"
	;;
esac
