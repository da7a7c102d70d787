// Package presets says what the platforms are like that schools use: where they
// are, what they call a login, how their topics are made, and what they do not
// allow. Each platform is one file in data; no code knows a platform by name.
//
// It never connects, keeps no secret, and never draws: its words are shown as
// they are, in the window's language.
package presets

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Words are a text in both languages.
type Words struct {
	English string `json:"en"`
	Chinese string `json:"zh-Hans"`
}

// In is the text in the window's language, "en" or "zh-Hans".
func (w Words) In(language string) string {
	if strings.HasPrefix(language, "zh") && w.Chinese != "" {
		return w.Chinese
	}
	return w.English
}

// Group is what kind of place a preset is.
type Group string

// The groups.
const (
	Own      Group = "own"      // a broker of one's own
	Platform Group = "platform" // needs an account
	Public   Group = "public"   // open to the world
)

// Preset is one place where messages may go.
type Preset struct {
	ID           string        `json:"id"`
	Order        int           `json:"order"` // in the list
	Group        Group         `json:"group"`
	Name         Words         `json:"name"`
	Short        Words         `json:"short"`   // the name within a sentence, where Name says more than that
	About        Words         `json:"about"`   // what it is, in a line
	Warning      Words         `json:"warning"` // shown in red, where there is something to be warned of
	Servers      []Server      `json:"servers"` // the usual one first; none: its address is typed
	Fields       []Field       `json:"fields"`  // what is typed, in order
	App          Login         `json:"app"`     // how this program logs in
	Board        Login         `json:"board"`   // how a board logs in
	TopicSchemes []TopicScheme `json:"ways"`    // how topics are made; the usual one first
	Rules        Rules         `json:"rules"`
	Limits       []Words       `json:"limits"` // what the platform itself does not allow
	Docs         []string      `json:"docs"`   // addresses of its documentation
}

// Server is one address of a platform. Port 0 means that there is no such way.
type Server struct {
	Name    Words  `json:"name"`
	Host    string `json:"host"`
	Port    int    `json:"port"`
	TLSHost string `json:"tls_host"` // "" = Host
	TLSPort int    `json:"tls_port"`
	WSPort  int    `json:"ws_port"`
	WSSPort int    `json:"wss_port"`
	WSPath  string `json:"ws_path"`
	// OwnCA: its certificate is signed by an authority that systems do not know,
	// so it is shown and pinned at first use.
	OwnCA bool `json:"own_ca"`
}

// Secure is the host and port with TLS, and false where there is none.
func (s Server) Secure() (host string, port int, ok bool) {
	if s.TLSHost != "" {
		return s.TLSHost, s.TLSPort, s.TLSPort != 0
	}
	return s.Host, s.TLSPort, s.TLSPort != 0
}

// Key names what is typed into a field, and what a template puts in its place.
type Key string

// The keys. The first group is asked once for a connection, the second for each board.
const (
	Host     Key = "host"
	Port     Key = "port"
	User     Key = "user"
	Password Key = "password"

	Topic    Key = "topic"    // the one that the platform made
	Answer   Key = "answer"   // another one, for the board's answers
	Device   Key = "device"   // the board's name on the platform
	Secret   Key = "key"      // the board's own key
	Property Key = "property" // what the lamp is called in the board's data
)

// PerBoard reports whether a key is asked for each board.
func (k Key) PerBoard() bool {
	return slices.Contains([]Key{Topic, Answer, Device, Secret, Property}, k)
}

// Field is one thing that is typed, in the platform's own words.
type Field struct {
	Key      Key    `json:"key"`
	Label    Words  `json:"label"`
	Where    Words  `json:"where"` // where its page shows it
	Example  string `json:"example"`
	Default  string `json:"default"`
	Hidden   bool   `json:"hidden"`   // a secret: masked, and kept in the keyring
	Optional bool   `json:"optional"` // may stay empty
	Pattern  string `json:"pattern"`  // a regular expression that the whole text fits; "" = any
}

// Login are the three parts of an MQTT login, as templates.
type Login struct {
	Client   string `json:"client"` // "" = made by the program
	User     string `json:"user"`
	Password string `json:"password"`
	Token    *Token `json:"token"` // how {token} is made
}

// Token is how a platform's password is signed, as templates.
type Token struct {
	Resource    string `json:"resource"`
	Key         string `json:"key"`
	FallbackKey string `json:"spare"` // the key where Key is empty
	SpareFor    string `json:"spare_for"`
	Method      string `json:"method"`
	Days        int    `json:"days"` // how long it is valid
}

// TopicScheme is one form of topics that a platform offers.
type TopicScheme struct {
	ID    string `json:"id"`
	Name  Words  `json:"name"`
	About Words  `json:"about"`
	// Needs are the keys of fields without which it can't be chosen; Without
	// those that it does not ask for.
	Needs   []Key     `json:"needs"`
	Without []Key     `json:"without"`
	Topics  Templates `json:"topics"` // the board's
	// Seen are the topics as this program sees them, where they are others.
	AppTopics *Templates `json:"seen"`
}

// Support is what is known of something.
type Support string

// What may be known.
const (
	Yes     Support = "yes"
	No      Support = "no"
	Unknown Support = "unknown" // found out at the first connection
)

