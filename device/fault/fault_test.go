package fault_test

import (
	"testing"

	"lamplighter/device/fault"
)

func TestEveryConnackCodeHasItsFaultInBothVersionsOfMQTT(t *testing.T) {
	for want, codes := range map[fault.Fault][]int{
		fault.BadProtocol:  {1, 0x81, 0x82, 0x84},
		fault.BadClientID:  {2, 0x85},
		fault.Unavailable:  {3, 0x88, 0x89, 0x8b, 0x97, 0x9c, 0x9d, 0x9f},
		fault.BadLogin:     {4, 0x86, 0x8c},
		fault.NotAllowed:   {5, 0x87, 0x8a},
		fault.LoginRefused: {6, 77, 0x80, 0x83, 0xff},
	} {
		for _, code := range codes {
			if got := fault.ConnackFault(code); got != want {
				t.Errorf("%#x: %v, want %v", code, got, want)
			}
		}
	}
}

func TestEveryFaultHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range fault.Faults() {
		if name := f.String(); name == "" || seen[name] {
			t.Errorf("fault %d is called %q, or another one is", int(f), name)
		}
		seen[f.String()] = true
	}
}
