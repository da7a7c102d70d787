package main

import (
	"fmt"
	"io"
	"strings"

	"lamplighter/device/usb"
)

const udevHead = `# Boards on a USB cable belong to the person at the screen: no group is needed.
# uaccess has to be set before 73-seat-late.rules, which this file's number does.
# ModemManager would talk to a board that is being set up.
ACTION=="remove", GOTO="lamplighter_end"
SUBSYSTEM!="tty", GOTO="lamplighter_end"
`

// udev writes the rule, from the table that names boards in the program.
func udev(out io.Writer) error {
	var b strings.Builder
	b.WriteString(udevHead)
	vendors, products := usb.Numbers()
	for _, vid := range vendors {
		fmt.Fprintf(&b, "ATTRS{idVendor}==%q, TAG+=\"uaccess\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n", strings.ToLower(vid))
	}
	for _, n := range products {
		vid, pid, _ := strings.Cut(strings.ToLower(n), ":")
		fmt.Fprintf(&b, "ATTRS{idVendor}==%q, ATTRS{idProduct}==%q, TAG+=\"uaccess\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n", vid, pid)
	}
	b.WriteString("LABEL=\"lamplighter_end\"\n")
	_, err := io.WriteString(out, b.String())
	return err
}
