//go:build linux

package devicetest

import (
	"strings"

	"lamplighter/device"
)

// Setup is a test board's hardware and surroundings. A test changes it with
// [MicroPython.Set] while the board runs.
type Setup struct {
	Platform   string            `json:"platform"`    // sys.platform
	Machine    string            `json:"machine"`     // the firmware's words for the hardware
	Version    [3]int            `json:"version"`     // of the firmware, as {1, 12, 0}
	ID         string            `json:"uid"`         // machine.unique_id() in hex
	BootLog    string            `json:"boot_log"`    // printed at power-up, before boot.py
	SoftReboot string            `json:"soft_reboot"` // printed at a soft reset
	RawPaste   bool              `json:"raw_paste"`   // the firmware knows raw paste (MicroPython 1.14 and later)
	Umqtt      bool              `json:"umqtt"`       // umqtt.simple is in the firmware
	NeoPixel   bool              `json:"neopixel"`    // the module neopixel is in the firmware
	MPython    bool              `json:"mpython"`     // the module mpython is in the firmware
	OLED       bool              `json:"oled"`        // mpython.oled is there
	HasWiFi    bool              `json:"has_wifi"`    // the modules network and socket are in the firmware
	FlashBytes int               `json:"flash_bytes"` // size of the file system; writing beyond it is ENOSPC
	RXBuffer   int               `json:"rx_buffer"`   // see Options
	WiFi       WiFi              `json:"wifi"`
	Hosts      map[string]string `json:"hosts"` // name or address that the board asks for → address on loopback
	Ports      map[int]int       `json:"ports"` // port that the board asks for → port on loopback
	Pins       map[string]int    `json:"pins"`  // levels of input pins
}

// What the network in the air does.
const (
	WiFiOK     = "ok"
	WiFiNoDHCP = "no_dhcp" // joins, but no address is given
	WiFiHang   = "hang"    // joining never ends
	WiFiGone   = "gone"    // out of range: nothing is seen, nothing moves, and open sockets are not told
)

// WiFi is what is in the air.
type WiFi struct {
	Networks  []AP   `json:"networks"`
	Mode      string `json:"mode"`       // WiFiOK, …
	ConnectMS int    `json:"connect_ms"` // how long joining takes
	IP        string `json:"ip"`
	Status    int    `json:"status"` // what WLAN.status() says once joining has ended; 0 = as it went
	Silent    bool   `json:"silent"` // a wrong password stays "connecting", as old firmware has it
}

// AP is one network in the air.
type AP struct {
	SSID     device.Text `json:"ssid"`
	Password device.Text `json:"pass"`
	RSSI     int         `json:"rssi"`
	Channel  int         `json:"channel"`
	Auth     device.Auth `json:"auth"`
	Hidden   bool        `json:"hidden"`
}

// The network that a test board sees unless the test says otherwise.
const (
	TestSSID     = "classroom"
	TestPassword = "chalk&cheese"
)

// mpythonBoot is what mPython's _boot.py prints for its own tools.
const mpythonBoot = "=$%#=\r\n=$%#=\r\n=$%#=\r\n$#mac:240AC4A1B2C3#$\r\n"

// setupFor gives a board's hardware by the key of its device.Model.
func setupFor(model string) Setup {
	s := Setup{
		Platform: "esp32", Machine: "ESP32 module with ESP32", Version: [3]int{1, 27, 0}, ID: "240ac4a1b2c3",
		SoftReboot: "MPY: soft reboot\r\n", RawPaste: true, Umqtt: true, NeoPixel: true, HasWiFi: true, FlashBytes: 2 << 20,
		WiFi: WiFi{
			Networks: []AP{{SSID: TestSSID, Password: TestPassword, RSSI: -48, Channel: 6, Auth: device.AuthWPA2}},
			Mode:     WiFiOK, ConnectMS: 20, IP: "192.168.4.77",
		},
		Hosts: map[string]string{}, Ports: map[int]int{}, Pins: map[string]int{},
	}
	switch model {
	case "esp32":
	case "", "mpython-2":
		s.Machine, s.Version, s.RawPaste = "mpython with ESP32", [3]int{1, 12, 0}, false
		s.BootLog, s.SoftReboot, s.MPython, s.OLED = mpythonBoot, "mpython: soft reboot\r\n", true, true
	case "mpython-3":
		s.Machine, s.Version, s.MPython, s.BootLog = "mpython_pro with ESP32S3", [3]int{1, 24, 1}, true, "boot...\r\n"+mpythonBoot
	case "pico-w":
		s.Platform, s.Machine, s.ID, s.Umqtt = "rp2", "Raspberry Pi Pico W with RP2040", "e6616408432b1f2c", false
		s.FlashBytes = 848 << 10
	case "pico-2-w":
		s.Platform, s.Machine, s.ID, s.Umqtt = "rp2", "Raspberry Pi Pico 2 W with RP2350", "2f1c9a5be07d4463", false
		s.FlashBytes = 2560 << 10
	case "esp32-s2", "esp32-s3":
		s.Machine = "Generic " + chipWord(model) + " module with " + chipWord(model)
	case "esp32-c2", "esp32-c3", "esp32-c5", "esp32-c6":
		s.Machine = chipWord(model) + " module with " + chipWord(model)
	case "esp8266":
		s.Platform, s.Machine, s.ID, s.BootLog = "esp8266", "ESP module with ESP8266", "c8f4a100", "\x8c\xfe\x12 ets \xff\r\n"
	default:
		panic("devicetest: no board " + model)
	}
	return s
}

// chipWord is a chip as most of MicroPython's boards write it: ESP32C6.
func chipWord(model string) string { return strings.ToUpper(strings.ReplaceAll(model, "-", "")) }
