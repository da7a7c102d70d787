//go:build !linux && !windows

package startup

import "time"

// bootTime is not known here.
func bootTime() time.Time { return time.Time{} }
