package program_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lamplighter/app/program"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// update writes the golden programs anew: go test ./app/program -run Golden -update
var update = flag.Bool("update", false, "write testdata/*.py anew")

// shape is one platform's rules, as its preset gives them to a board.
type shape struct {
	model  string
	change func(*device.Config)
}

const base = "class/lamp-07"

// shapes are the platforms that a program may be for, and boards of each kind.
var shapes = map[string]shape{
	"own-mpython2": {"mpython-2", nil},
	"own-mpython3": {"mpython-3", nil},
	"own-picow":    {"pico-w", nil},
	"own-esp8266":  {"esp8266", nil},
	"own-esp32-strip": {"esp32", func(c *device.Config) {
		c.Lamp = device.Lamp{Kind: device.LampNeoPixel, Pin: "13", Count: 8, Level: 50, Color: [3]int{0, 200, 81}}
	}},
	"siot": {"mpython-2", func(c *device.Config) {
		c.Topics = device.Topics{Set: "class/lamp-07-set", State: "class/lamp-07", Retain: true}
	}},
	"easyiot-one-topic": {"mpython-2", func(c *device.Config) { c.Topics = device.Topics{Set: "Bkgk2zXb4"} }},
	"easyiot-marked": {"mpython-2", func(c *device.Config) {
		c.Topics = device.Topics{Set: "Bkgk2zXb4", State: "Bkgk2zXb4", Status: "Bkgk2zXb4", Prefix: "state:"}
	}},
	"bemfa": {"esp32", func(c *device.Config) {
		c.Topics = device.Topics{Set: "lamp002", State: "lamp002", SetTo: "lamp002/set", StateTo: "lamp002/up", Retain: true}
		c.Broker.ClientID, c.Broker.User, c.Broker.Password = "0123456789abcdef0123456789abcdef", "", ""
	}},
	"adafruit": {"pico-w", func(c *device.Config) {
		c.Topics = device.Topics{Set: "mei/feeds/lamp-set", State: "mei/feeds/lamp", MirrorTopic: "mei/feeds/lamp-shown", RepublishSec: 1, MinIntervalMS: 300}
	}},
	"onenet-data": {"mpython-2", func(c *device.Config) {
		c.Topics = device.Topics{
			Set: "$sys/p1/lamp/cmd/request/+", State: "$sys/p1/lamp/dp/post/json", Form: device.OneNETData, Key: "light",
		}
		c.Broker.ClientID = "lamp"
		c.Broker.Password = device.Text("version=2018-10-31&res=products%2Fp1%2Fdevices%2Flamp&et=4102444800&method=sha256&sign=" + strings.Repeat("A%2B", 20))
	}},
	"onenet-thing": {"mpython-3", func(c *device.Config) {
		c.Topics = device.Topics{
			Set: "$sys/p1/lamp/thing/property/set", State: "$sys/p1/lamp/thing/property/post", Form: device.OneNETThing, Key: "light",
		}
		c.Broker.ClientID = "lamp"
	}},
}

func (s shape) options() program.Options {
	m, _ := device.ModelByKey(s.model)
	c := device.Config{
		Name:   "Lamp 07",
		WiFi:   device.WiFi{SSID: "classroom", Password: "chalk&cheese"},
		Broker: device.Broker{Host: "broker.lan", Port: 1883, User: "lamp-07", Password: `br0ker "s3cret" \ 密码`, KeepAlive: 30},
		Topics: device.LampTopics(base), Lamp: m.Lamps[0],
	}
	if s.change != nil {
		s.change(&c)
	}
	return program.Options{Config: c, Model: m, Real: true, Language: "en"}
}

