// Package crash keeps a panic on one goroutine from ending the program, and with
// it the lesson: every goroutine that this program starts itself is started by
// Go. What a library starts can't be caught; of its end Output keeps a report.
package crash

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// maxValue bounds what is kept of a panic's value, in bytes: it may hold what was
// being worked on.
const maxValue = 200

// Error is a panic that was caught. Its report is in the log.
type Error struct{ Value string }

func (e *Error) Error() string { return "panic: " + e.Value }

// Go runs f on a goroutine of its own, which a panic in f ends after its deferred
// functions have run, and nothing else.
func Go(f func()) { go Guard(f)() }

// Guard is f as Go runs it, for a goroutine of a sync.WaitGroup.
func Guard(f func()) func() { return func() { _ = Catch(f) } }

// Catch runs f. It returns an *Error where f has panicked, and writes a report
// into the log.
func Catch(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			e := &Error{Value: shortened(fmt.Sprint(v))}
			slog.Error("panic", "value", e.Value, "stack", string(debug.Stack()))
			err = e
		}
	}()
	f()
	return nil
}

func shortened(s string) string {
	if len(s) > maxValue {
		s = s[:maxValue] + "…"
	}
	return strings.ToValidUTF8(s, "?")
}

// The files of Output, in the data folder.
const (
	now    = "crash.txt"
	before = "crash.1.txt"
)

// Output has the Go runtime write the report of whatever ends the program, on
// any goroutine, into crash.txt of a folder: a program with a window has nowhere
// else to write it. The report of an earlier run is kept as crash.1.txt, and the
// log tells of it.
func Output(dir string) error {
	path := filepath.Join(dir, now)
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		kept := filepath.Join(dir, before)
		if err := os.Rename(path, kept); err != nil {
			return fmt.Errorf("keep a crash report: %w", err)
		}
		slog.Error("the program ended in a panic the last time", "report", kept)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for a crash report: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("make a crash report: %w", err)
	}
	defer f.Close() // the runtime has its own copy
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return fmt.Errorf("set the crash report: %w", err)
	}
	return nil
}
