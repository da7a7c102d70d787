package roster

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"lamplighter/app/atomicfile"
	"lamplighter/app/settings"
	"lamplighter/app/watch"
	"lamplighter/device/fault"
)

const (
	classFile = "pupils.json"
	classForm = 1
	maxClass  = 4 << 20 // bytes; a larger file is none of ours
)

// Class is the pupils of the classroom with their groups, boards and seats, kept in
// a file of the data folder that this user alone may read. It belongs to the state's
// goroutine; saving has its own.
type Class struct {
	Changed watch.Signal // raised after each change

	moved  string
	format int
	pupils []Pupil
	plan   Plan
	file   *settings.File
}

// classValues are the class as the file has it.
type classValues struct {
	Format int     `json:"format"`
	Plan   Plan    `json:"plan"`
	Pupils []Pupil `json:"pupils"`
}

// OpenClass reads the class that a data folder has. A file that can't be understood
// is moved aside: Moved tells. It fails with a *fault.Error where the file can't be
// read at all.
func OpenClass(dir string) (*Class, error) {
	c, path := &Class{}, filepath.Join(dir, classFile)
	v, last, err := c.read(path)
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "open the class", Err: err}
	}
	c.plan, c.pupils = bounded(v)
	c.format = max(v.Format, classForm)
	c.file = settings.NewFile(settings.FileForm{Path: path, Op: "keep the class", Sections: []string{"plan"}, Lists: []string{"pupils"}}, last)
	return c, nil
}

// read reads the file, or moves it aside.
func (c *Class) read(path string) (v classValues, last map[string]any, err error) {
	data, err := settings.ReadFile(path, maxClass)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return v, map[string]any{}, nil
	case err == nil && json.Unmarshal(data, &v) == nil && json.Unmarshal(data, &last) == nil && last != nil:
		return v, last, nil
	case err != nil && !errors.Is(err, settings.ErrBroken):
		return v, nil, err
	}
	c.moved, err = atomicfile.MoveAside(path)
	return classValues{}, map[string]any{}, err
}

// bounded leaves out what nobody can have entered.
func bounded(v classValues) (Plan, []Pupil) {
	plan, pupils := v.Plan, []Pupil(nil)
	if (plan == Plan{}) {
		plan = defaultPlan
	}
	plan = Plan{min(max(plan.Rows, 1), MaxSide), min(max(plan.Columns, 1), MaxSide)}
	ids, seats := map[string]bool{}, map[Seat]bool{}
	for _, p := range v.Pupils {
		p = p.clean()
		if !p.Seat.in(plan) || seats[p.Seat] {
			p.Seat = Seat{}
		}
		if len(pupils) == MaxPupils || p.Check() != nil {
			continue
		}
		if p.ID == "" || len(p.ID) > maxTextLen || ids[p.ID] {
			p.ID = settings.NewID()
		}
		ids[p.ID] = true
		seats[p.Seat] = p.Seat != Seat{}
		pupils = append(pupils, p)
	}
	return plan, pupils
}

// SetAside is where a file went that could not be read at this start, or "".
func (c *Class) SetAside() string { return c.moved }

// Pupils lists the pupils, in the order of the list that they came from.
func (c *Class) Pupils() []Pupil { return slices.Clone(c.pupils) }

// Pupil finds a pupil by its id.
func (c *Class) Pupil(id string) (Pupil, bool) {
	if i := c.index(id); i >= 0 {
		return c.pupils[i], true
	}
	return Pupil{}, false
}

func (c *Class) index(id string) int {
	return slices.IndexFunc(c.pupils, func(p Pupil) bool { return p.ID == id })
}

// OfBoard lists the pupils who have a board, by the id of its settings.Board.
func (c *Class) OfBoard(id string) (all []Pupil) {
	for _, p := range c.pupils {
		if id != "" && p.Board == id {
			all = append(all, p)
		}
	}
	return all
}

