package lamp

import (
	"testing"
	"time"
)

func TestAHoldIsReadAsItWasWritten(t *testing.T) {
	for d, want := range map[time.Duration]string{-1: "0", 0: "0", time.Millisecond: "1", 25 * time.Second: "25", time.Hour: "60"} {
		text := HoldPayload(d)
		got, ok := ReadHold([]byte(" " + text + "\n"))
		if text != want || !ok || got < min(d, MaxHold) {
			t.Errorf("%v is written %q and read as %v, %v", d, text, got, ok)
		}
	}
}

func TestWhatIsNoHoldIsNotRead(t *testing.T) {
	for _, text := range []string{"", "-1", "61", "99999999999999999999", "on", "1.5", "1 2"} {
		if d, ok := ReadHold([]byte(text)); ok {
			t.Errorf("%q is read as %v", text, d)
		}
	}
}
