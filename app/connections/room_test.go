package connections

import (
	"strings"
	"testing"

	"lamplighter/app/settings"
)

func TestARoomIsNeverTheSameTwice(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		room := withRoom(settings.Connection{Preset: "public"}).Room
		if seen[room] || len(room) > 32 || strings.ContainsAny(room, "/+#") {
			t.Fatal(room)
		}
		seen[room] = true
	}
}
