package link

import (
	"testing"

	"lamplighter/device"
)

func TestEveryConnackCodeHasItsFaultInBothVersionsOfMQTT(t *testing.T) {
	for fault, codes := range map[device.Fault][]byte{
		device.BadProtocol: {1, 0x84},
		device.BadClientID: {2, 0x85},
		device.Unavailable: {3, 0x88, 0x89},
		device.BadLogin:    {4, 0x86, 0x8c},
		device.NotAllowed:  {5, 0x87, 0x8a},
		device.Unknown:     {6, 0x80, 0xff},
	} {
		for _, code := range codes {
			if got := connackFault(code); got != fault {
				t.Errorf("%#x: %v, want %v", code, got, fault)
			}
		}
	}
}
