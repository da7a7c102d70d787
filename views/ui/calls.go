package ui

func Call(f func()) {
	if f != nil {
		f()
	}
}
