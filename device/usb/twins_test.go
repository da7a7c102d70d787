package usb

import (
	"slices"
	"testing"

	"lamplighter/device"
)

func TestWildMacOSShowsABoardOnce(t *testing.T) {
	at := func(names ...string) (all []device.Port) {
		for _, n := range names {
			all = append(all, device.Port{Name: n, VID: "1A86", PID: "55D4"})
		}
		return all
	}
	for _, c := range []struct{ all, want []string }{
		{[]string{"/dev/cu.usbmodem5A4B0123451", "/dev/cu.wchusbserial5A4B0123451"}, []string{"/dev/cu.wchusbserial5A4B0123451"}},
		{[]string{"/dev/cu.wchusbserial1410", "/dev/cu.usbserial-1410"}, []string{"/dev/cu.wchusbserial1410"}},
		{[]string{"/dev/cu.usbserial-1410"}, []string{"/dev/cu.usbserial-1410"}},
		{[]string{"/dev/cu.wchusbserial1410", "/dev/cu.usbserial-1420"}, []string{"/dev/cu.wchusbserial1410", "/dev/cu.usbserial-1420"}},
		{[]string{"COM3", "COM4"}, []string{"COM3", "COM4"}},
	} {
		if got := withoutTwins(at(c.all...)); !slices.Equal(got, at(c.want...)) {
			t.Errorf("%v: %v", c.all, got)
		}
	}
	others := []device.Port{{Name: "/dev/cu.usbmodem1", VID: "303A"}, {Name: "/dev/cu.usbserial-1", VID: "303A"}}
	if got := withoutTwins(slices.Clone(others)); !slices.Equal(got, others) {
		t.Errorf("another maker's: %v", got)
	}
}

func TestWildUSBNumbersHaveNames(t *testing.T) {
	for _, c := range []struct{ vid, pid, chip, board string }{
		{"239a", "8111", "Adafruit USB", "Adafruit"},
		{"2886", "0056", "Seeed USB", "Seeed XIAO"},
		{"1B4F", "0027", "SparkFun USB", "SparkFun"},
		{"1A86", "55D9", "CH348", ""},
	} {
		if p := named(device.Port{VID: c.vid, PID: c.pid}); p.Chip != c.chip || p.Board != c.board {
			t.Errorf("%s:%s: %+v", c.vid, c.pid, p)
		}
	}
}
