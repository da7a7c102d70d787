package link

import (
	"strings"
	"unicode/utf8"
)

// validTopic tells whether s can be published to: 1 to 65535 bytes of UTF-8
// without NUL and without wildcards (MQTT 3.1.1, 1.5.3, 3.3.2.1 and 4.7).
func validTopic(s string) bool {
	return validText(s) && !strings.ContainsAny(s, "+#")
}

// ValidFilter tells whether s can be subscribed to (MQTT 3.1.1, 4.7.1): a
// wildcard stands alone in its level, and # in the last.
func ValidFilter(s string) bool {
	if !validText(s) {
		return false
	}
	levels := strings.Split(s, "/")
	for i, l := range levels {
		if l == "#" && i == len(levels)-1 || l == "+" {
			continue
		}
		if strings.ContainsAny(l, "+#") {
			return false
		}
	}
	return true
}

func validText(s string) bool {
	return s != "" && len(s) <= 65535 && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}
