package topics

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// GBK reads a payload as text in GBK, which older Chinese programs send. It is none
// where the payload is UTF-8, too big (64 KiB), or holds anything but Chinese,
// its punctuation, the signs of measured values and printable ASCII.
func GBK(payload []byte) (text string, ok bool) {
	if len(payload) > searchedBytes || utf8.Valid(payload) {
		return "", false
	}
	decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(bare(payload))
	if err != nil {
		return "", false
	}
	for _, r := range string(decoded) {
		switch {
		case r == '\n', r == '\r', r == '\t', ' ' <= r && r <= '~', unicode.Is(unicode.Han, r), unicode.IsPunct(r):
		case r >= '\u3000' && r <= '\u303F', r >= '\uFF01' && r <= '\uFF5E', strings.ContainsRune("℃°±×÷μΩ→←↑↓", r): // CJK punctuation, full width
		default:
			return "", false
		}
	}
	return string(decoded), true
}
