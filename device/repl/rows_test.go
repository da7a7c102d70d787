package repl

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// bubble runs a test on a scripted board in a clock of its own.
func bubble(t *testing.T, s devicetest.Script, o Options, f func(t *testing.T, r *REPL, b *devicetest.Scripted)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := devicetest.StartScripted(t, s)
		r := entered(t, b, o)
		f(t, r, b)
	})
}

func entered(t *testing.T, b *devicetest.Scripted, o Options) *REPL {
	t.Helper()
	r, err := Enter(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() }) // the line may be gone
	return r
}

// refused enters and gives the fault and what was heard.
func refused(t *testing.T, s devicetest.Script) (fault.Fault, string) {
	t.Helper()
	var kind fault.Fault
	text := ""
	synctest.Test(t, func(t *testing.T) {
		r, err := Enter(t.Context(), devicetest.StartScripted(t, s), Options{})
		if err == nil {
			t.Error("entered", r.Close())
		}
		var e *fault.Error
		if !errors.As(err, &e) {
			t.Fatalf("%v is no *fault.Error", err)
		}
		kind = e.Fault
		var h *UnexpectedOutput
		if errors.As(err, &h) {
			text = h.Text
		}
	})
	return kind, text
}

func output(t *testing.T, r *REPL, code, want string) {
	t.Helper()
	out, err := r.Exec(t.Context(), code)
	if err != nil || string(out) != want {
		t.Fatalf("%q gave %q, %v; want %q", code, out, err, want)
	}
}

func faultOf(err error) fault.Fault {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return -1
}

// answering gives an interpreter that does f for the code "x", whatever stands
// around it.
func answering(f func(p *devicetest.Process) string) func(*devicetest.Process, string) string {
	return func(p *devicetest.Process, code string) string {
		if strings.HasPrefix(code, "x") {
			return f(p)
		}
		return devicetest.AnswerProbe(p, code)
	}
}

func prints(s string) func(*devicetest.Process, string) string {
	return answering(func(p *devicetest.Process) string {
		p.Print(s)
		return ""
	})
}

// firmwares are the kinds of firmware that every row is tried on.
var firmwares = map[string]devicetest.Script{
	"raw paste": {}, "plain": {Old: true}, "refused later": {Refuse: 1},
}

func onEach(t *testing.T, change func(*devicetest.Script), f func(t *testing.T, r *REPL, b *devicetest.Scripted)) {
	t.Helper()
	for name, s := range firmwares {
		t.Run(name, func(t *testing.T) {
			change(&s)
			bubble(t, s, Options{}, f)
		})
	}
}

func TestRow1ASoftResetStaysRawAndAStartRunsMain(t *testing.T) {
	onEach(t, func(s *devicetest.Script) { s.Main, s.Boot = devicetest.Ticker("tick"), slowBoot }, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		start := time.Now()
		if err := r.SoftReset(t.Context()); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(r.w.buf, []byte("tick")) {
			t.Fatal("main.py ran")
		}
		if time.Since(start) < 200*time.Millisecond {
			t.Fatal("boot.py was not waited for")
		}
		output(t, r, "x", "")
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		n := 0
		err := r.Lines(ctx, func(line []byte) {
			if string(line) != "tick" {
				t.Errorf("line %q", line)
			}
			if n++; n == 3 {
				stop()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		output(t, r, "x", "") // which interrupts first
	})
}

func TestRow2EveryWordingOfASoftRebootIsKnown(t *testing.T) {
	for _, s := range []devicetest.Script{{}, {Old: true}, {Prefix: "mpython: "}} {
		bubble(t, s, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
			if err := errors.Join(r.SoftReset(t.Context()), r.Start(t.Context())); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestRow3TheRawPasteIsProbedAndItsRefusalRemembered(t *testing.T) {
	paste := 0
	for name, s := range firmwares {
		bubble(t, s, Options{}, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
			if r.RawPaste() {
				paste++
			}
			output(t, r, "x", "")
			if r.RawPaste() != (name == "raw paste") {
				t.Errorf("%s: raw paste %v", name, r.RawPaste())
			}
			before := b.Sent()
			output(t, r, "x", "")
			if n := b.Sent() - before; name != "raw paste" && n != 2 {
				t.Errorf("%s: %d bytes for one: the probe was repeated", name, n)
			}
		})
	}
	if paste != 2 {
		t.Error("raw paste was taken by", paste)
	}
}

func TestRow4CreditsMayComeBeforeTheAcknowledgement(t *testing.T) {
	for _, n := range []int{1, 127, 128, 129, 256, 5000} {
		got := ""
		run := func(p *devicetest.Process, code string) string { got = code; return devicetest.AnswerProbe(p, code) }
		bubble(t, devicetest.Script{Run: run}, Options{}, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
			code := strings.Repeat("y", n)
			output(t, r, code, "")
			if got != code || b.Lost() > 0 {
				t.Errorf("%d of %d bytes came, %d beyond the window", len(got), n, b.Lost())
			}
		})
	}
}

func TestRow5ACompilerThatGivesUpEarlyIsASyntaxError(t *testing.T) {
	bubble(t, devicetest.Script{Run: prints("1")}, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		_, err := r.Exec(t.Context(), "def def\n"+strings.Repeat("#", 3000))
		var raised *ScriptError
		if !errors.As(err, &raised) || raised.Type != "SyntaxError" {
			t.Fatal(err)
		}
		output(t, r, "x", "1")
	})
}

func TestRow6AHostThatCrashedInTheMiddleIsNoObstacle(t *testing.T) {
	for _, before := range []string{"\x05A\x01print(", "half a scr", "\x05", "\x05A", ""} {
		for _, old := range []bool{false, true} {
			bubble(t, devicetest.Script{Old: old, Run: prints("1")}, Options{}, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
				if _, err := b.Write([]byte(before)); err != nil {
					t.Fatal(err)
				}
				again := entered(t, handOver(t, r, b), Options{})
				output(t, again, "x", "1")
			})
		}
	}
}

// handOver ends r without a word to the board, as a crash does.
func handOver(t *testing.T, r *REPL, b *devicetest.Scripted) *devicetest.Scripted {
	t.Helper()
	r.raw = false
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRow7OutputMayHoldTheFrameMark(t *testing.T) {
	for _, out := range []string{"\x04\x00\xff", "\x04", "a\x04b\x04c", "\x04\x04", ">\x04x>", "a\x04>b"} {
		onEach(t, func(s *devicetest.Script) { s.Run = prints(out) }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
			output(t, r, "x", out)
			output(t, r, "x", out)
		})
	}
}

func TestRow8TimersThatPrintInsideTheFrameAreNoAnswer(t *testing.T) {
	run := answering(func(p *devicetest.Process) string {
		p.Print("TICK\r\n{\"a\":7}\r\nTICK\r\n")
		return ""
	})
	onEach(t, func(s *devicetest.Script) { s.Tick, s.Run = "TICK\r\n", run }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		for range 5 {
			var v struct{ A int }
			if err := r.Call(t.Context(), "x", &v); err != nil || v.A != 7 {
				t.Fatal(v, err)
			}
			output(t, r, "x", "TICK\r\n{\"a\":7}\r\nTICK\r\n")
		}
	})
}

