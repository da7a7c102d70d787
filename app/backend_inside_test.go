package app

import (
	"maps"
	"testing"
	"time"

	"lamplighter/app/settings"
	"lamplighter/device"
)

func TestTheBoardThatWasSetUpLastSaysTheOrderOfItsKind(t *testing.T) {
	row := func(model string, order device.Order, day int) settings.Board {
		return settings.Board{Model: model, SetUp: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC), Lamp: device.Lamp{Kind: device.LampNeoPixel, Order: order}}
	}
	led := row("esp32-s3", device.OrderGRBW, 9)
	led.Lamp.Kind = device.LampPin
	got := orders([]settings.Board{
		row("esp32-s3", device.OrderRGB, 2), row("esp32-s3", device.OrderGRB, 1), row("", device.OrderRGB, 5), row("esp32-c6", device.OrderGRBW, 1), led,
	})
	want := map[string]device.Order{"esp32-s3": device.OrderRGB, "esp32-c6": device.OrderGRBW}
	if !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
