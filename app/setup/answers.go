package setup

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// Base makes the base of a board's topics from its name: "<classroom>/<board>",
// ASCII, without wildcards, and one that is free. A name with letters that are
// not ASCII, as 灯七, gives the next free lamp-01, lamp-02, ….
func Base(classroom, name string, taken func(base string) bool) string {
	board, _ := slug(name)
	if !FromName(name) {
		return free(classroom+"/lamp-", 1, 2, taken)
	}
	if base := classroom + "/" + board; !taken(base) {
		return base
	}
	return free(classroom+"/"+board+"-", 2, 1, taken)
}

// FromName reports whether Base can be made from this name. Otherwise it has the
// next free number.
func FromName(name string) bool {
	board, whole := slug(name)
	return whole && board != ""
}

// maxBoard keeps the longest topic, <base>/light/rgb/set, inside device.MaxTopic.
const maxBoard = 32

// slug is the name as a topic level, and whether all its letters could be kept.
func slug(name string) (level string, whole bool) {
	var b strings.Builder
	whole = true
	for _, r := range strings.ToLower(strings.TrimSpace(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= utf8.RuneSelf:
			whole = false
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	level = b.String()
	return strings.Trim(level[:min(len(level), maxBoard)], "-"), whole
}

// free is the first base with this beginning and a number that nobody uses.
func free(beginning string, from, digits int, taken func(string) bool) string {
	for n := from; ; n++ {
		if base := fmt.Sprintf("%s%0*d", beginning, digits, n); !taken(base) {
			return base
		}
	}
}

// checkWiFi finds what no board can join, before anything is sent.
func checkWiFi(d Draft) error {
	w := d.Answers.WiFi
	if err := w.Check(); err != nil {
		return err
	}
	n, seen := networkOf(d)
	switch {
	case !seen:
		return nil
	case n.Auth == device.AuthEnterprise:
		return &fault.Error{Fault: fault.WiFiEnterprise, Op: "check"}
	case n.Auth != device.AuthOpen && w.Password == "":
		return &fault.Error{Fault: fault.BadValue, Op: "check", Err: &device.ValueError{Field: "wifi.pass", Reason: device.Missing}}
	}
	return nil
}

// networkOf is the chosen network as the board saw it.
func networkOf(d Draft) (device.Network, bool) {
	if d.ByHand {
		return device.Network{}, false
	}
	for _, n := range d.Networks {
		if n.SSID == d.Answers.WiFi.SSID {
			return n, true
		}
	}
	return device.Network{}, false
}

// inOneForm is the choice with its host as boards take it. One that they can't
// take stays as it was typed, for checkBroker.
func (c BrokerChoice) inOneForm() BrokerChoice {
	for _, host := range []*string{&c.Address, &c.Other.Host} {
		if h, err := endpoint.Host(*host); err == nil {
			*host = h
		}
	}
	return c
}

// checkBroker finds an address that no board can take.
func checkBroker(c BrokerChoice) error {
	c = c.inOneForm()
	if c.BuiltIn {
		if c.Port == 0 {
			return &fault.Error{Fault: fault.BrokerDown, Op: "check"}
		}
		return device.CheckHost(c.Address)
	}
	b := c.Other
	if b.KeepAlive == 0 {
		b.KeepAlive = keepAlive
	}
	p := c.platform()
	if _, asks := p.Field(presets.User); !asks {
		b.User, b.Password = "", "" // its login is made of something else
	}
	if err := b.Check(); err != nil {
		return err
	}
	return refused(p.Check(c.Inputs(), false))
}

// refused makes a field that a platform does not take a value that no board can
// take.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return &fault.Error{Fault: fault.BadValue, Op: "check", Err: err}
}

// keepAlive is in seconds; issue "lamp program": a dead link is noticed within
// 1.5 times of it.
const keepAlive = 30

// checkName finds a name, a lamp or a button that no board can have.
func checkName(a Answers) error {
	if err := device.CheckName(a.Name); err != nil {
		return err
	}
	if err := device.LampTopics(a.Base).Check(); err != nil {
		return err
	}
	if !a.Broker.BuiltIn {
		in := a.Broker.Inputs()
		in.Place = a.Place
		if err := refused(a.Broker.platform().Check(in, true)); err != nil {
			return err
		}
	}
	if a.Goal == device.SettingsOnly {
		return nil
	}
	return errors.Join(a.Lamp.Check(), a.Button.Check())
}

// remembered is the password of a network that was used before.
func (d Defaults) remembered(ssid device.Text) (device.WiFi, bool) {
	for _, w := range d.WiFi {
		if w.SSID == ssid {
			return w, true
		}
	}
	return device.WiFi{}, false
}

// fill gives a board that has just been greeted its answers.
func fill(d Draft, e Greeted) Draft {
	same := d.Greeted && d.Board.ID != "" && d.Board.ID == e.Board.ID
	d.Greeted, d.Board, d.Defaults, d.Connections = true, e.Board, e.Defaults, e.Connections
	if same {
		if d.Part == AllParts {
			d.Goal = d.Answers.Goal
		}
		return d
	}
	d = d.whole()
	d.Goal = d.Answers.Goal
	d.Part, d.IP, d.Untested, d.Networks, d.ByHand, d.Moved = AllParts, "", false, nil, false, e.Moved
	a := &d.Answers
	a.Name, a.Base, a.Place = e.Defaults.Name, e.Base, e.Defaults.Place
	a.Lamp, a.Button = firstLamp(e.Board)
	if a.Lamp.Kind == device.LampNeoPixel {
		a.Lamp.Order = e.Defaults.Orders[e.Board.Model]
	}
	if a.WiFi.SSID == "" && len(e.Defaults.WiFi) > 0 {
		a.WiFi = e.Defaults.WiFi[0]
	}
	d.ByHand = a.WiFi.Hidden
	if host, _ := a.Broker.Endpoint(); host == "" {
		a.Broker = firstBroker(e.Defaults, e.Connections)
	}
	if d.Class {
		return likeOthers(d, e)
	}
	if e.Board.Settings != nil {
		present(a, *e.Board.Settings, e.Defaults, e.Connections)
		if d.Moved {
			a.Name, a.Base = e.Defaults.Name, e.Base
		}
	}
	return d
}

// firstLamp is the lamp and the button that the kind of board has.
func firstLamp(b device.Identity) (device.Lamp, device.Button) {
	if m, ok := device.ModelByKey(b.Model); ok && len(m.Lamps) > 0 {
		return m.Lamps[0], m.Button
	}
	return device.Lamp{Kind: device.LampPin, Pin: "2"}, device.Button{}
}

func firstBroker(d Defaults, others []Connection) BrokerChoice {
	c := BuiltIn(d)
	if len(others) > 0 {
		c = c.As(others[0])
	}
	if d.Other && len(others) > 0 || c.Port == 0 {
		c.BuiltIn = false
	}
	return c
}

// BuiltIn is the choice of this PC's broker at its best address.
func BuiltIn(d Defaults) BrokerChoice {
	c := BrokerChoice{BuiltIn: true, Port: d.Port, Address: d.best()}
	c.Other = device.Broker{Port: 1883, KeepAlive: keepAlive}
	return c
}

// As is the choice of a broker that was used before.
func (c BrokerChoice) As(o Connection) BrokerChoice {
	c.Other, c.Preset, c.TopicScheme, c.API = o.Other, o.Preset, o.TopicScheme, o.API
	return c
}

// assignedBase is the base that a board was given with its settings.
func assignedBase(c *device.Config) (base string, has bool) {
	if c == nil {
		return "", false
	}
	return strings.CutSuffix(c.Topics.Set, "/light/set")
}

// present fills in what the board was given earlier, passwords aside.
func present(a *Answers, c device.Config, d Defaults, others []Connection) {
	if c.WiFi.SSID != "" {
		a.WiFi = device.WiFi{SSID: c.WiFi.SSID, Hidden: c.WiFi.Hidden}
		if w, ok := d.remembered(c.WiFi.SSID); ok {
			a.WiFi.Password = w.Password
		}
	}
	if c.Name != "" {
		a.Name = c.Name
	}
	free := a.Base
	if base, has := assignedBase(&c); has {
		a.Base = base
	}
	if c.Lamp.Kind != "" {
		a.Lamp, a.Button = c.Lamp, c.Button
	}
	if c.Broker.Host == "" {
		return
	}
	a.Broker = BuiltIn(d)
	if c.Find.Secret != "" || c.Find.Classroom != "" || d.has(c.Broker.Host) && c.Broker.Port == d.Port {
		return
	}
	a.Broker.BuiltIn = false
	a.Broker.Other = c.Broker
	a.Broker.Other.Password = ""
	if i := slices.IndexFunc(others, func(o Connection) bool { return o.isOf(c.Broker) }); i >= 0 {
		a.Broker = a.Broker.As(others[i])
	}
	if a.Broker.platform().Rules.RandomPrefix {
		a.Base = free // its topics begin with the connection's own level, not with the classroom
	}
}

// isOf reports whether a board that logs in like this uses the connection.
func (o Connection) isOf(b device.Broker) bool {
	if o.Other.Host != b.Host || o.Other.Port != b.Port {
		return false
	}
	if presets.ByID(o.Preset).BySecret() {
		return o.Other.Password == "" || string(o.Other.Password) == b.ClientID
	}
	return o.Other.User == b.User
}

// Config is everything that the board is told.
func (a Answers) Config(acc Account, language string, find device.Find) device.Config {
	c := device.Config{
		Format: device.ConfigFormat, Name: a.Name, Language: language, WiFi: a.WiFi,
		Broker: acc.Broker, Topics: acc.Topics, Lamp: a.Lamp, Button: a.Button,
	}
	if c.Language == "" {
		c.Language = "en"
	}
	if c.Broker.KeepAlive == 0 {
		c.Broker.KeepAlive = keepAlive
	}
	if a.Broker.BuiltIn {
		c.Find = find
	}
	c.Near = a.Broker.BuiltIn || a.Broker.platform().ID == presets.Free && endpoint.IsNear(c.Broker.Host)
	return c
}
