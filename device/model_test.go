package device_test

import (
	"testing"

	"lamplighter/device"
)

func TestEveryModelHasALampThatABoardCanHave(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range device.Models() {
		if seen[m.Key] || m.Key == "" || m.Name == "" || len(m.Lamps) == 0 {
			t.Errorf("%q is there twice, or says too little", m.Key)
		}
		seen[m.Key] = true
		for _, l := range m.Lamps {
			if err := l.Check(); err != nil {
				t.Errorf("%s: %v", m.Key, err)
			}
		}
		if err := m.Button.Check(); err != nil {
			t.Errorf("%s: %v", m.Key, err)
		}
	}
}

func TestAPinIsTakenAsItIsPrintedOnTheBoard(t *testing.T) {
	for _, x := range []struct{ model, printed, pin, pad string }{
		{"mpython-2", "P8", "26", "P8"},
		{"mpython-2", "p7", "17", "P7"},
		{"mpython-2", "P28", "4", "P28"},
		{"mpython-2", "26", "26", "P8"},
		{"mpython-2", "P12", "P12", ""}, // led nowhere
		{"mpython-2", "P08", "P08", ""},
		{"mpython-2", "P-1", "P-1", ""},
		{"mpython-2", "P29", "P29", ""},
		{"mpython-2", "-1", "-1", ""},
		{"mpython-2", "LED", "LED", ""},
		{"mpython-2", "", "", ""},
		{"mpython-3", "P0", "1", "P0"},
		{"mpython-3", "P8", "P8", ""}, // editions disagree
		{"esp32", "P8", "P8", ""},
	} {
		m, _ := device.ModelByKey(x.model)
		pin := m.Pin(x.printed)
		if pad := m.Pad(pin); pin != x.pin || pad != x.pad {
			t.Errorf("%s %q: pin %q, pad %q, want %q and %q", x.model, x.printed, pin, pad, x.pin, x.pad)
		}
	}
}

func TestABoardIsKnownByWhatItsFirmwareSays(t *testing.T) {
	for _, x := range []struct {
		platform, machine string
		mpython           bool
		want              string
	}{
		{"esp32", "mpython with ESP32", false, "mpython-2"},
		{"esp32", "mpython_pro with ESP32S3", false, "mpython-3"},
		{"esp32", "mpython with ESP32S3", false, "mpython-3"},
		{"esp32", "ESP32 module with ESP32", true, "mpython-2"}, // the firmware has the module only
		{"esp32", "Generic ESP32S3 module with ESP32S3", true, "mpython-3"},
		{"esp32", "ESP32 module with ESP32", false, "esp32"},
		{"esp32", "Generic ESP32S3 module with ESP32S3", false, "esp32-s3"},
		{"esp32", "Generic ESP32S3 module with ESP32-S3", false, "esp32-s3"},
		{"esp32", "Generic ESP32S3 module with Octal-SPIRAM with ESP32S3", false, "esp32-s3"},
		{"esp32", " with ESP32S3", false, "esp32-s3"},
		{"esp32", "Arduino Nano ESP32 with ESP32S3", false, "esp32-s3"},
		{"esp32", "Generic ESP32S2 module with ESP32S2", false, "esp32-s2"},
		{"esp32", "LOLIN_S2_MINI with ESP32-S2FN4R2", false, "esp32-s2"},
		{"esp32", "ESP32C2 module with ESP32-C2", false, "esp32-c2"},
		{"esp32", "ESP32C3 module with ESP32C3", false, "esp32-c3"},
		{"esp32", "LOLIN_C3_MINI with ESP32-C3FH4", false, "esp32-c3"},
		{"esp32", "ESP32C5 module with ESP32-C5", false, "esp32-c5"},
		{"esp32", "ESP32C6 module with ESP32C6", false, "esp32-c6"},
		{"esp32", "Unexpected Maker TinyC6 with ESP32C6", false, "esp32-c6"},
		{"esp32", "ESP32C61 module with ESP32-C61", false, "esp32"},                                           // other pins than a C6
		{"esp32", "ESP32S31 module with ESP32-S31", false, "esp32"},                                           // other pins than an S3
		{"esp32", "Generic ESP32P4 module with WIFI module of external ESP32C6 with ESP32P4", false, "esp32"}, // the C6 is its radio
		{"esp32", "LOLIN with ESP32-PICO-D4", false, "esp32"},
		{"esp8266", "ESP module with ESP8266", false, "esp8266"},
		{"rp2", "Raspberry Pi Pico W with RP2040", false, "pico-w"},
		{"rp2", "Raspberry Pi Pico 2 W with RP2350", false, "pico-2-w"},
		{"rp2", "Raspberry Pi Pico 2 W with RP2350-RISCV", false, "pico-2-w"},
		{"rp2", "Raspberry Pi Pico2 with RP2350", false, "pico-2-w"}, // a build with WiFi, of a board without a name of its own
		{"rp2", "Some other board with RP2040", false, ""},
		{"microbit", "micro:bit with nRF51822", false, ""},
		{"", "", false, ""},
		// What a lamp says of itself has no platform.
		{"", "mpython_pro with ESP32S3", false, "mpython-3"},
		{"", "mpython with ESP32S3", false, "mpython-3"},
		{"", "mpython with ESP32", false, "mpython-2"},
		{"", "Raspberry Pi Pico W with RP2040", false, "pico-w"},
		{"", "Raspberry Pi Pico 2 W with RP2350", false, "pico-2-w"},
		{"", "ESP32C6 module with ESP32C6", false, "esp32-c6"},
		{"", "ESP module with ESP8266", false, "esp8266"},
		{"", "LOLIN with ESP32-PICO-D4", false, "esp32"},
		{"", "Practice board", false, ""},
	} {
		if m, ok := device.ModelOf(x.platform, x.machine, x.mpython); m.Key != x.want || ok != (x.want != "") {
			t.Errorf("%+v: %q, %v", x, m.Key, ok)
		}
	}
}
