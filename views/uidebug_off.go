//go:build !uidebug

package views

import "lamplighter/app/topics"

// ServeDebug does nothing in a release: see uidebug.go.
func ServeDebug(*Window, func() topics.Counts) {}
