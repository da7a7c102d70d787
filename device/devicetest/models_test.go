//go:build linux

package devicetest

import (
	"testing"

	"lamplighter/device"
)

func TestEveryKindOfBoardHasATestBoardThatIsKnownByItsFirmwaresWords(t *testing.T) {
	for _, m := range device.Models() {
		t.Run(m.Key, func(t *testing.T) {
			s := setupFor(m.Key) // which panics where there is none
			if got, _ := device.ModelOf(s.Platform, s.Machine, s.MPython); got.Key != m.Key {
				t.Errorf("a test board that says %q is known as %q", s.Machine, got.Key)
			}
		})
	}
}
