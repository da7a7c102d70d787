//go:build !uidebug

package views

// startDebug does nothing in a release: see uidebug.go.
func startDebug(*Window) {}
