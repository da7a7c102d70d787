// Package explain knows what each line of a lamp's program, as package program writes
// it, is for, and how the line changes with what a pupil chooses. It is pure.
package explain

import (
	"regexp"
	"strconv"
	"strings"
)

// Kind is what a line does.
type Kind int

// The kinds of lines.
const (
	Nothing      Kind = iota // an empty line
	Comment                  // for people only
	Import                   // a module is loaded
	WiFi                     // the WiFi's name and password
	Server                   // where the broker is
	Login                    // user and password at the broker
	ClientID                 // the name at the broker
	KeepAlive                // how long the board may be silent
	CommandTopic             // the topic that is subscribed to
	StateTopic               // the topic for the lamp's state
	StatusTopic              // the topic for whether the board is here
	Setting                  // another value that the program uses
	Hardware                 // pins and WiFi are made ready
	Memory                   // what the program remembers
	Light                    // the lamp is switched
	Callback                 // what runs when a message comes
	Command                  // a command is understood and done
	Reply                    // a platform is told that a command came
	Report                   // the state is told
	PublishState             // PUBLISH with the state
	JoinWiFi                 // the board joins the WiFi
	Client                   // the MQTT client is made
	SetCallback              // the client is told what to run when a message comes
	LastWill                 // the broker is given the last will
	Connect                  // CONNECT
	Subscribe                // SUBSCRIBE
	Online                   // PUBLISH that the board is here
	Loop                     // again and again
	CheckMessage             // is there a message?
	WhenToReport             // whether the state is to be told now
	Ping                     // PINGREQ
	Pause                    // some rest
	Retry                    // after an error everything begins again
)

// Kinds is how many there are.
const Kinds = int(Retry) + 1

// Line is a line of a program.
type Line struct {
	Text    string
	Kind    Kind
	Changed bool // by Choices
}

// pattern tells a line by its beginning, without what is in front of it.
type pattern struct {
	in    string // the function in which it stands; "" = any
	start string
	kind  Kind
}

// patterns are tried in their order.
var patterns = []pattern{
	{"", "#", Comment},
	{"", "import ", Import},
	{"", "from ", Import},
	{"", "WIFI_", WiFi},
	{"", "SERVER =", Server},
	{"", "PORT =", Server},
	{"", "USER =", Login},
	{"", "PASSWORD =", Login},
	{"", "CLIENT_ID =", ClientID},
	{"", "client_id =", ClientID},
	{"", "KEEPALIVE =", KeepAlive},
	{"", "COMMAND =", CommandTopic},
	{"", "STATE =", StateTopic},
	{"", "MIRROR =", StateTopic},
	{"", "STATUS =", StatusTopic},
	{"", "KEY =", Setting},
	{"", "REPUBLISH =", Setting},
	{"", "MIN_INTERVAL =", Setting},
	{"", "led = ", Hardware},
	{"", "rgb = ", Hardware},
	{"", "wlan = ", Hardware},
	{"", "def on_message", Callback},
	{"", "def publish_state", Report},
	{"", "def light", Light},
	{"", "def connect", JoinWiFi},
	{"light", "", Light},
	{"on_message", "client.publish", Reply},
	{"on_message", "", Command},
	{"publish_state", "client.publish", PublishState},
	{"publish_state", "", Report},
	{"connect", "client = MQTTClient", Client},
	{"connect", "ssl=", Client},
	{"connect", "client.set_callback", SetCallback},
	{"connect", "client.set_last_will", LastWill},
	{"connect", "client.connect", Connect},
	{"connect", "client.subscribe", Subscribe},
	{"connect", "client.publish", Online},
	{"connect", "", JoinWiFi},
	{"", "light(", Light},
	{"", "while wlan", Loop},
	{"", "while True", Loop},
	{"", "try:", Retry},
	{"", "connect()", Connect},
	{"", "client.check_msg", CheckMessage},
	{"", "publish_state()", Report},
	{"", "client.ping", Ping},
	{"", "if time.ticks_diff(now, pinged)", Ping},
	{"", "pinged =", Ping},
	{"", "if ", WhenToReport},
	{"", "published =", WhenToReport},
	{"", "pending =", WhenToReport},
	{"", "lit =", Memory},
	{"", "now =", Loop},
	{"", "time.sleep_ms", Pause},
	{"", "time.sleep(", Retry},
	{"", "except", Retry},
	{"", "print(", Retry},
}

