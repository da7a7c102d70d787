package batch

import (
	"fmt"
	"slices"

	"lamplighter/app/setup"
	"lamplighter/device"
)

// Prefix is how the names of boards begin that have none yet, before their number.
const Prefix = "lamp-"

// nextName is the first name with a prefix and a number of two digits or more that
// nobody has, as a name or as a topic.
func nextName(prefix, classroom string, named func(name string) bool, taken func(base string) bool) string {
	for n := 1; ; n++ {
		if name := numbered(prefix, n); isFree(name, classroom, named, taken) {
			return name
		}
	}
}

func numbered(prefix string, n int) string { return fmt.Sprintf("%s%02d", prefix, n) }

// isFree reports whether nobody has a name, as a name or as a topic.
func isFree(name, classroom string, named func(name string) bool, taken func(base string) bool) bool {
	nobody := func(string) bool { return false }
	return !named(name) && !(setup.FromName(name) && taken(setup.Base(classroom, name, nobody)))
}

// CheckPrefix finds a prefix with which no board can have a name.
func CheckPrefix(prefix string) error { return device.CheckName(prefix + "000") }

// rowBackend is the program as the setup of one row sees it: names and topics that other
// rows are about to use are not free.
type rowBackend struct {
	setup.Backend
	table *Table
	row   *row
}

// Defaults have the next name of the table for a board that has none.
func (d rowBackend) Defaults(id string) setup.Defaults {
	v := d.Backend.Defaults(id)
	if id != "" && v.Pupil.ID == "" {
		v.Pupil = d.table.nextPupil(d.row, id)
	}
	if id != "" && v.Base == "" {
		v.Name = d.table.nextName(d.row, id, v.Pupil)
	}
	return v
}

// Taken reports whether another board has the base, or is about to.
func (d rowBackend) Taken(base, id string) bool {
	return d.table.reserved(d.row, base, id) || d.Backend.Taken(base, id)
}

// Rostered reports whether the roster has the base for another board, or will.
func (d rowBackend) Rostered(base, id string) bool {
	return d.table.reserved(d.row, base, id) || d.Backend.Rostered(base, id)
}

// WriteBegun notes that one more board is being written.
func (d rowBackend) WriteBegun(name string) {
	d.table.writing[d.row] = name
	d.Backend.WriteBegun(name)
}

// WriteEnded takes it back, when it was the last one.
func (d rowBackend) WriteEnded() {
	delete(d.table.writing, d.row)
	for _, name := range d.table.writing {
		d.Backend.WriteBegun(name)
		return
	}
	d.Backend.WriteEnded()
}

// nextPupil is the first pupil without a board whom no other row has, where boards go
// to pupils.
func (t *Table) nextPupil(of *row, id string) setup.Pupil {
	if !t.pupils {
		return setup.Pupil{}
	}
	for _, p := range t.o.Pupils() {
		if !t.others(of, id, func(a setup.Answers) bool { return a.Pupil == p.ID }) {
			return p
		}
	}
	return setup.Pupil{}
}

// nextName is the name of a row's board that has none yet: with the number that its
// pupil's board is to have, where that is free, and never with that of another pupil.
func (t *Table) nextName(of *row, id string, p setup.Pupil) string {
	named := func(name string) bool {
		return t.isPlanned(name, p) || t.o.Named(name) || t.others(of, id, func(a setup.Answers) bool { return a.Name == name })
	}
	taken := func(base string) bool { return t.reserved(of, base, id) || t.o.Backend.Taken(base, "") }
	classroom := t.o.Backend.Defaults("").Classroom
	if p.ID != "" && p.Number >= 0 {
		if name := numbered(t.prefix, p.Number); isFree(name, classroom, named, taken) {
			return name
		}
	}
	return nextName(t.prefix, classroom, named, taken)
}

// isPlanned reports whether the class's list has a name's number for the board of
// another pupil, who has none yet.
func (t *Table) isPlanned(name string, of setup.Pupil) bool {
	return t.pupils && slices.ContainsFunc(t.o.Pupils(), func(p setup.Pupil) bool {
		return p.ID != of.ID && p.Number >= 0 && p.Number != of.Number && numbered(t.prefix, p.Number) == name
	})
}

// reserved reports whether another row has a base already, for another board.
func (t *Table) reserved(of *row, base, id string) bool {
	return t.others(of, id, func(a setup.Answers) bool { return a.Base == base })
}

// others reports whether something is so of another row with another board.
func (t *Table) others(of *row, id string, is func(setup.Answers) bool) bool {
	return slices.ContainsFunc(t.rows, func(r *row) bool {
		board, greeted := r.greeted()
		return r != of && greeted && (id == "" || board.ID != id) && is(r.current().CurrentDraft().Answers)
	})
}
