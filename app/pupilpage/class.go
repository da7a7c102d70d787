package pupilpage

// Class is what a page knows of a class. No name of a pupil is told by it.
type Class interface {
	// Places are where lamps are in the class, by base, of those that are somebody's.
	Places() map[string]Place
	// LampOf is the lamp of the only pupil who is called so; "" = there is none.
	LampOf(name string) string
}

// Place is where a lamp is in the class.
type Place struct {
	Group       string // "" = none
	Row, Column int    // of the seat, from 1; 0 = none
}

// noClass is a classroom whose pupils nobody knows.
type noClass struct{}

func (noClass) Places() map[string]Place { return nil }

func (noClass) LampOf(string) string { return "" }

// ClassChanged has all pages show how the class is now.
func (p *Page) ClassChanged() {
	p.show()
	p.Changed.Raise()
}

// may reports whether the rule lets a pupil switch a lamp.
func (p *Page) may(x *Pupil, base string) bool {
	switch {
	case p.rule == RuleAll:
		return true
	case p.rule == RuleLook || x.Lamp == "":
		return false
	case x.Lamp == base:
		return true
	}
	places := p.o.Class.Places()
	group := places[x.Lamp].Group
	return p.rule == RuleGroup && group != "" && places[base].Group == group
}

// seat gives a pupil who has just come the lamp that the class knows it by, where
// nobody has that.
func (p *Page) seat(l *lesson, id int) (lamp string) {
	x := l.pupils[id]
	lamp = p.o.Class.LampOf(x.Name)
	if x.Name == "" || lamp == "" || p.pick(l, id, lamp) != "" {
		return ""
	}
	return lamp
}
