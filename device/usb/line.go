//go:build !windows || !wine

package usb

import "go.bug.st/serial"

// openLine opens a port of the system.
var openLine = serial.Open
