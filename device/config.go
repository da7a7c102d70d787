package device

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Config is everything that a board is told. It reaches the board as the JSON
// file /lamplighter.json and never as program text.
type Config struct {
	Format int    `json:"format"` // ConfigFormat
	Name   string `json:"name"`   // shown to people; any language
	// Pupil is whose board it is, for its display alone: the board never sends it.
	Pupil    string `json:"pupil,omitempty"`
	Language string `json:"lang"` // "en" or "zh": the words on the board's display
	WiFi     WiFi   `json:"wifi"`
	Broker   Broker `json:"broker"`
	Topics   Topics `json:"topics"`
	Lamp     Lamp   `json:"lamp"`
	Button   Button `json:"button"`
	Find     Find   `json:"find"`
	// Near is whether the broker is in the classroom: it is tried again every two
	// seconds, for nobody there bans who comes back soon.
	Near bool `json:"near,omitempty"`
}

// ConfigFormat is the number of the file's present form.
const ConfigFormat = 1

// WiFi is the network that the board joins.
type WiFi struct {
	SSID     Text `json:"ssid"` // 1 to 32 bytes (IEEE 802.11)
	Password Text `json:"pass"` // empty for an open network; else 8 to 63 bytes, or 64 hex digits (WPA2)
	Hidden   bool `json:"hidden,omitempty"`
}

// Broker is how the board reaches the broker.
type Broker struct {
	Host      string `json:"host"`
	Port      int    `json:"port"`
	User      Text   `json:"user,omitzero"`
	Password  Text   `json:"pass,omitzero"`
	ClientID  string `json:"id,omitempty"` // "" = "lamp-" and the board's own id
	KeepAlive int    `json:"keepalive"`    // seconds
	TLS       bool   `json:"tls,omitempty"`
	CA        string `json:"ca,omitempty"` // PEM; "" = the certificate is not checked by the board
}

// SecretID reports whether the client id is the login itself, as a private key
// on Bemfa: then it is as secret as a password.
func (b Broker) SecretID() bool { return b.ClientID != "" && b.User == "" }

// Topics names what the board says and hears. An empty topic is not used.
type Topics struct {
	Set    string `json:"set"`              // hears on, off, toggle
	State  string `json:"state,omitempty"`  // says on or off
	RGBSet string `json:"rgbset,omitempty"` // hears r,g,b
	RGB    string `json:"rgb,omitempty"`    // says r,g,b
	Status string `json:"status,omitempty"` // says online; its last will says offline. Where it is State, only offline is said
	Info   string `json:"info,omitempty"`   // says what it is, as JSON
	Config string `json:"config,omitempty"` // Home Assistant discovery
	Retain bool   `json:"retain"`           // the broker keeps what the board says
	Hold   string `json:"hold,omitempty"`   // hears for how many seconds its button is the teacher's, see lamp.Hold; only where nobody else may say it

	// What platforms with rules of their own need. All are empty on a broker
	// where topics are free.

	SetTo       string `json:"setto,omitempty"`   // where others publish commands, where that is not Set
	StateTo     string `json:"stateto,omitempty"` // where the board publishes its word, where that is not State
	MirrorTopic string `json:"also,omitempty"`    // where the board says plain on or off besides, for the platform's own page
	// Prefix stands before every word of the board, where Set and State are one
	// topic: "state:" makes "state:on", which no board takes for a command.
	Prefix        string `json:"prefix,omitempty"`
	Form          Form   `json:"form,omitempty"` // how words are wrapped
	Key           string `json:"key,omitempty"`  // the property's name in a Form
	RepublishSec  int    `json:"beat,omitempty"` // seconds after which the board says its state again; 0 = never
	MinIntervalMS int    `json:"gap,omitempty"`  // at least so many ms between two words of the board; of what comes faster the last is said
}

// Form is how a lamp's words are wrapped on the wire.
type Form string

// The forms.
const (
	Plain       Form = ""             // on, off
	OneNETData  Form = "onenet-data"  // OneNET's data streams and commands
	OneNETThing Form = "onenet-thing" // OneNET's thing model
)

// StateTopic is where the board publishes its word.
func (t Topics) StateTopic() string { return cmp.Or(t.StateTo, t.State) }

