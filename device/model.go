package device

// Model is a kind of board with what is known of its hardware. A board that is
// not listed works too: the user says where its lamp is.
type Model struct {
	Key    string // as "mpython-2"
	Name   string // the maker's name for it; not translated
	Lamps  []Lamp // the lamps that the board has, the best first
	Button Button
	OLED   bool
}

// mpythonLevel keeps the three bright LEDs of the mPython board kind to eyes.
const mpythonLevel = 30

// Models lists the boards that are known, with the facts of their makers' own
// hardware pages.
func Models() []Model {
	white := [3]int{255, 190, 90}
	return []Model{
		{
			Key: "mpython-2", Name: "mPython 掌控板 2.x", OLED: true, Button: Button{Pin: "0"},
			Lamps: []Lamp{{Kind: LampNeoPixel, Pin: "17", Count: 3, Level: mpythonLevel, Color: white}},
		},
		{
			Key: "mpython-3", Name: "mPython 掌控板 3.0", Button: Button{Pin: "0"},
			Lamps: []Lamp{{Kind: LampNeoPixel, Pin: "8", Count: 3, Level: mpythonLevel, Color: white}},
		},
		{Key: "pico-w", Name: "Raspberry Pi Pico W", Lamps: []Lamp{{Kind: LampPin, Pin: "LED"}}},
		{Key: "esp8266", Name: "ESP8266", Button: Button{Pin: "0"}, Lamps: []Lamp{{Kind: LampPin, Pin: "2", ActiveLow: true}}},
		{Key: "esp32", Name: "ESP32", Button: Button{Pin: "0"}, Lamps: []Lamp{{Kind: LampPin, Pin: "2"}}},
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
