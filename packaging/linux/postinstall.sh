#!/bin/sh
# Boards that are plugged in already get the rule, too.
set -e
if command -v udevadm >/dev/null && [ -d /run/udev ]; then
	udevadm control --reload || true
	udevadm trigger --subsystem-match=tty --action=change || true
fi
