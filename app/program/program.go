// Package program writes the MicroPython program that a pupil would type for a
// lamp, after the mPython tutorial's chapter on MQTT: WiFi, umqtt.simple, a
// callback for on and off, pings. It keeps clear of that program's faults: the
// lamp says what it does, has a last will and a client id of its own, and comes
// back when WiFi or broker were lost.
//
// It is pure: it reads and sends nothing. Values from people are written by one
// encoder (Bytes, Str), and never glued into the program's text.
package program

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

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
	for _, name := range []string{set, t.SayState(), t.Also, t.Status} {
		if name != "" && !topic.ValidName(name) {
			return "", &fault.Error{Fault: fault.BadValue, Op: "write a program", Err: errors.New("a topic can't be published to")}
		}
	}
	if set == "" {
		return "", &fault.Error{Fault: fault.BadValue, Op: "write a program", Err: errors.New("there is no topic for commands")}
	}
	w := &writer{Options: o, topics: t, lamp: lampCode(o), words: wordsOf(o.Language)}
	w.head()
	w.values()
	w.light()
	w.heard()
	w.say()
	w.connect()
	w.work()
	return w.text.String(), nil
}

// writer builds a program, part by part.
type writer struct {
	Options
	topics device.Topics
	lamp   lamp
	words  words
	text   strings.Builder
}

// line writes lines as they are.
func (w *writer) line(lines ...string) {
	for _, l := range lines {
		w.text.WriteString(l + "\n")
	}
}

// noted writes a line with a comment.
func (w *writer) noted(code, word string) { w.line(code + "  # " + w.words[word]) }

// says tells whether the lamp can answer. On one topic for both it must mark its
// words, or it would take them for commands.
func (w *writer) says() bool {
	s := w.topics.SayState()
	return s != "" && (s != w.topics.Set || w.topics.Prefix != "")
}

// will is where the broker says offline for the board, and how. Where status
// and state are one topic, it is the word of the lamp, and only offline is said.
func (w *writer) will() (topic, payload string) {
	t := w.topics
	switch {
	case t.Status == "":
	case t.Status != t.State:
		return "STATUS", "offline"
	case w.says() && t.Form == device.Plain:
		return "STATE", t.Prefix + "offline"
	}
	return "", ""
}

func (w *writer) form() device.Form { return w.topics.Form }

func (w *writer) head() {
	if name := comment(w.Config.Name); name != "" {
		w.line("# " + name)
	}
	switch {
	case w.form() != device.Plain:
		w.line("# " + w.words["property"])
	case w.says():
		w.line("# " + w.words["what"])
	default:
		w.line("# " + w.words["what.not"])
	}
	if w.form() != device.Plain {
		w.line("import json")
	}
	w.line("import time", "import network")
	if w.ownID() {
		w.line("from binascii import hexlify")
	}
	if w.mayLackClient() {
		w.noted("from umqtt.simple import MQTTClient", "umqtt")
	} else {
		w.line("from umqtt.simple import MQTTClient")
	}
	w.line(w.lamp.imports...)
	w.line("")
}

// mayLackClient tells whether a board's firmware may be without umqtt.simple:
// MicroPython's manifests leave it out for the Pico W, and for the ESP32 before 1.20.
func (w *writer) mayLackClient() bool { return !w.Model.MPython }

func (w *writer) ownID() bool { return w.Config.Broker.ClientID == "" }

// secret is a value as it is, or what stands for it.
func (w *writer) secret(value device.Text, stand string, known bool) string {
	if w.Real && known {
		return Bytes(string(value))
	}
	return Bytes(stand)
}

const usualKeepAlive = 30 // seconds, as the tutorial has it

func (w *writer) keepAlive() int { return cmp.Or(w.Config.Broker.KeepAlive, usualKeepAlive) }

