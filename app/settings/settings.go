// Package settings keeps what a user chose and set up: the settings, the
// classroom's roster, and (through Secrets) the passwords.
//
// It never writes a secret into settings.json, never leaves half a file behind,
// and never throws away what it can't read: a broken file is moved aside, and
// fields of a later version survive.
package settings

import (
	"encoding/json"
	"slices"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/device"
)

// Values are all settings, without the secrets. Plain values: a copy from
// Store.Values may be read freely.
type Values struct {
	Format       int     `json:"format"`        // of the file; see Format
	Language     string  `json:"language"`      // "" = the system's
	Theme        Theme   `json:"theme"`         // "" = the system's
	TextScale    float64 `json:"text_scale"`    // 0.5 to 3; 1 = normal
	NoMotion     bool    `json:"no_motion"`     // nothing on the screen moves
	LargeTargets bool    `json:"large_targets"` // rows, boxes and thumbs are larger, for a whiteboard or a hand that trembles
	Seats        bool    `json:"seats"`         // lamps are shown in the class's seat plan
	Welcomed     bool    `json:"welcomed"`      // the first start has been answered

	Classroom string  `json:"classroom"` // the first level of the classroom's topics; ASCII
	BuiltIn   BuiltIn `json:"builtin"`

	Connection  string       `json:"connection"`  // ID of the chosen one; "" = the built-in broker
	Connections []Connection `json:"connections"` // the last used first

	Networks    []device.Text `json:"networks"` // SSIDs that boards were given, the last first
	HiddenSSIDs []device.Text `json:"veiled"`   // those of Networks that do not tell their name, and are in no scan

	Boards []Board `json:"boards"` // the roster, in the order of the panel

	Topics Topics `json:"topics"`

	Attention Attention `json:"attention"`
	Lessons   Lessons   `json:"lessons"`
	Chime     bool      `json:"chime"` // a sound tells of each board of several that is done

	// Interrupted is the name of a board that is being written: where a start finds
	// one, the program ended meanwhile.
	Interrupted device.Text `json:"interrupted"`

	// Practice is what the practice boards keep, in their own form.
	Practice json.RawMessage `json:"practice"`
}

// Format is the number of settings.json's present form.
const Format = 1

// Theme is how the window is drawn.
type Theme string

// The themes.
const (
	SystemTheme Theme = ""
	LightTheme  Theme = "light"
	DarkTheme   Theme = "dark"
)

// BuiltIn is how the broker in the app runs.
type BuiltIn struct {
	Off       bool   `json:"off"`       // it does not run
	Network   bool   `json:"network"`   // boards and programs in this PC's networks reach it; see Reachable
	Port      int    `json:"port"`      // 0 = not chosen yet
	WebSocket bool   `json:"websocket"` // also over WebSocket
	WSPort    int    `json:"ws_port"`   // 0 = not chosen yet
	Address   string `json:"address"`   // this PC's address that boards use; "" = the best
	FindPort  int    `json:"find_port"` // UDP; 0 = not chosen yet
	SIoT      bool   `json:"siot"`      // it stands in for SIoT
	SIoTPort  int    `json:"siot_port"` // wanted for SIoT's web addresses; 0 = the usual one
}

// Reachable reports whether the broker listens in this PC's networks, and not for
// this PC alone: from the first board that is not a practice board on, or where the
// teacher wants it. Until then no firewall asks anything.
func (b BuiltIn) Reachable() bool { return b.Network || b.SIoT }

// Connection is a broker other than the built-in one. Its password and the key of
// its Certificate are secrets: see secrets.ConnectionKey and secrets.CertificateKey.
type Connection struct {
	ID            string `json:"id"` // made by NewID
	Name          string `json:"name"`
	Preset        string `json:"preset"` // ID of the platform that it is, see presets; "" = a broker without rules
	TopicScheme   string `json:"way"`    // ID of the preset's way of making topics; "" = the usual one
	TopicPrefix   string `json:"room"`   // the first level of its topics, where the preset has a random one
	API           string `json:"api"`    // address of the platform's HTTP API; "" = the usual one
	RetainSupport string `json:"keeps"`  // what was found out about retained messages, where the preset does not know; a presets.Support
	endpoint.Endpoint
	User      string `json:"user"`
	ClientID  string `json:"client_id"` // "" = a random one
	KeepAlive int    `json:"keepalive"` // seconds; 0 = 30
	// Certificate is that by which this computer shows the broker who it is, as PEM;
	// "" = none. Boards can't have one.
	Certificate string `json:"certificate"`
}

