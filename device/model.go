package device

import (
	"slices"
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

	platform string   // sys.platform of its firmware; "" = any
	words    []string // one of these, in lower case, is in the firmware's words for the hardware; none = any words
}

// mpythonLevel keeps the three bright LEDs of the mPython board kind to eyes.
const mpythonLevel = 30

// Models lists the boards that are known, with the facts of their makers' own
// hardware pages.
func Models() []Model {
	white := [3]int{255, 190, 90}
	return []Model{
		{
			Key: "mpython-2", Name: "mPython 掌控板 2.x", MPython: true, Button: Button{Pin: "0"},
			Lamps: []Lamp{{Kind: LampNeoPixel, Pin: "17", Count: 3, Level: mpythonLevel, Color: white}},
		},
		{
			Key: "mpython-3", Name: "mPython 掌控板 3.0", MPython: true, words: []string{"mpython_pro", "s3"}, Button: Button{Pin: "0"},
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