func (w *writer) values() {
	wifi, b, t := w.Config.WiFi, w.Config.Broker, w.topics
	w.noted("WIFI_NAME = "+w.secret(wifi.SSID, wifiName, wifi.SSID != ""), "wifi")
	w.noted("WIFI_PASSWORD = "+w.secret(wifi.Password, wifiPassword, wifi.SSID != ""), "open")
	w.noted("SERVER = "+Str(cmp.Or(b.Host, serverName)), "server")
	port := 1883
	if b.TLS {
		port = 8883
	}
	w.line("PORT = " + strconv.Itoa(cmp.Or(b.Port, port)))
	if w.login() {
		w.noted("USER = "+w.secret(b.User, loginName, b.User != ""), "login")
		w.line("PASSWORD = " + w.secret(b.Password, loginSecret, b.Password != ""))
	}
	if !w.ownID() {
		w.noted("CLIENT_ID = "+w.secret(device.Text(b.ClientID), clientID, true), "id")
	}
	w.noted("KEEPALIVE = "+strconv.Itoa(w.keepAlive()), "alive")
	w.noted("COMMAND = "+Bytes(t.Set), "set")
	if w.says() {
		w.noted("STATE = "+Bytes(t.SayState()), "state")
	}
	if t.Also != "" {
		w.noted("ALSO = "+Bytes(t.Also), "also")
	}
	if topic, _ := w.will(); topic == "STATUS" {
		w.noted("STATUS = "+Bytes(t.Status), "status")
	}
	if t.Form != device.Plain {
		w.noted("KEY = "+Str(t.Key), "key")
	}
	if t.Beat > 0 {
		w.noted("BEAT = "+strconv.Itoa(t.Beat), "beat")
	}
	if t.Gap > 0 {
		w.noted("GAP = "+strconv.Itoa(w.gap()), "gap")
	}
	w.line("")
}

// login tells whether the program logs in: at a broker that is known to want
// none it does not.
func (w *writer) login() bool { return w.Config.Broker.User != "" || w.Config.Broker.Host == "" }

// gap is the pause between two rounds of words, in ms.
func (w *writer) gap() int {
	if w.says() && w.topics.Also != "" {
		return 2 * w.topics.Gap
	}
	return w.topics.Gap
}

func (w *writer) speaks() bool { return w.says() || w.topics.Also != "" }

func (w *writer) light() {
	w.line(w.lamp.setup...)
	w.line("wlan = network.WLAN(network.STA_IF)", "lit = False")
	if w.speaks() {
		w.noted("unsaid = True", "unsaid")
	}
	w.line("", "def light(on):")
	if w.speaks() {
		w.line("    global lit, unsaid", "    lit, unsaid = on, True")
	} else {
		w.line("    global lit", "    lit = on")
	}
	if w.lamp.low {
		w.noted("    "+w.lamp.show[0], "low")
		w.line("")
		return
	}
	for _, l := range w.lamp.show {
		w.line("    " + l)
	}
	w.line("")
}

func (w *writer) heard() {
	w.noted("def heard(topic, msg):", "heard")
	switch w.form() {
	case device.OneNETData:
		w.noted(`    client.publish(topic.replace(b"/cmd/request/", b"/cmd/response/"), msg)`, "answer")
	case device.OneNETThing:
		w.line(`    wish = json.loads(msg)`)
		w.line(`    done = {"id": wish["id"], "code": 200, "msg": "success"}`)
		w.noted(`    client.publish(COMMAND + b"_reply", json.dumps(done))`, "answer")
		w.line(`    if KEY in wish["params"]:`, `        light(bool(wish["params"][KEY]))`, "")
		return
	}
	w.line(
		`    word = msg.strip().lower()`,
		`    if word in (b"on", b"1", b"true"):`,
		`        light(True)`,
		`    elif word in (b"off", b"0", b"false"):`,
		`        light(False)`,
		`    elif word == b"toggle":`,
		`        light(not lit)`,
		``,
	)
}

// kept is the argument that makes the broker keep a message.
func (w *writer) kept() string {
	if w.topics.Retain {
		return ", True"
	}
	return ""
}

