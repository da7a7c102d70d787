package outbox

import (
	"testing"

	"lamplighter/app/broker/presets"
)

// nowhere takes every message.
type nowhere struct{}

func (nowhere) Publish(string, []byte, byte, bool) error { return nil }

// While a computer sleeps its clock of running time stands still, which time.Time
// has beside the one on the wall; Round takes that off (package time).
func TestACommandsTimeGoesOnWhileTheComputerSleeps(t *testing.T) {
	o := New(func(func()) {})
	defer o.Close()
	o.SetTransport("c", presets.ByID("easyiot").Limiter(presets.Inputs{}), nowhere{})
	o.Online()
	for _, topic := range []string{"first", "second"} {
		if ticket := o.Send(Command{Topic: topic, Payload: []byte("on")}); ticket.Err != nil {
			t.Fatal(ticket.Err)
		}
	}
	if u := o.queue[0].until; u != u.Round(0) {
		t.Error("it would be sent when the computer wakes up")
	}
}
