//go:build linux

package install

import (
	"context"
	"errors"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// movable is a line whose port may get another name while it is open.
type movable struct {
	Line
	port device.Port
}

func (m *movable) Port() device.Port { return m.port }

func TestALineWhosePortGotAnotherNameIsNotOpenedAgain(t *testing.T) {
	t.Parallel()
	m := devicetest.StartMicroPython(t, devicetest.Options{Model: "esp32"})
	port := device.Port{Name: "COM3", VID: "303A", PID: "1001", Serial: "24:0A:C4"}
	var line *movable
	opened := 0
	b := New(boardFiles(), func(_ context.Context, p device.Port) (Line, error) {
		opened++
		line = &movable{m.Conn(), p}
		return line, nil
	}, nil)
	t.Cleanup(b.Close)
	greet := func(p device.Port) {
		t.Helper()
		if _, err := b.Greet(t.Context(), p, noProgress); err != nil {
			t.Fatal(err)
		}
	}
	greet(port)
	line.port.Name = "COM9"
	greet(port) // nobody knows of it yet
	greet(line.port)
	if opened != 1 {
		t.Errorf("opened %d times", opened)
	}
	greet(device.Port{Name: "COM3", VID: "303A", PID: "1001", Serial: "another board"})
	if opened != 2 {
		t.Errorf("another board was not opened: %d", opened)
	}
}

func TestBlinkNamesAPinThatTheBoardHasNot(t *testing.T) {
	t.Parallel()
	_, b := board(t, devicetest.Options{Model: "esp32"})
	err := b.Blink(t.Context(), testPort, device.Lamp{Kind: device.LampPin, Pin: "D4"})
	wantFault(t, err, fault.BadValue)
	var value *device.ValueError
	if !errors.As(err, &value) || value.Field != "lamp.pin" {
		t.Errorf("%v", err)
	}
}

func TestBlinkLightsPixelsOnTheOldestESP8266(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{Model: "esp8266", Setup: func(s *devicetest.Setup) { s.Version = [3]int{1, 12, 0} }})
	if err := b.Blink(t.Context(), testPort, device.Lamp{Kind: device.LampNeoPixel, Pin: "4", Count: 2}); err != nil {
		t.Fatal(err)
	}
	m.WaitForPixels(true)
}
