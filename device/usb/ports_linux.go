package usb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lamplighter/device"
)

// list reads sysfs, which costs no access to any device: the serial library's
// list would open every /dev/ttyS* once a second.
func list() ([]device.Port, error) { return listSysfs("/sys/class/tty", "/dev") }

func listSysfs(class, dev string) ([]device.Port, error) {
	entries, err := os.ReadDir(class)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ports []device.Port
	for _, e := range entries {
		usb, err := filepath.EvalSymlinks(filepath.Join(class, e.Name(), "device"))
		if err != nil || !strings.HasPrefix(e.Name(), "ttyUSB") && !strings.HasPrefix(e.Name(), "ttyACM") {
			continue // no hardware behind it, or it has just gone
		}
		if p, ok := usbPort(usb); ok {
			p.Name = filepath.Join(dev, e.Name())
			ports = append(ports, named(p))
		}
	}
	return ports, nil
}

// usbPort climbs from the interface to the USB device, which has the numbers.
func usbPort(dir string) (device.Port, bool) {
	for range 6 {
		if vid := attribute(dir, "idVendor"); vid != "" {
			return device.Port{Kind: device.USB, VID: vid, PID: attribute(dir, "idProduct"), Serial: attribute(dir, "serial")}, true
		}
		dir = filepath.Dir(dir)
	}
	return device.Port{}, false
}

func attribute(dir, name string) string {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
