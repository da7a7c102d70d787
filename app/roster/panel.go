package roster

import (
	"errors"
	"log/slog"
	"slices"
	"strings"

	"lamplighter/app/lights"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

// Show begins the panel anew, with the lamps that are on the broker in use.
func (r *Roster) Show() {
	v := r.o.Settings.Snapshot()
	var all []lights.Entry
	for _, b := range v.Boards {
		if isLamp(b) && b.Connection == v.Connection {
			all = append(all, entryOf(b))
		}
	}
	r.left = nil
	if err := r.o.Lamps.Reset(all); err != nil {
		slog.Warn("lamps of the roster are left out", "err", err)
	}
}

// onPanel finds the lamp with a base on the broker in use.
func onPanel(v *settings.Values, base string) *settings.Board {
	for i, b := range v.Boards {
		if b.Base == base && b.Connection == v.Connection && isLamp(b) {
			return &v.Boards[i]
		}
	}
	return nil
}

// SaveLamp keeps a name that was given in the panel, or a lamp that was added.
func (r *Roster) SaveLamp(e lights.Entry) error {
	r.o.Settings.Update(func(v *settings.Values) {
		b := onPanel(v, e.Base)
		if b != nil && e.Foreign && e.Name == "" && !e.Hidden { // it is as its own system has it
			v.RemoveBoard(b.ID)
			return
		}
		if b != nil {
			b.Name, b.Hidden = e.Name, e.Hidden
			return
		}
		v.SetBoard(settings.Board{
			ID: panelID(e.Base), Base: e.Base, Name: e.Name, Topics: e.Topics, Practice: e.Practice, Connection: v.Connection,
			Goal: device.MakeLamp, Foreign: e.Foreign, Hidden: e.Hidden,
		})
	})
	r.o.Post(r.o.Topics) // when the panel knows it
	return nil
}

// ForgetLamp takes a lamp off the roster. Its board keeps its account, for it
// may still be switched on, and comes back with its next word.
func (r *Roster) ForgetLamp(base string) error {
	r.o.Settings.Update(func(v *settings.Values) {
		if b := onPanel(v, base); b != nil {
			r.o.Secrets.Set(secrets.PlaceKey(b.ID), "")
			r.o.Class.boardIs(b.ID, panelID(base))
			v.RemoveBoard(b.ID)
		}
	})
	r.o.Post(r.o.Topics)
	return nil
}

// forgetLamp makes panel and broker forget a lamp whose board has other topics now,
// or none, as soon as there is a connection.
func (r *Roster) forgetLamp(e lights.Entry) {
	r.left = append(r.left, e)
	r.forgetLeft()
}

// Online has the broker forget lamps that have left their topics while there was
// no connection.
func (r *Roster) Online() { r.forgetLeft() }

func (r *Roster) forgetLeft() {
	for r.o.Online() && len(r.left) > 0 {
		e := r.left[0]
		r.left = r.left[1:]
		err := r.o.Lamps.Remove(e.Base)
		if errors.Is(err, lights.ErrNoLight) { // it has not been heard here yet
			err = r.clear(e.Topics)
		}
		if err != nil {
			slog.Warn("the broker keeps a lamp that is gone", "base", e.Base, "err", err)
		}
	}
}

// clear makes the broker forget what it keeps (retained) of a lamp.
func (r *Roster) clear(t device.Topics) (failed error) {
	for _, topic := range []string{t.State, t.RGB, t.Status, t.Info, t.Config} {
		if topic != "" {
			failed = errors.Join(failed, r.o.Clear(topic))
		}
	}
	return failed
}

// BoardOf is the id by which the class knows the board of a lamp on the broker in use.
func (r *Roster) BoardOf(base string) string {
	v := r.o.Settings.Snapshot()
	if b := onPanel(&v, base); b != nil {
		return b.ID
	}
	return panelID(base) // it was only heard
}

// PupilsOf lists the pupils who have the board of the lamp with a base on the broker
// in use.
func (r *Roster) PupilsOf(base string) []Pupil { return r.o.Class.OfBoard(r.BoardOf(base)) }

// Owners lists the pupils of each lamp on the broker in use that has any, by base.
func (r *Roster) Owners() map[string][]Pupil {
	boards := map[string][]Pupil{}
	for _, p := range r.o.Class.pupils {
		if p.Board != "" {
			boards[p.Board] = append(boards[p.Board], p)
		}
	}
	v, all := r.o.Settings.Snapshot(), map[string][]Pupil{}
	for id, pupils := range boards {
		if base, heard := strings.CutPrefix(id, panelPrefix); heard {
			all[base] = pupils
		}
	}
	for _, b := range v.Boards {
		if pupils := boards[b.ID]; len(pupils) > 0 && b.Connection == v.Connection && isLamp(b) {
			all[b.Base] = pupils
		}
	}
	return all
}

// Enrol makes a list the class, as Class.Merge does, and gives the pupils the boards
// that they are to have, where those are known: those on the broker in use come first.
func (r *Roster) Enrol(list []Pupil) {
	boards := r.boards()
	r.o.Class.Replace(r.o.Class.Merge(list, func(word, id string) bool {
		i := slices.IndexFunc(boards, func(b settings.Board) bool { return b.ID == id })
		return i >= 0 && isPlanned(word, boards[i])
	}))
	for _, b := range boards {
		r.o.Class.planned(b)
	}
}

// boards are all that a list can mean: those of the broker in use, those that were
// only heard there, and the others.
func (r *Roster) boards() (all []settings.Board) {
	v := r.o.Settings.Snapshot()
	var others []settings.Board
	for _, b := range v.Boards {
		if b.Connection == v.Connection {
			all = append(all, b)
		} else {
			others = append(others, b)
		}
	}
	for _, l := range r.o.Lamps.Lights() {
		if !l.Unlisted && onPanel(&v, l.Base) == nil {
			all = append(all, settings.Board{ID: panelID(l.Base), Base: l.Base, Name: l.Name})
		}
	}
	return append(all, others...)
}

// LampOf is the lamp on the broker in use of the only pupil who is called so, capitals
// or not; "" where nobody is, several are, or that one has none.
func (r *Roster) LampOf(name string) string {
	board, found := "", 0
	for _, p := range r.o.Class.pupils {
		if strings.EqualFold(p.Name, name) {
			board = p.Board
			found++
		}
	}
	if found != 1 || board == "" {
		return ""
	}
	for base, pupils := range r.Owners() {
		if pupils[0].Board == board {
			return base
		}
	}
	return ""
}

// PupilFor is whose board it is, by its id, for its display: those who share it as one.
func (r *Roster) PupilFor(board string) setup.Pupil {
	all := r.o.Class.OfBoard(board)
	if len(all) == 0 {
		return setup.Pupil{}
	}
	one := setup.Pupil{ID: all[0].ID, Number: -1}
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	one.Name = strings.Join(names, " ")
	return one
}

// WithoutBoard lists the pupils who have no board, in the order of the class.
func (r *Roster) WithoutBoard() (all []setup.Pupil) {
	for _, p := range r.o.Class.pupils {
		if p.Board != "" {
			continue
		}
		one := setup.Pupil{ID: p.ID, Name: p.Name, Number: -1}
		if isNumber(p.Planned) {
			one.Number = numberIn(p.Planned)
		}
		all = append(all, one)
	}
	return all
}
