package device_test

import (
	"testing"

	"lamplighter/device"
)

func TestEveryFaultHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range device.Faults() {
		if name := f.String(); name == "" || seen[name] {
			t.Errorf("fault %d is called %q, or another one is", int(f), name)
		}
		seen[f.String()] = true
	}
}
