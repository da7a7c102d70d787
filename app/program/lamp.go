package program

import (
	"slices"
	"strconv"
	"strings"

	"lamplighter/device"
)

// light is the part of a program that knows the lamp: an LED on a pin; the LEDs
// of an mPython board, by mpython's own rgb as its tutorial teaches; or others.
type light struct {
	LED, OwnRGB bool
	ActiveLow   bool // the LED is lit at 0
	Pin, Color  code
	Dark        code // no colour, with as many bytes
	White       bool // the LEDs take a fourth byte, for white
	Count       int
}

// mpythonOwn is how bright mpython's own rgb makes its LEDs, in percent of the
// colour that it is given (mpython.py: NeoPixel(…, brightness=0.3)).
const mpythonOwn = 30

func lightOf(o Options) light {
	l := o.Config.Lamp
	x := light{LED: l.Kind == device.LampPin, ActiveLow: l.ActiveLow, Pin: pinName(l.Pin), Count: l.Count, Color: color(l, 100), Dark: bytesOf(l.Order.Bytes([3]int{})), White: l.Order == device.OrderGRBW}
	if x.OwnRGB = !x.LED && o.Model.MPython && isOwn(o.Model, l); x.OwnRGB {
		x.Color = color(l, mpythonOwn)
	}
	return x
}

// isOwn reports whether a lamp is the board's own.
func isOwn(m device.Model, l device.Lamp) bool {
	return l.Order == device.OrderGRB && slices.ContainsFunc(m.Lamps, func(own device.Lamp) bool {
		return own.Kind == l.Kind && own.Pin == l.Pin && own.Count == l.Count
	})
}

// pinName is a GPIO number as a number, and a name as a str.
func pinName(pin string) code {
	if strings.Trim(pin, "0123456789") == "" {
		return code(pin)
	}
	return code(Str(pin))
}

// color is the lamp's colour at its brightness, for LEDs that are driven at
// full percent already.
func color(l device.Lamp, full int) code {
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
	return bytesOf(l.Order.Bytes(c))
}

// bytesOf is a tuple of numbers.
func bytesOf(all []int) code {
	var parts []string
	for _, v := range all {
		parts = append(parts, strconv.Itoa(v))
	}
	return code("(" + strings.Join(parts, ", ") + ")")
}
