package lights

// Group is how asking several lamps at once is going.
type Group struct {
	On        bool
	Asked     int // lamps that were asked and may confirm
	Confirmed int // of those: confirmed
	NoAnswer  int // of those: gave no answer in time, or contradicted
	Sent      int // lamps that were asked and never confirm
	Queued    int // lamps whose turn to be asked has not come; those that may confirm are among Asked
	LeftOut   int // lamps that are offline, and were not asked
	NotSent   int // lamps that could not be asked
}

// group is a Group with the requests behind it.
type group struct {
	sum   Group
	lamps map[*lamp]verdict
	queue map[*lamp]bool // of Queued
}

type verdict int

const (
	pending verdict = iota
	confirmed
	failed
)

// SwitchAll asks the lamps with these bases that are not offline; nil means all that
// are not Unlisted. How it went on is told by Group.
func (p *Panel) SwitchAll(on bool, bases []string) Group {
	p.meetForeign()
	chosen := p.list.shown
	if bases != nil {
		chosen = nil
		for _, b := range bases {
			if l := p.lamps[b]; l != nil && l.shown {
				chosen = append(chosen, l)
			}
		}
	}
	g := &group{sum: Group{On: on}, lamps: map[*lamp]verdict{}, queue: map[*lamp]bool{}}
	for _, l := range chosen {
		if l.light.ReadOnly || bases == nil && l.light.Unlisted {
			continue
		}
		if l.light.Presence == PresenceOffline && p.linked {
			g.sum.LeftOut++
			p.withdraw(l) // what was asked for before is not meant any more
			p.recompute(l)
			continue
		}
		if p.ask(l, ActorThisPC, on, true) != nil {
			g.sum.NotSent++
			continue
		}
		if l.asksLater() {
			g.sum.Queued++
			g.queue[l] = true
		}
		if l.light.Silent {
			if !g.queue[l] {
				g.sum.Sent++
			}
			continue
		}
		g.sum.Asked++
		g.lamps[l] = pending
	}
	p.group = g
	p.Changed.Raise()
	return g.sum
}

// Group is how the last SwitchAll stands, and false where there was none.
func (p *Panel) Group() (Group, bool) {
	if p.group == nil {
		return Group{}, false
	}
	return p.group.sum, true
}

// confirm counts a lamp's answer, be it late.
func (g *group) confirm(l *lamp) { g.judge(l, confirmed) }

// fail counts that a lamp gave none.
func (g *group) fail(l *lamp) { g.judge(l, failed) }

func (g *group) judge(l *lamp, v verdict) {
	if g == nil {
		return
	}
	old, in := g.lamps[l]
	if !in || old == v || old == confirmed {
		return
	}
	if old == failed {
		g.sum.NoAnswer--
	}
	if v == confirmed {
		g.sum.Confirmed++
	} else {
		g.sum.NoAnswer++
	}
	g.lamps[l] = v
}

// sent counts that a lamp's turn came.
func (g *group) sent(l *lamp) {
	if g.unqueue(l) && l.light.Silent {
		g.sum.Sent++
	}
}

// unsent counts that a lamp's turn never came.
func (g *group) unsent(l *lamp) {
	if g == nil || !g.queue[l] {
		return
	}
	g.remove(l)
	g.sum.NotSent++
}

func (g *group) unqueue(l *lamp) (waited bool) {
	if g == nil || !g.queue[l] {
		return false
	}
	delete(g.queue, l)
	g.sum.Queued--
	return true
}

// remove takes a lamp out of the count: a newer request or its removal has made the
// group's own meaningless.
func (g *group) remove(l *lamp) {
	if g == nil {
		return
	}
	g.unqueue(l)
	v, in := g.lamps[l]
	if !in {
		return
	}
	delete(g.lamps, l)
	g.sum.Asked--
	switch v {
	case confirmed:
		g.sum.Confirmed--
	case failed:
		g.sum.NoAnswer--
	}
}
