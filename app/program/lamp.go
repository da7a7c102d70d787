package program

import (
	"fmt"
	"strings"

	"lamplighter/device"
)

// lamp is the part of a program that knows the light.
type lamp struct {
	imports, setup []string
	show           []string // the lines that follow on, which is True or False
	low            bool     // lit at 0
}

// mpythonOwn is how bright mpython's own rgb makes its LEDs, in percent of the
// colour that it is given (mpython.py: NeoPixel(…, brightness=0.3)).
const mpythonOwn = 30

// lampCode is the code for a lamp: on an mPython board, mpython's own rgb for
// the LEDs on it, as its tutorial teaches.
func lampCode(o Options) lamp {
	l := o.Config.Lamp
	if l.Kind == device.LampPin {
		return pinLamp(l)
	}
	if o.Model.MPython && isOwn(o.Model, l) {
		return lamp{
			imports: []string{"from mpython import rgb"},
			show:    []string{fmt.Sprintf("rgb.fill(%s if on else (0, 0, 0))", color(l, mpythonOwn)), "rgb.write()"},
		}
	}
	return lamp{
		imports: []string{"from machine import Pin", "from neopixel import NeoPixel"},
		setup:   []string{fmt.Sprintf("rgb = NeoPixel(Pin(%s, Pin.OUT), %d)", pinName(l.Pin), l.Count)},
		show:    []string{fmt.Sprintf("rgb.fill(%s if on else (0, 0, 0))", color(l, 100)), "rgb.write()"},
	}
}

// isOwn tells whether a lamp is the board's own.
func isOwn(m device.Model, l device.Lamp) bool {
	for _, own := range m.Lamps {
		if own.Kind == l.Kind && own.Pin == l.Pin && own.Count == l.Count {
			return true
		}
	}
	return false
}

func pinLamp(l device.Lamp) lamp {
	show := "led.value(1 if on else 0)"
	if l.ActiveLow {
		show = "led.value(0 if on else 1)"
	}
	return lamp{
		imports: []string{"from machine import Pin"},
		setup:   []string{fmt.Sprintf("led = Pin(%s, Pin.OUT)", pinName(l.Pin))},
		show:    []string{show}, low: l.ActiveLow,
	}
}

// pinName is a GPIO number as a number, and a name as a str.
func pinName(pin string) string {
	if strings.Trim(pin, "0123456789") == "" {
		return pin
	}
	return Str(pin)
}

// color is the lamp's colour at its brightness, for LEDs that are driven at
// full percent already.
func color(l device.Lamp, full int) string {
	c, level := l.Color, l.Level
	if c == [3]int{} {
		c = [3]int{255, 255, 255}
	}
	if level == 0 {
		level = 100
	}
	level = min(level, full)
	for i, v := range c {
		c[i] = (v*level + full - 1) / full
	}
	return fmt.Sprintf("(%d, %d, %d)", c[0], c[1], c[2])
}
