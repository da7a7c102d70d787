package device_test

import (
	"testing"

	"lamplighter/device"
)

func TestEveryConnackCodeHasItsFaultInBothVersionsOfMQTT(t *testing.T) {
	for fault, codes := range map[device.Fault][]int{
		device.BadProtocol:  {1, 0x81, 0x82, 0x84},
		device.BadClientID:  {2, 0x85},
		device.Unavailable:  {3, 0x88, 0x89, 0x8b, 0x97, 0x9c, 0x9d, 0x9f},
		device.BadLogin:     {4, 0x86, 0x8c},
		device.NotAllowed:   {5, 0x87, 0x8a},
		device.LoginRefused: {6, 77, 0x80, 0x83, 0xff},
	} {
		for _, code := range codes {
			if got := device.ConnackFault(code); got != fault {
				t.Errorf("%#x: %v, want %v", code, got, fault)
			}
		}
	}
}

func TestEveryFaultHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range device.Faults() {
		if name := f.String(); name == "" || seen[name] {
			t.Errorf("fault %d is called %q, or another one is", int(f), name)
		}
		seen[f.String()] = true
	}
}
