package usb

import (
	"slices"
	"strings"

	"lamplighter/device"
)

// twins are what macOS calls one WCH chip by: its own driver's name, if that is
// installed, and those of Apple's two. The maker's goes first.
var twins = []string{"/dev/cu.wchusbserial", "/dev/cu.usbserial-", "/dev/cu.usbserial", "/dev/cu.usbmodem"}

// withoutTwins leaves out the second port of a chip that macOS shows twice.
func withoutTwins(ports []device.Port) []device.Port {
	best := map[device.Port]int{}
	for _, p := range ports {
		if of, rank, ok := twinOf(p); ok {
			if known, seen := best[of]; !seen || rank < known {
				best[of] = rank
			}
		}
	}
	return slices.DeleteFunc(ports, func(p device.Port) bool {
		of, rank, ok := twinOf(p)
		return ok && rank > best[of]
	})
}

// twinOf is a port with the part of its name that both twins have, and how much
// another would be preferred to it.
func twinOf(p device.Port) (of device.Port, rank int, ok bool) {
	if p.VID != "1A86" {
		return of, 0, false
	}
	for rank, prefix := range twins {
		if rest, found := strings.CutPrefix(p.Name, prefix); found {
			p.Name = rest
			return p, rank, true
		}
	}
	return of, 0, false
}
