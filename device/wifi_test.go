package device_test

import (
	"testing"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// wifiCodes are what WLAN.status() says of a network that is in sight.
var wifiCodes = []struct {
	platform string
	status   int
	want     fault.Fault
}{
	{"esp32", 202, fault.WiFiPassword},
	{"esp32", 204, fault.WiFiPassword},
	{"esp32", 15, fault.WiFiPassword},
	{"esp32", 5, fault.WiFiFull},
	{"esp32", 208, fault.WiFiFull},
	{"esp32", 203, fault.WiFiRefused},
	{"esp32", 212, fault.WiFiWeak},
	{"esp32", 200, fault.WiFiWeak},
	{"esp32", 34, fault.WiFiWeak},
	{"esp32", 210, fault.WiFiSecurity},
	{"esp32", 211, fault.WiFiSecurity},
	{"esp32", 18, fault.WiFiSecurity},
	{"esp32", 23, fault.WiFiEnterprise},
	{"esp32", 2, fault.WiFiTimeout},
	{"esp32", 8, fault.WiFiTimeout},
	{"esp32", 205, fault.WiFiTimeout},
	{"esp32", 201, fault.WiFiTimeout},
	{"esp32", 399, fault.WiFiTimeout},
	{"esp8266", 2, fault.WiFiPassword},
	{"esp8266", 3, fault.WiFiTimeout},
	{"esp8266", 4, fault.WiFiTimeout},
	{"rp2", -3, fault.WiFiPassword},
	{"rp2", -2, fault.WiFiSecurity},
	{"rp2", -1, fault.WiFiTimeout},
	{"rp2", -9, fault.WiFiTimeout},
}

func TestWildWiFiCodesMeanWhatTheyMean(t *testing.T) {
	for _, c := range wifiCodes {
		if got, failed := device.WiFiFault(c.platform, c.status, true); !failed || got != c.want {
			t.Errorf("%s %d: %v, %v, want %v", c.platform, c.status, got, failed, c.want)
		}
		s := device.Stage{Name: device.StageJoined, Bad: true, Reason: device.ReasonStatus, Code: c.status, Detail: c.platform}
		if got, _ := s.Fault(); got != c.want {
			t.Errorf("%+v: %v, want %v", s, got, c.want)
		}
	}
}

func TestWildWiFiCodesBlameThePasswordOnlyWhereTheyMeanIt(t *testing.T) {
	blames := map[string][]int{"esp32": {15, 202, 204}, "esp8266": {2}, "rp2": {-3}}
	for platform, codes := range blames {
		for status := -300; status < 1100; status++ {
			f, _ := device.WiFiFault(platform, status, status%2 == 0)
			var want bool
			for _, c := range codes {
				want = want || c == status
			}
			if (f == fault.WiFiPassword) != want {
				t.Errorf("%s %d: %v", platform, status, f)
			}
		}
	}
}

func TestABoardThatStillJoinsHasNotFailed(t *testing.T) {
	for platform, all := range map[string][]int{"esp32": {1000, 1001, 1010, 0}, "esp8266": {0, 1, 5}, "rp2": {0, 1, 2, 3}} {
		for _, status := range all {
			if f, failed := device.WiFiFault(platform, status, true); failed {
				t.Errorf("%s %d: %v", platform, status, f)
			}
		}
	}
}

func TestANetworkOutOfSightIsNotFound(t *testing.T) {
	for platform, status := range map[string]int{"esp32": 201, "esp8266": 3, "rp2": -2} {
		if got, _ := device.WiFiFault(platform, status, false); got != fault.WiFiNotFound {
			t.Errorf("%s: %v", platform, got)
		}
	}
}
