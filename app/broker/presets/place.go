package presets

import (
	"cmp"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"lamplighter/app/broker/presets/token"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// Templates are topics with {keys} in them, and how the words on them look.
type Templates struct {
	Set           string      `json:"set"`
	State         string      `json:"state"`
	RGBSet        string      `json:"rgbset"`
	RGB           string      `json:"rgb"`
	Status        string      `json:"status"`
	Info          string      `json:"info"`
	Config        string      `json:"config"`
	SetTo         string      `json:"setto"`
	StateTo       string      `json:"stateto"`
	MirrorTopic   string      `json:"also"`
	Prefix        string      `json:"prefix"`
	Form          device.Form `json:"form"`
	Key           string      `json:"key"`
	Retain        bool        `json:"retain"`
	RepublishSec  int         `json:"beat"`
	MinIntervalMS int         `json:"gap"`
}

// BoardFields is what is typed for one board. Its Secret is kept in the keyring.
type BoardFields struct {
	Topic    string `json:"topic,omitempty"`
	Answer   string `json:"answer,omitempty"`
	Device   string `json:"device,omitempty"`
	Property string `json:"property,omitempty"`
	Secret   string `json:"-"`
}

// Get is what was typed under a key.
func (p BoardFields) Get(k Key) string {
	switch k {
	case Topic:
		return p.Topic
	case Answer:
		return p.Answer
	case Device:
		return p.Device
	case Property:
		return p.Property
	case Secret:
		return p.Secret
	}
	return ""
}

// With is the place with another text under a key.
func (p BoardFields) With(k Key, text string) BoardFields {
	switch k {
	case Topic:
		p.Topic = text
	case Answer:
		p.Answer = text
	case Device:
		p.Device = text
	case Property:
		p.Property = text
	case Secret:
		p.Secret = text
	}
	return p
}

// Inputs are all that templates are filled with.
type Inputs struct {
	TopicScheme   string
	User          string
	Password      string
	TopicPrefix   string // the connection's own first level, where the preset has one
	Base          string // "<classroom>/<board>"
	BoardID       string
	Place         BoardFields
	RetainSupport Support // what was found out about retained messages, where the preset does not know
	Now           time.Time
}

// Access is a login that was made from what was typed.
type Access struct {
	ClientID string // "" = to be made
	User     string
	Password string
	Expires  time.Time // of the password; zero = never
}

// Account is a board's place on a platform.
type Account struct {
	Access
	Topics    device.Topics // the board's own
	AppTopics device.Topics // as this program sees them
}

// FieldError tells that a field is missing or not of its form.
type FieldError struct {
	Preset string // its ID
	Key    Key
	Reason device.Reason
	By     string // with device.Taken: the name of the board that has it
}

func (e *FieldError) Error() string { return "the field " + string(e.Key) + " is " + e.Reason.String() }

// maxField bounds what is typed, in bytes.
const maxField = 1024

// Check looks at what was typed for a connection, or for a board. It fails with
// a *FieldError.
func (p Preset) Check(in Inputs, each bool) error {
	for _, f := range p.FieldsOf(p.TopicScheme(in.TopicScheme), each) {
		if f.Key == Host || f.Key == Port {
			continue // looked at where addresses are, see device.CheckHost
		}
		if reason, ok := f.check(in.get(f.Key)); !ok {
			return &FieldError{Preset: p.ID, Key: f.Key, Reason: reason}
		}
	}
	if w := p.TopicScheme(in.TopicScheme); each && in.Place.Answer != "" && in.Place.Answer == in.Place.Topic && len(w.Topics.State) > 0 {
		return &FieldError{Preset: p.ID, Key: Answer, Reason: device.Repeated}
	}
	return nil
}

// check reports whether a text is of the field's form, and why not.
func (f Field) check(text string) (wrong device.Reason, ok bool) {
	switch {
	case text == "":
		return device.Missing, f.Optional
	case len(text) > maxField:
		return device.TooLong, false
	case f.Pattern != "" && !regexp.MustCompile("^(?:"+f.Pattern+")$").MatchString(text):
		return device.Malformed, false
	}
	return 0, true
}

// Clean is a text as it was meant, where the field has a form: what a copy from
// a page brings along (spaces and ends of lines around it, characters that can't
// be seen) is dropped, and full-width characters of a Chinese keyboard are the
// plain ones. Where any text may be meant, as in a password, it stays as it is.
func (f Field) Clean(text string) string {
	if f.Pattern == "" {
		return text
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, width.Fold.String(text)))
}

