package setup

import (
	"slices"

	"lamplighter/device"
)

// TryPractice chooses the practice board: at once, or when the search for boards
// has found it. A setup that has come further is left as it is.
func (s *Session) TryPractice() {
	stop := func() {}
	choose := func() {
		if _, choosing := s.State().(Choosing); !choosing {
			stop()
			return
		}
		if port, ok := PracticePort(s.State().CurrentDraft().Ports); ok {
			stop()
			s.Handle(Picked{Port: port})
			s.Handle(Forward{})
		}
	}
	stop = s.Changed.Listen(choose)
	choose()
}

// PracticePort is the practice board to try: one that is no lamp yet, where
// there is one.
func PracticePort(ports []device.Port) (device.Port, bool) {
	all := slices.DeleteFunc(slices.Clone(ports), func(p device.Port) bool { return p.Kind != device.Practice })
	if i := slices.IndexFunc(all, func(p device.Port) bool { return p.Board == "" }); i >= 0 {
		return all[i], true
	}
	if len(all) == 0 {
		return device.Port{}, false
	}
	return all[0], true
}
