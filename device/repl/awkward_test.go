package repl

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

func TestRow13BurstsBreakAProgramThatSwallowsCtrlC(t *testing.T) {
	for _, n := range []int{50, 400, 900} {
		s := devicetest.Script{Main: devicetest.CatchInterrupts(n), NoReset: true}
		bubble(t, s, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) { output(t, r, "x", "") })
	}
}

// slowBoot is a boot.py that takes 200 ms: long enough for Ctrl-C after a reset.
func slowBoot(p *devicetest.Process) { p.Sleep(200 * time.Millisecond) }

func deafMain(p *devicetest.Process) {
	p.DisableInterrupt()
	p.RunForever()
}

func TestRow13AResetCatchesInBootWhatNothingElseBreaks(t *testing.T) {
	for name, main := range map[string]func(*devicetest.Process){"kbd_intr": deafMain, "swallow": devicetest.CatchInterrupts(1 << 20)} {
		t.Run(name, func(t *testing.T) {
			bubble(t, devicetest.Script{Main: main, Boot: slowBoot}, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
				output(t, r, "x", "")
			})
		})
	}
}

func TestRow13ABoardThatCanNotBeInterruptedIsBusyAndSaysWhatWasSeen(t *testing.T) {
	kind, text := refused(t, devicetest.Script{
		Boot: func(p *devicetest.Process) { p.Print("MicroPython demo\r\n") }, Main: deafMain, ROM: "rst:0x1 (POWERON)\r\n", Deaf: true,
	})
	if kind != fault.BoardBusy || !strings.Contains(text, "demo") {
		t.Fatalf("%v %q", kind, text)
	}
	kind, _ = refused(t, devicetest.Script{Main: exitSoon, NoReset: true, Deaf: true})
	if kind != fault.BoardBusy {
		t.Fatal(kind)
	}
	kind, text = refused(t, devicetest.Script{Main: devicetest.CatchInterrupts(1 << 20), NoReset: true})
	if kind != fault.BoardBusy || !strings.Contains(text, "not now") {
		t.Fatalf("%v %q", kind, text)
	}
}

// exitSoon makes an endless loop of soft resets.
func exitSoon(p *devicetest.Process) {
	p.Sleep(50 * time.Millisecond)
	p.Exit()
}

func TestRow14AWatchdogInTheMiddleIsARestart(t *testing.T) {
	run := answering(func(p *devicetest.Process) string { p.Print("half"); p.RunForever(); return "" })
	s := devicetest.Script{Run: run, ROM: "ets Jun  8 2016 00:22:57\r\nrst:0x10 (RTCWDT_RTC_RESET)\r\n", Main: devicetest.Ticker("tick")}
	bubble(t, s, Options{}, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		time.AfterFunc(3*time.Second, func() { _ = b.Reset() }) // always nil here
		_, err := r.Exec(t.Context(), "x")
		if !errors.Is(err, ErrRestarted) {
			t.Fatal(err)
		}
		if err := r.Interrupt(t.Context()); err != nil {
			t.Fatal(err)
		}
		output(t, r, "y", "")
	})
}

func TestRow14AWatchdogInTheMiddleOfAPasteIsARestart(t *testing.T) {
	long := strings.Repeat("x = 1 # a comment\n", 200)
	s := devicetest.Script{ROM: "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x8 (TG1WDT_SYS_RESET)\r\n", Main: func(p *devicetest.Process) { p.RunForever() }}
	bubble(t, s, Options{}, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		b.ResetAfter(len(long) / 2)
		if _, err := r.Exec(t.Context(), long); !errors.Is(err, ErrRestarted) {
			t.Fatal(err)
		}
	})
}

