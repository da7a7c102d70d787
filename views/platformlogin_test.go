package views

import (
	"strings"
	"testing"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestAWrongLoginIsToldInTheWordsOfThePlatformsPage(t *testing.T) {
	for id, field := range map[string]string{"bemfa": "“Private key”", "adafruit": "“Username”, “Active Key (AIO key)”", "siot": "“User”, “Password”"} {
		for _, fault := range []device.Fault{device.BadClientID, device.BadLogin, device.NotAllowed} {
			_, w, _ := stagedWizard(t, setup.Broker{Draft: platformDraft(id), Problem: &device.Error{Fault: fault, Op: "log in"}})
			said := strings.Join(textsIn(w.page.content()), "\n")
			if !strings.Contains(said, field) || strings.Contains(said, "client ID") {
				t.Errorf("%s, %v:\n%s", id, fault, said)
			}
		}
	}
	for _, err := range []error{
		ofBroker(&device.Error{Fault: device.BadLogin, Op: "log in"}, presets.ByID(presets.Free), device.Broker{}),
		ofBroker(&device.Error{Fault: device.BadLogin, Op: "log in"}, presets.ByID("public"), device.Broker{}),
		ofBroker(&device.Error{Fault: device.BadProtocol, Op: "connect"}, presets.ByID("bemfa"), device.Broker{}),
	} {
		if _, ok := platformWords(err); ok {
			t.Errorf("%v is told as a platform's login", err)
		}
	}
}
