package setup

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device"
	"lamplighter/device/fault"
)

func TestABoardThatSaysNothingInItsProofIsOnlyCalledOnlineWhereTheBrokerAcceptedIt(t *testing.T) {
	for want, last := range map[fault.Fault]string{fault.BoardSilent: device.StageReached, fault.NoAnswer: device.StageAccepted} {
		s, _ := Next(Proving{Draft: draft()}, Staged{Stage: device.Stage{Name: last}})
		if s, _ = Next(s, TimedOut{}); FaultOf(s.(Proving).Problem) != want {
			t.Errorf("silent after %q: %v, want %v", last, s.(Proving).Problem, want)
		}
	}
}

func TestABoardThatWasGreetedIsNotSaidToHaveNoMicroPythonInItsProof(t *testing.T) {
	s, _ := Next(Proving{Draft: draft()}, TaskFailed{Err: &fault.Error{Fault: fault.NoMicroPython, Op: "prove"}})
	if p := s.(Proving).Problem; FaultOf(p) != fault.BoardSilent {
		t.Errorf("it is told %v", p)
	}
}

func TestAProofWhoseCableTellsNoMoreIsEndedByTheBroker(t *testing.T) {
	s, _ := Next(Proving{Draft: draft()}, TaskFailed{Err: silent})
	s, task := Next(s, LampHeard{Lamp: Lamp{Known: true, Online: true}, Fresh: true})
	if p, ok := s.(Proving); !ok || task != SwitchOn || p.Problem != nil {
		t.Fatalf("a board that came online is at %+v, task %v", s, task)
	}
	s, _ = Next(s, LampHeard{Lamp: Lamp{Known: true, Online: true, On: true}, Fresh: true})
	if _, ok := s.(Finished); !ok {
		t.Errorf("a lamp that its board confirmed is at %T", s)
	}
}

func TestSilenceInAProofIsToldAgainWhereTheBoardWasHeardBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := newBench(t)
		b.prove = func(ctx context.Context, _ func(device.Stage)) error {
			<-ctx.Done()
			return nil
		}
		late := make(chan Event, 9)
		w := work{provisioner: b, report: func(e Event) { late <- e }}
		done := make(chan error, 1)
		go func() { done <- w.prove(ctx) }()
		time.Sleep(2*silence + silence/2)
		synctest.Wait()
		if len(late) != 2 {
			t.Errorf("silence was told %d times", len(late))
		}
		cancel()
		<-done
	})
}