func TestRow15ErrorsInBootAndMainAreNoObstacle(t *testing.T) {
	const trace = "Traceback (most recent call last):\r\n  File \"boot.py\", line 1\r\nSyntaxError: invalid syntax\r\n"
	onEach(t, func(s *devicetest.Script) { s.Boot = func(p *devicetest.Process) { p.Print(trace) } }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		if err := r.SoftReset(t.Context()); err != nil {
			t.Fatal(err)
		}
		output(t, r, "x", "")
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		var lines []string
		ctx, done := context.WithTimeout(t.Context(), time.Second)
		defer done()
		if err := r.Lines(ctx, func(b []byte) { lines = append(lines, string(b)) }); err != nil {
			t.Fatal(err)
		}
		if lines[2] != "SyntaxError: invalid syntax" || lines[len(lines)-1] != prompt {
			t.Fatalf("%q", lines)
		}
	})
}

var streamCall = regexp.MustCompile(`_lw\((\d+),(\d+)\)`)

// stdin is an interpreter with sys.stdin.buffer: the board's half of a stream.
// each runs for every block, in its own time.
type stdin struct {
	got  []byte
	way  int
	each func(*devicetest.Process)
	max  int // longest script
}

func (s *stdin) run(p *devicetest.Process, code string) string {
	s.max = max(s.max, len(code))
	if code == askStdin {
		p.Print(strconv.Itoa(s.way) + "\r\n")
		return ""
	}
	m := streamCall.FindStringSubmatch(code)
	if m == nil {
		if lit, ok := strings.CutPrefix(code, "d="); ok {
			s.got = append(s.got, unquote(lit)...)
		}
		if strings.HasPrefix(code, "begin") {
			s.got = nil
		}
		return devicetest.AnswerProbe(p, code)
	}
	total, _ := strconv.Atoi(m[1])
	w, _ := strconv.Atoi(m[2])
	s.got = nil
	for o := 0; o < total; {
		e, q := min(o+block, total), o
		for o < e {
			for q < e && q < o+2*w {
				p.Print("\x06" + strconv.Itoa(q) + "\x07")
				q = min(q+w, e)
			}
			n := min(w, e-o)
			b := p.Read(n + 1)
			for _, c := range b[1:] {
				s.got = append(s.got, c^b[0])
			}
			o += n
		}
		s.each(p)
	}
	p.Print("done")
	return ""
}

// unquote reads what literal wrote, with Go's own rules for strings.
func unquote(code string) string {
	lit, _, _ := strings.Cut(code, "\n")
	s, err := strconv.Unquote(`"` + strings.TrimSuffix(strings.TrimPrefix(lit, "b'"), "'") + `"`)
	if err != nil {
		panic(err)
	}
	return s
}

func TestRow16NothingIsSentBeyondWhatABusyUARTKeeps(t *testing.T) {
	data := []byte(strings.Repeat(string(everyByte(1)), 160)) // 40 KB
	in := &stdin{way: byBytes, each: func(p *devicetest.Process) { p.Sleep(60 * time.Millisecond); p.Print("noise\r\n") }}
	onEach(t, func(s *devicetest.Script) { s.Run, s.RX = in.run, 256 }, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		last := 0
		before := b.Sent()
		out, err := r.Stream(t.Context(), Sink{Begin: "begin", Each: "each", End: "end"}, data, func(n int) {
			if n < last {
				t.Errorf("progress went back from %d to %d", last, n)
			}
			last = n
		})
		if err != nil || b.Lost() > 0 || string(in.got) != string(data) || last != len(data) {
			t.Fatalf("%v; lost %d, got %d, reported %d of %d", err, b.Lost(), len(in.got), last, len(data))
		}
		if s := string(out); strings.ContainsAny(s, "\x06\x07") || !strings.HasSuffix(s, "noise\r\ndone") {
			t.Errorf("output %.60q", s)
		}
		if n := b.Sent() - before; n > len(data)*102/100+1500 {
			t.Errorf("%d bytes on the wire for %d", n, len(data))
		}
	})
}

