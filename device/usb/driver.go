package usb

import (
	"regexp"
	"slices"
	"strings"

	"lamplighter/device"
)

var hardwareNumbers = regexp.MustCompile(`(?i)\bVID_([0-9A-F]{4})&PID_([0-9A-F]{4})`)

// hardwareID reads the numbers from a hardware id of Windows, as
// "USB\VID_1A86&PID_55D4&REV_0442".
func hardwareID(s string) (vid, pid string, ok bool) {
	m := hardwareNumbers.FindStringSubmatch(s)
	if m == nil {
		return "", "", false
	}
	return strings.ToUpper(m[1]), strings.ToUpper(m[2]), true
}

// driverProblems are the codes of Windows' device manager that a driver cures:
// not configured, can't start, reinstall, failed install, failed add, failed
// entry, failed load, blocked, unsigned (cfg.h, CM_PROB_*).
var driverProblems = []uint32{1, 10, 18, 28, 31, 37, 39, 48, 52}

// needsDriver reports whether a present USB device is a board without its driver.
func needsDriver(vid, pid string, problem uint32) bool {
	return known(vid, pid) && slices.Contains(driverProblems, problem)
}

// driverlessPort is how such a board is listed.
func driverlessPort(vid, pid string) device.Port {
	return named(device.Port{Kind: device.USB, VID: vid, PID: pid})
}
