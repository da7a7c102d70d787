package course

import (
	"slices"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/course/client"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// run is an open lesson.
type run struct {
	lesson  Lesson
	step    int                // len(lesson.Steps) = all are done
	checks  []func(Event) bool // of the step
	met     []bool
	began   time.Time   // when the step did
	hint    *time.Timer // until the next one; nil = there is none
	lostAny bool        // the trace lost events during the step
	resumed bool        // its first steps were done before it was opened
}

func (r *run) quiet() {
	if r.hint != nil {
		r.hint.Stop()
		r.hint = nil
	}
}

// State is how an open lesson stands.
type State struct {
	Lesson  Lesson
	Step    int    // the one in hand; len(Lesson.Steps) = all are done
	Met     []bool // for each check of that step
	Hints   []Hint // of that step, that have come
	Resumed bool   // it was taken up in the middle: what its first steps made is gone
	Lost    bool   // so much happened that some of it was not seen
}

// IsSolved reports whether all steps are done.
func (s State) IsSolved() bool { return s.Step >= len(s.Lesson.Steps) }

// State is how the open lesson stands, and false where none is open.
func (c *Course) State() (State, bool) {
	r := c.run
	if r == nil {
		return State{}, false
	}
	s := State{Lesson: r.lesson, Step: r.step, Met: slices.Clone(r.met), Lost: r.lostAny, Resumed: r.resumed}
	if !s.IsSolved() {
		waited := c.o.Now().Sub(r.began)
		for _, h := range r.lesson.Steps[r.step].Hints {
			if waited >= time.Duration(h.Wait)*time.Second {
				s.Hints = append(s.Hints, h)
			}
		}
	}
	return s, true
}

// begin begins the step in hand.
func (c *Course) begin() {
	r := c.run
	r.quiet()
	r.checks, r.met, r.began, r.lostAny = nil, nil, c.o.Now(), false
	if r.step >= len(r.lesson.Steps) {
		return
	}
	b := c.Blanks()
	for _, spec := range r.lesson.Steps[r.step].Checks {
		r.checks = append(r.checks, spec.begin(b))
	}
	r.met = make([]bool, len(r.checks))
	c.awaitHint()
}

// awaitHint has the next hint of the step told when its time has come.
func (c *Course) awaitHint() {
	r := c.run
	waited, next := c.o.Now().Sub(r.began), time.Duration(-1)
	for _, h := range r.lesson.Steps[r.step].Hints {
		if wait := time.Duration(h.Wait)*time.Second - waited; wait > 0 && (next < 0 || wait < next) {
			next = wait
		}
	}
	if next < 0 {
		return
	}
	r.hint = time.AfterFunc(next, func() {
		c.o.Post(func() {
			if c.run == r && r.hint != nil {
				r.quiet()
				c.awaitHint()
				c.Changed.Raise()
			}
		})
	})
}

// restartStep begins the step in hand again, with what is so already.
func (c *Course) restartStep() {
	if c.run != nil {
		c.begin()
		c.checkCurrent()
	}
	c.Changed.Raise()
}

// observe takes in what the broker did.
func (c *Course) observe(batch []broker.TraceEvent, lost int) {
	if c.run == nil {
		return
	}
	before, met := c.run.step, slices.Clone(c.run.met)
	for _, e := range batch {
		if e.Kind == broker.TraceStarted {
			c.world.begin(c.o.Sessions())
			c.checkCurrent()
			continue
		}
		who := c.actorOf(e) // before it has left
		c.world.follow(e)
		if e.Kind == broker.TraceRefused {
			c.refusePublish(who, e.Topic)
		}
		c.check(Event{TraceEvent: c.world.whole(e), Actor: who})
	}
	if lost > 0 {
		c.run.lostAny = true
	}
	if lost > 0 || before != c.run.step || !slices.Equal(met, c.run.met) {
		c.Changed.Raise()
	}
}

// refusePublish tells one of the pupil's clients that its message went nowhere.
func (c *Course) refusePublish(who Actor, topic string) {
	switch who {
	case Me:
		c.Me.Refuse(topic)
	case Friend:
		c.Friend.Refuse(topic)
	}
}

// refused takes in that the broker did not let one of the lessons' clients in.
func (c *Course) refused(id string) {
	if c.run != nil {
		c.check(Event{TraceEvent: broker.TraceEvent{Kind: -1, Client: id}, Actor: c.tool(id), Refused: true})
		c.Changed.Raise()
	}
}

// check shows an event to the checks of the step in hand.
func (c *Course) check(e Event) {
	r := c.run
	for i, check := range r.checks {
		if !r.met[i] && check(e) {
			r.met[i] = true
		}
	}
	if len(r.met) > 0 && !slices.Contains(r.met, false) {
		c.advance()
	}
}

// checkCurrent shows the checks what is so already.
func (c *Course) checkCurrent() {
	step := c.run.step
	for _, e := range c.world.still() {
		if c.run.step != step {
			return // advance has begun with all of it again
		}
		if c.hasLeft(e.Client) {
			continue
		}
		c.check(Event{TraceEvent: e, Actor: c.actorOf(e)})
	}
}

// whenOnline settles the step in hand when one of the lessons' own clients knows that it is
// connected: the broker may have told it before, when it was no state to rely on yet.
func (c *Course) whenOnline(x *client.Client) {
	online := false
	x.Changed.Listen(func() {
		phase, _ := x.Phase()
		came := phase == client.Online && !online
		if online = phase == client.Online; came && c.run != nil {
			c.checkCurrent()
		}
	})
}

// hasLeft reports whether one of the lessons' own clients is not connected any more,
// which the broker may not know yet.
func (c *Course) hasLeft(id string) bool {
	if id == SenderID && !c.Line.Sent().Running {
		return true
	}
	for _, own := range []*client.Client{c.Me, c.Friend, c.Own} {
		if phase, _ := own.Phase(); own.ID() == id && phase == client.Online {
			return false
		}
	}
	return c.tool(id) != Other
}

// advance goes to the next step.
func (c *Course) advance() {
	r := c.run
	r.step++
	r.resumed = false
	c.keep(r.lesson, r.step)
	c.begin()
	c.checkCurrent()
}

// keep keeps how far a lesson was gone through.
func (c *Course) keep(l Lesson, steps int) {
	c.o.Settings.Update(func(v *settings.Values) {
		x := &v.Lessons
		i := slices.IndexFunc(x.Progress, func(p settings.Progress) bool { return p.ID == l.ID })
		if i < 0 {
			x.Progress = append(x.Progress, settings.Progress{ID: l.ID})
			i = len(x.Progress) - 1
		}
		x.Progress[i].Steps = max(x.Progress[i].Steps, steps)
		known := slices.ContainsFunc(x.Solved, func(s settings.Solved) bool { return s.ID == l.ID && s.Learner == x.Learner })
		if steps == len(l.Steps) && x.Keep && x.Learner != "" && !known {
			x.Solved = append(x.Solved, settings.Solved{ID: l.ID, Learner: x.Learner, At: c.o.Now()})
		}
	})
}

// actorOf is who is behind the client of an event.
func (c *Course) actorOf(e broker.TraceEvent) Actor {
	if w := c.tool(e.Client); w != Other {
		if e.Kind == broker.TraceDisconnected && e.Departure == broker.LeftTakenOver {
			return c.replaced(e.Client)
		}
		return w
	}
	s, known := c.world.clients[e.Client]
	switch {
	case e.Client == "":
		return Nobody
	case e.Session != nil:
		s, known = *e.Session, true
	}
	switch {
	case !known:
		return Other
	case s.Role == broker.App:
		return Window
	case c.isPupilsProgram(&s):
		return Program
	case s.Role != broker.Board:
		return Other
	case s.Base == c.Lamp():
		return Lamp
	}
	return Board
}

// isPupilsProgram reports whether a client that is none of the lessons' own is a pupil's
// program: it came in as pupils do (with their account, or with none while the broker is
// open), or with SIoT's account where the broker stands in for that, or as a board that was
// set up to run the pupil's own program. Another computer's Lamplighter may come in like
// that too, and is none.
func (c *Course) isPupilsProgram(s *broker.Session) bool {
	if s.Role == broker.Board {
		return c.runsOwn(s.Base)
	}
	return (s.Role == broker.Pupil || s.Role == broker.Lesson) && !link.IsRandomID(s.Client)
}

// runsOwn reports whether the board with a base runs a pupil's program. A practice board
// never does.
func (c *Course) runsOwn(base string) bool {
	return slices.ContainsFunc(c.o.Settings.Snapshot().Boards, func(b settings.Board) bool {
		return b.Connection == "" && b.Base == base && b.Goal == device.SettingsOnly && !b.Practice
	})
}

// maxUsed bounds the client ids that are remembered of Me and Friend.
const maxUsed = 64

// connects notes which of the pupil's two clients connected last, and as whom: what the
// broker tells of that id may come when the client has another one.
func (c *Course) connects(x *client.Client, who Actor) {
	if phase, _ := x.Phase(); phase != client.Connecting {
		return
	}
	c.newest = who
	if len(c.used) < maxUsed {
		c.used[x.ID()] = who
	}
}

// replaced is which of the lessons' own clients was thrown out by another with its id:
// where both have that id, the one that connected first.
func (c *Course) replaced(id string) Actor {
	switch w := c.tool(id); {
	case id == "" || c.Me.ID() != c.Friend.ID() || id != c.Me.ID():
		return w
	case w == Me:
		return Friend
	}
	return Me
}

// tool is which of the lessons' own clients has an id, or had it in this lesson; else
// Program for the one that plays a pupil's program, or Other. Where both of the pupil's
// have it, it is that of the client that connected last.
func (c *Course) tool(id string) Actor {
	if id != "" && id == c.Me.ID() && id == c.Friend.ID() {
		return c.newest
	}
	switch id {
	case "":
		return Other
	case c.Me.ID():
		return Me
	case c.Friend.ID():
		return Friend
	case SenderID:
		return Sender
	case c.Own.ID():
		return Program
	}
	if w, ok := c.used[id]; ok {
		return w
	}
	return Other
}
