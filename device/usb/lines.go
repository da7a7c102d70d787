package usb

import "time"

// pin is a control line.
type pin int

const (
	dtr pin = iota
	rts
)

// step sets a control line, then waits.
type step struct {
	pin  pin
	on   bool
	wait time.Duration
}

// plan says what is done with the control lines of a port.
//
// On ESP boards two transistors make DTR without RTS "boot mode at the next
// reset" and RTS without DTR "reset"; both or none let the board run (Espressif,
// esptool: Boot Mode Selection). Boards with native USB say nothing until DTR
// is set (USB CDC PSTN120, SET_CONTROL_LINE_STATE).
type plan struct {
	low    bool   // opened with both off; else both on, as every system does by itself
	open   []step // after opening
	reset  []step // nil where the lines reset nothing
	close  []step
	native bool // the chip's own USB: a reset takes the port away for about a second
}

// resetPulse is 100 ms of reset, then run.
var resetPulse = []step{{dtr, false, 0}, {rts, true, 100 * time.Millisecond}, {rts, false, 0}}

// letGo ends with both off, without the moment of RTS alone that is a reset.
var letGo = []step{{rts, false, 0}, {dtr, false, 0}}

// planFor decides by the system and the chip. Every USB port is opened with both
// lines on. CP210x on Windows: its driver remembers the lines and raises them at
// different times after power-on, so they are raised in the harmless order.
func planFor(goos, vid, pid string) plan {
	p := plan{close: letGo}
	switch {
	case vid == "303A" && pid == "1001":
		p.reset, p.native = resetPulse, true
	case vid == "10C4" && goos == "windows":
		p.low, p.open = true, []step{{dtr, true, 0}, {rts, true, 0}}
		p.reset = resetPulse
	case vid == "10C4", vid == "1A86", vid == "0403", vid == "067B", vid == "":
		p.reset = resetPulse
	default:
		p.native = true
	}
	return p
}
