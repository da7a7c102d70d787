// Package e2e tries the whole program on real MicroPython and in a real window,
// measures it, and holds its packages to their layers. It has tests only.
package e2e
