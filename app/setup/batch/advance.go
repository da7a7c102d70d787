package batch

import (
	"slices"
	"time"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// advance has the rows do what is to be done now, until nothing is, and tells that
// something has changed. What a session reports meanwhile is looked at afterwards.
func (t *Table) advance() {
	t.settleAgain = true
	if t.settling || !t.open {
		return
	}
	t.settling = true
	for t.settleAgain {
		t.settleAgain = false
		for _, r := range slices.Clone(t.rows) {
			t.advanceRow(r)
		}
		t.follow()
		t.startWaiting()
	}
	t.settling = false
	t.news.Put(struct{}{})
}

// advanceRow does what follows for a row from where its setup stands.
func (t *Table) advanceRow(r *row) {
	if r.session == nil {
		return
	}
	switch s := r.session.State().(type) {
	case setup.Naming:
		t.greeted(r)
	case setup.Unplugged:
		t.endSession(r)
		if _, early := s.Resume.(setup.Choosing); early {
			if _, greeted := r.greeted(); !greeted {
				r.state = setup.Failed{Draft: s.Draft, Err: gone(r.port), From: s.Resume}
			}
			return
		}
		r.plugged = false
	case setup.Proving:
		// Somebody was quicker than the list of ports: what is at the port now is
		// greeted as any board that comes.
		if s.Away && !restarts(r.port) {
			r.plugged = false
		}
	case setup.Finished:
		if r.took == 0 {
			r.took = max(1, time.Since(r.from))
		}
	}
}

// greeted finds the row that the board had before, and takes its place. A board
// that is done stays done, and one whose twin with the same id is here is not begun.
func (t *Table) greeted(r *row) {
	id, _ := r.greeted()
	i := slices.IndexFunc(t.rows, func(x *row) bool {
		other, known := x.greeted()
		return x != r && known && id.ID != "" && other.ID == id.ID
	})
	if i < 0 {
		r.asked = r.asked || t.each
		return
	}
	old := t.rows[i]
	switch p := old.phase(); {
	case old.plugged && p != Failed && p != Pulled:
		t.endSession(r)
		r.state = setup.Failed{Draft: r.state.CurrentDraft(), From: r.state, Err: &fault.Error{Fault: fault.DuplicateClient, Op: "greet", Where: r.port.Name}}
		return
	case p == Done:
		old.port, old.plugged = r.port, true
		t.remove(r)
		return
	}
	r.key, r.asked = old.key, true
	t.endSession(old)
	t.rows = slices.DeleteFunc(t.rows, func(x *row) bool { return x == r })
	t.rows[slices.Index(t.rows, old)] = r
}

// startWaiting lets rows begin as long as there is a place: first those that go on,
// then those whose board is to be greeted.
func (t *Table) startWaiting() {
	for _, r := range turns(t.phases(), AtWork) {
		switch row := t.rows[r]; row.phase() {
		case Queued:
			row.session.Handle(setup.Forward{})
		case Waiting:
			t.begin(row)
		}
	}
}

func (t *Table) phases() []Phase {
	all := make([]Phase, len(t.rows))
	for i, r := range t.rows {
		all[i] = r.phase()
	}
	return all
}

// turns tells which rows begin now, by their phases, where so many may work at
// once.
func turns(rows []Phase, atWork int) (begin []int) {
	free := atWork
	for _, p := range rows {
		if p.Working() {
			free--
		}
	}
	for _, wanted := range []Phase{Queued, Waiting} {
		for i, p := range rows {
			if p == wanted && free > 0 {
				begin = append(begin, i)
				free--
			}
		}
	}
	return begin
}

// portsChanged keeps the list, and looks which rows have their port.
func (t *Table) portsChanged(ports []device.Port) {
	t.ports = slices.DeleteFunc(slices.Clone(ports), func(p device.Port) bool { return p.Kind != device.USB || p.Other })
	t.missPorts()
	t.advance()
}

// missPorts finds the rows whose port has left.
func (t *Table) missPorts() {
	for _, r := range slices.Clone(t.rows) {
		if r.plugged && !slices.ContainsFunc(t.ports, func(p device.Port) bool { return samePort(p, r.port) }) {
			t.pulled(r)
		}
	}
}

// pulled is the end of a row whose board was not begun; others wait for it.
func (t *Table) pulled(r *row) {
	r.plugged = false
	switch r.phase() {
	case Greeting:
		// A hardware reset may have broken into a board with USB of its own; its line
		// tells when it does not come back.
		if !restarts(r.port) {
			t.forget(r)
		}
	case Waiting, Ready, Queued:
		t.forget(r)
	case Writing:
		t.endSession(r)
	case Proving:
		r.session.Handle(setup.PortsChanged{}) // it may yet be proven over the air
	case Failed:
		t.endSession(r)
		if _, greeted := r.greeted(); !greeted {
			t.remove(r)
		}
	}
}

// forget removes a row whose board was not begun. One that a person has asked for
// goes on when it is back.
func (t *Table) forget(r *row) {
	t.endSession(r)
	r.afresh = false
	if _, greeted := r.greeted(); !greeted || !r.asked {
		t.remove(r)
	}
}

// follow gives each port that no row has to a row: to that of the board which was
// away to restart, else to a new one.
func (t *Table) follow() {
	for _, p := range t.ports {
		if slices.ContainsFunc(t.rows, func(r *row) bool { return r.plugged && r.port.Name == p.Name }) {
			continue
		}
		if r := t.restarted(p); r != nil {
			r.port, r.plugged = p, true
			if r.session != nil {
				r.session.Handle(setup.PortsChanged{Ports: []device.Port{p}})
			}
			continue
		}
		if t.makeRoom() {
			t.add(&row{port: p, plugged: true})
		}
	}
}

// restarted is the row of a board with USB of its own whose port this is.
func (t *Table) restarted(p device.Port) *row {
	for _, r := range t.rows {
		if r.plugged || !restarts(p) || p.VID != r.port.VID || p.Serial != r.port.Serial {
			continue
		}
		switch r.phase() {
		case Greeting, Proving, Done:
			return r
		}
	}
	return nil
}