func TestRow16AUARTThatLosesBytesAllTheSameGetsThemInPieces(t *testing.T) {
	data := everyByte(8)
	in := &stdin{way: byBytes, each: func(*devicetest.Process) {}}
	run := func(p *devicetest.Process, code string) string {
		if streamCall.MatchString(code) {
			p.Print("\x060\x07\x06125\x07")
			p.Sleep(time.Second) // and never reads them all
			p.Read(200)
			p.RunForever()
		}
		return in.run(p, code)
	}
	bubble(t, devicetest.Script{Run: run, RX: 100}, Options{}, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		if _, err := r.Stream(t.Context(), Sink{Begin: "begin", Each: "each", End: "end"}, data, nil); err != nil {
			t.Fatal(err)
		}
		if b.Lost() == 0 || string(in.got) != string(data) || r.streamMode != byPieces {
			t.Fatalf("lost %d, got %d of %d", b.Lost(), len(in.got), len(data))
		}
	})
}

func TestABoardThatHangsOnceItHasAllIsToldOfInTime(t *testing.T) {
	hung := false
	in := &stdin{way: byBytes, each: func(p *devicetest.Process) { hung = true; p.DisableInterrupt(); p.RunForever() }}
	run := func(p *devicetest.Process, code string) string {
		if hung {
			p.RunForever()
		}
		return in.run(p, code)
	}
	bubble(t, devicetest.Script{Run: run}, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		ctx, done := context.WithTimeout(t.Context(), 10*time.Minute)
		defer done()
		start := time.Now()
		_, err := r.Stream(ctx, Sink{Begin: "begin", Each: "each", End: "end"}, everyByte(1), nil)
		if err == nil || time.Since(start) > 3*time.Minute {
			t.Fatal(err, time.Since(start))
		}
	})
}

func TestRow17SmallBoardsGetNoScriptAboveOneKilobyte(t *testing.T) {
	in := &stdin{way: byPieces}
	bubble(t, devicetest.Script{Old: true, Run: in.run}, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		data := everyByte(20)
		if _, err := r.Stream(t.Context(), Sink{Begin: "begin", Each: "each", End: "end"}, data, nil); err != nil {
			t.Fatal(err)
		}
		if err := r.Set(t.Context(), "name", data); err != nil {
			t.Fatal(err)
		}
		if in.max > 1024 || string(in.got) != string(data) {
			t.Fatalf("a script of %d bytes; got %d of %d bytes", in.max, len(in.got), len(data))
		}
	})
}

func TestRow18ErrnoIsKnownInEveryWording(t *testing.T) {
	for text, want := range map[string]ScriptError{
		"OSError: [Errno 2] ENOENT":                {Type: "OSError", Errno: 2},
		"OSError: [Errno 2] ENOENT: /x":            {Type: "OSError", Errno: 2},
		"OSError: 28":                              {Type: "OSError", Errno: 28},
		"OSError: (-17040, 'MBEDTLS_ERR')":         {Type: "OSError", Errno: -17040},
		"OSError: Wifi Internal State Error":       {Type: "OSError"},
		"OSError: -1":                              {Type: "OSError", Errno: -1},
		"IndexError: bytes index out of range":     {Type: "IndexError"},
		"MQTTException: 5":                         {Type: "MQTTException"},
		"KeyboardInterrupt: ":                      {Type: "KeyboardInterrupt"},
		"KeyboardInterrupt":                        {Type: "KeyboardInterrupt"},
		"MemoryError: memory allocation failed, 2": {Type: "MemoryError"},
		"Odd: 3": {Type: "Odd"},
	} {
		trace := "Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\n" + text + "\r\n"
		got := raised([]byte("out"), []byte("noise\r\n"+trace))
		if got == nil || got.Type != want.Type || got.Errno != want.Errno || string(got.Out) != "out" {
			t.Errorf("%q: %+v", text, got)
		}
	}
	for _, noise := range []string{"", "TICK\r\n", "I (3243) wifi:state: auth -> assoc (0)\r\n", "\x00\xff"} {
		if got := raised(nil, []byte(noise)); got != nil {
			t.Errorf("%q is no exception: %+v", noise, got)
		}
	}
	for kind, e := range map[fault.Fault]ScriptError{
		fault.DiskFull: {Type: "OSError", Errno: 28}, fault.ReadOnly: {Type: "OSError", Errno: 30},
		fault.MemoryFull: {Type: "MemoryError"}, fault.ScriptFailed: {Type: "OSError", Errno: 2},
	} {
		if e.Fault() != kind {
			t.Errorf("%+v: %v", e, e.Fault())
		}
	}
}

