package device

import (
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lamplighter/device/fault"
	"lamplighter/device/topic"
)

// The bounds of what a board can take.
const (
	MaxSSID     = 32   // bytes, IEEE 802.11
	MinPassword = 8    // bytes, WPA2 passphrase
	MaxPassword = 63   // bytes, WPA2 passphrase
	MaxTopic    = 120  // bytes: umqtt's subscribe breaks on longer ones
	MaxName     = 64   // bytes
	MaxLogin    = 1024 // bytes of a broker's user or password; some platforms use long tokens
	MaxCA       = 8192 // bytes of PEM: a board holds it in memory
	MaxLEDs     = 256
)

// Reason says why no board can take a value.
type Reason int

// The reasons.
const (
	Missing      Reason = iota // empty, and something is needed
	TooLong                    // more bytes than there is room for
	TooShort                   // fewer bytes than the rule asks for
	NotASCII                   // letters that the protocol or the firmware does not take
	BadCharacter               // a character that may not be in it, as NUL or a wildcard
	OutOfRange                 // a number outside its bounds
	Malformed                  // not of the right form
	Repeated                   // the same as another value, and must be another
	Taken                      // somebody else has it
)

// String names the reason in English, for logs.
func (r Reason) String() string {
	names := [...]string{"missing", "too long", "too short", "not ASCII", "bad character", "out of range", "malformed", "repeated", "taken"}
	if r < 0 || int(r) >= len(names) {
		return "bad"
	}
	return names[r]
}

// ValueError is the cause of a fault.BadValue: which value it is, and why. It never
// holds the value itself, which may be a password.
type ValueError struct {
	Field  string // as in the JSON file: "wifi.ssid", "broker.port", "topics.set"
	Reason Reason
}

func (e *ValueError) Error() string { return e.Field + " is " + e.Reason.String() }

func bad(field string, r Reason) error {
	return &fault.Error{Fault: fault.BadValue, Op: "check", Err: &ValueError{Field: field, Reason: r}}
}

