//go:build linux

package install

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// oddNames are values that have broken other tools, all of at most 32 bytes.
var oddNames = []device.Text{
	`quotes " and '`, `back\slash \n \x00`, "two\nlines\r\n", "100 % %s %d", "{} {0} ${x}", "💡🪔 emoji", "三年级二班的无线网",
	device.Text(strings.Repeat("\xfe", 32)), "\x80\xff half \xe4\xb8", " spaces ", "a\tb", "'); import os #", "#", "b'x'", "\x04\x01\x03",
}

func air(networks ...devicetest.AP) func(*devicetest.Setup) {
	return func(s *devicetest.Setup) { s.WiFi.Networks = networks }
}

func TestScanListsEachNetworkOnceStrongestFirstAndExactly(t *testing.T) {
	t.Parallel()
	var all []devicetest.AP
	for i, name := range oddNames {
		all = append(all, devicetest.AP{SSID: name, RSSI: -90 + i, Channel: 1 + i%11, Auth: device.AuthWPA2})
	}
	all = append(all,
		devicetest.AP{SSID: oddNames[0], RSSI: -30, Channel: 13, Auth: device.AuthOpen},
		devicetest.AP{SSID: "hidden", RSSI: -20, Hidden: true, Auth: device.AuthWPA2})
	_, b := board(t, devicetest.Options{Setup: air(all...)})
	got, err := b.Scan(t.Context(), testPort)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(oddNames[1:])
	slices.Reverse(want)
	want = append([]device.Text{oddNames[0]}, want...)
	var names []device.Text
	for _, n := range got {
		names = append(names, n.SSID)
	}
	if !slices.Equal(names, want) {
		t.Errorf("got  %q\nwant %q", names, want)
	}
	if got[0] != (device.Network{SSID: oddNames[0], RSSI: -30, Channel: 13, Auth: device.AuthOpen}) {
		t.Errorf("the strongest is %+v", got[0])
	}
}

func TestJoinTellsWhyANetworkCantBeJoined(t *testing.T) {
	t.Parallel()
	classroom := devicetest.AP{SSID: "class", Password: "chalk&cheese", RSSI: -50, Channel: 6, Auth: device.AuthWPA2}
	guest := devicetest.AP{SSID: "guest", RSSI: -60, Channel: 1}
	staff := devicetest.AP{SSID: "staff", Password: "whatever", RSSI: -60, Channel: 1, Auth: device.AuthEnterprise}
	secret := devicetest.AP{SSID: "secret", Password: "chalk&cheese", RSSI: -60, Channel: 1, Auth: device.AuthWPA2, Hidden: true}
	for _, model := range []string{"mpython-2", "esp8266", "pico-w"} {
		m, b := board(t, devicetest.Options{Model: model, Setup: air(classroom, guest, staff, secret)})
		b.glance = 5 * time.Millisecond
		for name, tt := range map[string]struct {
			w     device.WiFi
			mode  string
			old   bool
			fault fault.Fault // 0 = joined
		}{
			"right password":         {device.WiFi{SSID: "class", Password: "chalk&cheese"}, devicetest.WiFiOK, false, 0},
			"open":                   {device.WiFi{SSID: "guest"}, devicetest.WiFiOK, false, 0},
			"hidden":                 {device.WiFi{SSID: "secret", Password: "chalk&cheese", Hidden: true}, devicetest.WiFiOK, false, 0},
			"wrong password":         {device.WiFi{SSID: "class", Password: "cheese&chalk"}, devicetest.WiFiOK, false, fault.WiFiPassword},
			"no password":            {device.WiFi{SSID: "class"}, devicetest.WiFiOK, false, fault.WiFiPassword},
			"hidden, wrong password": {device.WiFi{SSID: "secret", Password: "cheese&chalk", Hidden: true}, devicetest.WiFiOK, false, fault.WiFiPassword},
			"elsewhere":              {device.WiFi{SSID: "home", Password: "chalk&cheese"}, devicetest.WiFiOK, false, fault.WiFiNotFound},
			"enterprise":             {device.WiFi{SSID: "staff", Password: "whatever"}, devicetest.WiFiOK, false, fault.WiFiEnterprise},
			"no address":             {device.WiFi{SSID: "class", Password: "chalk&cheese"}, devicetest.WiFiNoDHCP, false, fault.WiFiNoAddress},
			"old firmware":           {device.WiFi{SSID: "class", Password: "cheese&chalk"}, devicetest.WiFiOK, true, fault.WiFiPassword},
			"open, but hangs":        {device.WiFi{SSID: "guest"}, devicetest.WiFiHang, false, fault.WiFiTimeout},
			"too short":              {device.WiFi{SSID: "class", Password: "short"}, devicetest.WiFiOK, false, fault.BadValue},
		} {
			if model == "pico-w" && tt.fault == fault.WiFiEnterprise {
				continue // its scan does not tell enterprise networks apart
			}
			if model != "mpython-2" && (tt.old || tt.mode == devicetest.WiFiHang) {
				continue // the slow ones once
			}
			t.Run(model+" "+name, func(t *testing.T) {
				m.Set(func(s *devicetest.Setup) { s.WiFi.Mode, s.WiFi.Silent = tt.mode, tt.old })
				ip, err := b.Join(t.Context(), testPort, tt.w)
				if tt.fault != 0 {
					wantFault(t, err, tt.fault)
					return
				}
				if err != nil || net.ParseIP(ip) == nil {
					t.Errorf("got %q, %v", ip, err)
				}
			})
		}
	}
}

