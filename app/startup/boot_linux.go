package startup

import (
	"time"

	"golang.org/x/sys/unix"
)

// bootTime is when the computer was started, or the zero time where that is not
// known.
func bootTime() time.Time {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return time.Time{}
	}
	return time.Now().Add(-time.Duration(info.Uptime) * time.Second).UTC().Round(time.Second)
}