func (w *writer) publish(code string) {
	if w.topics.Retain {
		w.noted(code+", True)", "retain")
		return
	}
	w.line(code + ")")
}

func (w *writer) say() {
	if !w.speaks() {
		return
	}
	w.line("def say():", "    global unsaid", "    unsaid = False")
	word := `b"on" if lit else b"off"`
	switch w.form() {
	case device.OneNETData:
		w.line(`    point = {"id": 1, "dp": {KEY: [{"v": 1 if lit else 0}]}}`)
		word = "json.dumps(point)"
	case device.OneNETThing:
		w.line(`    news = {"id": "1", "version": "1.0", "params": {KEY: {"value": lit}}}`)
		word = "json.dumps(news)"
	default:
		if p := w.topics.Prefix; p != "" {
			word = Bytes(p+"on") + " if lit else " + Bytes(p+"off")
		}
	}
	if w.says() {
		w.publish("    client.publish(STATE, " + word)
	}
	if w.topics.Also != "" {
		w.line(`    client.publish(ALSO, b"on" if lit else b"off"` + w.kept() + ")")
	}
	w.line("")
}

func (w *writer) connect() {
	w.line("def connect():", "    global client", "    if not wlan.isconnected():")
	w.noted("        wlan.active(False)", "anew")
	w.line(
		"        wlan.active(True)",
		"        wlan.connect(WIFI_NAME, WIFI_PASSWORD)",
		"        for i in range(100):",
		"            if wlan.isconnected():",
		"                break",
		"            time.sleep_ms(200)",
	)
	id := "CLIENT_ID"
	if w.ownID() {
		id = "me"
		w.noted(`    me = b"lamp-" + hexlify(wlan.config("mac"))`, "own")
	}
	login := "None, None"
	if w.login() {
		login = "USER, PASSWORD"
	}
	call := fmt.Sprintf("    client = MQTTClient(%s, SERVER, PORT, %s, KEEPALIVE", id, login)
	if w.Config.Broker.TLS {
		w.line(call + ",")
		w.noted(`                        ssl=True, ssl_params={"server_hostname": SERVER})`, "tls")
	} else {
		w.line(call + ")")
	}
	w.line("    client.set_callback(heard)")
	topic, offline := w.will()
	if topic != "" {
		w.line(fmt.Sprintf("    client.set_last_will(%s, %s%s)", topic, Bytes(offline), w.kept()))
	}
	w.line("    client.connect()", "    client.subscribe(COMMAND)")
	if topic == "STATUS" {
		w.line(`    client.publish(STATUS, b"online"` + w.kept() + ")")
	}
	w.line("")
}

func (w *writer) work() {
	beat, gap := w.topics.Beat > 0 && w.speaks(), w.topics.Gap > 0 && w.speaks()
	w.line("light(False)")
	if beat || gap {
		w.line("said = time.ticks_ms()")
	}
	w.noted("while True:", "ever")
	w.line("    try:", "        connect()")
	if w.speaks() {
		w.line("        unsaid = True")
	}
	w.line("        pinged = time.ticks_ms()", "        while wlan.isconnected():")
	w.noted("            client.check_msg()", "check")
	w.line("            now = time.ticks_ms()")
	if beat {
		w.line("            if time.ticks_diff(now, said) > BEAT * 1000:", "                unsaid = True")
	}
	switch {
	case gap:
		w.line("            if unsaid and time.ticks_diff(now, said) > GAP:")
	case w.speaks():
		w.line("            if unsaid:")
	}
	if w.speaks() {
		w.line("                say()")
	}
	if beat || gap {
		w.line("                said = now")
	}
	w.line("            if time.ticks_diff(now, pinged) > KEEPALIVE * 400:")
	w.noted("                client.ping()", "ping")
	w.line("                pinged = now", "            time.sleep_ms(50)")
	w.noted("    except Exception as e:", "again")
	w.line(`        print("try again:", e)`, "    time.sleep(5)")
}