// Board is one board of the classroom. Its passwords are secrets: see BoardKey and PlaceKey.
type Board struct {
	ID         string              `json:"id"` // the board's own, in lower-case hex
	Base       string              `json:"base"`
	Name       string              `json:"name"`
	Model      string              `json:"model"` // key of a device.Model, or ""
	Goal       device.Goal         `json:"goal"`
	Lamp       device.Lamp         `json:"lamp"`
	Button     device.Button       `json:"button"`
	Topics     device.Topics       `json:"topics"`   // as this program sees them
	OnBoard    device.Topics       `json:"on_board"` // as the board has them; zero = the same
	Place      presets.BoardFields `json:"place"`    // what the platform asks for each board; its secret is in the keyring
	Expires    time.Time           `json:"expires"`  // of the board's password; zero = never
	SSID       device.Text         `json:"ssid"`
	SetUp      time.Time           `json:"set_up"`
	Host       string              `json:"host"` // the broker's address that it was given
	Port       int                 `json:"port"`
	User       string              `json:"user"`       // its login at the broker
	Connection string              `json:"connection"` // which broker: ID, or "" = the built-in one
	Practice   bool                `json:"practice"`
	OwnKey     bool                `json:"own_key"` // it finds the built-in broker by a secret of its own
	// Foreign is a lamp of another system: only its Name and Hidden are kept.
	Foreign bool `json:"foreign"`
	Hidden  bool `json:"hidden"` // the user does not want to see it
}

// Attention is what happens besides when the teacher takes the pupils' switches.
type Attention struct {
	Dark    bool `json:"dark"`    // all lamps are put out
	Buttons bool `json:"buttons"` // the buttons on the boards do nothing
}

// Lessons is what is kept of the lessons on MQTT.
type Lessons struct {
	Hidden   []string   `json:"hidden"`   // IDs of those that the teacher has hidden
	Order    []string   `json:"order"`    // IDs of those that the teacher has put first, in their order
	Progress []Progress `json:"progress"` // how far each was gone through at this computer
	Keep     bool       `json:"keep"`     // who solved what is kept
	Learner  string     `json:"who"`      // who learns at this computer now, as in Solved; "" = nobody says
	Solved   []Solved   `json:"solved"`   // in the order in which they were solved
}

// Progress is how far a lesson was gone through.
type Progress struct {
	ID    string `json:"id"`
	Steps int    `json:"steps"` // done
}

// Solved is a lesson that somebody solved.
type Solved struct {
	ID      string    `json:"id"`
	Learner string    `json:"who"` // "board-" and the ID of a Board, or "pupil-" and that of a roster.Pupil: never a name
	At      time.Time `json:"at"`
}

// Topics is what the topic browser keeps.
type Topics struct {
	Memory        int            `json:"memory"` // MB that topics and messages may take; 0 = 256
	Subscriptions []Subscription `json:"subscriptions"`
	Stars         []string       `json:"stars"`
	Saved         []Publish      `json:"saved"`
	Sent          []Publish      `json:"sent"`  // the last ones, the newest first, without ID and Name
	Draft         Draft          `json:"draft"` // what was written and not published
}

// Subscription is a topic filter with its quality of service.
type Subscription struct {
	Filter string `json:"filter"`
	QoS    byte   `json:"qos"`
}

// Publish is a message that was saved to be sent again.
type Publish struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Topic    string      `json:"topic"`
	Payload  device.Text `json:"payload"`
	QoS      byte        `json:"qos"`
	Retained bool        `json:"retained"`
}