func TestRow8ATimerBetweenTheFramesEndAndThePrompt(t *testing.T) {
	run := answering(func(p *devicetest.Process) string {
		p.Print("1\x04\x04TICK\r\n>")
		return p.Framed()
	})
	bubble(t, devicetest.Script{Run: run}, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		output(t, r, "x", "1")
	})
}

func TestRow9SysExitIsASoftReset(t *testing.T) {
	run := answering(func(p *devicetest.Process) string {
		p.Print("bye\r\n")
		p.Exit()
		return ""
	})
	onEach(t, func(s *devicetest.Script) {
		s.Run = run
		s.Boot = func(p *devicetest.Process) { p.Print("booted\r\n") }
	}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		r.helpers = true
		output(t, r, "x", "bye\r\n")
		if r.helpers {
			t.Error("the board's functions are gone after a soft reset")
		}
		output(t, r, "y", "")
	})
}

func TestRow10AHardResetLeavesTheRawREPL(t *testing.T) {
	for _, rom := range []string{"ets Jun  8 2016 00:22:57\r\n\r\nrst:0xc (SW_CPU_RESET),boot:0x13\r\n", ""} {
		for _, main := range []func(*devicetest.Process){nil, devicetest.Ticker("hello")} {
			if rom == "" && main != nil {
				continue // nothing tells such a board from a script that prints
			}
			run := answering((*devicetest.Process).Restart)
			onEach(t, func(s *devicetest.Script) { s.Run, s.ROM, s.Main = run, rom, main }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
				_, err := r.Exec(t.Context(), "x")
				if !errors.Is(err, ErrRestarted) {
					t.Fatal(err)
				}
				output(t, r, "y", "")
			})
		}
	}
}

func TestRow10APortThatVanishesIsGone(t *testing.T) {
	run := answering(func(p *devicetest.Process) string { p.RunForever(); return "" })
	onEach(t, func(s *devicetest.Script) { s.Run = run }, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		time.AfterFunc(time.Second, b.Unplug)
		if _, err := r.Exec(t.Context(), "x"); faultOf(err) != fault.PortGone {
			t.Fatal(err)
		}
		if _, err := r.Exec(t.Context(), "x"); faultOf(err) != fault.PortGone {
			t.Fatal(err)
		}
	})
}

func TestRow11AProgramInInputIsEntered(t *testing.T) {
	bubble(t, devicetest.Script{Main: devicetest.Input, Run: prints("1")}, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		output(t, r, "x", "1")
	})
}

func TestRow11PasteModeIsEntered(t *testing.T) {
	bubble(t, devicetest.Script{Run: prints("1")}, Options{}, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		if _, err := handOver(t, r, b).Write([]byte("\x02\x05half a pro")); err != nil {
			t.Fatal(err)
		}
		output(t, entered(t, b, Options{}), "x", "1")
	})
}

func TestRow12ARunningMainIsInterrupted(t *testing.T) {
	onEach(t, func(s *devicetest.Script) { s.Main = devicetest.Ticker("tick") }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		output(t, r, "x", "")
	})
}
