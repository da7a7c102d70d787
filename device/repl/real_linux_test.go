package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

func deadline(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, done := context.WithTimeout(context.Background(), d)
	t.Cleanup(done)
	return ctx
}

func TestTheMicrobitOf2017IsEnteredAndRunsScripts(t *testing.T) {
	ctx := deadline(t, 3*time.Minute)
	r, err := Enter(ctx, devicetest.StartMicrobit(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.RawPaste() {
		t.Error("this firmware has no raw paste")
	}
	r.SetPieceDelay(5 * SmallPieceDelay) // the emulator's UART keeps 64 bytes, and its processor may have to wait for the machine's
	out, err := r.Exec(ctx, "print(6*7)\nprint('é')")
	if err != nil || string(out) != "42\r\né\r\n" {
		t.Fatalf("%q %v", out, err)
	}
	var raised *ScriptError
	if _, err = r.Exec(ctx, "open('none')"); !errors.As(err, &raised) || raised.Type != "OSError" {
		t.Fatal(err)
	}
	if _, err = r.Exec(ctx, "import network"); !errors.As(err, &raised) || raised.Type != "ImportError" {
		t.Fatal(err)
	}
	if _, err = r.Exec(ctx, "a=bytearray(100000)"); !errors.As(err, &raised) || raised.Fault() != fault.MemoryFull {
		t.Fatal(err)
	}
	if err = r.SoftReset(ctx); err != nil {
		t.Fatal(err)
	}
	data := everyByte(3)
	if _, err = r.Stream(ctx, Sink{Begin: "s=[0,0]", Each: "s[0]+=len(d)\ns[1]+=sum(d)", End: "print(s)"}, data, nil); err != nil {
		t.Fatal(err)
	}
	var sums []int
	if err = r.Call(ctx, "print(s)", &sums); err != nil || sums[0] != len(data) || sums[1] != 3*255*128 {
		t.Fatal(sums, err)
	}
}

func enterReal(t *testing.T, o Options, d devicetest.Options, main string) (*REPL, *devicetest.MicroPython, context.Context) {
	t.Helper()
	d.Off = true
	b := devicetest.StartMicroPython(t, d)
	if main != "" {
		b.WriteFile("main.py", []byte(main))
	}
	b.PowerOn()
	ctx := deadline(t, 3*time.Minute)
	r, err := Enter(ctx, b.Conn(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r, b, ctx
}

func TestARunningProgramIsInterruptedAndStartedAgain(t *testing.T) {
	ticks := "import time\nn=0\nwhile True:\n print('tick',n)\n n+=1\n time.sleep(0.05)\n"
	r, _, ctx := enterReal(t, Options{}, devicetest.Options{Model: "esp32"}, ticks)
	for try := 1; !r.RawPaste(); try++ { // a board without CPU time answers the probe too late, and is written plainly
		if try == 5 {
			t.Fatal("this firmware has raw paste")
		}
		r, _, ctx = enterReal(t, Options{}, devicetest.Options{Model: "esp32"}, ticks)
	}
	if err := r.SoftReset(ctx); err != nil {
		t.Fatal(err)
	}
	out, err := r.Exec(ctx, "print('n' in globals())")
	if err != nil || string(out) != "False\r\n" {
		t.Fatalf("%q %v: main.py must not have run", out, err)
	}
	if err = r.Start(ctx); err != nil {
		t.Fatal(err)
	}
	follow, stop := context.WithCancel(ctx)
	var lines []string
	err = r.Lines(follow, func(b []byte) {
		if lines = append(lines, string(b)); len(lines) == 4 {
			stop()
		}
	})
	if err != nil || !strings.Contains(strings.Join(lines, "\n"), "tick 0\ntick 1") {
		t.Fatal(lines, err)
	}
	if out, err = r.Exec(ctx, "print(n>1)"); err != nil || string(out) != "True\r\n" {
		t.Fatalf("%q %v", out, err)
	}
}

func TestBytesStreamIntoAFileInEveryMode(t *testing.T) {
	for name, o := range map[string]Options{"raw paste": {}, "plain": {Plain: true, Baud: 1e6}} {
		t.Run(name, func(t *testing.T) {
			r, b, ctx := enterReal(t, o, devicetest.Options{Model: "esp32", RXBuffer: 256}, "")
			data := bytes.Repeat(everyByte(1), 20)
			if err := r.Set(ctx, "p", []byte("/x'\"\\\n.bin"[:4]+".bin")); err != nil {
				t.Fatal(err)
			}
			last := 0
			_, err := r.Stream(ctx, Sink{Begin: "f=open('/x.bin','wb')", Each: "f.write(d)", End: "f.close()"}, data, func(n int) { last = n })
			if err != nil {
				t.Fatal(err)
			}
			got, _ := b.ReadFile("x.bin")
			if !bytes.Equal(got, data) || last != len(data) {
				t.Fatalf("%d of %d bytes, the same: %v", len(got), len(data), bytes.Equal(got, data))
			}
			t.Log("way", r.streamMode)
		})
	}
}

func TestAPieceThatLostAByteOnItsWayIsSentAgain(t *testing.T) {
	r, b, ctx := enterReal(t, Options{Plain: true, Baud: 1e6}, devicetest.Options{Model: "mpython-2"}, "")
	data := everyByte(3)
	for _, lost := range []int{30, 60, 61, 62, 63, 64, 76, 77, 200, 500, 900, 1400, 2000} {
		r.SetPieceDelay(0)
		var at atomic.Int64
		b.Filter(devicetest.ToBoard, func(p []byte) []byte {
			n := int(at.Add(int64(len(p))))
			if i := lost - (n - len(p)); i >= 0 && i < len(p) {
				return slices.Delete(slices.Clone(p), i, i+1)
			}
			return p
		})
		out, err := r.Stream(ctx, Sink{Begin: "s=[0,0]", Each: "s[0]+=len(d)\ns[1]+=sum(d)", End: "print(s)"}, data, nil)
		b.Filter(devicetest.ToBoard, nil)
		if want := fmt.Sprintf("[%d, %d]\r\n", len(data), 3*255*128); err != nil || string(out) != want {
			t.Errorf("byte %d lost: %q, not %q: %v", lost, out, want, err)
		}
		if r.pieceDelay == 0 {
			t.Errorf("byte %d lost: it was not noticed", lost)
		}
	}
}

// The rest of this script compiles, and prints something else.
func TestALongScriptIsNoOtherOneAfterALoss(t *testing.T) {
	r, b, ctx := enterReal(t, Options{Plain: true, Baud: 1e6}, devicetest.Options{Model: "mpython-2"}, "")
	code := strings.Repeat("n=1\n", 64) + strings.Repeat("n+=1\n", 64) + "print(n)"
	for _, from := range []int{256, 300, 500} {
		r.SetPieceDelay(0)
		var at atomic.Int64
		b.Filter(devicetest.ToBoard, func(p []byte) []byte {
			return slices.DeleteFunc(slices.Clone(p), func(byte) bool {
				i := int(at.Add(1)) - 1
				return i >= from && i < from+40
			})
		})
		out, err := r.Exec(ctx, code)
		b.Filter(devicetest.ToBoard, nil)
		if err != nil || string(out) != "65\r\n" {
			t.Errorf("40 bytes lost from %d: %q %v", from, out, err)
		}
	}
}

func TestAScriptWhoseEndWasLostIsSentAgain(t *testing.T) {
	r, b, ctx := enterReal(t, Options{Plain: true, Baud: 1e6}, devicetest.Options{Model: "mpython-2"}, "")
	var ends, lost atomic.Int64
	b.Filter(devicetest.ToBoard, func(p []byte) []byte {
		return slices.DeleteFunc(slices.Clone(p), func(c byte) bool {
			return c == 4 && ends.Add(1) == lost.Load()
		})
	})
	lost.Store(1)
	if out, err := r.Exec(ctx, "print(1)"); err != nil || string(out) != "1\r\n" {
		t.Fatalf("%q %v", out, err)
	}
	ends.Store(0)
	lost.Store(3)
	out, err := r.Stream(ctx, Sink{Begin: "n=0", Each: "n+=len(d)", End: "print(n)"}, everyByte(3), nil)
	if err != nil || string(out) != "768\r\n" {
		t.Fatalf("%q %v", out, err)
	}
}

func TestAValueThatLostAByteOnItsWayIsSentAgain(t *testing.T) {
	r, b, ctx := enterReal(t, Options{Plain: true, Baud: 1e6}, devicetest.Options{Model: "mpython-2"}, "")
	value := []byte("/lib/umqtt/simple.py\n/main.py\n你好")
	for lost := range 4 {
		var at atomic.Int64
		b.Filter(devicetest.ToBoard, func(p []byte) []byte {
			return slices.DeleteFunc(slices.Clone(p), func(byte) bool { return at.Add(1) == int64(5+9*lost) })
		})
		var n int
		if err := errors.Join(r.Set(ctx, "v", value), r.Call(ctx, "print(len(v))", &n)); err != nil || n != len(value) {
			t.Fatal(n, err)
		}
		b.Filter(devicetest.ToBoard, nil)
	}
}

// onlyText leaves sys.stdin as old firmware has it: for text, without a buffer.
const onlyText = `import sys
class T:
 def __init__(s,f):s.f=f
 def read(s,n):return s.f.read(n)
sys.stdin=T(sys.stdin)`

func TestBytesStreamAsTextWhereTheFirmwareHasNoBytesOfStdin(t *testing.T) {
	for name, o := range map[string]devicetest.Options{
		"raw paste": {Model: "esp32", RXBuffer: 256}, "without it": {Model: "mpython-2", RXBuffer: 256},
	} {
		t.Run(name, func(t *testing.T) {
			r, b, ctx := enterReal(t, Options{}, o, "")
			if _, err := r.Exec(ctx, onlyText); err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{1, 2, 3, textWindow - 1, textWindow, textWindow + 1, 2 * textWindow, block - 1, block, block + 1, 3*block + 5} {
				data, last := bytes.Repeat(everyByte(7), 24)[:size], 0
				sink := Sink{Begin: "f=open('/x.bin','wb')", Each: "f.write(d)", End: "f.close()\nprint('over')"}
				out, err := r.Stream(ctx, sink, data, func(n int) { last = n })
				if err != nil {
					t.Fatalf("%d bytes: %v", size, err)
				}
				if got, _ := b.ReadFile("x.bin"); !bytes.Equal(got, data) || last != size || string(out) != "over\r\n" {
					t.Errorf("%d of %d bytes arrived, the same: %v; it printed %q", len(got), size, bytes.Equal(got, data), out)
				}
			}
			if r.streamMode != byText {
				t.Errorf("the way was %d", r.streamMode)
			}
		})
	}
}

func TestRow13RealMicroPythonThatSwallowsCtrlCIsBrokenByBursts(t *testing.T) {
	b := devicetest.StartMicroPython(t, devicetest.Options{Model: "esp32", Off: true})
	b.WriteFile("main.py", []byte("import time\nprint('ready')\nwhile True:\n try:\n  time.sleep(0.01)\n except KeyboardInterrupt:\n  print('not now')\n"))
	line := b.Conn()
	b.PowerOn()
	for seen := ""; !strings.Contains(seen, "ready"); {
		buf := make([]byte, 100)
		n, err := line.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		seen += string(buf[:n])
	}
	ctx := deadline(t, 3*time.Minute)
	r, err := Enter(ctx, line, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := r.Exec(ctx, "print(1)"); err != nil || string(out) != "1\r\n" {
		t.Fatalf("%q %v", out, err)
	}
}

func TestRow11RealMicroPythonInInputIsEntered(t *testing.T) {
	r, _, ctx := enterReal(t, Options{}, devicetest.Options{Model: "esp32"}, "while True:\n print(input('name? '))\n")
	if out, err := r.Exec(ctx, "print(1)"); err != nil || string(out) != "1\r\n" {
		t.Fatalf("%q %v", out, err)
	}
}

func TestRow19ARenameOntoAFileReplacesIt(t *testing.T) {
	r, b, ctx := enterReal(t, Options{}, devicetest.Options{Model: "esp32"}, "")
	_, err := r.Exec(ctx, "import os\nfor n in 'ab':\n f=open(n,'w')\n f.write(n)\n f.close()\nos.rename('a','b')")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := b.ReadFile("b"); !ok || string(got) != "a" {
		t.Fatalf("%q", got)
	}
	if _, ok := b.ReadFile("a"); ok {
		t.Fatal("the old name is still there")
	}
}

func TestRealExceptionsAndValuesComeAsTheyAre(t *testing.T) {
	for _, model := range []string{"mpython-2", "esp32"} {
		r, _, ctx := enterReal(t, Options{}, devicetest.Options{Model: model}, "")
		var raised *ScriptError
		if _, err := r.Exec(ctx, "print('before')\nopen('/none')"); !errors.As(err, &raised) || raised.Type != "OSError" || raised.Errno != 2 || string(raised.Out) != "before\r\n" {
			t.Fatalf("%s: %v %+v", model, err, raised)
		}
		if _, err := r.Exec(ctx, "def def\n"+strings.Repeat("x=1\n", 500)); !errors.As(err, &raised) || raised.Type != "SyntaxError" {
			t.Fatalf("%s: %v", model, err)
		}
		odd := []byte("'\"\\\n%s{}\x00\xff\x03\x04你好")
		if err := r.Set(ctx, "v", odd); err != nil {
			t.Fatal(err)
		}
		var back []int
		if err := r.Call(ctx, "print(list(v))", &back); err != nil || len(back) != len(odd) {
			t.Fatal(back, err)
		}
		for i, c := range back {
			if byte(c) != odd[i] {
				t.Errorf("%s: byte %d is %d", model, i, c)
			}
		}
		stop, done := context.WithTimeout(ctx, 300*time.Millisecond)
		if _, err := r.Exec(stop, "while True: pass"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		done()
		if out, err := r.Exec(ctx, "import sys\nprint('bye')\nsys.exit()"); err != nil || string(out) != "bye\r\n" {
			t.Fatalf("%s: %q %v", model, out, err)
		}
		if out, err := r.Exec(ctx, "print('v' in globals())"); err != nil || string(out) != "False\r\n" {
			t.Fatalf("%s: %q %v", model, out, err)
		}
		if _, err := r.Exec(ctx, "import machine\nmachine.reset()"); !errors.Is(err, ErrRestarted) {
			t.Fatalf("%s: %v", model, err)
		}
		if out, err := r.Exec(ctx, "print(1)"); err != nil || string(out) != "1\r\n" {
			t.Fatalf("%s: %q %v", model, out, err)
		}
	}
}