// At is who sits on a seat.
func (c *Class) At(s Seat) (Pupil, bool) {
	i := slices.IndexFunc(c.pupils, func(p Pupil) bool { return p.Seat == s })
	if i < 0 || s == (Seat{}) {
		return Pupil{}, false
	}
	return c.pupils[i], true
}

// Groups lists the groups by their numbers, else as they come in the list.
func (c *Class) Groups() []string { return groupsOf(c.pupils) }

// Plan is how many seats there are.
func (c *Class) Plan() Plan { return c.plan }

// SetPlan changes how many seats there are, 1 to MaxSide a side. Whoever sat where
// there is no seat any more has none.
func (c *Class) SetPlan(p Plan) { c.set(p, c.pupils) }

// Replace makes these the pupils of the class. What nobody may have is left out, as
// are those after the first MaxPupils. The plan grows where seats need it.
func (c *Class) Replace(pupils []Pupil) {
	plan := c.plan
	for _, p := range pupils {
		if p.Seat.in(Plan{MaxSide, MaxSide}) {
			plan = Plan{max(plan.Rows, p.Seat.Row), max(plan.Columns, p.Seat.Column)}
		}
	}
	c.set(plan, pupils)
}

// Set changes the pupil with p's id, or adds p, which then gets one. Who sat on its
// seat gets the seat that it had. It fails with ErrFull, or as Check does.
func (c *Class) Set(p Pupil) error {
	p = p.clean()
	if err := p.Check(); err != nil {
		return err
	}
	if p.Seat != (Seat{}) && !p.Seat.in(c.plan) {
		return ErrNoSeat
	}
	all, i := slices.Clone(c.pupils), c.index(p.ID)
	if i < 0 {
		if len(all) >= MaxPupils {
			return ErrFull
		}
		p.ID, i = settings.NewID(), len(all)
		all = append(all, Pupil{})
	}
	for j := range all {
		if j != i && p.Seat != (Seat{}) && all[j].Seat == p.Seat {
			all[j].Seat = all[i].Seat
		}
	}
	all[i] = p
	c.set(c.plan, all)
	return nil
}

// Remove takes a pupil out of the class.
func (c *Class) Remove(id string) {
	c.set(c.plan, slices.DeleteFunc(slices.Clone(c.pupils), func(p Pupil) bool { return p.ID == id }))
}

// AssignBoard gives a pupil a board, by the id of its settings.Board, or with "" takes its
// board back. It fails with ErrGone.
func (c *Class) AssignBoard(id, board string) error {
	p, known := c.Pupil(id)
	if !known {
		return ErrGone
	}
	p.Board, p.Planned = board, ""
	return c.Set(p)
}

// boardIs notes that the class knows a board by another id; "" = not any more.
func (c *Class) boardIs(old, id string) {
	all, changed := slices.Clone(c.pupils), false
	for i := range all {
		if old != "" && all[i].Board == old {
			all[i].Board, changed = id, true
		}
	}
	if changed {
		c.set(c.plan, all)
	}
}

// planned gives a board to the pupils who are to have it.
func (c *Class) planned(b settings.Board) {
	all, changed := slices.Clone(c.pupils), false
	for i := range all {
		if p := &all[i]; p.Board == "" && isPlanned(p.Planned, b) {
			p.Board, p.Planned, changed = b.ID, "", true
		}
	}
	if changed {
		c.set(c.plan, all)
	}
}

// assignFree gives a board to a pupil who has none.
func (c *Class) assignFree(id, board string) {
	if p, known := c.Pupil(id); known && p.Board == "" {
		_ = c.AssignBoard(id, board) // who is in the class may have a board
	}
}

// isPlanned reports whether a list means a board, by its name, its topic's last level
// or its number.
func isPlanned(word string, b settings.Board) bool {
	if word == "" {
		return false
	}
	_, level, _ := strings.Cut(b.Base, "/")
	if strings.EqualFold(word, b.Name) || strings.EqualFold(word, level) || strings.EqualFold(word, b.ID) {
		return true
	}
	n := numberIn(word)
	return n >= 0 && isNumber(word) && (n == numberIn(b.Name) || n == numberIn(level))
}

