package lamps

import (
	"strings"
	"time"

	"lamplighter/app/lights"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// lastAll is what all lamps were asked for last, as long as that is worth showing.
type lastAll struct {
	panel  *lights.Panel
	now    func() time.Time
	at     time.Time // zero = it is told no more
	on     bool
	before []string // lamps that it changed
}

// ask asks every lamp of these that is known to be in the roster.
func (a *lastAll) ask(on bool, shown []lights.Light) {
	bases, others := []string{}, []string{} // never nil, which would be all
	for _, l := range shown {
		if l.Unlisted {
			continue
		}
		bases = append(bases, l.Base)
		if on && l.State == lights.Off || !on && l.State == lights.On {
			others = append(others, l.Base)
		}
	}
	a.at, a.on, a.before = a.now(), on, others
	a.panel.SwitchAll(on, bases)
}

// forget tells of it no more.
func (a *lastAll) forget() { a.at, a.before = time.Time{}, nil }

// send asks one lamp; who waits for a turn is told of until nobody does. What comes of it
// is told by its card, an error too.
func (a *lastAll) send(base string) {
	if g, _ := a.panel.Group(); g.Queued == 0 {
		a.at = time.Time{}
	}
	_ = a.panel.Toggle(base)
}

// canUndo reports whether it changed a lamp, and is still told of.
func (a *lastAll) canUndo() bool { return !a.at.IsZero() && len(a.before) > 0 }

// undo asks the lamps that were otherwise before.
func (a *lastAll) undo() {
	others, on := a.before, !a.on
	a.at, a.on, a.before = a.now(), on, nil
	a.panel.SwitchAll(on, others)
}

// words say how many have confirmed what all were asked for.
func (a *lastAll) words() string {
	g, ok := a.panel.Group()
	if !ok || a.at.IsZero() || g.Asked+g.Sent+g.LeftOut+g.NotSent == 0 {
		return ""
	}
	key := ui.Either(g.On, "lamps.result.on", "lamps.result.off")
	parts := []string{format.Time(a.at, a.now()), i18n.T(key, "Confirmed", g.Confirmed, "Asked", g.Asked)}
	if g.Asked == 0 { // none could be, as the others say
		parts[1] = i18n.T(ui.Either(g.On, "lamps.all.on", "lamps.all.off"))
	}
	for _, part := range []struct {
		key string
		n   int
	}{
		{"lamps.result.queued", g.Queued},
		{"lamps.result.noanswer", g.NoAnswer},
		{"lamps.result.leftout", g.LeftOut},
		{"lamps.result.sent", g.Sent},
		{"lamps.result.notsent", g.NotSent},
	} {
		if part.n > 0 {
			parts = append(parts, i18n.N(part.key, part.n))
		}
	}
	return strings.Join(parts, i18n.T("lamps.count.between"))
}
