//go:build linux

package devicetest

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// until reads from a line until it ends with want.
func until(t *testing.T, r io.Reader, want string) string {
	t.Helper()
	var got []byte
	limit := time.Now().Add(waitLimit)
	one := make([]byte, 1)
	for !bytes.HasSuffix(got, []byte(want)) {
		if _, err := r.Read(one); err != nil || time.Now().After(limit) {
			t.Fatalf("waiting for %q: %v; got %q", want, err, got)
		}
		got = append(got, one[0])
	}
	return string(got)
}

func say(t *testing.T, w io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
}

func enterRaw(t *testing.T, c io.ReadWriter) {
	t.Helper()
	say(t, c, "\r\x03\x03\r\x01")
	until(t, c, "raw REPL; CTRL-B to exit\r\n>")
}

func run(t *testing.T, c io.ReadWriter, code string) string {
	t.Helper()
	say(t, c, code+"\x04")
	until(t, c, "OK")
	out := until(t, c, "\x04")
	if e := until(t, c, "\x04"); e != "\x04" {
		t.Fatalf("%s: %s", code, e)
	}
	until(t, c, ">")
	return strings.TrimSpace(strings.TrimSuffix(out, "\x04"))
}

func TestARealBoardSpeaksTheRawREPL(t *testing.T) {
	b := StartMicroPython(t, Options{Model: "esp32"})
	c := b.Conn()
	b.WaitFor(func(e Event) bool { return e.Type == "repl" })
	enterRaw(t, c)
	if got := run(t, c, "print(6*7)"); got != "42" {
		t.Fatalf("got %q", got)
	}
	run(t, c, "f=open('/x.txt','w');f.write('hi');f.close()")
	if got, _ := b.ReadFile("/x.txt"); string(got) != "hi" {
		t.Fatalf("on the flash: %q", got)
	}
	say(t, c, "\x05A\x01")
	until(t, c, "R\x01\x80\x00\x01")
	say(t, c, "print(1)\x04")
	until(t, c, "\x041\r\n\x04\x04>")
	say(t, c, "\x04")
	until(t, c, "OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>")
}

func TestATerminalIsAPortThatComesAndGoes(t *testing.T) {
	b := StartMicroPython(t, Options{})
	name := b.Path()
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b.WaitFor(func(e Event) bool { return e.Type == "repl" })
	enterRaw(t, f)
	if got := run(t, f, "import sys,os;print(sys.platform,os.uname().machine)"); got != "esp32 mpython with ESP32" {
		t.Fatalf("got %q", got)
	}
	b.Unplug()
	if _, err := os.Lstat(name); err == nil {
		t.Fatal("the port is still there")
	}
	if n, err := f.Read(make([]byte, 9)); n > 0 || err == nil {
		t.Fatalf("read %d bytes from a port that is gone", n)
	}
	b.Replug("ttyACM7")
	g, err := os.OpenFile(b.Path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	enterRaw(t, g)
	if got := run(t, g, "print(1)"); got != "1" {
		t.Fatalf("got %q", got)
	}
}

// ready starts a board and gives its line in the raw REPL.
func ready(t *testing.T, o Options) (*MicroPython, io.ReadWriteCloser) {
	t.Helper()
	b := StartMicroPython(t, o)
	c := b.Conn()
	b.WaitFor(func(e Event) bool { return e.Type == "repl" })
	enterRaw(t, c)
	return b, c
}

func TestALineWithASpeedTakesItsTime(t *testing.T) {
	const baud, n = 115200, 4000
	_, c := ready(t, Options{Model: "esp32", Baud: baud})
	start := time.Now()
	run(t, c, "print(len('"+strings.Repeat("x", n)+"'))")
	if took, floor := time.Since(start), time.Second*n*bitsPerByte/baud-idleGap; took < floor {
		t.Errorf("%d bytes at %d baud went by in %v, which takes %v", n, baud, took, floor)
	}
}

func TestAUARTLosesWhatComesWhileCodeRuns(t *testing.T) {
	const sent, room = 600, 256
	b, c := ready(t, Options{Model: "esp32", Baud: 115200, RXBuffer: room})
	say(t, c, "import time,os\nwhile 'enough' not in os.listdir('/'): time.sleep_ms(5)\x04")
	until(t, c, "OK")
	before := b.Sent(ToBoard)
	say(t, c, strings.Repeat("x", sent))
	lost := 0
	for late := time.Now().Add(waitLimit); lost < sent-room && time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
		_, lost = b.StatMemory()
	}
	if gone := b.Sent(ToBoard) - before; lost != sent-room || gone != sent {
		t.Errorf("%d of %d bytes were lost, want %d", lost, gone, sent-room)
	}
	b.WriteFile("/enough", nil)
	until(t, c, "\x04\x04>")
	_, c = ready(t, Options{Model: "esp32", RXBuffer: room})
	if got := run(t, c, "print(len('"+strings.Repeat("x", 3000)+"'))"); got != "3000" {
		t.Errorf("a board that reads lost something: %s", got)
	}
}

func TestACutCableEndsTheLineAtTheByte(t *testing.T) {
	b, c := ready(t, Options{Model: "esp32"})
	before := b.Sent(ToBoard)
	cut := b.CutAfter(ToBoard, 5)
	_, err := c.Write([]byte("f=open('/never.txt','w')\x04"))
	<-cut
	if _, again := c.Write([]byte("x")); err == nil && again == nil {
		t.Error("the line still takes bytes")
	}
	if got := b.Sent(ToBoard) - before; got != 5 {
		t.Errorf("%d bytes went by", got)
	}
	b.Replug("")
	c = b.Conn()
	b.WaitFor(func(e Event) bool { return e.Type == "repl" })
	enterRaw(t, c)
	if got := run(t, c, "import os;print('never.txt' in os.listdir('/'))"); got != "False" {
		t.Errorf("got %s", got)
	}
}

