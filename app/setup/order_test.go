package setup

import (
	"testing"

	"lamplighter/device"
)

func TestTheOrderOfColoursIsRememberedForTheKindOfBoard(t *testing.T) {
	s3 := device.Identity{ID: "aa", Model: "esp32-s3", HasWiFi: true}
	pico := device.Identity{ID: "bb", Model: "pico-w", HasWiFi: true}
	orders := map[string]device.Order{"esp32-s3": device.OrderRGB, "pico-w": device.OrderRGB}
	for _, c := range []struct {
		board device.Identity
		want  device.Order
	}{{s3, device.OrderRGB}, {pico, device.OrderGRB}} { // a Pico's LED has no colours
		d := fill(Draft{}, Greeted{Board: c.board, Defaults: Defaults{Orders: orders}})
		if d.Answers.Lamp.Order != c.want {
			t.Errorf("%s: %q", c.board.Model, d.Answers.Lamp.Order)
		}
	}
}

func TestALampWithColoursIsShownInRed(t *testing.T) {
	pixel := device.Lamp{Kind: device.LampNeoPixel, Pin: "8", Count: 3, Level: 30, Color: [3]int{255, 190, 90}, Order: device.OrderRGB}
	want := pixel
	want.Color = [3]int{255, 0, 0}
	if got := trial(pixel); got != want {
		t.Errorf("%+v", got)
	}
	if led := (device.Lamp{Kind: device.LampPin, Pin: "2"}); trial(led) != led {
		t.Error("an LED without colours was changed")
	}
}