func (in Inputs) get(k Key) string {
	switch k {
	case User:
		return in.User
	case Password:
		return in.Password
	}
	return in.Place.Get(k)
}

// fill puts values into a template. A value is put in as it is and never read
// as a template itself.
func (in Inputs) fill(template, token string) string {
	class, board, _ := strings.Cut(in.Base, "/")
	return strings.NewReplacer(
		"{user}", in.User, "{password}", in.Password, "{room}", cmp.Or(in.TopicPrefix, class), "{class}", class, "{board}", board,
		"{base}", in.Base, "{id}", in.BoardID, "{topic}", in.Place.Topic, "{answer}", in.Place.Answer,
		"{device}", in.Place.Device, "{key}", in.Place.Secret, "{property}", cmp.Or(in.Place.Property, "light"), "{token}", token,
	).Replace(template)
}

func (in Inputs) topics(t Templates) device.Topics {
	f := func(s string) string { return in.fill(s, "") }
	return device.Topics{
		Set: f(t.Set), State: f(t.State), RGBSet: f(t.RGBSet), RGB: f(t.RGB), Status: f(t.Status), Info: f(t.Info), Config: f(t.Config),
		SetTo: f(t.SetTo), StateTo: f(t.StateTo), MirrorTopic: f(t.MirrorTopic), Prefix: t.Prefix, Form: t.Form, Key: f(t.Key),
		Retain: t.Retain, RepublishSec: t.RepublishSec, MinIntervalMS: t.MinIntervalMS,
	}
}

// access makes a login.
func (p Preset) access(l Login, in Inputs) (Access, error) {
	a := Access{}
	made := ""
	if t := l.Token; t != nil {
		a.Expires = in.Now.Add(time.Duration(t.Days) * 24 * time.Hour).Truncate(time.Second)
		resource, template := t.Resource, t.Key
		if in.fill(template, "") == "" {
			resource, template = t.SpareFor, t.FallbackKey
		}
		var err error
		if made, err = token.Make(in.fill(resource, ""), in.fill(template, ""), t.Method, a.Expires); err != nil {
			field := &FieldError{Preset: p.ID, Key: Key(strings.Trim(template, "{}")), Reason: device.Malformed}
			return Access{}, &fault.Error{Fault: fault.BadValue, Op: "sign", Err: errors.Join(err, field)}
		}
	}
	a.ClientID, a.User, a.Password = in.fill(l.Client, made), in.fill(l.User, made), in.fill(l.Password, made)
	return a, nil
}

// AppLogin is how this program logs in with what was typed. It fails as Account
// does, so that nothing is tried which the platform would take amiss: a user "+"
// would make a wildcard of its topics.
func (p Preset) AppLogin(in Inputs) (Access, error) {
	if err := p.Check(in, false); err != nil {
		return Access{}, &fault.Error{Fault: fault.BadValue, Op: "check", Err: err}
	}
	return p.access(p.App, in)
}

// Account is a board's place on the platform. It fails with a *fault.Error
// whose cause is a *FieldError or a *device.ValueError.
func (p Preset) Account(in Inputs) (Account, error) {
	for _, each := range []bool{false, true} {
		if err := p.Check(in, each); err != nil {
			return Account{}, &fault.Error{Fault: fault.BadValue, Op: "check", Err: err}
		}
	}
	w := p.TopicScheme(in.TopicScheme)
	access, err := p.access(p.Board, in)
	if err != nil {
		return Account{}, err
	}
	a := Account{Access: access, Topics: in.topics(w.Topics)}
	a.AppTopics = a.Topics
	if w.AppTopics != nil {
		a.AppTopics = in.topics(*w.AppTopics)
	}
	return a, a.Topics.Check()
}
