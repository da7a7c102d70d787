package device

import "lamplighter/device/fault"

// WiFiFault is what WLAN.status() means on a board of this sys.platform, where it
// says that joining failed. inSight tells that the board's own scan has the network.
// It is the only table of these numbers: the wizard asks it, and boards send theirs
// to it (ReasonStatus). Only numbers that mean nothing else blame the password.
func WiFiFault(platform string, status int, inSight bool) (f fault.Fault, failed bool) {
	switch platform {
	case "esp32":
		f, failed = esp32Status(status)
	case "esp8266": // STAT_… of its module network
		f, failed = map[int]fault.Fault{2: fault.WiFiPassword, 3: fault.WiFiNotFound, 4: fault.WiFiTimeout}[status], status >= 2 && status <= 4
	default: // CYW43_LINK_… of the Pico W and others
		f, failed = map[int]fault.Fault{-1: fault.WiFiTimeout, -2: fault.WiFiNotFound, -3: fault.WiFiPassword}[status], status < 0
		if failed && f == fault.Unknown {
			f = fault.WiFiTimeout
		}
	}
	if f == fault.WiFiNotFound && inSight {
		if platform == "esp32" || platform == "esp8266" {
			return fault.WiFiTimeout, true
		}
		return fault.WiFiSecurity, true // a Pico W: seen, but none that it may join, as where only WPA3 is allowed
	}
	return f, failed
}

// esp32Status reads the reasons of IEEE 802.11, table 9-49, and from 200 on the
// ESP-IDF's own (wifi_err_reason_t); MicroPython's states begin at 1000.
func esp32Status(status int) (f fault.Fault, failed bool) {
	switch status {
	case 15, 202, 204: // the handshake of the key failed
		return fault.WiFiPassword, true
	case 201:
		return fault.WiFiNotFound, true
	case 5, 208: // the access point has no room; or it says: come back later
		return fault.WiFiFull, true
	case 203:
		return fault.WiFiRefused, true
	case 34, 71, 200, 212: // no acknowledgements, a bad link, beacons lost, weaker than asked for
		return fault.WiFiWeak, true
	case 13, 17, 18, 19, 20, 21, 22, 24, 29, 210, 211: // what both must agree on to encrypt
		return fault.WiFiSecurity, true
	case 23:
		return fault.WiFiEnterprise, true
	}
	return fault.WiFiTimeout, status > 0 && status < 1000
}

// SilentOnPassword reports whether a board's firmware may say "connecting" for
// ever where the password is wrong: MicroPython issue 11625.
func SilentOnPassword(platform string, major, minor int) bool {
	return platform == "esp32" && major == 1 && minor < 22
}

// FarRSSI is how weak a network is, in dBm, whose silence says nothing about the
// password.
const FarRSSI = -75
