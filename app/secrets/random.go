package secrets

import (
	"crypto/rand"
	"encoding/hex"
)

// Readable makes a password or a name that pupils can copy from a projector: ten
// characters that are not mistaken for one another, some 49 bits.
func Readable() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}

// Hex makes a secret of n random bytes.
func Hex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}
