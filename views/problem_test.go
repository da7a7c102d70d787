package views

import (
	"strings"
	"testing"

	"lamplighter/device"
	"lamplighter/i18n"
)

func TestTheProgramThatHoldsAPortIsNamedInTheAdvice(t *testing.T) {
	if err := i18n.Use("en"); err != nil {
		t.Fatal(err)
	}
	held := func(by string) problem {
		return explain(&device.Error{Fault: device.PortBusy, Op: "open", Port: "COM3", Err: &device.HeldPort{Program: by}})
	}
	if got := held("thonny").Advice; !strings.Contains(got, "“thonny”") {
		t.Errorf("%q", got)
	}
	if got := held("").Advice; !strings.Contains(got, "Thonny, Arduino") {
		t.Errorf("unknown: %q", got)
	}
}
