package usb

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"syscall"
	"testing"

	"go.bug.st/serial"

	"lamplighter/device"
	"lamplighter/device/fault"
)

func TestThePlanForTheControlLinesDependsOnChipAndSystem(t *testing.T) {
	type want struct{ low, reset, native bool }
	for _, c := range []struct {
		goos, vid, pid string
		want           want
	}{
		{"linux", "10C4", "EA60", want{reset: true}},
		{"darwin", "10C4", "EA60", want{reset: true}},
		{"windows", "10C4", "EA60", want{low: true, reset: true}},
		{"windows", "1A86", "55D4", want{reset: true}},
		{"linux", "1A86", "7523", want{reset: true}},
		{"linux", "0403", "6001", want{reset: true}},
		{"windows", "303A", "1001", want{reset: true, native: true}},
		{"linux", "303A", "4001", want{native: true}},
		{"windows", "2E8A", "0005", want{native: true}},
		{"linux", "F055", "9800", want{native: true}},
		{"linux", "", "", want{reset: true}},
	} {
		p := planFor(c.goos, c.vid, c.pid)
		got := want{p.low, p.reset != nil, p.native}
		if got != c.want {
			t.Errorf("%s %s:%s: %+v", c.goos, c.vid, c.pid, got)
		}
		if p.low != (len(p.open) == 2) {
			t.Errorf("%s %s: both lines must be on after opening", c.goos, c.vid)
		}
	}
}

// walk runs steps from both lines on, or off, and gives each state as DTR, RTS.
func walk(on bool, steps []step) [][2]bool {
	now := [2]bool{on, on}
	all := [][2]bool{now}
	for _, s := range steps {
		now[s.pin] = s.on
		all = append(all, now)
	}
	return all
}

func TestOpeningAndClosingNeverPassTheStateThatResetsABoard(t *testing.T) {
	reset := [2]bool{false, true} // RTS alone
	for _, goos := range []string{"windows", "linux", "darwin"} {
		for _, vid := range []string{"10C4", "1A86", "0403", "303A", "2E8A", ""} {
			p := planFor(goos, vid, "1001")
			states := append(walk(!p.low, p.open), walk(true, p.close)...)
			for _, s := range states {
				if s == reset {
					t.Errorf("%s %s: %v", goos, vid, states)
				}
			}
			if last := states[len(states)-1]; last != [2]bool{} {
				t.Errorf("%s %s leaves %v", goos, vid, last)
			}
			if p.reset == nil {
				continue
			}
			states = walk(true, p.reset)
			if last := states[len(states)-1]; last != [2]bool{} || states[2] != reset || p.reset[1].wait == 0 {
				t.Errorf("%s %s resets by %v", goos, vid, states)
			}
		}
	}
}

func TestEveryFailureToOpenIsAFaultOfItsOwn(t *testing.T) {
	for _, c := range []struct {
		goos string
		err  error
		want fault.Fault
	}{
		{"linux", syscall.EBUSY, fault.PortBusy},
		{"linux", syscall.EACCES, fault.PortForbidden},
		{"linux", syscall.ENOENT, fault.PortMissing},
		{"linux", &fs.PathError{Op: "open", Path: "x", Err: syscall.ENODEV}, fault.PortMissing},
		{"linux", fmt.Errorf("a: %w", syscall.EIO), fault.PortMissing},
		{"windows", syscall.Errno(123), fault.PortMissing},
		{"linux", errors.New("else"), fault.Unknown},
		{"linux", &serial.PortError{}, fault.PortBusy}, // its zero code
	} {
		if got := faultOf(c.goos, c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

func TestChipsAndBoardsHavePlainNames(t *testing.T) {
	for numbers, want := range map[[2]string][3]any{
		{"1a86", "55d4"}: {"CH9102", "mPython 掌控板 2.x, ESP32", false},
		{"10C4", "EA60"}: {"CP2102", "mPython 掌控板 2.0, ESP32, ESP8266", false},
		{"303A", "8123"}: {"ESP32 USB", "", false},
		{"2E8A", "0005"}: {"RP2 USB", "Raspberry Pi Pico W, Pico 2 W", false},
		{"0D28", "0204"}: {"DAPLink", "micro:bit", true},
		{"046D", "C52B"}: {"", "", false},
	} {
		p := named(device.Port{VID: numbers[0], PID: numbers[1]})
		if got := [3]any{p.Chip, p.Board, p.Other}; !reflect.DeepEqual(got, want) {
			t.Errorf("%v: %v", numbers, got)
		}
	}
}

func TestWindowsTellsABoardWithoutItsDriver(t *testing.T) {
	vid, pid, ok := hardwareID(`USB\VID_1A86&PID_55d4&REV_0442`)
	if !ok || vid != "1A86" || pid != "55D4" {
		t.Fatal(vid, pid, ok)
	}
	if _, _, ok = hardwareID(`USB\ROOT_HUB30`); ok {
		t.Error("a hub has no numbers")
	}
	for _, c := range []struct {
		vid, pid string
		problem  uint32
		want     bool
	}{
		{"1A86", "55D4", 28, true},
		{"10C4", "EA60", 28, true},
		{"1A86", "55D4", 0, false},
		{"046D", "C52B", 28, false},
		{"1A86", "55D4", 22, false}, // somebody else's; disabled by hand
	} {
		if got := needsDriver(c.vid, c.pid, c.problem); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	p := driverlessPort("1A86", "55D4")
	_, err := here().openPort(t.Context(), p)
	var e *fault.Error
	if !errors.As(err, &e) || e.Fault != fault.NoDriver || e.Where != "CH9102" {
		t.Fatal(err)
	}
}

func TestAPortIsFoundAgainByItsSerialNumber(t *testing.T) {
	a := device.Port{Name: "COM3", VID: "303A", PID: "1001", Serial: "24:0A:C4"}
	moved := a
	moved.Name = "COM7"
	other := device.Port{Name: "COM3", VID: "303A", PID: "1001", Serial: "else"}
	bare := device.Port{Name: "/dev/ttyUSB0", VID: "1A86", PID: "7523"}
	bareMoved := bare
	bareMoved.Name = "/dev/ttyUSB1"
	bareThird := bare
	bareThird.Name = "/dev/ttyUSB2"
	for name, c := range map[string]struct {
		old   device.Port
		found []device.Port
		want  string
	}{
		"moved":      {a, []device.Port{other, moved}, "COM7"},
		"not there":  {a, []device.Port{other}, ""},
		"same name":  {bare, []device.Port{bareMoved, bare}, "/dev/ttyUSB0"},
		"only one":   {bare, []device.Port{bareMoved}, "/dev/ttyUSB1"},
		"which one?": {bare, []device.Port{bareMoved, bareThird}, ""},
	} {
		if p, _ := same(c.old, c.found); p.Name != c.want {
			t.Errorf("%s: %q", name, p.Name)
		}
	}
}
