package usb

import (
	"context"
	"errors"
	"os"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.bug.st/serial"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// fake is a serial line that notes what is done with it.
type fake struct {
	serial.Port // nil: what is not written here must not be used
	mu          sync.Mutex
	did         []string
	lineErr     error // from the control lines
	gone        error // from reads and writes
	stuck       chan struct{}
	takes       int // bytes of one write, with a signal before each; 0 = all
	signal      bool
	written     []byte
	once        sync.Once
}

func (f *fake) note(s string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.did = append(f.did, s)
}

func (f *fake) set(s string, on bool) error {
	if on {
		s += "+"
	} else {
		s += "-"
	}
	f.note(s)
	return f.lineErr
}

func (f *fake) SetDTR(on bool) error               { return f.set("DTR", on) }
func (f *fake) SetRTS(on bool) error               { return f.set("RTS", on) }
func (f *fake) SetReadTimeout(time.Duration) error { return nil }
func (f *fake) Close() error                       { f.note("close"); return nil }
func (f *fake) ResetOutputBuffer() error {
	f.once.Do(func() {
		if f.stuck != nil {
			close(f.stuck)
		}
	})
	return nil
}

func (f *fake) Read([]byte) (int, error) {
	time.Sleep(readTime)
	return 0, f.gone
}

func (f *fake) Write(b []byte) (int, error) {
	if f.stuck != nil {
		<-f.stuck
		return 0, syscall.EINTR
	}
	if f.takes > 0 {
		if f.signal = !f.signal; f.signal {
			return 0, syscall.EINTR
		}
		b = b[:min(f.takes, len(b))]
	}
	f.written = append(f.written, b...)
	return len(b), f.gone
}

func TestAWriteThatSignalsInterruptLosesNothing(t *testing.T) {
	f := &fake{takes: 3}
	b := &bench{lines: []*fake{f}}
	c, err := b.system("linux").openPort(t.Context(), cp2102)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const text = "print('every byte')"
	if n, err := c.Write([]byte(text)); n != len(text) || err != nil || string(f.written) != text {
		t.Errorf("%d bytes, %v: %q", n, err, f.written)
	}
	f.takes, f.gone = 0, syscall.EIO
	if _, err := c.Write([]byte(text)); !errors.Is(err, syscall.EIO) {
		t.Errorf("a port that is gone: %v", err)
	}
}

// bench is an operating system with one fake line.
type bench struct {
	lines []*fake // one for each opening
	modes []*serial.Mode
	names []string
	fails []error // for each opening, before it works
	ports []device.Port
	held  string
}

func (b *bench) system(goos string) system {
	return system{
		goos: goos,
		open: func(name string, m *serial.Mode) (serial.Port, error) {
			if len(b.fails) > 0 {
				err := b.fails[0]
				b.fails = b.fails[1:]
				if err != nil {
					return nil, err
				}
			}
			b.names, b.modes = append(b.names, name), append(b.modes, m)
			return b.lines[min(len(b.names), len(b.lines))-1], nil
		},
		ports:  func() ([]device.Port, error) { return b.ports, nil },
		holder: func(string) string { return b.held },
		group:  func(string) string { return "dialout" },
		taker:  func() string { return "" },
	}
}

var cp2102 = device.Port{Name: "COM3", VID: "10C4", PID: "EA60", Serial: "0001"}

func TestACP210xOnWindowsIsRaisedAndDroppedInTheHarmlessOrder(t *testing.T) {
	f := &fake{}
	b := &bench{lines: []*fake{f}}
	c, err := b.system("windows").openPort(t.Context(), cp2102)
	if err != nil {
		t.Fatal(err)
	}
	if m := b.modes[0]; m.BaudRate != 115200 || m.DataBits != 8 || m.InitialStatusBits == nil || *m.InitialStatusBits != (serial.ModemOutputBits{}) {
		t.Errorf("%+v", m)
	}
	if err = errors.Join(c.Reset(), c.Close(), c.Close()); err != nil {
		t.Fatal(err)
	}
	want := []string{"DTR+", "RTS+", "DTR-", "RTS+", "RTS-", "RTS-", "DTR-", "close"}
	if !slices.Equal(f.did, want) {
		t.Fatal(f.did)
	}
}

func TestATerminalWithoutControlLinesWorks(t *testing.T) {
	f := &fake{lineErr: syscall.ENOTTY}
	c, err := (&bench{lines: []*fake{f}}).system("windows").openPort(t.Context(), cp2102)
	if err != nil {
		t.Fatal(err)
	}
	if err = c.Reset(); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if err = c.Close(); err != nil {
		t.Error(err)
	}
}

func TestABoardWhosePortVanishesAtAResetIsFoundAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := device.Port{Name: "COM3", VID: "303A", PID: "1001", Serial: "24:0A:C4"}
		moved := p
		moved.Name = "COM9"
		first, second := &fake{}, &fake{}
		b := &bench{lines: []*fake{first, second}}
		c, err := b.system("windows").openPort(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		b.ports = []device.Port{moved}
		b.fails = []error{syscall.EACCES, syscall.EACCES} // the system sets the port up in steps
		if err = c.Reset(); err != nil {
			t.Fatal(err)
		}
		if c.Port() != moved || !slices.Equal(b.names, []string{"COM3", "COM9"}) || !slices.Contains(first.did, "close") {
			t.Fatal(c.Port(), b.names, first.did)
		}
		if _, err = c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		b.ports = nil
		if err = c.Reopen(t.Context()); faultIn(err) != fault.PortGone {
			t.Fatal(err)
		}
		if err = c.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func faultIn(err error) fault.Fault {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return -1
}

func TestABoardThatTheLinesCanNotResetSaysSo(t *testing.T) {
	c, err := (&bench{lines: []*fake{{}}}).system("linux").openPort(t.Context(), device.Port{Name: "/dev/ttyACM0", VID: "2E8A", PID: "0005"})
	if err != nil {
		t.Fatal(err)
	}
	if err = c.Reset(); !errors.Is(err, errors.ErrUnsupported) {
		t.Fatal(err)
	}
}

func TestUnpluggedAndClosedAreToldApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		c, err := (&bench{lines: []*fake{f}}).system("linux").openPort(t.Context(), cp2102)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 8)); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		f.gone = syscall.EIO
		_, readErr := c.Read(make([]byte, 8))
		_, writeErr := c.Write([]byte("x"))
		if faultIn(readErr) != fault.PortGone || faultIn(writeErr) != fault.PortGone {
			t.Error(readErr, writeErr)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		_, readErr = c.Read(make([]byte, 8))
		if !errors.Is(readErr, os.ErrClosed) || faultIn(readErr) == fault.PortGone {
			t.Error(readErr)
		}
	})
}

