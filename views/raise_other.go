//go:build !windows

package views

// unminimise has nothing to do here: Show brings a minimised window back.
func (w *Window) unminimise() {}
