//go:build windows && wine

package usb

import (
	"errors"
	"reflect"
	"syscall"
	"time"

	"go.bug.st/serial"
	"golang.org/x/sys/windows"
)

// openLine opens a port of Wine, for tests of the Windows program without Windows.
func openLine(name string, mode *serial.Mode) (serial.Port, error) {
	p, err := serial.Open(name, mode)
	if err != nil {
		return nil, err
	}
	return winePort{p}, nil
}

// winePort is a port whose reads end under Wine. The library asks Windows to wait
// for one byte, by a multiplier of MAXDWORD; Wine 8 then waits though bytes are there.
type winePort struct{ serial.Port }

// SetReadTimeout has a read end after a pause of 2 ms between bytes, or after the
// time without one. On Windows that would be left to each driver's clock.
func (p winePort) SetReadTimeout(d time.Duration) error {
	if err := p.Port.SetReadTimeout(d); err != nil {
		return err
	}
	h := windows.Handle(reflect.ValueOf(p.Port).Elem().FieldByName("handle").Uint())
	return windows.SetCommTimeouts(h, &windows.CommTimeouts{ReadIntervalTimeout: 2, ReadTotalTimeoutConstant: uint32(d.Milliseconds())})
}

// Read is over after the time without a byte; Windows calls that no error.
func (p winePort) Read(b []byte) (int, error) {
	n, err := p.Port.Read(b)
	if errors.Is(err, windows.ERROR_TIMEOUT) {
		err = nil
	}
	return n, err
}

// SetDTR fails on a terminal as it does on Unix.
func (p winePort) SetDTR(on bool) error { return withoutLines(p.Port.SetDTR(on)) }

// SetRTS is as SetDTR.
func (p winePort) SetRTS(on bool) error { return withoutLines(p.Port.SetRTS(on)) }

func withoutLines(err error) error {
	if err != nil {
		return syscall.ENOTTY
	}
	return nil
}
