package broker

import (
	"context"
	"log/slog"
)

// quotaLog is all that is kept of mochi's log, which repeats whole packets,
// passwords among them: that a message of QoS 1 or 2 was dropped, for too many
// wait for the client's answer. No hook tells it.
type quotaLog struct{ told func(clientID string) }

// quotaText is how mochi 2.7 words it (server.go, publishToClient).
const quotaText = "client store quota reached"

// Enabled leaves out what is not looked at anyway.
func (q quotaLog) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

// Handle looks for the one line.
func (q quotaLog) Handle(_ context.Context, r slog.Record) error {
	if r.Message != quotaText {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "client" {
			return true
		}
		q.told(a.Value.String())
		return false
	})
	return nil
}

// WithAttrs keeps nothing: the line has its own.
func (q quotaLog) WithAttrs([]slog.Attr) slog.Handler { return q }

// WithGroup keeps nothing.
func (q quotaLog) WithGroup(string) slog.Handler { return q }
