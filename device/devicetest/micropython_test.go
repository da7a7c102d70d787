//go:build linux

package devicetest

import (
	"bytes"
	"io"
	"os"
	"strings"
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
