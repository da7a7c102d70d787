package connections

import (
	"strings"
	"testing"

	"lamplighter/app/settings"
)

func TestARoomIsNeverTheSameTwice(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		room := withTopicPrefix(settings.Connection{Preset: "public"}).TopicPrefix
		if seen[room] || len(room) > 32 || strings.ContainsAny(room, "/+#") {
			t.Fatal(room)
		}
		seen[room] = true
	}
}