// Rules are what a platform allows. What is zero is not limited.
type Rules struct {
	Retain       Support  `json:"retain"`
	Will         Support  `json:"will"`
	MaxQoS       byte     `json:"max_qos"`
	KeepAlive    [2]int   `json:"keepalive"`  // seconds, least and most
	PerMinute    int      `json:"per_minute"` // publishes of all who share the account
	Burst        int      `json:"burst"`      // of PerMinute, which is then each client's own: so many at once, the others at its pace. 0 = all
	Connects     int      `json:"connects"`   // a minute
	Subscribes   int      `json:"subscribes"` // a minute
	MaxPayload   int      `json:"max_payload"`
	Match        string   `json:"match"`     // a regular expression that a topic must fit to be published to; "" = any topic
	Subscribe    []string `json:"subscribe"` // filters, as templates, that must cover a subscription; none = any
	Levels       int      `json:"levels"`    // a topic has exactly so many levels
	NoWildcards  bool     `json:"no_wildcards"`
	NoAll        bool     `json:"no_all"`    // # is not subscribed to by itself
	SharedID     bool     `json:"shared_id"` // client ids are shared by design
	Get          string   `json:"get"`       // publishing to a topic with this suffix asks for its last value
	Throttle     string   `json:"throttle"`  // topic, as a template, that tells of too many messages
	Errors       string   `json:"errors"`    // topic, as a template, that tells of refused ones
	Browse       []string `json:"browse"`    // filters, as templates, for what belongs to the class
	Foreign      bool     `json:"foreign"`   // lamps of other systems may be here, and ours are announced to them
	RandomPrefix bool     `json:"room"`      // topics begin with a random level of the class's own
	Remote       string   `json:"remote"`    // commands go another way than MQTT; names it
	OneBoard     bool     `json:"one_board"` // a login sees the topics of one board only
	NoTLS        bool     `json:"no_tls"`    // it is never reached with TLS
}

//go:embed data/*.json
var data embed.FS

var load = sync.OnceValues(func() ([]Preset, error) {
	files, err := data.ReadDir("data")
	if err != nil {
		return nil, err
	}
	all := make([]Preset, 0, len(files))
	for _, f := range files {
		text, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			return nil, err
		}
		p, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Preset) int { return a.Order - b.Order })
	return all, nil
})

// parse reads a preset. Fields that do not exist are an error, for they would
// be rules that nobody keeps.
func parse(text []byte) (p Preset, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Preset{}, err
	}
	return p, nil
}

// All lists the presets in the order in which they are shown.
func All() []Preset { return slices.Clone(loaded()) }

// loaded is All for who changes nothing: it is asked at each message.
func loaded() []Preset {
	all, err := load()
	if err != nil {
		panic(err) // the files are a part of the program, and tested
	}
	return all
}

// Free is the ID of the preset for a broker of one's own, which has no rules.
const Free = "own"

// ByID finds a preset. What is not known, as "" of a connection that an earlier
// version kept, has no rules.
func ByID(id string) Preset {
	all := loaded()
	for i := range all {
		if all[i].ID == id {
			return all[i]
		}
	}
	return ByID(Free)
}

// AtHost finds the platform that a host belongs to, among those that are reached
// by MQTT with an account.
func AtHost(host string) (p Preset, ok bool) {
	for _, p := range All() {
		if p.Group == Platform && p.Rules.Remote == "" && p.has(host) {
			return p, true
		}
	}
	return Preset{}, false
}

// has reports whether one of the preset's servers is at a host.
func (p Preset) has(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host != "" && slices.ContainsFunc(p.Servers, func(s Server) bool { return s.Host == host || s.TLSHost == host })
}

// IsPublicHost reports whether anyone can read and send at a host: the preset's
// places are all so, or the host is one of such a preset's.
func IsPublicHost(id, host string) bool {
	if ByID(id).Group == Public {
		return true
	}
	return slices.ContainsFunc(All(), func(p Preset) bool { return p.Group == Public && p.has(host) })
}

// TopicScheme finds a way of making topics; an unknown one is the usual one.
func (p Preset) TopicScheme(id string) TopicScheme {
	if i := slices.IndexFunc(p.TopicSchemes, func(w TopicScheme) bool { return w.ID == id }); i >= 0 {
		return p.TopicSchemes[i]
	}
	return p.TopicSchemes[0]
}

// Field finds what is typed under a key.
func (p Preset) Field(k Key) (Field, bool) {
	if i := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Key == k }); i >= 0 {
		return p.Fields[i], true
	}
	return Field{}, false
}

// BySecret reports whether an account is told from another by its secret alone:
// it has no user.
func (p Preset) BySecret() bool {
	_, user := p.Field(User)
	_, secret := p.Field(Password)
	return secret && !user
}

// HasBoardLogin reports whether boards log in with something else than this program.
func (p Preset) HasBoardLogin() bool {
	return p.Board.Client != p.App.Client || p.Board.User != p.App.User || p.Board.Password != p.App.Password
}

// FieldsOf are the fields that a topic scheme asks for: for each board, or once.
func (p Preset) FieldsOf(w TopicScheme, each bool) []Field {
	var all []Field
	for _, f := range p.Fields {
		if f.Key.PerBoard() == each && !slices.Contains(w.Without, f.Key) {
			if slices.Contains(w.Needs, f.Key) {
				f.Optional = false
			}
			all = append(all, f)
		}
	}
	return all
}
