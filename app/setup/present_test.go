package setup

import (
	"testing"

	"lamplighter/device"
)

func TestABoardOfAPublicBrokerKeepsItsClassroomWhenItComesAgain(t *testing.T) {
	others := []Connection{{Broker: device.Broker{Host: "127.0.0.1", Port: 1}, Preset: "public", API: "http://127.0.0.1:2"}}
	a := Answers{Base: "class/lamp-01"}
	present(&a, device.Config{
		Broker: device.Broker{Host: "127.0.0.1", Port: 1}, Topics: device.LampTopics("class-x7kq2mzpaw/lamp-01"),
	}, Defaults{}, others)
	if a.Base != "class/lamp-01" || a.Broker.Preset != "public" || a.Broker.BuiltIn || a.Broker.API != "http://127.0.0.1:2" {
		t.Errorf("%+v", a)
	}
}

func TestABoardComesBackToTheAccountThatItWasGiven(t *testing.T) {
	var others []Connection
	for _, secret := range []device.Text{"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"} {
		others = append(others, Connection{Broker: device.Broker{Host: "127.0.0.1", Port: 1, Password: secret}, Preset: "bemfa"})
	}
	for _, o := range others {
		var a Answers
		present(&a, device.Config{Broker: device.Broker{Host: "127.0.0.1", Port: 1, ClientID: string(o.Broker.Password)}}, Defaults{}, others)
		if a.Broker.Other != o.Broker {
			t.Errorf("the board of %s goes to %s", o.Broker.Password, a.Broker.Other.Password)
		}
	}
}