// SetSeat gives a pupil a seat; with the zero Seat it has none. Who sits there gets the
// seat that the pupil had. It fails with ErrGone or ErrNoSeat.
func (c *Class) SetSeat(id string, s Seat) error {
	p, known := c.Pupil(id)
	if !known {
		return ErrGone
	}
	p.Seat = s
	return c.Set(p)
}

// set changes the class, has it saved soon, and raises Changed.
func (c *Class) set(plan Plan, pupils []Pupil) {
	c.plan, c.pupils = bounded(classValues{Plan: plan, Pupils: pupils})
	c.file.Set(classValues{c.format, c.plan, slices.Clone(c.pupils)})
	c.Changed.Raise()
}

// OnSaveError has f told of every save that failed, and of the one that succeeds
// again: see settings.File.
func (c *Class) OnSaveError(f func(error)) { c.file.OnSaveError(f) }

// Err is why the last save failed, a *fault.Error, or nil. It may be called from
// any goroutine.
func (c *Class) Err() error { return c.file.Err() }

// Close saves what is not saved yet. It fails as the save does.
func (c *Class) Close() error { return c.file.Close() }

// Merge is a list of pupils that takes the place of the class. Whoever is in both, by
// name and number or by a name that nobody else has, keeps what the list does not say,
// and its board where the list says none, or means it: means reports whether a word of
// the list is for the board with an id.
func (c *Class) Merge(list []Pupil, means func(word, board string) bool) []Pupil {
	merged := slices.Clone(list)
	for i := range merged {
		p := &merged[i]
		old, known := c.same(*p, merged)
		if !known {
			continue
		}
		p.ID = old.ID
		p.Number, p.Group = cmp.Or(p.Number, old.Number), cmp.Or(p.Group, old.Group)
		if p.Planned == "" || means(p.Planned, old.Board) {
			p.Board, p.Planned = old.Board, old.Planned
		}
		if p.Seat == (Seat{}) && !slices.ContainsFunc(merged, func(o Pupil) bool { return o.Seat == old.Seat }) {
			p.Seat = old.Seat
		}
	}
	return merged
}

// same finds who of the class a pupil of a list is: by name and number, else by a name
// that nobody else has, or by name and group where only that is one's own.
func (c *Class) same(p Pupil, list []Pupil) (Pupil, bool) {
	numbered := func(o Pupil) bool { return o.Name == p.Name && o.Number == p.Number && p.Number != "" }
	if i := slices.IndexFunc(c.pupils, numbered); i >= 0 {
		return c.pupils[i], true
	}
	named := func(o Pupil) bool { return o.Name == p.Name && (p.Number == "" || o.Number == "") }
	grouped := func(o Pupil) bool { return named(o) && o.Group == p.Group && p.Group != "" }
	for _, is := range []func(Pupil) bool{named, grouped} {
		if old, one := only(c.pupils, is); one {
			if _, one := only(list, is); one {
				return old, true
			}
		}
	}
	return Pupil{}, false
}

// only is the one pupil of whom something is so.
func only(all []Pupil, is func(Pupil) bool) (p Pupil, ok bool) {
	for _, o := range all {
		if is(o) {
			if ok {
				return Pupil{}, false
			}
			p, ok = o, true
		}
	}
	return p, ok
}

// Seated gives everybody without a seat the first one that is free, as far as there
// are any.
func (c *Class) Seated() {
	all := slices.Clone(c.pupils)
	taken := map[Seat]bool{}
	for _, p := range all {
		taken[p.Seat] = true
	}
	next := 0
	for i := range all {
		if all[i].Seat != (Seat{}) {
			continue
		}
		for ; next < c.plan.Rows*c.plan.Columns; next++ {
			if s := c.plan.Seat(next); !taken[s] {
				all[i].Seat, taken[s] = s, true
				break
			}
		}
	}
	c.set(c.plan, all)
}

// Restore makes the class what it was: a plan and pupils from before a change.
func (c *Class) Restore(plan Plan, pupils []Pupil) { c.set(plan, pupils) }