func TestRow20And21ExceptionsOfNetworkCodeComeAsTheyAre(t *testing.T) {
	for text, class := range map[string]string{"OSError: Wifi Internal State Error": "OSError", "IndexError: index out of range": "IndexError", "OSError: -1": "OSError"} {
		run := answering(func(*devicetest.Process) string { return "Traceback (most recent call last):\r\n" + text + "\r\n" })
		onEach(t, func(s *devicetest.Script) { s.Run = run }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
			_, err := r.Exec(t.Context(), "x")
			var raised *ScriptError
			if !errors.As(err, &raised) || raised.Type != class || !strings.Contains(raised.Traceback, text) {
				t.Fatal(err)
			}
		})
	}
}

func TestRow22StaleOutputIsNoAnswer(t *testing.T) {
	onEach(t, func(s *devicetest.Script) { s.Run = prints("new") }, func(t *testing.T, r *REPL, b *devicetest.Scripted) {
		r.w.buf = append(r.w.buf, "OKold\x04\x04>"...)
		output(t, r, "x", "new")
		again := entered(t, handOver(t, r, b), Options{})
		output(t, again, "x", "new")
	})
}

func TestSilenceNoiseAndOtherProgramsAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		main func(*devicetest.Process)
		kind fault.Fault
		text string
	}{
		"silence":  {func(p *devicetest.Process) { p.DisableInterrupt(); p.RunForever() }, fault.BoardSilent, ""},
		"arduino":  {chatter("temperature: 21.5 °C"), fault.NoMicroPython, "temperature: 21.5 °C"},
		"chinese":  {chatter("温度:21"), fault.NoMicroPython, "温度:21"},
		"esp-at":   {chatter("ERROR"), fault.NoMicroPython, "ERROR"},
		"circuit":  {chatter("Adafruit CircuitPython 9.2.1 on 2024-11-20"), fault.NoMicroPython, "CircuitPython"},
		"baudrate": {chatter("\xf8\x80\x1f\xfe\x86\x00\xe6x\x98\x06\xf8\x80"), fault.LineNoise, ""},
		"ours":     {chatter(device.StageMark + `{"st":"joined"}`), fault.BoardBusy, "joined"},
	} {
		t.Run(name, func(t *testing.T) {
			kind, text := refused(t, devicetest.Script{Bare: true, Main: c.main})
			if kind != c.kind || !strings.Contains(text, c.text) || len([]rune(text)) > heardMax {
				t.Errorf("%v %q", kind, text)
			}
		})
	}
}

func chatter(line string) func(*devicetest.Process) {
	return func(p *devicetest.Process) {
		p.DisableInterrupt()
		for {
			p.Print(line + "\r\n")
			p.Sleep(100 * time.Millisecond)
		}
	}
}

func TestCircuitPythonIsNotMicroPython(t *testing.T) {
	kind, text := refused(t, devicetest.Script{Run: func(p *devicetest.Process, _ string) string {
		p.Print("py circuitpython 47514\r\n")
		return ""
	}})
	if kind != fault.NoMicroPython || text != "circuitpython" {
		t.Fatal(kind, text)
	}
}

func TestADeviceThatEchoesIsNoBoard(t *testing.T) {
	kind, _ := refused(t, devicetest.Script{Bare: true, Main: func(p *devicetest.Process) {
		p.DisableInterrupt()
		for {
			p.Print(string(p.Read(1)))
		}
	}})
	if kind != fault.NoMicroPython {
		t.Fatal(kind)
	}
}

func TestAttemptsAreCountedAndStopEndsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var seen []device.Progress
		report := func(p device.Progress) {
			if seen = append(seen, p); len(seen) == 3 {
				stop()
			}
		}
		b := devicetest.StartScripted(t, devicetest.Script{Main: deafMain})
		start := time.Now()
		_, err := Enter(ctx, b, Options{Report: report})
		if !errors.Is(err, context.Canceled) || faultOf(err) != fault.Unknown {
			t.Fatal(err)
		}
		if len(seen) != 3 || seen[0] != (device.Progress{Step: "interrupt", Done: 1, Total: 10}) || seen[2].Step != "reset" {
			t.Error(seen)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Error("three attempts took", d)
		}
	})
}

func TestEveryWaitEndsWithItsContext(t *testing.T) {
	run := answering(func(p *devicetest.Process) string { p.RunForever(); return "" })
	onEach(t, func(s *devicetest.Script) { s.Run = run }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		ctx, done := context.WithTimeout(t.Context(), time.Second)
		defer done()
		_, err := r.Exec(ctx, "x")
		if !errors.Is(err, context.DeadlineExceeded) || faultOf(err) != fault.BoardBusy {
			t.Fatal(err)
		}
		output(t, r, "y", "") // the script was stopped
		start := time.Now()
		if _, err = r.Exec(t.Context(), "x"); faultOf(err) != fault.BoardBusy || time.Since(start) > execTime+2*stopTime {
			t.Fatal(err, time.Since(start))
		}
	})
}

func TestAReplyIsBounded(t *testing.T) {
	run := answering(func(p *devicetest.Process) string {
		for {
			p.Print(strings.Repeat("more ", 100))
			p.Sleep(time.Millisecond)
		}
	})
	onEach(t, func(s *devicetest.Script) { s.Run = run }, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		if _, err := r.Exec(t.Context(), "x"); !errors.Is(err, ErrReplyTooLong) {
			t.Fatal(err)
		}
		output(t, r, "y", "")
	})
}

func TestLinesAreBounded(t *testing.T) {
	var got []string
	used := split([]byte(strings.Repeat("a", maxLine+5)+"\r\nb\n>>> "), func(b []byte) { got = append(got, string(b)) })
	if len(got) != 4 || len(got[0]) != maxLine || got[1] != "aaaaa" || got[2] != "b" || got[3] != prompt || used != maxLine+13 {
		t.Fatal(len(got), used)
	}
}

