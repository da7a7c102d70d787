package lights

import "slices"

// listing is which lamps are shown, in their order, and which found no place.
type listing struct {
	shown   []*lamp
	hidden  int             // lamps of which only a status was heard
	leftOut map[string]bool // bases that found no place; bounded too
	closed  bool            // every board here is in the roster
	filling bool            // many lamps change, and are sorted afterwards
}

func (s *listing) full() bool { return len(s.shown) >= MaxLights }

// fill sorts once what do changes of many lamps.
func (s *listing) fill(do func()) {
	s.filling = true
	do()
	s.filling = false
	s.sort()
}

func (s *listing) sort() {
	if !s.filling {
		slices.SortFunc(s.shown, byPlace)
	}
}

// place shows or hides a lamp, and reports whether it has come to be shown. A lamp
// of which only a status was heard may be any other device.
func (s *listing) place(l *lamp) (came bool) {
	wanted := l.roster || !isOwn(l) || l.light.State != Unknown || l.light.Info != (Info{})
	switch {
	case wanted && !l.shown && s.full():
		s.countOmitted(l.light.Base)
	case wanted && !l.shown:
		l.shown = true
		s.hidden--
		s.shown = append(s.shown, l)
		delete(s.leftOut, l.light.Base)
		return true
	case !wanted && l.shown:
		s.remove(l)
		l.shown = false
		s.hidden++
	}
	return false
}

// remove forgets a lamp.
func (s *listing) remove(l *lamp) {
	if l.shown {
		s.shown = slices.DeleteFunc(s.shown, func(x *lamp) bool { return x == l })
	} else {
		s.hidden--
	}
}

// countOmitted counts a lamp for which there is no room.
func (s *listing) countOmitted(base string) {
	if len(s.leftOut) < MaxLights {
		s.leftOut[base] = true
	}
}

// unlisted reports whether a lamp's board is not in a roster that has all.
func (s *listing) unlisted(l *lamp) bool { return s.closed && isOwn(l) && !l.roster }
