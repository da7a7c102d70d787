// Package random makes secrets and names that nobody can guess.
package random

import (
	"crypto/rand"
	"encoding/hex"
)

// Bytes returns n random bytes.
func Bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return b
}

// Hex returns n random bytes in hexadecimal.
func Hex(n int) string { return hex.EncodeToString(Bytes(n)) }

// Readable returns a password or a name that pupils can copy from a projector: ten
// characters that are not mistaken for one another, some 49 bits.
func Readable() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	b := Bytes(10)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}
