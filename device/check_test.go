package device

import (
	"errors"
	"strings"
	"testing"

	"lamplighter/device/fault"
)

func goodConfig() Config {
	return Config{
		Format: ConfigFormat, Name: "lamp-07", Language: "en",
		WiFi:   WiFi{SSID: "School", Password: "chalk and board"},
		Broker: Broker{Host: "192.168.1.20", Port: 1883, KeepAlive: 30, User: "lamp-07", Password: "secret"},
		Topics: LampTopics("class/lamp-07"),
		Lamp:   Lamp{Kind: LampPin, Pin: "2"},
		Button: Button{Pin: "0"},
		Find:   Find{Classroom: "class", Secret: strings.Repeat("ab", 16), Port: 18830},
	}
}

func TestEveryOddValueIsTakenOrRefusedWithItsFieldAndReason(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Config)
		field  string // "" = taken
		reason Reason
	}{
		"as it is":           {func(*Config) {}, "", 0},
		"other format":       {func(c *Config) { c.Format = 2 }, "format", OutOfRange},
		"Chinese name":       {func(c *Config) { c.Name = "三年级 🪔 \"1\"\\%s{}" }, "", 0},
		"no name":            {func(c *Config) { c.Name = "  " }, "name", Missing},
		"long name":          {func(c *Config) { c.Name = strings.Repeat("灯", 22) }, "name", TooLong},
		"broken name":        {func(c *Config) { c.Name = "\xff" }, "name", Malformed},
		"two-line name":      {func(c *Config) { c.Name = "a\nb" }, "name", BadCharacter},
		"other language":     {func(c *Config) { c.Language = "fr" }, "lang", Malformed},
		"SSID of bytes":      {func(c *Config) { c.WiFi.SSID = Text(strings.Repeat("\xfe", 32)) }, "", 0},
		"no SSID":            {func(c *Config) { c.WiFi.SSID = "" }, "wifi.ssid", Missing},
		"long SSID":          {func(c *Config) { c.WiFi.SSID = Text(strings.Repeat("x", 33)) }, "wifi.ssid", TooLong},
		"SSID with NUL":      {func(c *Config) { c.WiFi.SSID = "a\x00b" }, "wifi.ssid", BadCharacter},
		"open network":       {func(c *Config) { c.WiFi.Password = "" }, "", 0},
		"short password":     {func(c *Config) { c.WiFi.Password = "1234567" }, "wifi.pass", TooShort},
		"64 hex digits":      {func(c *Config) { c.WiFi.Password = Text(strings.Repeat("0F", 32)) }, "", 0},
		"64 other letters":   {func(c *Config) { c.WiFi.Password = Text(strings.Repeat("xy", 32)) }, "wifi.pass", TooLong},
		"password with NUL":  {func(c *Config) { c.WiFi.Password = "12345678\x00" }, "wifi.pass", BadCharacter},
		"no host":            {func(c *Config) { c.Broker.Host = "" }, "broker.host", Missing},
		"host with scheme":   {func(c *Config) { c.Broker.Host = "mqtt://x" }, "broker.host", BadCharacter},
		"host with port":     {func(c *Config) { c.Broker.Host = "x:1883" }, "broker.host", BadCharacter},
		"host with space":    {func(c *Config) { c.Broker.Host = "a b" }, "broker.host", BadCharacter},
		"IPv6":               {func(c *Config) { c.Broker.Host = "fe80::1" }, "", 0},
		"Chinese host":       {func(c *Config) { c.Broker.Host = "灯" }, "broker.host", NotASCII},
		"long host":          {func(c *Config) { c.Broker.Host = strings.Repeat("a", 254) }, "broker.host", TooLong},
		"port 0":             {func(c *Config) { c.Broker.Port = 0 }, "broker.port", OutOfRange},
		"port 65536":         {func(c *Config) { c.Broker.Port = 65536 }, "broker.port", OutOfRange},
		"no keepalive":       {func(c *Config) { c.Broker.KeepAlive = 0 }, "broker.keepalive", OutOfRange},
		"password, no user":  {func(c *Config) { c.Broker.User = "" }, "broker.user", Missing},
		"long token":         {func(c *Config) { c.Broker.Password = Text(strings.Repeat("x", 1025)) }, "broker.pass", TooLong},
		"user with NUL":      {func(c *Config) { c.Broker.User = "\x00" }, "broker.user", BadCharacter},
		"Chinese client id":  {func(c *Config) { c.Broker.ClientID = "灯" }, "broker.id", NotASCII},
		"long client id":     {func(c *Config) { c.Broker.ClientID = strings.Repeat("a", 121) }, "broker.id", TooLong},
		"CA that is no PEM":  {func(c *Config) { c.Broker.CA = "x" }, "broker.ca", Malformed},
		"long CA":            {func(c *Config) { c.Broker.CA = strings.Repeat("x", 9000) }, "broker.ca", TooLong},
		"no command topic":   {func(c *Config) { c.Topics.Set = "" }, "topics.set", Missing},
		"only command topic": {func(c *Config) { c.Topics = Topics{Set: "a"} }, "", 0},
		"wildcard":           {func(c *Config) { c.Topics.State = "a/#" }, "topics.state", BadCharacter},
		"plus":               {func(c *Config) { c.Topics.RGB = "+/a" }, "topics.rgb", BadCharacter},
		"newline in a topic": {func(c *Config) { c.Topics.Info = "a\n" }, "topics.info", BadCharacter},
		"Chinese topic":      {func(c *Config) { c.Topics.Status = "灯" }, "topics.status", NotASCII},
		"long topic":         {func(c *Config) { c.Topics.RGBSet = strings.Repeat("a", 121) }, "topics.rgbset", TooLong},
		"other lamp":         {func(c *Config) { c.Lamp.Kind = "laser" }, "lamp.kind", Malformed},
		"no pin":             {func(c *Config) { c.Lamp.Pin = "" }, "lamp.pin", Missing},
		"named pin":          {func(c *Config) { c.Lamp.Pin = "LED" }, "", 0},
		"code as a pin":      {func(c *Config) { c.Lamp.Pin = "2);x(" }, "lamp.pin", Malformed},
		"pin 007":            {func(c *Config) { c.Lamp.Pin = "007" }, "lamp.pin", Malformed},
		"pin 100":            {func(c *Config) { c.Lamp.Pin = "100" }, "lamp.pin", Malformed},
		"no LEDs": {
			func(c *Config) { c.Lamp = Lamp{Kind: LampNeoPixel, Pin: "17"} },
			"lamp.count", OutOfRange,
		},
		"257 LEDs": {
			func(c *Config) { c.Lamp = Lamp{Kind: LampNeoPixel, Pin: "17", Count: 257} },
			"lamp.count", OutOfRange,
		},
		"101 per cent":     {func(c *Config) { c.Lamp.Level = 101 }, "lamp.level", OutOfRange},
		"colour 256":       {func(c *Config) { c.Lamp.Color[2] = 256 }, "lamp.color", OutOfRange},
		"code as a button": {func(c *Config) { c.Button.Pin = "'" }, "button.pin", Malformed},
		"never searches":   {func(c *Config) { c.Find = Find{} }, "", 0},
		"no classroom":     {func(c *Config) { c.Find.Classroom = "" }, "find.class", Missing},
		"short secret":     {func(c *Config) { c.Find.Secret = "ab" }, "find.secret", Malformed},
		"no search port":   {func(c *Config) { c.Find.Port = 0 }, "find.port", OutOfRange},
	} {
		t.Run(name, func(t *testing.T) {
			c := goodConfig()
			tt.change(&c)
			err := c.Check()
			if tt.field == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var kind *fault.Error
			var value *ValueError
			if !errors.As(err, &kind) || kind.Fault != fault.BadValue || !errors.As(err, &value) {
				t.Fatalf("got %v, want a fault.BadValue", err)
			}
			if *value != (ValueError{tt.field, tt.reason}) {
				t.Errorf("got %v, want %s %v", value, tt.field, tt.reason)
			}
		})
	}
}
