//go:build !windows

package frame

// unminimise has nothing to do here: Show brings a minimised window back.
func (w *Window) unminimise() {}
