package endpoint_test

import (
	"errors"
	"net"
	"strings"
	"testing"

	"lamplighter/app/endpoint"
	"lamplighter/device"
)

func TestWhatCanBeDialledHasOneForm(t *testing.T) {
	for typed, want := range map[string]string{
		"mqtt.school.cn":                 "mqtt.school.cn",
		" MQTT.School.CN. ":              "mqtt.school.cn",
		"localhost":                      "localhost",
		"my_broker-1":                    "my_broker-1",
		"192.168.1.5":                    "192.168.1.5",
		"192.168.1.5.":                   "192.168.1.5",
		"\u00a0192.168.1.5\n":            "192.168.1.5",
		"１９２．１６８．１．５":                    "192.168.1.5",
		"192。168。1。5":                    "192.168.1.5",
		"::1":                            "::1",
		"[::1]":                          "::1",
		"[2001:DB8::0:1]":                "2001:db8::1",
		"2001：db8：：1":                    "2001:db8::1",
		"::ffff:192.168.1.5":             "192.168.1.5",
		"fe80::1%eth0":                   "fe80::1%eth0",
		"[FE80::1%Ethernet 2]":           "fe80::1%Ethernet 2",
		"fe80::1%以太网":                    "fe80::1%以太网",
		"端.example":                      "xn--suz.example",
		"xn--suz.example":                "xn--suz.example",
		"Bücher.example":                 "xn--bcher-kva.example",
		"学校。cn":                          "xn--48s290a.cn",
		"mqtt\u200b.school.cn":           "mqtt.school.cn", // copied from a web page
		strings.Repeat("a", 63) + ".cn":  strings.Repeat("a", 63) + ".cn",
		"1.example":                      "1.example",
		"2001:db8:0:0:0:0:0:1":           "2001:db8::1",
		"00:11:22:33:44:55:66:77":        "0:11:22:33:44:55:66:77",
		"aaaa:bbbb:cc:dd:ee:ff:1.2.3.4 ": "aaaa:bbbb:cc:dd:ee:ff:102:304",
	} {
		got, err := endpoint.Host(typed)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestWhatCanNotBeDialledIsToldByFieldAndReason(t *testing.T) {
	for typed, want := range map[string]device.Reason{
		"": device.Missing, " \t": device.Missing, ".": device.Missing, "。": device.Missing,
		"mqtt%20": device.BadCharacter, "%": device.BadCharacter, "%%": device.BadCharacter, "100%": device.BadCharacter,
		"::1%": device.BadCharacter, "::1%a%b": device.BadCharacter, "::1%a/b": device.BadCharacter, "1.2.3.4%eth0": device.BadCharacter,
		"::1%" + strings.Repeat("z", 65): device.BadCharacter, "fe80::1%a\nb": device.BadCharacter, "fe80::1%\xff": device.BadCharacter,
		"aa:bb:cc:dd:ee:ff": device.BadCharacter, "127.0.0.1:1883:1": device.BadCharacter, "127.0.0.1:1883": device.BadCharacter, "::00.": device.BadCharacter,
		"mqtt:1883": device.BadCharacter, "[::1]:1883": device.Malformed, "[::1": device.Malformed, "[": device.Malformed,
		"::1]": device.BadCharacter, "[]": device.BadCharacter, "[mqtt]": device.BadCharacter, "[1.2.3.4]": device.BadCharacter, "[[::1]]": device.BadCharacter,
		":": device.BadCharacter, ":::": device.BadCharacter, "1:2:3:4:5:6:7:8:9": device.BadCharacter,
		"a|b": device.BadCharacter, "a b": device.BadCharacter, "a/b": device.BadCharacter, `a\b`: device.BadCharacter, "a@b": device.BadCharacter,
		"a?b": device.BadCharacter, "a#b": device.BadCharacter, "a\x00b": device.BadCharacter, "a\x7fb": device.BadCharacter, "^": device.BadCharacter,
		"mqtt://h": device.BadCharacter, "<h>": device.BadCharacter, `"h"`: device.BadCharacter, "${HOME}": device.BadCharacter, "℅": device.BadCharacter,
		"a..b": device.Malformed, ".a": device.Malformed, "a..": device.Malformed,
		"192.168.1": device.Malformed, "192.168.1.300": device.Malformed, "1": device.Malformed, "192.168.01.5": device.Malformed,
		"1.2.3.4.5": device.Malformed, "school.7": device.Malformed,
		strings.Repeat("a", 64) + ".cn": device.TooLong, strings.Repeat("a.", 127) + "a": device.TooLong, strings.Repeat("端", 500): device.TooLong,
		"端\ufffd.example": device.NotASCII, "\xff": device.NotASCII, "\u202e端.example": device.NotASCII,
	} {
		got, err := endpoint.Host(typed)
		var v *device.ValueError
		if got != "" || !errors.As(err, &v) || v.Field != "broker.host" || v.Reason != want {
			t.Errorf("%q: %q, %v; want %v", typed, got, err, want)
		}
	}
}

func TestAPortIsFrom1To65535(t *testing.T) {
	for port, want := range map[int]bool{-1: false, 0: false, 1: true, 1883: true, 65535: true, 65536: false, 1 << 40: false} {
		host, err := endpoint.Check("[::1]", port)
		var v *device.ValueError
		told := errors.As(err, &v) && v.Field == "broker.port" && v.Reason == device.OutOfRange
		if (err == nil) != want || told == want || host != "::1" {
			t.Errorf("%d: %q, %v", port, host, err)
		}
	}
}

func TestHostAndPortInOneFieldAreParted(t *testing.T) {
	for typed, want := range map[string]struct {
		host string
		port int
	}{
		"mqtt.school.cn:1884": {"mqtt.school.cn", 1884},
		" 1.2.3.4:1 ":         {"1.2.3.4", 1},
		"[::1]:8883":          {"[::1]", 8883},
		"mqtt.school.cn：１８８４": {"mqtt.school.cn", 1884},
		"[fe80::1%eth0]:8883": {"[fe80::1%eth0]", 8883},
		"::1":                 {"::1", 0},
		"fe80::1%eth0":        {"fe80::1%eth0", 0},
		"127.0.0.1:1883:1":    {"127.0.0.1:1883:1", 0},
		"mqtt:":               {"mqtt:", 0},
		"mqtt:http":           {"mqtt:http", 0},
		"mqtt:-1":             {"mqtt:-1", 0},
		"mqtt:65536":          {"mqtt:65536", 0},
		":1883":               {"", 1883},
		"":                    {"", 0},
	} {
		if host, port := endpoint.Split(typed); host != want.host || port != want.port {
			t.Errorf("%q: %q and %d", typed, host, port)
		}
	}
}

func TestACertificateNamesNoZone(t *testing.T) {
	for host, want := range map[string]string{"fe80::1%eth0": "fe80::1", "::1": "::1", "mqtt.school.cn": "mqtt.school.cn", "1.2.3.4": "1.2.3.4"} {
		if got := endpoint.WithoutZone(host); got != want {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func FuzzWhatPassesCanBeJoinedPartedAndPassesAgain(f *testing.F) {
	for _, s := range []string{
		"mqtt%20", "[::1]", "fe80::1%eth0", "aa:bb:cc:dd:ee:ff", "127.0.0.1:1883:1", "::00.", "a|b", "端.example", "１.2.3.4", "a.", "::ffff:1.2.3.4", "①.2.3.4", "[fe80::1%以太网]", "\xff",
	} {
		f.Add(s, 1883)
	}
	f.Fuzz(func(t *testing.T, typed string, port int) {
		_, _ = endpoint.Split(typed)
		host, err := endpoint.Check(typed, port)
		if err != nil {
			var v *device.ValueError
			if !errors.As(err, &v) {
				t.Fatalf("%q: %v", typed, err)
			}
			return
		}
		if again, err := endpoint.Check(host, port); err != nil || again != host {
			t.Fatalf("%q: %q became %q, %v", typed, host, again, err)
		}
		if parted, _, err := net.SplitHostPort(endpoint.Join(host, port)); err != nil || parted != host {
			t.Fatalf("%q: %q is parted into %q, %v", typed, host, parted, err)
		}
		if err := device.CheckHost(endpoint.WithoutZone(host)); err != nil {
			t.Fatalf("%q: %q: %v", typed, host, err)
		}
	})
}

func TestNearIsWhatIsInTheClassroomsNetwork(t *testing.T) {
	for host, want := range map[string]bool{
		"192.168.1.9": true, "172.16.0.1": true, "10.0.0.1": true, "127.0.0.1": true, "fe80::1%eth0": true, "fd00::7": true, "mqtt": true, "Pi.local": true,
		"172.32.0.1": false, "8.8.8.8": false, "10.example.com": false, "io.adafruit.com": false, "": false, "2001:db8::1": false,
	} {
		if got := endpoint.IsNear(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

func TestAHostIsNearByItsAddressOrByANameThatTheInternetDoesNotKnow(t *testing.T) {
	for host, near := range map[string]bool{
		"192.168.1.7": true, "10.0.0.1": true, "127.0.0.1": true, "169.254.3.4": true, "fe80::1": true, "fd00::1": true,
		"8.8.8.8": false, "2001:4860:4860::8888": false,
		"localhost": true, "teacher-pc": true, "Broker.LOCAL": true, "nas.lan.": true, "hub.home.arpa": true,
		"broker.emqx.io": false, "local.example.com": false,
	} {
		if endpoint.IsNear(host) != near {
			t.Errorf("%s: near is %v", host, !near)
		}
	}
}
