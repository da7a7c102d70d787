package e2e

import (
	"context"
	"slices"

	"lamplighter/app/broker"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/device/devicetest"
)

// bases are those of all lamps.
func (s *school) bases() (all []string) {
	for _, l := range s.Lights.Lights() {
		all = append(all, l.Base)
	}
	return all
}

// lit waits until the boards have confirmed that these lamps are lit, and no others.
func (s *school) lit(what string, want ...string) {
	s.t.Helper()
	s.loop.RunUntil(func() bool {
		for _, l := range s.Lights.Lights() {
			if l.Phase != lights.Confirmed || (l.State == lights.On) != slices.Contains(want, l.Base) {
				return false
			}
		}
		return true
	}, what)
}

// attention takes the switches and a board's button, and gives them back; then one
// lamp is in the spotlight.
func (m *many) attention(board *devicetest.MicroPython) {
	m.t.Helper()
	all := m.bases()
	m.Lights.SwitchAll(true, nil)
	m.lit("all lamps to be on", all...)
	m.Classroom.Lesson.SetAttentionOptions(settings.Attention{Dark: true, Buttons: true})
	m.Classroom.Lesson.SetAttention(true)
	m.lit("the lamps to be dark")
	m.loop.RunUntil(func() bool { return m.Classroom.Lesson.Buttons() == lesson.Buttons{Held: len(all)} }, "the boards to say that their buttons are held")
	own := m.base(board)
	lit := false
	stop := m.Lights.Changed.Listen(func() {
		l, _ := m.Lights.Light(own)
		lit = lit || l.State == lights.On
	})
	board.PressButton("0")
	before, _ := m.Lights.Light(own)
	_ = m.Lights.Switch(own, false) // the board answers after it has looked at its button
	m.loop.RunUntil(func() bool {
		l, _ := m.Lights.Light(own)
		return l.Phase == lights.Confirmed && l.Confirmed.After(before.Confirmed)
	}, "the board's answer")
	if stop(); lit {
		m.t.Error("the button lit the lamp")
	}
	m.Classroom.Lesson.SetAttention(false)
	m.lit("the lamps to be as before", all...)
	m.loop.RunUntil(func() bool { return m.Classroom.Lesson.Buttons() == lesson.Buttons{Free: len(all)} }, "the boards to have their buttons back")
	board.PressButton("0")
	m.lit("the button to work", slices.DeleteFunc(slices.Clone(all), func(b string) bool { return b == own })...)

	m.Classroom.Lesson.SetSpotlight(own)
	m.lit("the spotlight", own)
	m.Classroom.Lesson.SetAttention(false)
	m.lit("the lamps to be as before it", slices.DeleteFunc(slices.Clone(all), func(b string) bool { return b == own })...)
	for _, r := range m.Classroom.Lesson.Rows() {
		if r.Commands == 0 || r.Unanswered() != 0 {
			m.t.Errorf("what happened: %+v", r)
		}
	}
}

// base is that of a board's lamp.
func (m *many) base(b *devicetest.MicroPython) string {
	v := m.Settings.Values()
	row, _ := v.Board(b.ID())
	return row.Base
}

// plan is what starting again would change now.
func (m *many) plan() (p lesson.Plan) {
	m.t.Helper()
	found := false
	m.Classroom.Lesson.Plan(func(x lesson.Plan) { p, found = x, true })
	m.loop.RunUntil(func() bool { return found }, "what there is to clear up")
	if p.Err != nil {
		m.t.Fatal(p.Err)
	}
	return p
}

// startAgain clears up after pupils, takes that back, and clears up again.
func (m *many) startAgain() {
	m.t.Helper()
	on := m.plan().Off
	b, _, _ := m.Hosting.Broker()
	o := link.Options{ClientID: "a-pupils-program"}
	o.Host, o.Port = b.LocalAddr()
	o.User, o.Password = m.Hosting.Pupils()
	c, err := link.DialOnce(context.Background(), o, nil, func(link.Message) {}, func(error) {})
	if err != nil {
		m.t.Fatal(err)
	}
	defer c.Close()
	c.Publish("class/scores", []byte("7"), true)
	kept := func(p lesson.Plan) bool {
		return slices.ContainsFunc(p.Rubbish, func(k topics.RetainedMessage) bool { return k.Topic == "class/scores" })
	}
	p := m.plan()
	for !kept(p) {
		p = m.plan()
	}
	if len(on) == 0 || len(p.Rubbish) != 1 {
		m.t.Errorf("the plan is %+v", p)
	}
	again := func(p lesson.Plan) {
		m.Classroom.Lesson.StartAgain(p)
		m.lit("the lamps to be dark")
		for p = m.plan(); !p.IsEmpty(); p = m.plan() {
		}
	}
	again(p)
	m.Classroom.Lesson.Undo()
	m.lit("the lamps to be as before", on...)
	for p = m.plan(); !kept(p); p = m.plan() {
	}
	again(p)
}

// missing sees that a board whose program was interrupted is told as missing.
func (m *many) missing(name string) {
	m.t.Helper()
	m.loop.RunUntil(func() bool {
		all := m.Classroom.Lesson.Missing()
		return len(all) == 1 && all[0].DepartureKnown
	}, "one to be missing")
	if x := m.Classroom.Lesson.Missing()[0]; x.Name != name || x.Departure != broker.LeftConnectionLost || x.Away.IsZero() || x.Times == 0 {
		m.t.Errorf("missing is %+v", x)
	}
}
