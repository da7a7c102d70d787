package app

import (
	"strings"

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
func (c pageClass) LampOf(name string) (lamp string) {
	found := 0
	for base, pupils := range c.roster.Owners() {
		for _, p := range pupils {
			if strings.EqualFold(p.Name, name) {
				lamp = base
				found++
			}
		}
	}
	if found != 1 {
		return ""
	}
	return lamp
}
