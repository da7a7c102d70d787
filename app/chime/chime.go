// Package chime plays the system's short sound for something that is done.
package chime

import (
	"context"
	"log/slog"
	"time"

	"lamplighter/device/crash"
)

// longest is how long a sound may take.
const longest = 5 * time.Second

// Find gives what plays the sound, and nil where this computer has no way to. What it
// gives returns at once.
func Find() (play func()) {
	sound := find()
	if sound == nil {
		return nil
	}
	return func() {
		crash.Go(func() {
			ctx, done := context.WithTimeout(context.Background(), longest)
			defer done()
			if err := sound(ctx); err != nil {
				slog.Info("no sound", "err", err)
			}
		})
	}
}
