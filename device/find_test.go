package device_test

import (
	"strings"
	"testing"

	"lamplighter/device"
)

func TestEachBoardHasASecretOfItsOwn(t *testing.T) {
	classroom := strings.Repeat("0f", 16)
	f := device.Find{Classroom: "class", Secret: classroom, Port: 18830}
	// printf 240ac4a1b2c3 | openssl dgst -sha256 -mac HMAC -macopt hexkey:0f0f…
	one := f.For("240ac4a1b2c3")
	if one.Secret != "35f2289c7b54e3f8e9ba35be73287043" || one.Classroom != f.Classroom || one.Port != f.Port || one.Check() != nil {
		t.Errorf("%+v", one)
	}
	if other := f.For("240ac4a1b2c4"); other.Secret == one.Secret || other.Secret == classroom {
		t.Errorf("%+v", other)
	}
	if none := (device.Find{}).For("240ac4a1b2c3"); none != (device.Find{}) {
		t.Errorf("%+v", none)
	}
}
