package assets_test

import (
	"slices"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// holdable has a board hear when its button is the teacher's.
func holdable(c *device.Config) { c.Topics.Hold = base + "/hold" }

// heldAgain waits for the board to say of its button whether it is held.
func heldAgain(t *testing.T, e *devicetest.Subscriber, want bool) {
	t.Helper()
	if got := decode(t, e.Expect(base+"/info", devicetest.Any).Payload)["held"]; got != want {
		t.Fatalf("the button is told as held: %v", got)
	}
}

func TestAButtonThatIsHeldDoesNothingUntilItIsGivenBack(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{config: holdable})
	e.Publish(base+"/hold", "60")
	heldAgain(t, e, true)
	r.PressButton("0")
	e.Publish(base+"/light/set", "off") // answered after the press was seen
	e.Expect(base+"/light", "off")
	e.Publish(base+"/hold", "0")
	heldAgain(t, e, false)
	r.PressButton("0")
	e.Expect(base+"/light", "on")
	if all := e.All(); len(slices.DeleteFunc(all, func(m devicetest.Message) bool { return m.Topic != base+"/light" || m.Payload != "on" })) != 1 {
		t.Error("the press while it was held counted")
	}
}

func TestAButtonIsGivenBackByItselfAndWithTheConnection(t *testing.T) {
	t.Parallel()
	r, e, b := lit(t, opts{config: holdable})
	e.Publish(base+"/hold", "1")
	heldAgain(t, e, true)
	heldAgain(t, e, false) // a second is over
	e.Publish(base+"/hold", "60")
	heldAgain(t, e, true)
	b.Stop()
	r.stage(device.StageLost)
	r.PressButton("0")
	r.WaitForPixels(true)
}

func TestWhatIsNoHoldIsIgnored(t *testing.T) {
	t.Parallel()
	r, e, _ := lit(t, opts{config: holdable})
	for _, payload := range []string{"61", "-1", "on", "", "1.5"} {
		e.Publish(base+"/hold", payload)
		r.stage(device.StageIgnored)
	}
	r.PressButton("0")
	e.Expect(base+"/light", "on")
}

func TestABoardThatIsBackSaysWhyItWasAway(t *testing.T) {
	t.Parallel()
	r, e, b := lit(t, opts{})
	e.Rewind()
	if why := decode(t, e.Expect(base+"/info", devicetest.Any).Payload)["lost"]; why != "" {
		t.Errorf("at first it says %v", why)
	}
	b.Stop()
	r.stage(device.StageLost)
	b.Start()
	r.stage(device.StageSubscribed)
	e = devicetest.Listen(t, b)
	for why := any(""); why == ""; {
		why = decode(t, e.Expect(base+"/info", devicetest.Any).Payload)["lost"]
		if why != "" && why != device.ReasonClosed && why != device.ReasonRefused {
			t.Errorf("it says %v", why)
		}
	}
}
