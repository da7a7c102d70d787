package repl

import (
	"errors"
	"strconv"

	"lamplighter/device/fault"
)

// ErrRestarted tells that the board restarted by itself, as by machine.reset()
// or a watchdog, and is no longer in the raw REPL.
var ErrRestarted = errors.New("the board restarted")

// ErrReplyTooLong tells that a script printed more than Options.MaxReply.
var ErrReplyTooLong = errors.New("the script prints without end")

var (
	errName     = errors.New("not a name for a variable")
	errNoAnswer = errors.New("the script gave no answer")
)

// ScriptError is an exception that a script raised on the board.
type ScriptError struct {
	Type      string // the exception's class, as "OSError"
	Errno     int    // the number of an OSError; 0 where there is none
	Traceback string // what the board printed about it
	Out       []byte // what the script had printed before
}

func (e *ScriptError) Error() string {
	s := "the script raised " + e.Type
	if e.Errno != 0 {
		s += " " + strconv.Itoa(e.Errno)
	}
	return s
}

// Fault is what the exception means to a person, else ScriptFailed.
func (e *ScriptError) Fault() fault.Fault {
	switch {
	case e.Type == "MemoryError", e.Errno == 12: // ENOMEM
		return fault.MemoryFull
	case e.Errno == 28: // ENOSPC
		return fault.DiskFull
	case e.Errno == 1, e.Errno == 13, e.Errno == 30: // EPERM, EACCES, EROFS
		return fault.ReadOnly
	case e.Errno == 5, e.Errno == 19, e.Errno == 84: // EIO, ENODEV, and LittleFS' word for damage
		return fault.NoFileSystem
	}
	return fault.ScriptFailed
}

// UnexpectedOutput is the text that came from a board that did not answer as MicroPython
// does: printable, at most 400 characters, its last part.
type UnexpectedOutput struct{ Text string }

func (h *UnexpectedOutput) Error() string { return "heard " + strconv.Quote(h.Text) }
