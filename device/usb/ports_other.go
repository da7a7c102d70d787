//go:build !linux

package usb

import (
	"strings"

	"go.bug.st/serial/enumerator"

	"lamplighter/device"
)

func list() ([]device.Port, error) {
	found, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, err
	}
	var ports []device.Port
	for _, f := range found {
		if !f.IsUSB || strings.HasPrefix(f.Name, "/dev/tty.") { // macOS: the call-in twin of /dev/cu.*
			continue
		}
		ports = append(ports, named(device.Port{Name: f.Name, Kind: device.USB, VID: f.VID, PID: f.PID, Serial: f.SerialNumber}))
	}
	return append(withoutTwins(ports), driverless(ports)...), nil
}
