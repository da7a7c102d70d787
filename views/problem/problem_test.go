package problem

import (
	"strings"
	"testing"

	"lamplighter/device/fault"
	"lamplighter/i18n"
)

func TestTheProgramThatHoldsAPortIsNamedInTheAdvice(t *testing.T) {
	if err := i18n.SetLanguage("en"); err != nil {
		t.Fatal(err)
	}
	held := func(by string) Problem {
		return Explain(&fault.Error{Fault: fault.PortBusy, Op: "open", Where: "COM3", Err: &fault.HeldPort{Program: by}})
	}
	if got := held("thonny").Advice; !strings.Contains(got, "“thonny”") {
		t.Errorf("%q", got)
	}
	if got := held("").Advice; !strings.Contains(got, "Thonny, Arduino") {
		t.Errorf("unknown: %q", got)
	}
}

func TestAServiceThatHoldsAPortIsNotToBeClosed(t *testing.T) {
	if err := i18n.SetLanguage("en"); err != nil {
		t.Fatal(err)
	}
	got := Explain(&fault.Error{Fault: fault.PortBusy, Op: "open", Err: &fault.HeldPort{Program: "ModemManager"}}).Advice
	if !strings.Contains(got, "“ModemManager”") || strings.Contains(got, "Close it") {
		t.Errorf("%q", got)
	}
}
