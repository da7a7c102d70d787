package device

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
)

// FindSecret is the secret by which one board knows the answers to its questions
// for the broker: HMAC-SHA-256 of its id under the classroom's, 32 hex digits
// each. A board that is read out so tells nothing of the others'.
func FindSecret(classroom, boardID string) string {
	key, err := hex.DecodeString(classroom)
	if err != nil {
		return ""
	}
	h := hmac.New(sha256.New, key)
	_, _ = io.WriteString(h, boardID) // a hash never fails
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// For is what a board of this id is given, where f has the classroom's secret.
func (f Find) For(boardID string) Find {
	if f.Secret != "" {
		f.Secret = FindSecret(f.Secret, boardID)
	}
	return f
}
