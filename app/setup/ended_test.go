package setup

import (
	"errors"
	"strings"
	"testing"

	"lamplighter/device"
	"lamplighter/device/fault"
)

func TestAProgramThatEndedIsToldAtOnceAndWhy(t *testing.T) {
	for want, c := range map[fault.Fault]struct{ lines, text string }{
		fault.ScriptFailed: {"Traceback (most recent call last):\nFile \"main.py\", line 17, in <module>\nImportError: no module named 'room'\nMicroPython v1.27.0\n>>>", "no module"},
		fault.MemoryFull:   {"Traceback (most recent call last):\nMemoryError: memory allocation failed, allocating 1024 bytes\n>>>", "1024"},
	} {
		var s State = Proving{Draft: draft()}
		for line := range strings.SplitSeq(c.lines, "\n") {
			if p := s.(Proving); p.Problem != nil {
				t.Errorf("before the prompt: %v", p.Problem)
			}
			s, _ = Next(s, Staged{Stage: device.Stage{Detail: line}})
		}
		p := s.(Proving)
		if FaultOf(p.Problem) != want || !strings.Contains(p.Problem.Error(), c.text) {
			t.Errorf("%v, want %v with %q", p.Problem, want, c.text)
		}
	}
}

func TestWhatTheBoardSaidOfItsFailureIsNotReplacedByThePrompt(t *testing.T) {
	var s State = Proving{Draft: draft()}
	s, _ = Next(s, Staged{Stage: device.Stage{Name: device.StageStart, Bad: true, Reason: device.ReasonOther, Detail: "ValueError"}})
	before := s.(Proving).Problem
	s, _ = Next(s, Staged{Stage: device.Stage{Detail: prompt}})
	if before == nil || !errors.Is(s.(Proving).Problem, before) {
		t.Errorf("%v, before %v", s.(Proving).Problem, before)
	}
}

func TestAPinThatTheBoardHasNotIsPutRightWhereItWasNamed(t *testing.T) {
	var s State = Proving{Draft: draft()}
	s, _ = Next(s, Staged{Stage: device.Stage{Name: device.StageStart, Bad: true, Reason: device.ReasonPin, Detail: "button"}})
	var value *device.ValueError
	if p := s.(Proving); !errors.As(p.Problem, &value) || *value != (device.ValueError{Field: "button.pin", Reason: device.OutOfRange}) {
		t.Fatalf("%v", p.Problem)
	}
	if step, ok := s.(Proving).Fixable(); step != NameStep || !ok {
		t.Errorf("fixable on step %v, %v", step, ok)
	}
	s, _ = Next(s, Fix{})
	if n, ok := s.(Naming); !ok || FaultOf(n.Problem) != fault.BadValue {
		t.Errorf("%T, %v", s, s)
	}
}