func TestNoValueBecomesProgramText(t *testing.T) {
	for _, v := range []string{"'", "\\", "\n", "'+open('x')+'", "\x00\xff", "\x01\x02\x03\x04\x05", "你好", "%s{}", ""} {
		lit := literal([]byte(v))
		if unquote(lit) != v || strings.ContainsAny(lit[2:len(lit)-1], "'\"\n\r") {
			t.Errorf("%q became %s", v, lit)
		}
	}
	bubble(t, devicetest.Script{}, Options{}, func(t *testing.T, r *REPL, _ *devicetest.Scripted) {
		for _, name := range []string{"", "1a", "a b", "a;b", "a=", "ä"} {
			if err := r.Set(t.Context(), name, nil); faultOf(err) != fault.BadValue {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}

func TestNoWindowHoldsCtrlCOrCtrlD(t *testing.T) {
	for _, b := range [][]byte{everyByte(1)[:byteWindow], {3}, {3, 4, 0, 7}, {}} {
		w := hide(b)
		if strings.ContainsAny(string(w), "\x03\x04") || len(w) != len(b)+1 {
			t.Errorf("%q", w)
		}
		for i, c := range b {
			if w[i+1]^w[0] != c {
				t.Errorf("byte %d of %q", i, b)
			}
		}
	}
}

// everyByte is each byte value n times.
func everyByte(n int) []byte {
	b := make([]byte, 256*n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

const rom = "ets Jul 29 2019 12:21:46\r\n\r\nrst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nconfigsip: 0, SPIWP:0xee\r\n" +
	"mode:DIO, clock div:2\r\nload:0x3fff0030,len:4728\r\nentry 0x400805cc\r\n"

// again prints a text every 400 ms and takes no Ctrl-C.
func again(text string) func(*devicetest.Process) {
	return func(p *devicetest.Process) {
		p.DisableInterrupt()
		for {
			p.Print(text)
			p.Sleep(400 * time.Millisecond)
		}
	}
}

func TestABoardThatRestartsAgainAndAgainIsNotCalledOneWithoutMicroPython(t *testing.T) {
	for name, c := range map[string]struct {
		s    devicetest.Script
		want fault.Fault
	}{
		"machine.reset() at the end of main.py": {devicetest.Script{Main: again(rom), NoReset: true, Deaf: true}, fault.BoardRestarts},
		"the same, with lines that reset":       {devicetest.Script{Main: again(rom), ROM: rom, Deaf: true}, fault.BoardRestarts},
		"the same with text of its own":         {devicetest.Script{Main: again(rom + "start\r\nMPY: soft reboot\r\n"), NoReset: true, Deaf: true}, fault.BoardRestarts},
		"an ESP32-C3": {
			devicetest.Script{Main: again("ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x3 (RTC_SW_SYS_RST),boot:0xc\r\n"), NoReset: true, Deaf: true},
			fault.BoardRestarts,
		},
		"a weak cable":        {devicetest.Script{Main: again(rom + "\r\nBrownout detector was triggered\r\n\r\n"), NoReset: true, Deaf: true}, fault.WeakPower},
		"one start, silence":  {devicetest.Script{Main: func(p *devicetest.Process) { p.DisableInterrupt(); p.Print(rom); p.RunForever() }, NoReset: true, Deaf: true}, fault.BoardSilent},
		"only our own resets": {devicetest.Script{Main: deafMain, ROM: rom, Deaf: true}, fault.BoardSilent},
		"another program": {
			devicetest.Script{Main: func(p *devicetest.Process) { p.DisableInterrupt(); p.Print("Hello from Arduino\r\n"); p.RunForever() }, ROM: rom, Deaf: true},
			fault.NoMicroPython,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if kind, text := refused(t, c.s); kind != c.want {
				t.Errorf("%v, heard %q", kind, text)
			}
		})
	}
}

// stuffed is a line with flow control whose board stops reading.
type stuffed struct {
	*devicetest.Scripted
	takes int // bytes, before it takes no more
	over  chan struct{}
}

func (s *stuffed) Write(b []byte) (int, error) {
	if s.takes -= len(b); s.takes < 0 {
		<-s.over
	}
	return s.Scripted.Write(b)
}

func TestABoardThatStopsReadingCanNotBeInterrupted(t *testing.T) {
	for takes, want := range map[int]fault.Fault{0: fault.BoardSilent, 64: fault.BoardBusy} {
		synctest.Test(t, func(t *testing.T) {
			b := devicetest.StartScripted(t, devicetest.Script{Main: deafMain, NoReset: true, Deaf: true})
			line := &stuffed{b, takes, make(chan struct{})}
			_, err := Enter(t.Context(), line, Options{})
			close(line.over)
			var e *fault.Error
			if !errors.As(err, &e) || e.Fault != want {
				t.Errorf("after %d bytes: %v, want %v", takes, err, want)
			}
		})
	}
}

func TestWildErrnosOfFilesAreNamed(t *testing.T) {
	for errno, want := range map[int]fault.Fault{
		1: fault.ReadOnly, 13: fault.ReadOnly, 30: fault.ReadOnly, 12: fault.MemoryFull, 28: fault.DiskFull,
		5: fault.NoFileSystem, 19: fault.NoFileSystem, 84: fault.NoFileSystem, 2: fault.ScriptFailed,
	} {
		if got := (&ScriptError{Type: "OSError", Errno: errno}).Fault(); got != want {
			t.Errorf("%d: %v, want %v", errno, got, want)
		}
	}
}
