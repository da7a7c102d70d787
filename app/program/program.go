// Package program writes the MicroPython program that a pupil would type for a
// lamp, after the mPython tutorial's chapter on MQTT: WiFi, umqtt.simple, a
// callback for on and off, pings. It keeps clear of that program's faults: the
// lamp says what it does, has a last will and a client id of its own, and comes
// back when WiFi or broker were lost.
//
// lamp.py.tmpl is the program, to be read as such. Values from people come into it
// as literals, which one encoder writes (Bytes, Str). The package is pure: it reads
// and sends nothing.
package program

import (
	"cmp"
	_ "embed"
	"errors"
	"strings"
	"text/template"

	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/topic"
)

// Options are what a program is written for.
type Options struct {
	// Config is what is known of the lamp. Topics.Set and Lamp must be there; for
	// whatever else is empty the program has a placeholder. Words on the display,
	// Button, Find and colours over MQTT are no part of it.
	Config device.Config
	// Model is the board, or the zero Model.
	Model device.Model
	// Real writes names and passwords of WiFi and broker as they are; else the
	// program has placeholders for them.
	Real bool
	// Language is that of the comments: "zh", else English.
	Language string
}

// What stands for a value that the pupil fills in.
const (
	wifiName     = "WIFI_NAME"
	wifiPassword = "WIFI_PASSWORD"
	serverName   = "SERVER_ADDRESS"
	loginName    = "USER"
	loginSecret  = "PASSWORD"
	clientID     = "CLIENT_ID"
)

// Write gives the program. It runs on MicroPython 1.12 and later. It fails with
// a BadValue where the lamp or its topics can't be those of a board.
func Write(o Options) (string, error) {
	t := o.Config.Topics
	if err := o.Config.Lamp.Check(); err != nil {
		return "", err
	}
	set := t.Set
	if t.Form == device.OneNETData {
		set = strings.TrimSuffix(set, "/+") // its commands carry their number in the last level
	}
	for _, name := range []string{set, t.StateTopic(), t.MirrorTopic, t.Status} {
		if name != "" && !topic.ValidName(name) {
			return "", &fault.Error{Fault: fault.BadValue, Op: "write a program", Err: errors.New("a topic can't be published to")}
		}
	}
	if set == "" {
		return "", &fault.Error{Fault: fault.BadValue, Op: "write a program", Err: errors.New("there is no topic for commands")}
	}
	var text strings.Builder
	err := in(o.Language).Execute(&text, blanksOf(o))
	return text.String(), err
}

//go:embed lamp.py.tmpl
var source string

var english, chinese = parse(func(en, _ string) string { return en }), parse(func(_, zh string) string { return zh })

// parse reads the template with its comments in one language, which note chooses.
func parse(note func(en, zh string) string) *template.Template {
	return template.Must(template.New("lamp.py").Funcs(template.FuncMap{"note": note}).Option("missingkey=error").Parse(source))
}

func in(language string) *template.Template {
	if language == "zh" {
		return chinese
	}
	return english
}

// code is a piece of Python: a literal of a value, never the value itself.
type code string

// blanks are what the template leaves open. What the program has no line for is
// empty.
type blanks struct {
	Name    string // a comment
	MPython bool   // has umqtt.simple for sure; MicroPython leaves it out for the Pico W, and for the ESP32 before 1.20

	WiFiName, WiFiPassword, Server      code
	Port, KeepAlive                     int
	User, Password, ClientID            code
	TLS                                 bool
	Command, State, Mirror, Status, Key code
	RepublishSec, MinIntervalMS         int // s, ms
	On, Off, Offline                    code
	Retain                              bool

	JSON, Data, Thing bool // not device.Plain; and which
	light
}

// CanAnswer reports whether the board can answer on a topic of its own, or with a mark
// of its own: else it would take its words for commands.
func (b blanks) CanAnswer() bool { return b.State != "" }

// Publishes reports whether it can say so anywhere.
func (b blanks) Publishes() bool { return b.State != "" || b.Mirror != "" }

// RetainArgument is the argument that makes the broker keep a message.
func (b blanks) RetainArgument() string {
	if b.Retain {
		return ", True"
	}
	return ""
}

const usualKeepAlive = 30 // seconds, as the tutorial has it

func blanksOf(o Options) blanks {
	wifi, b, t := o.Config.WiFi, o.Config.Broker, o.Config.Topics
	secret := func(value device.Text, stand string, known bool) code {
		if o.Real && known {
			return code(Bytes(string(value)))
		}
		return code(Bytes(stand))
	}
	port := 1883
	if b.TLS {
		port = 8883
	}
	x := blanks{
		Name: comment(o.Config.Name), MPython: o.Model.MPython,
		WiFiName: secret(wifi.SSID, wifiName, wifi.SSID != ""), WiFiPassword: secret(wifi.Password, wifiPassword, wifi.SSID != ""),
		Server: code(Str(cmp.Or(b.Host, serverName))), Port: cmp.Or(b.Port, port), KeepAlive: cmp.Or(b.KeepAlive, usualKeepAlive), TLS: b.TLS,
		JSON: t.Form != device.Plain, Data: t.Form == device.OneNETData, Thing: t.Form == device.OneNETThing,
		light: lightOf(o),
	}
	if b.User != "" || b.Host == "" { // a broker that is known may want no login
		x.User, x.Password = secret(b.User, loginName, b.User != ""), secret(b.Password, loginSecret, b.Password != "")
	}
	if b.ClientID != "" {
		x.ClientID = secret(device.Text(b.ClientID), clientID, true)
	}
	x.setTopics(t)
	return x
}

// setTopics fills in where the program listens and speaks, and how.
func (b *blanks) setTopics(t device.Topics) {
	if s := t.StateTopic(); s != "" && (s != t.Set || t.Prefix != "") {
		b.State = code(Bytes(s))
	}
	if t.MirrorTopic != "" {
		b.Mirror = code(Bytes(t.MirrorTopic))
	}
	switch {
	case t.Status == "":
	case t.Status != t.State:
		b.Status = code(Bytes(t.Status))
	case b.CanAnswer() && !b.JSON: // one topic for both, where only offline is said
		b.Offline = code(Bytes(t.Prefix + "offline"))
	}
	b.Command, b.Key, b.On, b.Off = code(Bytes(t.Set)), code(Str(t.Key)), code(Bytes(t.Prefix+"on")), code(Bytes(t.Prefix+"off"))
	b.RepublishSec, b.MinIntervalMS, b.Retain = t.RepublishSec, t.MinIntervalMS, t.Retain
	if b.CanAnswer() && t.MirrorTopic != "" {
		b.MinIntervalMS *= 2 // it says each state twice
	}
}