// CommandTopic is where others publish commands.
func (t Topics) CommandTopic() string { return cmp.Or(t.SetTo, t.Set) }

// LampTopics are the topics that Lamplighter gives a board at base, as
// "class/lamp-07".
func LampTopics(base string) Topics {
	return Topics{
		Set: base + "/light/set", State: base + "/light",
		RGBSet: base + "/light/rgb/set", RGB: base + "/light/rgb",
		Status: base + "/status", Info: base + "/info", Retain: true,
	}
}

// The kinds of lamp.
const (
	LampNeoPixel = "neopixel" // WS2812 LEDs on one data pin
	LampPin      = "pin"      // a plain LED, on or off
)

// Lamp is the light that the board switches.
type Lamp struct {
	Kind      string `json:"kind"`            // LampNeoPixel or LampPin
	Pin       string `json:"pin"`             // a GPIO number, or a name such as "LED"
	Count     int    `json:"count,omitempty"` // how many LEDs, 1 to 256
	ActiveLow bool   `json:"low,omitempty"`   // lit when the pin is low
	Level     int    `json:"level,omitempty"` // brightness of a NeoPixel, 1 to 100 %
	Color     [3]int `json:"color,omitempty"` // first colour of a NeoPixel, 0 to 255 each
	Order     Order  `json:"order,omitempty"` // of a NeoPixel's bytes
}

// InOrder is the lamp with that order of bytes, where it has colours.
func (l Lamp) InOrder(o Order) Lamp {
	if l.Kind == LampNeoPixel {
		l.Order = o
	}
	return l
}

// Order is in which order a NeoPixel wants the bytes of a colour.
type Order string

// The orders.
const (
	OrderGRB  Order = ""     // WS2812 and most others
	OrderRGB  Order = "rgb"  // as on the Waveshare ESP32-S3-Zero
	OrderGRBW Order = "grbw" // SK6812 with a white LED: four bytes
)

// Orders lists the orders, the usual one first.
func Orders() []Order { return []Order{OrderGRB, OrderRGB, OrderGRBW} }

// Bytes is a colour as MicroPython's NeoPixel takes it for LEDs of this order: its
// driver always puts green first.
func (o Order) Bytes(c [3]int) []int {
	switch o {
	case OrderRGB:
		return []int{c[1], c[0], c[2]}
	case OrderGRBW:
		return []int{c[0], c[1], c[2], 0}
	}
	return c[:]
}

// Button is the button on the board that toggles the lamp.
type Button struct {
	Pin        string `json:"pin,omitempty"` // "" = none
	ActiveHigh bool   `json:"high,omitempty"`
}

// Find lets a board find the broker again after the PC's address changed: it
// asks by broadcast, and believes an answer that is signed with Secret
// (HMAC-SHA-256). The zero Find is never asked.
type Find struct {
	Classroom string `json:"class,omitempty"`
	Secret    string `json:"secret,omitempty"` // 32 lower-case hex digits
	Port      int    `json:"port,omitempty"`   // UDP
}

// Text is bytes that are usually text: an SSID, a password. Its JSON is a
// string where the bytes are UTF-8, else {"hex":"…"}, so that every value
// reaches the board exactly as it was.
type Text string

// String is the text with bytes that are no UTF-8 shown as U+FFFD.
func (t Text) String() string {
	if utf8.ValidString(string(t)) {
		return string(t)
	}
	return string([]rune(string(t)))
}

// MarshalJSON writes the text as a string, or as hex where it is no UTF-8.
func (t Text) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(t)) {
		return marshal(string(t))
	}
	return marshal(map[string]string{"hex": hex.EncodeToString([]byte(t))})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = Text(s)
		return nil
	}
	var h struct{ Hex string }
	if err := json.Unmarshal(b, &h); err != nil {
		return fmt.Errorf("text: %w", err)
	}
	raw, err := hex.DecodeString(h.Hex)
	if err != nil {
		return fmt.Errorf("text: %w", err)
	}
	*t = Text(raw)
	return nil
}

// marshal writes JSON as boards can read it: UTF-8 as it is, for MicroPython
// reads a surrogate pair in \u form as two broken characters.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// File is the JSON that goes onto the board.
func (c Config) File() ([]byte, error) { return marshal(c) }