// Draft is a message as it is written, with all that is wrong with it.
type Draft struct {
	Topic    string      `json:"topic"`
	Payload  device.Text `json:"payload"` // as it is typed
	Form     int         `json:"form"`    // 0 text, 1 JSON, 2 hex
	QoS      byte        `json:"qos"`
	Retained bool        `json:"retained"`
}

// Bounds of the topic browser's messages, in bytes of topic and payload: of a
// saved one, of one that was sent or is being written, and of each list.
const (
	MaxSavedSize = 64 << 10
	MaxSentSize  = 4 << 10
	maxListSize  = 512 << 10 // written as JSON, each byte may take six
)

// Size is what counts for MaxSavedSize and MaxSentSize.
func (p Publish) Size() int { return len(p.Topic) + len(p.Payload) }

// Bounds of what is kept. More is cut off at the end of its list.
const (
	maxConnections   = 64
	maxBoards        = 1000
	maxNetworks      = 20
	maxSubscriptions = 64
	maxStars         = 1000
	maxSaved         = 200
	maxSent          = 50
	maxLessons       = 200
	maxSolved        = 10_000 // each of a class of 500 solves each of twenty lessons
)

// Board finds a board of the roster by its own id.
func (v *Values) Board(id string) (Board, bool) {
	i := slices.IndexFunc(v.Boards, func(b Board) bool { return b.ID == id })
	if i < 0 {
		return Board{}, false
	}
	return v.Boards[i], true
}

// SetBoard adds a board, or replaces the one with its id.
func (v *Values) SetBoard(b Board) {
	if i := slices.IndexFunc(v.Boards, func(o Board) bool { return o.ID == b.ID }); i >= 0 {
		v.Boards[i] = b
		return
	}
	v.Boards = append(v.Boards, b)
}

// RemoveBoard takes a board off the roster.
func (v *Values) RemoveBoard(id string) {
	v.Boards = slices.DeleteFunc(v.Boards, func(b Board) bool { return b.ID == id })
}

// ConnectionByID finds a connection.
func (v *Values) ConnectionByID(id string) (Connection, bool) {
	i := slices.IndexFunc(v.Connections, func(c Connection) bool { return c.ID == id })
	if i < 0 {
		return Connection{}, false
	}
	return v.Connections[i], true
}

// SetConnection adds a connection, or replaces the one with its ID, and makes
// it the first of the list.
func (v *Values) SetConnection(c Connection) {
	v.Connections = slices.DeleteFunc(v.Connections, func(o Connection) bool { return o.ID == c.ID })
	v.Connections = slices.Insert(v.Connections, 0, c)
}

// RemoveConnection takes a connection away. Where it was the chosen one, the
// built-in broker is chosen.
func (v *Values) RemoveConnection(id string) {
	v.Connections = slices.DeleteFunc(v.Connections, func(c Connection) bool { return c.ID == id })
	if v.Connection == id {
		v.Connection = ""
	}
}

// UseNetwork notes that a board was given an SSID, and whether it is that of a
// hidden network.
func (v *Values) UseNetwork(ssid device.Text, hidden bool) {
	same := func(o device.Text) bool { return o == ssid }
	v.Networks = slices.Insert(slices.DeleteFunc(v.Networks, same), 0, ssid)
	v.HiddenSSIDs = slices.DeleteFunc(v.HiddenSSIDs, same)
	if hidden {
		v.HiddenSSIDs = append(v.HiddenSSIDs, ssid)
	}
}