func TestOddNamesAndPasswordsAreJoinedExactly(t *testing.T) {
	t.Parallel()
	var all []devicetest.AP
	for i, name := range oddNames {
		all = append(all, devicetest.AP{SSID: name, Password: name + "12345678", RSSI: -40 - i, Auth: device.AuthWPA2})
	}
	_, b := board(t, devicetest.Options{Setup: air(all...)})
	for _, name := range oddNames {
		if _, err := b.Join(t.Context(), testPort, device.WiFi{SSID: name, Password: name + "12345678"}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestReachTellsRefusedFromUnknown(t *testing.T) {
	t.Parallel()
	port := devicetest.Port(t)
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	_, b := board(t, devicetest.Options{Setup: func(s *devicetest.Setup) { s.Hosts["broker.test"] = "127.0.0.1" }})
	wantFault(t, b.Reach(t.Context(), testPort, "broker.test", port), fault.WiFiTimeout) // not joined
	if _, err := b.Join(t.Context(), testPort, device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword}); err != nil {
		t.Fatal(err)
	}
	if err := b.Reach(t.Context(), testPort, "broker.test", port); err != nil {
		t.Error(err)
	}
	l.Close()
	wantFault(t, b.Reach(t.Context(), testPort, "broker.test", port), fault.Refused)
	wantFault(t, b.Reach(t.Context(), testPort, "nowhere.invalid", port), fault.NameNotFound)
	wantFault(t, b.Reach(t.Context(), testPort, "no host", port), fault.BadValue)
}

func TestBlinkLightsTheLampAndPutsItOut(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	lamp := device.Lamp{Kind: device.LampNeoPixel, Pin: "17", Count: 3, Level: 50, Color: [3]int{200, 100, 0}}
	if err := b.Blink(t.Context(), testPort, lamp); err != nil {
		t.Fatal(err)
	}
	if got := m.WaitForPixels(true); got != [3]int{100, 50, 0} {
		t.Errorf("lit as %v", got)
	}
	m.WaitForPixels(false)
	for _, low := range []bool{false, true} {
		if err := b.Blink(t.Context(), testPort, device.Lamp{Kind: device.LampPin, Pin: "2", ActiveLow: low}); err != nil {
			t.Fatal(err)
		}
		lit := 1
		if low {
			lit = 0
		}
		m.WaitFor(func(e devicetest.Event) bool { return e.Type == "pin" && e.Pin == "2" && e.Value == lit })
		m.WaitFor(func(e devicetest.Event) bool { return e.Type == "pin" && e.Pin == "2" && e.Value == 1-lit })
	}
	wantFault(t, b.Blink(t.Context(), testPort, device.Lamp{Kind: device.LampPin, Pin: "2)"}), fault.BadValue)
	wantFault(t, b.Blink(t.Context(), testPort, device.Lamp{Kind: device.LampPin, Pin: "NOPE"}), fault.BadValue)
}

func TestTheChipsNumbersForAuthenticationBecomeOneNumbering(t *testing.T) {
	t.Parallel()
	for n, want := range []device.Auth{0, 1, 2, 3, 4, device.AuthEnterprise, 6, 7, 8, device.AuthOpen, device.AuthEnterprise} {
		if got := authOf(n, false); got != want {
			t.Errorf("ESP %d: %v, want %v", n, got, want)
		}
	}
	for n, want := range map[int]device.Auth{0: device.AuthOpen, 1: device.AuthWEP, 3: device.AuthWPA, 5: device.AuthWPA2, 7: device.AuthWPAWPA2} {
		if got := authOf(n, true); got != want {
			t.Errorf("Pico W %d: %v, want %v", n, got, want)
		}
	}
}

func TestWildWiFiCodesNeverCallARightPasswordWrong(t *testing.T) {
	t.Parallel()
	class := devicetest.AP{SSID: "class", Password: "chalk&cheese", RSSI: -50, Channel: 6, Auth: device.AuthWPA2}
	for model, codes := range map[string]map[int]fault.Fault{
		"esp32": {
			5: fault.WiFiFull, 2: fault.WiFiTimeout, 203: fault.WiFiRefused, 210: fault.WiFiSecurity, 212: fault.WiFiWeak, 202: fault.WiFiPassword,
		},
		"pico-w":  {-2: fault.WiFiSecurity, -1: fault.WiFiTimeout, 1: fault.WiFiTimeout},
		"esp8266": {4: fault.WiFiTimeout},
	} {
		m, b := board(t, devicetest.Options{Model: model, Setup: air(class)})
		b.glance = time.Millisecond
		for status, want := range codes {
			t.Run(model+" "+strconv.Itoa(status), func(t *testing.T) {
				m.Set(func(s *devicetest.Setup) { s.WiFi.Status = status })
				_, err := b.Join(t.Context(), testPort, device.WiFi{SSID: "class", Password: "chalk&cheese"})
				wantFault(t, err, want)
			})
		}
	}
}

func TestWildANetworkThatIsScannedAsOpenTakesAPassword(t *testing.T) {
	t.Parallel()
	lies := devicetest.AP{SSID: "class", Password: "chalk&cheese", RSSI: -50, Channel: 6}
	_, b := board(t, devicetest.Options{Model: "esp8266", Setup: air(lies)})
	b.glance = time.Millisecond
	if _, err := b.Scan(t.Context(), testPort); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Join(t.Context(), testPort, device.WiFi{SSID: "class", Password: "chalk&cheese"}); err != nil {
		t.Error(err)
	}
	_, err := b.Join(t.Context(), testPort, device.WiFi{SSID: "class", Password: "cheese&chalk"})
	wantFault(t, err, fault.WiFiPassword)
}

func TestWildErrnosOfAReachAreABrokerOutOfReach(t *testing.T) {
	t.Parallel()
	for what, script := range map[string]string{
		"connect": "def connect(self, a): raise OSError(%d)", "no socket left": "def __init__(self, *a): raise OSError(%d)",
	} {
		_, b := board(t, devicetest.Options{})
		if _, err := b.Join(t.Context(), testPort, device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword}); err != nil {
			t.Fatal(err)
		}
		for _, errno := range []int{103, 5, 12, 23, 128, -1} {
			patch := fmt.Sprintf("import socket\ntry:\n _real\nexcept NameError:\n _real=socket.socket\nclass _B(_real):\n "+script+"\nsocket.socket=_B", errno)
			if _, err := b.cable.board.Exec(t.Context(), patch); err != nil {
				t.Fatal(err)
			}
			t.Run(fmt.Sprint(what, " ", errno), func(t *testing.T) {
				wantFault(t, b.Reach(t.Context(), testPort, "192.0.2.7", 1883), fault.Unreachable)
			})
		}
	}
}

func TestBlinkShowsRedInTheOrderThatIsTried(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{Model: "esp32-s3"})
	for _, c := range []struct {
		order device.Order
		bytes int
		want  [3]int // as the driver is told, which puts the second first
	}{{device.OrderGRB, 3, [3]int{255, 0, 0}}, {device.OrderRGB, 3, [3]int{0, 255, 0}}, {device.OrderGRBW, 4, [3]int{255, 0, 0}}} {
		lamp := device.Lamp{Kind: device.LampNeoPixel, Pin: "21", Count: 2, Color: [3]int{255, 0, 0}, Order: c.order}
		if err := b.Blink(t.Context(), testPort, lamp); err != nil {
			t.Fatal(err)
		}
		lit := m.WaitFor(func(e devicetest.Event) bool { return e.Type == "np" && e.Pixels[0] != [3]int{} })
		if lit.Pixels[1] != c.want || lit.Bytes != c.bytes {
			t.Errorf("%q: %v in %d bytes", c.order, lit.Pixels, lit.Bytes)
		}
		m.WaitForPixels(false)
	}
	wantFault(t, b.Blink(t.Context(), testPort, device.Lamp{Kind: device.LampNeoPixel, Pin: "21", Count: 1, Order: "bgr'"}), fault.BadValue)
}
