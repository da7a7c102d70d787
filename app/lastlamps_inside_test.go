package app

import (
	"testing"
	"time"

	"lamplighter/app/settings"
	"lamplighter/device"
)

func TestAClassGetsTheLampThatWasSetUpLast(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 9, 1, hour, 0, 0, 0, time.UTC) }
	lamp := func(pin string) device.Lamp { return device.Lamp{Kind: device.LampPin, Pin: pin} }
	kits, ssid := lastLamps([]settings.Board{
		{ID: "a", Model: "esp32", Lamp: lamp("1"), SSID: "old", SetUp: at(8)},
		{ID: "b", Model: "esp32", Lamp: lamp("2"), SSID: "school", SetUp: at(10)},
		{ID: "c", Model: "pico-w", Lamp: lamp("3"), SSID: "old", SetUp: at(9)},
		{ID: "d", Model: "esp32", Lamp: lamp("4"), SSID: "practice", SetUp: at(11), Practice: true},
		{ID: "e", Model: "esp32", Goal: device.SettingsOnly, SSID: "own", SetUp: at(12)},
		{ID: "f", Foreign: true},
	})
	if ssid != "school" || len(kits) != 2 || kits["esp32"].Lamp.Pin != "2" || kits["pico-w"].Lamp.Pin != "3" {
		t.Errorf("%q, %+v", ssid, kits)
	}
}