func TestACutThatNeverCameEndsWithTheCable(t *testing.T) {
	b, _ := ready(t, Options{Model: "esp32"})
	b.CutAfter(FromBoard, 200)
	b.Unplug()
	b.Replug("")
	c := b.Conn()
	b.WaitFor(func(e Event) bool { return e.Type == "repl" })
	enterRaw(t, c)
	if got := run(t, c, "print('x'*300)"); len(got) != 300 {
		t.Errorf("%d bytes came", len(got))
	}
}

func TestACutPullsOnlyTheCableThatItWasMeantFor(t *testing.T) {
	var power atomic.Int32
	l := newLine(t, 0, func([]byte) {}, func() { power.Add(1) })
	first := l.conn()
	defer first.Close()
	cut := l.cutAfter(FromBoard, 3)
	var next io.ReadWriteCloser
	_ = l.pass(FromBoard, l.attached(), []byte("abcdef"), func([]byte) error { // meanwhile somebody pulls it and plugs in another
		l.unplug()
		next = l.conn()
		return nil
	})
	<-cut
	if l.attached() == nil || power.Load() != 1 {
		t.Errorf("the next cable was pulled; the power was cut %d times", power.Load())
	}
	next.Close()
}

func TestNoiseReachesTheProgramAndTheBoard(t *testing.T) {
	b, c := ready(t, Options{Model: "esp32"})
	b.Filter(FromBoard, func(p []byte) []byte { return bytes.ReplaceAll(p, []byte("six"), []byte("s\x00x")) })
	if got := run(t, c, "print('six')"); got != "s\x00x" {
		t.Errorf("got %q", got)
	}
	b.Filter(FromBoard, nil)
	b.Filter(ToBoard, func(p []byte) []byte { return bytes.ReplaceAll(p, []byte("7"), []byte("8")) })
	if got := run(t, c, "print(7)"); got != "8" {
		t.Errorf("got %q", got)
	}
}

func TestABoardThatRestartsItselfLosesAndGetsItsPowerAsAnyOther(t *testing.T) {
	b := StartMicroPython(t, Options{Model: "esp32", Off: true})
	for i := range 5 {
		b.WriteFile("/main.py", []byte("import machine\nmachine.reset()\n"))
		b.PowerOn()
		b.WaitFor(func(e Event) bool { return e.Type == "reset" })
		time.Sleep(time.Duration(i) * 80 * time.Millisecond) // the next restart is under way, or not
		b.PowerOff()
		b.WriteFile("/main.py", nil)
		c := b.Conn()
		b.PowerOn()
		say(t, c, "\r\x01") // waits in the UART
		until(t, c, "raw REPL; CTRL-B to exit\r\n>")
		if got := run(t, c, "print(6*7)"); got != "42" {
			t.Fatalf("got %q", got)
		}
		b.PowerOff()
	}
}

// busyWithAButton looks at its button only now and then, and has no interrupt.
const busyWithAButton = `import time
from machine import Pin
button, lamp = Pin(0, Pin.IN, Pin.PULL_UP), Pin(5, Pin.OUT)
was = 1
while True:
    start = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), start) < 230:
        pass
    now = button.value()
    if was and not now:
        lamp.toggle()
    was = now
`

func TestAFingerWaitsForABusyBoard(t *testing.T) {
	b := StartMicroPython(t, Options{Model: "esp32", Off: true})
	b.WriteFile("/main.py", []byte(busyWithAButton))
	b.PowerOn()
	b.WaitFor(func(e Event) bool { return e.Type == "look" })
	for i := range 6 {
		b.PressButton("0")
		b.WaitFor(func(e Event) bool { return e.Type == "pin" && e.Value == 1-i%2 })
	}
}

func TestAFullFlashIsENOSPC(t *testing.T) {
	_, c := ready(t, Options{Model: "esp32", Setup: func(s *Setup) { s.FlashBytes = 8192 }})
	got := run(t, c, "try:\n f=open('/x','w')\n while True: f.write('x'*512)\nexcept OSError as e: print(e.args[0])")
	if got != "28" {
		t.Errorf("errno %s", got)
	}
}

func TestThirtyBoardsRunInOneProcess(t *testing.T) {
	const n = 30
	ids := map[string]bool{}
	for i, b := range StartMicroPythons(t, n, Options{Model: "esp32", Off: true}) {
		ids[b.ID()] = true
		b.WriteFile("/main.py", []byte("print('here')\n"))
		if i >= n-3 { // the others cost memory only when they have power
			c := b.Conn()
			b.PowerOn()
			until(t, c, "here\r\n")
		}
	}
	if len(ids) != n {
		t.Errorf("%d different boards", len(ids))
	}
}

func TestABoardNeverLeavesThisMachine(t *testing.T) {
	_, c := ready(t, Options{Model: "esp32"})
	got := run(t, c, `import network, socket, time
w = network.WLAN(0); w.active(True); w.connect("`+TestSSID+`", "`+TestPassword+`")
while not w.isconnected(): time.sleep_ms(5)
for f in (lambda: socket.getaddrinfo("example.com", 80), lambda: socket.socket().connect(("192.0.2.1", 80))):
    try: f()
    except OSError as e: print(e.args[0])`)
	if got != "-202\r\n113" {
		t.Errorf("got %q", got)
	}
}
