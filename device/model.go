package device

import (
	"slices"
	"strconv"
	"strings"
)

// Model is a kind of board with what is known of its hardware and its firmware.
// A board that is not listed works too: the user says where its lamp is.
type Model struct {
	Key     string // as "mpython-2"
	Name    string // the maker's name for it; not translated
	Lamps   []Lamp // the lamps that the board has, the best first
	Button  Button
	MPython bool // its firmware is mPython's, with the modules mpython and umqtt.simple

	pads     []int    // the GPIO number behind each pad that is printed P0, P1, …; noGPIO = none
	platform string   // sys.platform of its firmware; "" = any
	chip     string   // its firmware's words for the hardware end in this chip, in lower case without dashes; "" = any
	words    []string // one of these, in lower case, is in the firmware's words for the hardware; none = any words
}

// pixelLevel keeps the bright LEDs of boards kind to eyes, in percent.
const pixelLevel = 30

// noGPIO is a pad that the maker's table leaves out, or that not all of the
// board's editions have on the same GPIO.
const noGPIO = -1

// The pads of the mPython boards, as their firmware's module mpython maps them.
// Editions of the 3.0 disagree about some, which are left out.
func mpython2Pads() []int {
	return []int{
		33, 32, 35, 34, 39, 0, 16, 17, 26, 25, 36, 2, noGPIO, 18, 19, 21, 5, noGPIO, noGPIO, 22, 23, noGPIO, noGPIO,
		27, 14, 12, 13, 15, 4,
	}
}

func mpython3Pads() []int {
	return []int{1, 2, 3, 4, 5, 0, 7, noGPIO, noGPIO, noGPIO, 6, 46, 21, 17, 18, 48, 47}
}

// Models lists the boards that are known, with the facts of their makers' own
// hardware pages. Many boards carry one of the ESP32 chips: the first lamp and the
// button are those of Espressif's development board, the others those of boards
// that are common besides.
func Models() []Model {
	pixel := func(pin string, count int) Lamp {
		return Lamp{Kind: LampNeoPixel, Pin: pin, Count: count, Level: pixelLevel, Color: [3]int{255, 190, 90}}
	}
	led := func(pin string) Lamp { return Lamp{Kind: LampPin, Pin: pin} }
	low := func(pin string) Lamp { return Lamp{Kind: LampPin, Pin: pin, ActiveLow: true} }
	return []Model{
		{Key: "mpython-2", Name: "mPython 掌控板 2.x", MPython: true, Button: Button{Pin: "0"}, pads: mpython2Pads(), Lamps: []Lamp{pixel("17", 3)}},
		{
			Key: "mpython-3", Name: "mPython 掌控板 3.0", MPython: true, words: []string{"mpython_pro", "s3"}, Button: Button{Pin: "0"}, pads: mpython3Pads(),
			Lamps: []Lamp{pixel("8", 3)},
		},
		{Key: "pico-2-w", Name: "Raspberry Pi Pico 2 W", platform: "rp2", words: []string{"pico 2", "pico2"}, Lamps: []Lamp{led("LED")}},
		{Key: "pico-w", Name: "Raspberry Pi Pico W", platform: "rp2", words: []string{"pico"}, Lamps: []Lamp{led("LED")}},
		{Key: "esp8266", Name: "ESP8266", platform: "esp8266", Button: Button{Pin: "0"}, Lamps: []Lamp{low("2")}},
		{ // ESP32-S2-Saola-1 and DevKitM-1; LOLIN S2 mini
			Key: "esp32-s2", Name: "ESP32-S2", platform: "esp32", chip: "esp32s2", Button: Button{Pin: "0"},
			Lamps: []Lamp{pixel("18", 1), led("15")},
		},
		{ // ESP32-S3-DevKitC-1 v1.0 and v1.1; XIAO ESP32S3
			Key: "esp32-s3", Name: "ESP32-S3", platform: "esp32", chip: "esp32s3", Button: Button{Pin: "0"},
			Lamps: []Lamp{pixel("48", 1), pixel("38", 1), low("21")},
		},
		{ // ESP8684-DevKitC-02: the blue of three LEDs
			Key: "esp32-c2", Name: "ESP32-C2", platform: "esp32", chip: "esp32c2", Button: Button{Pin: "9"},
			Lamps: []Lamp{low("8")},
		},
		{ // ESP32-C3-DevKitM-1 and DevKitC-02; Super Mini; LOLIN C3 mini
			Key: "esp32-c3", Name: "ESP32-C3", platform: "esp32", chip: "esp32c3", Button: Button{Pin: "9"},
			Lamps: []Lamp{pixel("8", 1), low("8"), pixel("7", 1)},
		},
		{ // ESP32-C5-DevKitC-1
			Key: "esp32-c5", Name: "ESP32-C5", platform: "esp32", chip: "esp32c5", Button: Button{Pin: "28"},
			Lamps: []Lamp{pixel("27", 1)},
		},
		{ // ESP32-C6-DevKitC-1; XIAO ESP32C6
			Key: "esp32-c6", Name: "ESP32-C6", platform: "esp32", chip: "esp32c6", Button: Button{Pin: "9"},
			Lamps: []Lamp{pixel("8", 1), low("15")},
		},
		{Key: "esp32", Name: "ESP32", platform: "esp32", Button: Button{Pin: "0"}, Lamps: []Lamp{led("2")}},
	}
}

