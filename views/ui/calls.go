package ui

// Call calls f; nil does nothing.
func Call(f func()) {
	if f != nil {
		f()
	}
}
