package classroom

import (
	"lamplighter/app/pupilpage"
	"lamplighter/app/roster"
)

// pageClass is the class as the pupils' page knows it.
type pageClass struct{ roster *roster.Roster }

// Places are where lamps are in the class.
func (c pageClass) Places() map[string]pupilpage.Place {
	all := map[string]pupilpage.Place{}
	for base, pupils := range c.roster.Owners() {
		p := pupils[0]
		all[base] = pupilpage.Place{Group: p.Group, Row: p.Seat.Row, Column: p.Seat.Column}
	}
	return all
}

// LampOf is the lamp of the only pupil who is called so.
func (c pageClass) LampOf(name string) string { return c.roster.LampOf(name) }
