package startup

import (
	"time"

	"golang.org/x/sys/windows"
)

// bootTime is when the computer was started.
func bootTime() time.Time {
	return time.Now().Add(-windows.DurationSinceBoot()).UTC().Round(time.Second)
}
