// Package device says what a classroom board on a USB cable is: its port, its
// identity, the settings that it is given, the stages that it reports, and the
// faults that a person can do something about.
//
// It holds plain values only. It never opens a port, never draws, and imports
// nothing else of this program; the packages below it do the work.
package device

// Kind tells where a port comes from.
type Kind int

// The kinds of port.
const (
	USB      Kind = iota // found on the USB bus, with a vendor and product number
	Typed                // typed by hand: a virtual or network port without numbers
	Practice             // the practice board inside the program
)

// Port is a place where a board may be.
type Port struct {
	Name   string // what the system calls it: COM5, /dev/ttyUSB0, practice
	Kind   Kind
	VID    string // USB vendor number, four upper-case hex digits, or ""
	PID    string // USB product number, four upper-case hex digits, or ""
	Serial string // USB serial number, or ""; the MAC on boards with native USB
	Chip   string // the USB chip's plain name, as "CH9102", or ""
	Board  string // the board that usually carries this chip, or the name that a practice board was given, or ""
	Other  bool   // known to be something other than a WiFi board, as a micro:bit
}

// Main tells what main.py a board carries.
type Main int

// What main.py a board may carry.
const (
	NoMain      Main = iota // none
	OtherMain               // somebody's own program
	OurMain                 // Lamplighter's
	DefaultMain             // the firmware maker's demonstration
)

// Identity is what a board says of itself when it is greeted.
type Identity struct {
	Firmware  string // "MicroPython", "CircuitPython", …
	Version   string // of the firmware, as "1.12.0"
	Machine   string // the firmware's own words for the hardware
	Platform  string // sys.platform: esp32, esp8266, rp2, …
	Model     string // key of the board's Model, or "" where it is not known
	ID        string // machine.unique_id() in lower-case hex: the MAC on ESP boards
	FreeBytes int64  // free on the file system; -1 where the board can't tell
	HasWiFi   bool
	HasUmqtt  bool
	RawPaste  bool
	Main      Main
	Backup    bool    // an older main.py is kept on the board and can be restored
	Program   string  // version of the lamp program on the board, or ""
	Settings  *Config // what the board was given earlier, without passwords, or nil
}

// Auth is how a WiFi network lets somebody in.
type Auth int

// The kinds of WiFi authentication, in the numbers that MicroPython's
// WLAN.scan() gives.
const (
	AuthOpen       Auth = 0
	AuthWEP        Auth = 1
	AuthWPA        Auth = 2
	AuthWPA2       Auth = 3
	AuthWPAWPA2    Auth = 4
	AuthEnterprise Auth = 5
	AuthWPA3       Auth = 6
	AuthWPA2WPA3   Auth = 7
)

// Network is a WiFi network as the board itself sees it.
type Network struct {
	SSID    Text
	RSSI    int // dBm
	Channel int
	Auth    Auth
	Hidden  bool
}

// Progress is how far a piece of work has come.
type Progress struct {
	Step  string // the file that is written, or the attempt that is made
	Done  int    // bytes on the wire, or attempts
	Total int    // 0 where it is not known
}

// Goal is what a board is set up for.
type Goal int

// The goals.
const (
	MakeLamp     Goal = iota // the lamp program, started by main.py
	SettingsOnly             // settings and the helper module; main.py stays as it is
)

// Job is one installation: what for, with which settings, and where an older
// main.py goes.
type Job struct {
	Goal   Goal
	Config Config
	// Keep is given the main.py that was on the board, before anything is
	// written; an error from it stops the installation.
	Keep func(name string, old []byte) error
}
