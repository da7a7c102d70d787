// Package lamps is the page of the lamps: a card a lamp, all on and all off. What a
// lamp shows is decided by lights.Panel, never here.
package lamps
