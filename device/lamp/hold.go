package lamp

import (
	"strconv"
	"time"
)

// MaxHold is for how long a board's button can be held at once. Whoever holds it
// says so again and again: who goes without a word has it for a moment only.
const MaxHold = time.Minute

// HoldPayload is what a board is told that its button is to be held for d, rounded up to
// whole seconds and at most MaxHold; 0 gives it back.
func HoldPayload(d time.Duration) string {
	return strconv.Itoa(int((min(max(d, 0), MaxHold) + time.Second - 1) / time.Second))
}

// ReadHold reads what Hold writes, as a board does.
func ReadHold(payload []byte) (d time.Duration, ok bool) {
	text, _ := clean(payload)
	n, err := strconv.Atoi(text)
	d = time.Duration(n) * time.Second
	return d, err == nil && n >= 0 && n <= int(MaxHold/time.Second)
}
