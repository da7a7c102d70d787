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
	words    []string // one of these, in lower case, is in the firmware's words for the hardware; none = any words
}

// mpythonLevel keeps the three bright LEDs of the mPython board kind to eyes.
const mpythonLevel = 30

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
// hardware pages.
func Models() []Model {
	white := [3]int{255, 190, 90}
	return []Model{
		{
			Key: "mpython-2", Name: "mPython 掌控板 2.x", MPython: true, Button: Button{Pin: "0"}, pads: mpython2Pads(),
			Lamps: []Lamp{{Kind: LampNeoPixel, Pin: "17", Count: 3, Level: mpythonLevel, Color: white}},
		},
		{
			Key: "mpython-3", Name: "mPython 掌控板 3.0", MPython: true, words: []string{"mpython_pro", "s3"}, Button: Button{Pin: "0"}, pads: mpython3Pads(),
			Lamps: []Lamp{{Kind: LampNeoPixel, Pin: "8", Count: 3, Level: mpythonLevel, Color: white}},
		},
		{Key: "pico-w", Name: "Raspberry Pi Pico W", platform: "rp2", words: []string{"pico"}, Lamps: []Lamp{{Kind: LampPin, Pin: "LED"}}},
		{
			Key: "esp8266", Name: "ESP8266", platform: "esp8266", Button: Button{Pin: "0"},
			Lamps: []Lamp{{Kind: LampPin, Pin: "2", ActiveLow: true}},
		},
		{Key: "esp32", Name: "ESP32", platform: "esp32", Button: Button{Pin: "0"}, Lamps: []Lamp{{Kind: LampPin, Pin: "2"}}},
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
// that is known by its words goes before one that is not.
func ModelOf(platform, machine string, mpython bool) (Model, bool) {
	machine = strings.ToLower(machine)
	mpython = mpython || strings.Contains(machine, "mpython")
	var found Model
	for _, m := range Models() {
		named := slices.ContainsFunc(m.words, func(w string) bool { return strings.Contains(machine, w) })
		switch {
		case m.MPython != mpython, len(m.words) > 0 && !named, !m.runsOn(platform, machine):
		case found.Key == "", named && len(found.words) == 0:
			found = m
		}
	}
	return found, found.Key != ""
}

// runsOn tells whether a model has a platform, or a machine with its chip where
// the platform is not known.
func (m Model) runsOn(platform, machine string) bool {
	if platform == "" {
		return strings.Contains(machine, m.platform)
	}
	return m.platform == "" || m.platform == platform
}