// ModelByKey finds a model.
func ModelByKey(key string) (Model, bool) {
	for _, m := range Models() {
		if m.Key == key {
			return m, true
		}
	}
	return Model{}, false
}

// Pin is the pin as machine.Pin takes it: for "P8" or "p8", as it is printed on
// a board of this model, the GPIO number; any other text as it is.
func (m Model) Pin(printed string) string {
	digits, ok := strings.CutPrefix(strings.ToUpper(printed), "P")
	if n, err := strconv.Atoi(digits); ok && err == nil && strconv.Itoa(n) == digits && n >= 0 && n < len(m.pads) && m.pads[n] != noGPIO {
		return strconv.Itoa(m.pads[n])
	}
	return printed
}

// Pad is what a board of this model has printed beside a pin, as "P8", or "".
func (m Model) Pad(pin string) string {
	n, err := strconv.Atoi(pin)
	if err != nil || n == noGPIO {
		return ""
	}
	if i := slices.Index(m.pads, n); i >= 0 {
		return "P" + strconv.Itoa(i)
	}
	return ""
}

// ModelOf finds a model by what its firmware says: sys.platform ("" = not known)
// and its words for the hardware (os.uname().machine), which MicroPython ends in
// "with" and the chip; mpython tells that it has the module of that name. A model
// that is known by its words or its chip goes before one that is not.
func ModelOf(platform, machine string, mpython bool) (Model, bool) {
	machine = strings.ToLower(machine)
	mpython = mpython || strings.Contains(machine, "mpython")
	var found Model
	for _, m := range Models() {
		switch {
		case m.MPython != mpython, !m.hasWords(machine), !m.hasChip(machine), !m.runsOn(platform, machine):
		case found.Key == "", m.isNamed() && !found.isNamed():
			found = m
		}
	}
	return found, found.Key != ""
}

// isNamed reports whether a model is known by more than its platform.
func (m Model) isNamed() bool { return m.chip != "" || len(m.words) > 0 }

func (m Model) hasWords(machine string) bool {
	return len(m.words) == 0 || slices.ContainsFunc(m.words, func(w string) bool { return strings.Contains(machine, w) })
}

// hasChip reports whether a machine has a model's chip, or one that differs from
// it in its package only: ESP32-C3FH4 is an ESP32-C3, ESP32-C61 is no ESP32-C6.
// Only the last words tell: a board may have another chip for its radio.
func (m Model) hasChip(machine string) bool {
	if at := strings.LastIndex(machine, "with "); at >= 0 {
		machine = machine[at+len("with "):]
	}
	more, ok := strings.CutPrefix(strings.ReplaceAll(machine, "-", ""), m.chip)
	return m.chip == "" || ok && (more == "" || more[0] < '0' || more[0] > '9')
}

// runsOn reports whether a model has a platform, or a machine with its chip where
// the platform is not known.
func (m Model) runsOn(platform, machine string) bool {
	if platform == "" {
		return strings.Contains(machine, m.platform)
	}
	return m.platform == "" || m.platform == platform
}