func write(t testing.TB, o program.Options) string {
	t.Helper()
	p, err := program.Write(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAProgramIsShortEnoughToBeTyped(t *testing.T) {
	t.Parallel()
	for name, s := range shapes {
		for _, lang := range []string{"en", "zh"} {
			o := s.options()
			o.Language = lang
			p := write(t, o)
			code := 0
			for line := range strings.Lines(p) {
				if strings.TrimSpace(line) != "" {
					code++
				}
				if len([]rune(line)) > 130 && !strings.HasPrefix(line, "PASSWORD") {
					t.Errorf("%s: a line of %d letters: %s", name, len([]rune(line)), line)
				}
			}
			if code > 80 {
				t.Errorf("%s: %d lines", name, code)
			}
		}
	}
}

func TestPlaceholdersKeepEveryNameAndPasswordOut(t *testing.T) {
	t.Parallel()
	for name, s := range shapes {
		o := s.options()
		o.Real = false
		o.Config.WiFi = device.WiFi{SSID: "SECRET-ssid", Password: "SECRET-wifi"}
		o.Config.Broker.User, o.Config.Broker.Password = "SECRET-user", "SECRET-pass"
		if o.Config.Broker.ClientID != "" {
			o.Config.Broker.ClientID = "SECRET-id"
		}
		p := write(t, o)
		if strings.Contains(p, "SECRET") {
			t.Errorf("%s tells a secret:\n%s", name, p)
		}
		for _, stand := range []string{"WIFI_NAME", "WIFI_PASSWORD", "USER", "PASSWORD"} {
			if !strings.Contains(p, `b"`+stand+`"`) {
				t.Errorf("%s has no placeholder %s:\n%s", name, stand, p)
			}
		}
	}
}

func TestWhatIsNotKnownOfALampStaysAPlaceholder(t *testing.T) {
	t.Parallel()
	o := program.Options{Real: true, Config: device.Config{
		Topics: device.Topics{Set: "教室/灯"}, Lamp: device.Lamp{Kind: device.LampPin, Pin: "2"},
	}}
	p := write(t, o)
	for _, want := range []string{`WIFI_NAME = b"WIFI_NAME"`, `WIFI_PASSWORD = b"WIFI_PASSWORD"`, `SERVER = "SERVER_ADDRESS"`, `USER = b"USER"`, `COMMAND = "教室/灯".encode()`} {
		if !strings.Contains(p, want) {
			t.Errorf("no %s in\n%s", want, p)
		}
	}
	if strings.Contains(p, "STATE") || strings.Contains(p, "publish(") {
		t.Errorf("it answers where it can't:\n%s", p)
	}
}

func TestNoProgramIsWrittenForWhatNoBoardCanDo(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*device.Config){
		"no topic":      func(c *device.Config) { c.Topics = device.Topics{} },
		"a wildcard":    func(c *device.Config) { c.Topics.Set = "class/+/set" },
		"NUL":           func(c *device.Config) { c.Topics.State = "a\x00b" },
		"no lamp":       func(c *device.Config) { c.Lamp = device.Lamp{} },
		"an evil pin":   func(c *device.Config) { c.Lamp.Pin = "1)\nimport os" },
		"an evil level": func(c *device.Config) { c.Lamp.Level = 1000 },
	} {
		o := shapes["own-mpython2"].options()
		change(&o.Config)
		_, err := program.Write(o)
		if e := (*fault.Error)(nil); !errors.As(err, &e) || e.Fault != fault.BadValue {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestANameCannotLeaveItsComment(t *testing.T) {
	t.Parallel()
	o := shapes["own-mpython2"].options()
	o.Config.Name = "Lamp\nimport os\r\u2028os.remove('/')\x00\u202e灯"
	if got, _, _ := strings.Cut(write(t, o), "\n"); got != "# Lamp import os os.remove('/') 灯" {
		t.Errorf("%q", got)
	}
}

func TestGoldenPrograms(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		for _, name := range []string{"own-mpython2", "onenet-thing", "adafruit"} {
			o := shapes[name].options()
			o.Real, o.Language = false, lang
			path := filepath.Join("testdata", "golden", name+"-"+lang+".py")
			got := write(t, o)
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || got != string(want) {
				t.Errorf("%s is another (%v); look at it, then run with -update:\n%s", path, err, got)
			}
		}
	}
}

func TestTheProgramPutsColoursIntoTheOrderOfItsLEDs(t *testing.T) {
	t.Parallel()
	for order, want := range map[device.Order][]string{
		device.OrderRGB:  {"NeoPixel(Pin(13, Pin.OUT), 2)", "rgb.fill((100, 5, 60) if on else (0, 0, 0))"},
		device.OrderGRBW: {"NeoPixel(Pin(13, Pin.OUT), 2, 4)", "rgb.fill((5, 100, 60, 0) if on else (0, 0, 0, 0))"},
	} {
		p := write(t, program.Options{Config: device.Config{
			Topics: device.LampTopics("class/lamp-01"),
			Lamp:   device.Lamp{Kind: device.LampNeoPixel, Pin: "13", Count: 2, Level: 100, Color: [3]int{5, 100, 60}, Order: order},
		}})
		for _, line := range want {
			if !strings.Contains(p, line) {
				t.Errorf("%s: no %s in\n%s", order, line, p)
			}
		}
	}
}
