// Package devicetest has boards for tests: a scripted one that speaks the raw
// REPL byte for byte with any oddity that a test asks for, and real MicroPython.
// It is never part of the program.
package devicetest
