package install

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// pinScript makes the pin with the number or name p an output, and g its value.
const pinScript = `import machine,time
def _pin():
 n=p.decode()
 return machine.Pin(int(n) if n.isdigit() else n,machine.Pin.OUT)
`

// blinkPin lights a plain LED; low is the level that lights it.
const blinkPin = pinScript + `_g=_pin()
_g.value(1 if low else 0)
time.sleep_ms(150)
try:
 _g.value(0 if low else 1)
 time.sleep_ms(1000)
finally:
 _g.value(1 if low else 0)`

// blinkPixels lights a NeoPixel as the lamp program does: an ESP8266's driver
// before MicroPython 1.14 takes no timing.
const blinkPixels = pinScript + `import neopixel
_g=neopixel.NeoPixel(_pin(),count,len(color)) if len(color)>3 else neopixel.NeoPixel(_pin(),count)
_g.write()
time.sleep_ms(150)
try:
 for _n in range(count):_g[_n]=color
 _g.write()
 time.sleep_ms(1000)
finally:
 for _n in range(count):_g[_n]=(0,)*len(color)
 _g.write()`

// Blink puts a lamp out, lights it for about a second, and puts it out again.
func (b *Provisioner) Blink(ctx context.Context, p device.Port, l device.Lamp) error {
	if err := l.Check(); err != nil {
		return err
	}
	return b.do(ctx, job{op: "blink", port: p, limit: blinkTime}, func(ctx context.Context, r *repl.REPL) error {
		if err := r.Set(ctx, "p", []byte(l.Pin)); err != nil {
			return err
		}
		_, err := r.Exec(ctx, blinkCode(l))
		var raised *repl.ScriptError
		if errors.As(err, &raised) && (raised.Type == "ValueError" || raised.Type == "TypeError") {
			err = &fault.Error{Fault: fault.BadValue, Op: "find the pin", Err: &device.ValueError{Field: "lamp.pin", Reason: device.OutOfRange}}
		}
		return err
	})
}

// label writes p on mPython's display, in the middle.
const label = `try:
 import mpython
 _o=mpython.oled
 _o.fill(0)
 _o.DispChar(p.decode(),max(0,64-4*len(p)),24)
 _o.show()
except Exception:
 pass`

// Label shows a text on the display of a board with mPython's firmware, until
// something else draws on it. A board without one shows nothing.
func (b *Provisioner) Label(ctx context.Context, p device.Port, text string) error {
	return b.do(ctx, job{op: "label", port: p, limit: blinkTime}, func(ctx context.Context, r *repl.REPL) error {
		if err := r.Set(ctx, "p", []byte(text)); err != nil {
			return err
		}
		_, err := r.Exec(ctx, label)
		return err
	})
}

func blinkCode(l device.Lamp) string {
	if l.Kind == device.LampPin {
		low := 0
		if l.ActiveLow {
			low = 1
		}
		return fmt.Sprintf("low=%d\n", low) + blinkPin
	}
	level := l.Level
	if level == 0 {
		level = 100
	}
	c := l.Color
	if c == [3]int{} {
		c = [3]int{255, 255, 255}
	}
	for i := range c {
		c[i] = c[i] * level / 100
	}
	var bytes []string
	for _, v := range l.Order.Bytes(c) {
		bytes = append(bytes, strconv.Itoa(v))
	}
	return fmt.Sprintf("count=%d\ncolor=(%s)\n", l.Count, strings.Join(bytes, ",")) + blinkPixels
}