// bound cuts what is too long, and mends values that no user can have chosen.
func (v *Values) bound() {
	v.Format = max(v.Format, Format)
	if !(v.TextScale >= 0.5 && v.TextScale <= 3) {
		v.TextScale = 1
	}
	if v.Theme != LightTheme && v.Theme != DarkTheme {
		v.Theme = SystemTheme
	}
	if !isLevel(v.Classroom) {
		v.Classroom = defaultClassroom
	}
	if string(v.Practice) == "null" {
		v.Practice = nil
	}
	v.Connections = v.Connections[:min(len(v.Connections), maxConnections)]
	for i := range v.Connections {
		c := &v.Connections[i]
		c.Host = inOneForm(c.Host)
	}
	v.BuiltIn.bound()
	if _, known := v.ConnectionByID(v.Connection); !known {
		v.Connection = ""
	}
	v.Boards = v.Boards[:min(len(v.Boards), maxBoards)]
	v.Networks = v.Networks[:min(len(v.Networks), maxNetworks)]
	v.HiddenSSIDs = slices.DeleteFunc(v.HiddenSSIDs, func(ssid device.Text) bool { return !slices.Contains(v.Networks, ssid) })
	v.HiddenSSIDs = v.HiddenSSIDs[:min(len(v.HiddenSSIDs), maxNetworks)]
	if v.Topics.Memory < 16 || v.Topics.Memory > 1<<14 {
		v.Topics.Memory = 0
	}
	v.Topics.bound()
	v.Lessons.bound()
}

// inOneForm is a host as it can be dialled. One that can't is kept as it is: a
// person has to see it to correct it, and whoever dials it is told.
func inOneForm(host string) string {
	if h, err := endpoint.Host(host); err == nil {
		return h
	}
	return host
}

func (b *BuiltIn) bound() {
	b.Address = inOneForm(b.Address)
	for _, p := range []*int{&b.Port, &b.WSPort, &b.FindPort, &b.SIoTPort} {
		if !endpoint.IsPort(*p) {
			*p = 0 // not chosen
		}
	}
}

func (l *Lessons) bound() {
	id := func(s string) int { return len(s) }
	l.Hidden, l.Order = within(l.Hidden, maxLessons, id), within(l.Order, maxLessons, id)
	l.Progress = within(l.Progress, maxLessons, func(p Progress) int { return len(p.ID) })
	l.Solved = within(l.Solved, maxSolved, func(s Solved) int { return len(s.ID) + len(s.Learner) })
}

func (t *Topics) bound() {
	t.Subscriptions = within(t.Subscriptions, maxSubscriptions, func(s Subscription) int { return len(s.Filter) })
	t.Stars = within(t.Stars, maxStars, func(s string) int { return len(s) })
	t.Saved = within(t.Saved, maxSaved, Publish.Size)
	t.Sent = slices.DeleteFunc(t.Sent, func(p Publish) bool { return p.Size() > MaxSentSize })
	t.Sent = within(t.Sent, maxSent, Publish.Size)
	d := &t.Draft
	if d.Form < 0 || d.Form > 2 || d.QoS > 2 || len(d.Topic)+len(d.Payload) > MaxSentSize {
		*d = Draft{}
	}
}

// within is the beginning of a list that is short enough, in elements and in
// bytes: a file that grows too large could not be read any more.
func within[T any](list []T, most int, size func(T) int) []T {
	room := maxListSize
	for i, e := range list {
		if room -= size(e); i == most || room < 0 {
			return list[:i]
		}
	}
	return list
}

// defaultClassroom is the first level of topics until a teacher chooses another.
const defaultClassroom = "class"

// isLevel reports whether s can be the classroom's topic level: 1 to 32 ASCII
// letters, digits, - and _.
func isLevel(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}

// clone copies everything that can be changed.
func (v Values) clone() Values {
	v.Connections = slices.Clone(v.Connections)
	v.Networks, v.HiddenSSIDs = slices.Clone(v.Networks), slices.Clone(v.HiddenSSIDs)
	v.Boards = slices.Clone(v.Boards)
	v.Topics.Subscriptions = slices.Clone(v.Topics.Subscriptions)
	v.Topics.Stars = slices.Clone(v.Topics.Stars)
	v.Topics.Saved = slices.Clone(v.Topics.Saved)
	v.Topics.Sent = slices.Clone(v.Topics.Sent)
	v.Lessons.Hidden, v.Lessons.Order = slices.Clone(v.Lessons.Hidden), slices.Clone(v.Lessons.Order)
	v.Lessons.Progress, v.Lessons.Solved = slices.Clone(v.Lessons.Progress), slices.Clone(v.Lessons.Solved)
	v.Practice = slices.Clone(v.Practice)
	return v
}
