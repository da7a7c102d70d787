package uplink

import (
	"testing"
)

func TestAFilterCoversOnlyWhatItMatches(t *testing.T) {
	for _, x := range []struct {
		a, b   string
		covers bool
	}{
		{"#", "class/+/light", true},
		{"class/#", "class", true},
		{"class/+/light", "class/lamp-07/light", true},
		{"class/+/light", "class/+/status", false},
		{"class/+", "class/#", false},
		{"+/a", "b/a/c", false},
		{"#", "$SYS/#", false}, // wildcards leave the broker's own topics out
		{"+/broker", "$SYS/broker", false},
		{"$SYS/#", "$SYS/broker/uptime", true},
	} {
		if covers(x.a, x.b) != x.covers {
			t.Errorf("%s covers %s: %v", x.a, x.b, !x.covers)
		}
	}
}