// Check reports whether a board can take these settings. Nothing is sent to a
// board that Check has not passed. Its error is a fault.BadValue with a *ValueError.
func (c Config) Check() error {
	checks := []func() error{
		func() error { return numbered("format", c.Format, ConfigFormat, ConfigFormat) },
		func() error { return CheckName(c.Name) },
		func() error { return checkLine("pupil", c.Pupil) },
		func() error { return oneOf("lang", c.Language, "en", "zh") },
		c.WiFi.Check, c.Broker.Check, c.Topics.Check, c.Lamp.Check, c.Button.Check, c.Find.Check,
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// CheckName reports whether a board can be called so: 1 to 64 bytes of UTF-8 on
// one line.
func CheckName(name string) error {
	if strings.TrimSpace(name) == "" {
		return bad("name", Missing)
	}
	return checkLine("name", name)
}

// checkLine finds a text of a display that is no line of at most 64 bytes of UTF-8.
func checkLine(field, text string) error {
	switch {
	case len(text) > MaxName:
		return bad(field, TooLong)
	case !utf8.ValidString(text):
		return bad(field, Malformed)
	case strings.ContainsFunc(text, unicode.IsControl):
		return bad(field, BadCharacter)
	}
	return nil
}

// Check reports whether a board can join with these values.
func (w WiFi) Check() error {
	ssid, pass := string(w.SSID), string(w.Password)
	switch {
	case ssid == "":
		return bad("wifi.ssid", Missing)
	case len(ssid) > MaxSSID:
		return bad("wifi.ssid", TooLong)
	case strings.ContainsRune(ssid, 0): // the drivers take it as the end
		return bad("wifi.ssid", BadCharacter)
	case strings.ContainsRune(pass, 0):
		return bad("wifi.pass", BadCharacter)
	case pass != "" && len(pass) < MinPassword:
		return bad("wifi.pass", TooShort)
	case len(pass) > MaxPassword && !hexDigits(pass, 64):
		return bad("wifi.pass", TooLong)
	}
	return nil
}

// Check reports whether a board can be given this broker.
func (b Broker) Check() error {
	if err := CheckHost(b.Host); err != nil {
		return err
	}
	switch {
	case len(b.ClientID) > MaxTopic:
		return bad("broker.id", TooLong)
	case !printableASCII(b.ClientID):
		return bad("broker.id", NotASCII)
	case len(b.CA) > MaxCA:
		return bad("broker.ca", TooLong)
	case b.CA != "" && !strings.Contains(b.CA, "-----BEGIN CERTIFICATE-----"):
		return bad("broker.ca", Malformed)
	case strings.ContainsRune(b.CA, 0):
		return bad("broker.ca", BadCharacter)
	case b.User == "" && b.Password != "": // MQTT 3.1.1, [MQTT-3.1.2-22]
		return bad("broker.user", Missing)
	}
	if err := login("broker.user", b.User); err != nil {
		return err
	}
	if err := login("broker.pass", b.Password); err != nil {
		return err
	}
	if err := numbered("broker.port", b.Port, 1, math.MaxUint16); err != nil {
		return err
	}
	return numbered("broker.keepalive", b.KeepAlive, 5, math.MaxUint16)
}

// CheckHost reports whether a board can look for its broker there: a name of
// letters, digits, dots, dashes and underscores, an IPv4 address, or an IPv6
// address without brackets and zone. No scheme, no port.
func CheckHost(host string) error {
	switch {
	case host == "":
		return bad("broker.host", Missing)
	case len(host) > 253: // RFC 1035, 2.3.4
		return bad("broker.host", TooLong)
	case !ascii(host):
		return bad("broker.host", NotASCII)
	case strings.Contains(host, ":"):
		if ip, err := netip.ParseAddr(host); err != nil || ip.Zone() != "" { // as host:port
			return bad("broker.host", BadCharacter)
		}
		return nil
	}
	return checkLabels(host)
}

// checkLabels looks at a host's labels. A last one of digits only makes an IPv4
// address, as everywhere (RFC 1123, 2.1): no name server knows 192.168.1.300.
func checkLabels(host string) error {
	labels := strings.Split(host, ".")
	for _, l := range labels {
		switch {
		case strings.ContainsFunc(l, func(c rune) bool { return !letterOrDigit(c) && c != '-' && c != '_' }):
			return bad("broker.host", BadCharacter)
		case l == "":
			return bad("broker.host", Malformed)
		case len(l) > 63: // RFC 1035, 2.3.4
			return bad("broker.host", TooLong)
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		if _, err := netip.ParseAddr(host); err != nil {
			return bad("broker.host", Malformed)
		}
	}
	return nil
}

// Check reports whether a board can use these topics. Only Set must be there.
func (t Topics) Check() error {
	if t.Set == "" {
		return bad("topics.set", Missing)
	}
	for _, f := range []struct{ name, topic string }{
		{"set", t.Set},
		{"state", t.State},
		{"rgbset", t.RGBSet},
		{"rgb", t.RGB},
		{"status", t.Status},
		{"info", t.Info},
		{"config", t.Config},
		{"setto", t.SetTo},
		{"stateto", t.StateTo},
		{"also", t.MirrorTopic},
		{"hold", t.Hold},
	} {
		if f.name == "set" && t.Form == OneNETData { // its commands carry their number in the last level
			f.topic = strings.TrimSuffix(f.topic, "/+")
		}
		if err := checkTopic("topics."+f.name, f.topic); err != nil {
			return err
		}
	}
	return t.checkForm()
}

// checkForm looks at what platforms with rules of their own need.
func (t Topics) checkForm() error {
	switch {
	case len(t.Prefix) > 16 || len(t.Key) > MaxName:
		return bad("topics.key", TooLong)
	case !printableASCII(t.Prefix) || !printableASCII(t.Key):
		return bad("topics.key", NotASCII)
	case t.Form != Plain && t.Key == "":
		return bad("topics.key", Missing)
	case t.Set == t.State && t.SetTo == "" && t.Prefix == "": // the board would obey its own word
		return bad("topics.state", Malformed)
	}
	if err := oneOf("topics.form", string(t.Form), string(Plain), string(OneNETData), string(OneNETThing)); err != nil {
		return err
	}
	if err := numbered("topics.beat", t.RepublishSec, 0, 24*3600); err != nil {
		return err
	}
	return numbered("topics.gap", t.MinIntervalMS, 0, 60_000)
}

func checkTopic(field, name string) error {
	switch {
	case len(name) > MaxTopic:
		return bad(field, TooLong)
	case !ascii(name):
		return bad(field, NotASCII)
	case !printableASCII(name), topic.HasWildcard(name):
		return bad(field, BadCharacter)
	}
	return nil
}

// Check reports whether a board can have this lamp.
func (l Lamp) Check() error {
	if err := oneOf("lamp.kind", l.Kind, LampNeoPixel, LampPin); err != nil {
		return err
	}
	if err := oneOf("lamp.order", string(l.Order), string(OrderGRB), string(OrderRGB), string(OrderGRBW)); err != nil {
		return err
	}
	if l.Pin == "" {
		return bad("lamp.pin", Missing)
	}
	if !pin(l.Pin) {
		return bad("lamp.pin", Malformed)
	}
	least := 0
	if l.Kind == LampNeoPixel {
		least = 1
	}
	if err := numbered("lamp.count", l.Count, least, MaxLEDs); err != nil {
		return err
	}
	if err := numbered("lamp.level", l.Level, 0, 100); err != nil {
		return err
	}
	for _, c := range l.Color {
		if err := numbered("lamp.color", c, 0, math.MaxUint8); err != nil {
			return err
		}
	}
	return nil
}

// Check reports whether a board can have this button.
func (b Button) Check() error {
	if b.Pin != "" && !pin(b.Pin) {
		return bad("button.pin", Malformed)
	}
	return nil
}

// Check reports whether a board can search so. The zero Find is good.
func (f Find) Check() error {
	if f == (Find{}) {
		return nil
	}
	switch {
	case f.Classroom == "":
		return bad("find.class", Missing)
	case len(f.Classroom) > MaxName:
		return bad("find.class", TooLong)
	case !printableASCII(f.Classroom):
		return bad("find.class", NotASCII)
	case !hexDigits(f.Secret, 32):
		return bad("find.secret", Malformed)
	}
	return numbered("find.port", f.Port, 1, math.MaxUint16)
}

func login(field string, t Text) error {
	switch {
	case len(t) > MaxLogin:
		return bad(field, TooLong)
	case strings.ContainsRune(string(t), 0):
		return bad(field, BadCharacter)
	}
	return nil
}

func numbered(field string, n, from, to int) error {
	if n < from || n > to {
		return bad(field, OutOfRange)
	}
	return nil
}

func oneOf(field, s string, all ...string) error {
	if slices.Contains(all, s) {
		return nil
	}
	return bad(field, Malformed)
}

// pin reports whether s is a GPIO number or a name that machine.Pin may know.
func pin(s string) bool {
	if len(s) > 16 {
		return false
	}
	var number int
	if _, err := fmt.Sscanf(s, "%d", &number); err == nil {
		return fmt.Sprint(number) == s && number >= 0 && number < 100
	}
	for i, c := range s {
		if !letterOrDigit(c) && (i == 0 || c != '_') {
			return false
		}
	}
	return true
}

func letterOrDigit(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > unicode.MaxASCII })
}

func printableASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' })
}

func hexDigits(s string, n int) bool {
	_, err := hex.DecodeString(s)
	return len(s) == n && err == nil
}
