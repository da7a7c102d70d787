// Package backend says what the window asks of the program: interfaces and the
// types in them, so that each page can be built with doubles. It does nothing.
package backend
