//go:build linux

package assets_test

import (
	"strings"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// A Pico's scan gives bits where other boards give kinds, and what is WPA2 to it
// is the others' number of an enterprise network.
func TestAPicoJoinsNetworksOfEveryKind(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]device.Auth{
		"WPA": device.AuthWPA, "WPA2": device.AuthWPA2, "WPA and WPA2": device.AuthWPAWPA2, "WPA3": device.AuthWPA3,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := air(devicetest.AP{SSID: "lab", Password: "12345678", RSSI: -60, Auth: auth}, "lab", "12345678")
			o.model, o.port = "pico-w", devicetest.Port(t)
			start(t, o).stage(device.StageJoined)
		})
	}
}

// pupils puts a pupil's own files on the board whose names are those of the
// program's parts: the folder / is looked into before /lib.
const pupils = `
for name in ("lamp", "net"):
    with open("/" + name + ".py", "w") as f:
        f.write("print('a pupil wrote this')\n")
`

func TestAPupilsOwnFilesDoNotStandInForTheProgram(t *testing.T) {
	t.Parallel()
	lit(t, opts{main: pupils + mainInTests + "lamplighter.run()\n"})
}

func TestAPupilsOwnFilesDoNotStandInForTheHelperAndStayTheProgramsFirstChoice(t *testing.T) {
	t.Parallel()
	r := start(t, opts{port: devicetest.Port(t), main: pupils + `
from classroom import Classroom
import lamp
Classroom().wifi.join({"ssid": "` + devicetest.TestSSID + `", "pass": "` + devicetest.TestPassword + `"})
`})
	r.stage(device.StageJoined)
	r.prints("a pupil wrote this")
}

func TestADisplayThatFailsKeepsNoLampFromAnswering(t *testing.T) {
	t.Parallel()
	r, _, _ := lit(t, opts{preface: `
import mpython
def broken(*a):
    raise MemoryError
mpython.oled.DispChar = broken
`})
	for _, on := range []bool{true, false} {
		r.PressButton("0")
		r.WaitForPixels(on)
	}
	if said := r.printed(); strings.Contains(said, device.StageLost) {
		t.Error(said)
	}
}

// A D0 of an ESP8266 has no resistor that pulls it up.
func TestAButtonOnAPinThatCanNotBePulledWorks(t *testing.T) {
	t.Parallel()
	r, _, _ := lit(t, opts{
		model:  "esp8266",
		setup:  func(s *devicetest.Setup) { s.Pins["16"] = 1 },
		config: func(c *device.Config) { c.Button = device.Button{Pin: "16"} },
	})
	r.PressButton("16")
	r.WaitFor(func(e devicetest.Event) bool { return e.Type == "pin" && e.Pin == "2" && e.Value == 0 })
}

func TestAPinThatTheBoardHasNotIsNamed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*device.Config){
		"lamp":   func(c *device.Config) { c.Lamp = device.Lamp{Kind: device.LampPin, Pin: "D4"} },
		"button": func(c *device.Config) { c.Button.Pin = "D4" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, opts{config: change}).badStage()
			if f, _ := s.Fault(); f != fault.BadValue || s.Detail != name {
				t.Errorf("%+v", s)
			}
		})
	}
}
