// Package pinyin orders text as people who read Chinese do: Han characters by their
// pinyin, numbers by their value, without regard to case and accents.
//
// It has the order of Unicode's CLDR for the 20,992 characters of the block "CJK Unified
// Ideographs"; what is beside it follows by its code point.
package pinyin

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ranks are the places of the characters from first on, two bytes each, big endian:
// as golang.org/x/text/collate orders them, which is five times as large.
//
//go:embed ranks.bin
var ranks string

const (
	first = 0x4e00
	last  = 0x9fff
)

// What a key's parts begin with: in this order they are sorted.
const (
	other  = 1 // spaces, signs
	number = 2
	letter = 3
	han    = 4
)

// Key returns bytes that are ordered as the texts are. Texts that people take for equal
// have the same.
func Key(text string) []byte {
	key := make([]byte, 0, 3*len(text))
	runes := []rune(norm.NFKD.String(text))
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case unicode.IsMark(r):
		case '0' <= r && r <= '9':
			end := i
			for end < len(runes) && '0' <= runes[end] && runes[end] <= '9' {
				end++
			}
			key = appendNumber(key, string(runes[i:end]))
			i = end - 1
		case first <= r && r <= last:
			at := 2 * int(r-first)
			key = append(key, han, ranks[at], ranks[at+1])
		case unicode.IsLetter(r):
			key = appendRune(append(key, letter), unicode.ToLower(r))
		default:
			key = appendRune(append(key, other), r)
		}
	}
	return key
}

// appendNumber adds how long the number is before its digits: a longer one is larger.
func appendNumber(key []byte, digits string) []byte {
	digits = strings.TrimLeft(digits, "0")
	key = binary.BigEndian.AppendUint16(append(key, number), uint16(min(len(digits), 1<<16-1)))
	return append(key, digits...)
}

func appendRune(key []byte, r rune) []byte { return append(key, byte(r>>16), byte(r>>8), byte(r)) }
