// Package wizard is the page that sets a board up: a page for each kind of state of
// setup.State. It decides nothing: what follows what is setup.Next's.
package wizard
