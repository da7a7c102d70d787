// Package setup is the wizard without its pages: the rules (pure) and the
// session that runs the work which the rules ask for. It never draws, opens no
// port and holds no lock: a Session belongs to the state's goroutine.
package setup
