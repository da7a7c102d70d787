package outbox

import (
	"time"

	"lamplighter/app/lights"
)

// Commands sends a panel's commands: at least once where the platform has that,
// and never retained.
type Commands struct {
	o     *Outbox
	panel *lights.Panel
}

var _ lights.Publisher = (*Commands)(nil)

// Commands is the way of a panel's commands. The panel is made with it, and has
// to be given to Serve before it is used.
func (o *Outbox) Commands() *Commands { return &Commands{o: o} }

// Serve has the panel told what becomes of its commands, and when their turns come
// nearer.
func (c *Commands) Serve(p *lights.Panel) {
	c.panel = p
	c.o.Changed.Listen(p.Changed.Raise)
}

// Publish sends a command or lets it wait. It fails as Send does.
func (c *Commands) Publish(topic string, payload []byte, many bool) (queued bool, err error) {
	t := c.o.Send(Command{Topic: topic, Payload: payload, QoS: 1, Many: many, Patience: longestTurn, Settled: c.settled})
	return t.Waits, t.Err
}

// settled tells the panel. Where another command waits under the topic by now, it
// is that one which counts.
func (c *Commands) settled(out Outcome) {
	switch i := c.o.find(out.Topic); {
	case i >= 0:
		c.panel.Replaced(out.Topic, c.o.queue[i].Payload)
	case out.Err != nil:
		c.panel.Unsent(out.Topic, out.Err)
	case out.Replaced:
		c.panel.Replaced(out.Topic, out.Payload)
	default:
		c.panel.Sent(out.Topic, out.Payload)
	}
}

// Withdraw forgets a command that waits.
func (c *Commands) Withdraw(topic string) { c.o.Withdraw(topic) }

// Turns tells how far away what waits is from being sent.
func (c *Commands) Turns() map[string]lights.Turn {
	all, now := make(map[string]lights.Turn, len(c.o.queue)), time.Now()
	for i, wait := range c.o.limiter.Turns(now, len(c.o.queue)) {
		if w := c.o.queue[i]; !w.Retained {
			all[w.Topic] = lights.Turn{Ahead: i, Wait: about(wait)}
		}
	}
	return all
}