// Lines splits a program into its lines, and says what each is for. One that is not
// known is Setting.
func Lines(text string) []Line {
	var all []Line
	function := ""
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		code := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "def "):
			function, _, _ = strings.Cut(strings.TrimPrefix(line, "def "), "(")
		case line != "" && !strings.HasPrefix(line, " "):
			function = ""
		}
		all = append(all, Line{Text: line, Kind: kindOf(code, function)})
	}
	return all
}

func kindOf(code, function string) Kind {
	if code == "" {
		return Nothing
	}
	for _, p := range patterns {
		if strings.HasPrefix(code, p.start) && (p.in == "" || p.in == function) {
			return p.kind
		}
	}
	return Setting
}

// Choices are what a pupil may choose of a program.
type Choices struct {
	KeepAlive int  // seconds
	QoS       byte // 0 or 1, of the state and of the subscription: umqtt.simple has no 2
	Retained  bool // of the state
}

var keepAlive = regexp.MustCompile(`^KEEPALIVE = (\d+)`)

// ChoicesOf are those that a program has.
func ChoicesOf(lines []Line) Choices {
	c := Choices{}
	for _, l := range lines {
		switch l.Kind {
		case KeepAlive:
			if m := keepAlive.FindStringSubmatch(l.Text); m != nil {
				c.KeepAlive, _ = strconv.Atoi(m[1])
			}
		case PublishState:
			c.Retained = c.Retained || strings.HasSuffix(code(l.Text), ", True)")
		}
	}
	return c
}

// code is a line without the comment behind it.
func code(line string) string {
	c, _, _ := strings.Cut(line, "  # ")
	return c
}

// Apply gives the program with other choices. Lines that are not as they were are
// marked.
func Apply(lines []Line, c Choices) []Line {
	all := append([]Line(nil), lines...)
	for i := range all {
		l := &all[i]
		switch l.Kind {
		case KeepAlive:
			l.Text = keepAlive.ReplaceAllString(l.Text, "KEEPALIVE = "+strconv.Itoa(c.KeepAlive))
		case PublishState:
			l.Text = withArguments(l.Text, c.Retained, c.QoS)
		case Subscribe:
			l.Text = withQoS(l.Text, c.QoS)
		}
		l.Changed = l.Text != lines[i].Text
	}
	return all
}

// withArguments writes what stands behind topic and payload of umqtt.simple's
// publish(topic, msg, retain=False, qos=0).
func withArguments(line string, retained bool, qos byte) string {
	call, isCall := strings.CutSuffix(code(line), ")")
	if !isCall {
		return line
	}
	was := strings.HasSuffix(call, ", True")
	call = strings.TrimSuffix(call, ", True")
	switch {
	case qos > 0 && retained:
		call += ", True, " + strconv.Itoa(int(qos))
	case qos > 0:
		call += ", False, " + strconv.Itoa(int(qos))
	case retained:
		call += ", True"
	}
	rest := line[len(code(line)):]
	if was && !retained {
		rest = "" // the comment says what it is for
	}
	return call + ")" + rest
}

// withQoS writes the second argument of umqtt.simple's subscribe(topic, qos=0).
func withQoS(line string, qos byte) string {
	call, isCall := strings.CutSuffix(code(line), ")")
	if !isCall || qos == 0 {
		return line
	}
	return call + ", " + strconv.Itoa(int(qos)) + ")" + line[len(code(line)):]
}
