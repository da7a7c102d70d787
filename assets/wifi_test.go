//go:build linux

package assets_test

import (
	"fmt"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// air puts one network into the air and gives the board what to join.
func air(ap devicetest.AP, ssid, password device.Text) opts {
	return opts{
		setup: func(s *devicetest.Setup) { s.WiFi.Networks = []devicetest.AP{ap} },
		config: func(c *device.Config) {
			c.WiFi = device.WiFi{SSID: ssid, Password: password, Hidden: ap.Hidden}
		},
	}
}

func TestEveryNameAndPasswordJoinsAsItWasTyped(t *testing.T) {
	t.Parallel()
	for name, w := range map[string][2]device.Text{
		"quotes":     {`"it's" \n`, `p"a'ss\word%s{}`},
		"Chinese":    {"教室 🏫", "密码一二三四"},
		"not UTF-8":  {"\xff\xfe\xd6\xd0\xb9\xfa", "\x80\x81\x82\x83\x84\x85\x86\x87"},
		"newlines":   {"a\nb\tc", "1234\n5678"},
		"as long as": {"32 bytes of SSID, which is a lot", "63 bytes of password, which is a lot more, and then some more.."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := air(devicetest.AP{SSID: w[0], Password: w[1], RSSI: -60, Auth: device.AuthWPA2}, w[0], w[1])
			o.port = devicetest.Port(t)
			r := start(t, o)
			r.stage(device.StageJoined)
		})
	}
}

func TestHiddenAndOpenNetworksAreJoined(t *testing.T) {
	t.Parallel()
	for name, ap := range map[string]devicetest.AP{
		"hidden": {SSID: "secret lab", Password: "12345678", RSSI: -60, Auth: device.AuthWPA2, Hidden: true},
		"open":   {SSID: "library", RSSI: -60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := air(ap, ap.SSID, ap.Password)
			o.port = devicetest.Port(t)
			start(t, o).stage(device.StageJoined)
		})
	}
}

func TestWhatKeepsABoardFromWiFiIsNamed(t *testing.T) {
	t.Parallel()
	lab := devicetest.AP{SSID: "lab", Password: "12345678", RSSI: -60, Auth: device.AuthWPA2}
	company := devicetest.AP{SSID: "lab", Password: "12345678", RSSI: -60, Auth: device.AuthEnterprise}
	hidden := lab
	hidden.Hidden = true
	mode := func(m string) func(*devicetest.Setup) { return func(s *devicetest.Setup) { s.WiFi.Mode = m } }
	for _, c := range []struct {
		name, model string
		ap          devicetest.AP
		ssid, pass  device.Text
		setup       func(*devicetest.Setup)
		want        fault.Fault
	}{
		{"no such network", "esp32", lab, "lob", "12345678", nil, fault.WiFiNotFound},
		{"no such hidden network", "esp32", hidden, "lob", "12345678", nil, fault.WiFiNotFound},
		{"out of range", "esp32", lab, "lab", "12345678", mode(devicetest.WiFiGone), fault.WiFiNotFound},
		{"wrong password", "esp32", lab, "lab", "12345679", nil, fault.WiFiPassword},
		{"wrong password on a Pico", "pico-w", lab, "lab", "12345679", nil, fault.WiFiPassword},
		{"wrong password on an ESP8266", "esp8266", lab, "lab", "12345679", nil, fault.WiFiPassword},
		{"wrong password that old firmware keeps quiet about", "mpython-2", lab, "lab", "12345679", func(s *devicetest.Setup) { s.WiFi.Silent = true }, fault.WiFiPassword},
		{"no address", "mpython-2", lab, "lab", "12345678", mode(devicetest.WiFiNoDHCP), fault.WiFiNoAddress},
		{"no address on a Pico", "pico-w", lab, "lab", "12345678", mode(devicetest.WiFiNoDHCP), fault.WiFiNoAddress},
		{"never done", "esp32", lab, "lab", "12345678", mode(devicetest.WiFiHang), fault.WiFiTimeout},
		{"never done on an ESP8266", "esp8266", lab, "lab", "12345678", mode(devicetest.WiFiHang), fault.WiFiTimeout},
		{"never done on a Pico", "pico-w", lab, "lab", "12345678", mode(devicetest.WiFiHang), fault.WiFiTimeout},
		{"enterprise", "esp32", company, "lab", "12345678", nil, fault.WiFiEnterprise},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := air(c.ap, c.ssid, c.pass)
			o.model = c.model
			networks := o.setup
			o.setup = func(s *devicetest.Setup) {
				networks(s)
				if c.setup != nil {
					c.setup(s)
				}
			}
			r := start(t, o)
			s := r.badStage()
			if f, _ := s.Fault(); f != c.want {
				t.Errorf("%+v means %v, want %v", s, f, c.want)
			}
		})
	}
}

func TestTheLampComesBackWithTheWiFi(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{})
	e.Publish(base+"/light/set", "on")
	e.Expect(base+"/light", "on")
	r.Set(func(s *devicetest.Setup) { s.WiFi.Mode = devicetest.WiFiGone })
	if s := r.stage(device.StageLost); s.Reason != device.ReasonNoNetwork {
		t.Errorf("%+v", s)
	}
	r.stage(device.StageFound) // tried again, in vain
	r.Set(func(s *devicetest.Setup) { s.WiFi.Mode = devicetest.WiFiOK })
	r.stage(device.StageSubscribed)
	e.Expect(base+"/status", "online")
	e.Expect(base+"/light", "on")
}

func TestWildWiFiCodesAreTheBoardsOwnWords(t *testing.T) {
	t.Parallel()
	lab := devicetest.AP{SSID: "lab", Password: "12345678", RSSI: -60, Auth: device.AuthWPA2}
	for _, c := range []struct {
		model  string
		status int
		want   fault.Fault
	}{
		{"esp32", 5, fault.WiFiFull},
		{"mpython-2", 203, fault.WiFiRefused},
		{"esp32-c3", 2, fault.WiFiTimeout},
		{"esp32-s3", 212, fault.WiFiWeak},
		{"esp32", 204, fault.WiFiPassword},
		{"esp8266", 4, fault.WiFiTimeout},
		{"pico-w", -1, fault.WiFiTimeout},
		{"pico-w", -2, fault.WiFiSecurity},
	} {
		t.Run(fmt.Sprint(c.model, " ", c.status), func(t *testing.T) {
			t.Parallel()
			o := air(lab, "lab", "12345678")
			o.model = c.model
			networks := o.setup
			o.setup = func(s *devicetest.Setup) { networks(s); s.WiFi.Status = c.status }
			s := start(t, o).badStage()
			if f, _ := s.Fault(); s.Name != device.StageJoined || f != c.want {
				t.Errorf("%+v means %v, want %v", s, f, c.want)
			}
		})
	}
}