func TestAWriteThatIsHeldUpEndsWithClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := (&bench{lines: []*fake{{stuck: make(chan struct{})}}}).system("linux").openPort(t.Context(), cp2102)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() {
			_, err := c.Write([]byte("x"))
			ended <- err
		}()
		synctest.Wait()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestAPortThatTheSystemStillSetsUpIsGivenASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{lines: []*fake{{}}, fails: []error{syscall.EACCES, syscall.EBUSY}}
		if _, err := b.system("linux").openPort(t.Context(), cp2102); err != nil {
			t.Fatal(err)
		}
		b.fails = slices.Repeat([]error{syscall.EACCES}, 50)
		start := time.Now()
		_, err := b.system("linux").openPort(t.Context(), cp2102)
		var group *Forbidden
		if faultIn(err) != fault.PortForbidden || !errors.As(err, &group) || group.Group != "dialout" || time.Since(start) > 2*time.Second {
			t.Fatal(err, time.Since(start))
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err = b.system("linux").openPort(ctx, cp2102); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		b.fails, b.held = nil, "thonny"
		_, err = b.system("linux").openPort(t.Context(), cp2102)
		var busy *fault.HeldPort
		if faultIn(err) != fault.PortBusy || !errors.As(err, &busy) || busy.Program != "thonny" {
			t.Fatal(err)
		}
	})
}

func TestATypedNameOfAUSBPortGetsItsNumbers(t *testing.T) {
	b := &bench{lines: []*fake{{}}, ports: []device.Port{cp2102}}
	c, err := b.system("windows").openPort(t.Context(), device.Port{Name: "COM3", Kind: device.Typed})
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Port(); p.VID != "10C4" || p.Kind != device.Typed || b.modes[0].InitialStatusBits == nil {
		t.Fatal(p)
	}
}

func TestWatchReportsNowAndThenOnlyChangesWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type answer struct {
			ports []device.Port
			err   error
		}
		ctx, stop := context.WithCancel(t.Context())
		var now atomic.Pointer[answer]
		now.Store(&answer{})
		var got [][]device.Port
		ended := make(chan struct{})
		go func() {
			watch(ctx, func() ([]device.Port, error) { a := now.Load(); return a.ports, a.err }, func(p []device.Port) { got = append(got, p) })
			close(ended)
		}()
		time.Sleep(time.Minute)
		now.Store(&answer{ports: []device.Port{cp2102}})
		time.Sleep(time.Second)
		now.Store(&answer{err: errors.New("busy")})
		time.Sleep(time.Minute)
		now.Store(&answer{ports: []device.Port{cp2102}})
		time.Sleep(time.Minute)
		now.Store(&answer{})
		time.Sleep(time.Second)
		stop()
		<-ended
		if want := [][]device.Port{nil, {cp2102}, nil}; !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v", got)
		}
	})
}

func TestABoardThatTakesItsPortAwayForAMomentIsOpenedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s3 := device.Port{Name: "/dev/ttyACM0", VID: "303A", PID: "1001", Serial: "AA"}
		moved := s3
		moved.Name = "/dev/ttyACM1"
		b := &bench{lines: []*fake{{}}, fails: []error{syscall.ENOENT, syscall.ENOENT, syscall.ENOENT, syscall.ENOENT, syscall.ENOENT}}
		began, sys := time.Now(), b.system("linux")
		sys.ports = func() ([]device.Port, error) {
			if time.Since(began) < 700*time.Millisecond {
				return nil, nil
			}
			return []device.Port{moved}, nil
		}
		c, err := sys.openPort(t.Context(), s3)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Port().Name; got != moved.Name {
			t.Errorf("opened %s", got)
		}
		_ = c.Close()
	})
}

func TestAPortWithoutUSBOfItsOwnIsMissingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{fails: []error{syscall.ENOENT, syscall.ENOENT, syscall.ENOENT, syscall.ENOENT, syscall.ENOENT}}
		began := time.Now()
		_, err := b.system("linux").openPort(t.Context(), cp2102)
		if faultIn(err) != fault.PortMissing || time.Since(began) > 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
