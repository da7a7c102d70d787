package setup

// TryPractice chooses the practice board: at once, or when the search for boards
// has found it. A setup that has come further is left as it is.
func (s *Session) TryPractice() {
	stop := func() {}
	choose := func() {
		if _, choosing := s.State().(Choosing); !choosing {
			stop()
			return
		}
		if port, ok := PracticePort(s.State().Kept().Ports); ok {
			stop()
			s.Handle(Picked{Port: port})
			s.Handle(Forward{})
		}
	}
	stop = s.Changed.Listen(choose)
	choose()
}
