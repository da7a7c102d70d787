package instance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Quit asks the program that uses the folder to end, and waits until it has. It
// returns nil where there is none, ErrBusy where that must not end now, and
// ErrSilent where it does not within the time.
func Quit(dir string, patience time.Duration) error {
	path := filepath.Join(dir, callFile)
	for end := time.Now().Add(patience); ; time.Sleep(pollTime) {
		if free, err := isFree(dir); free || err != nil {
			return err
		}
		if ask(path, verbQuit) == Busy {
			return ErrBusy
		}
		if !time.Now().Before(end) {
			return ErrSilent
		}
	}
}

// isFree reports whether nobody uses the folder.
func isFree(dir string) (bool, error) {
	if _, err := os.Stat(filepath.Join(dir, lockFile)); err != nil {
		return true, nil
	}
	f, err := lock(filepath.Join(dir, lockFile))
	switch {
	case errors.Is(err, errLocked):
		return false, nil
	case errors.Is(err, errNoLocks):
		return ask(filepath.Join(dir, callFile), verbRaise) == NoAnswer, nil
	case err != nil:
		return false, fmt.Errorf("look at the lock: %w", err)
	}
	unlock(f)
	return true, nil
}

// Kill ends the program that uses the folder without asking it, and waits until
// it has ended. It returns ErrSilent where it can't be found or does not end:
// a process that is not of our own executable is left alone.
func Kill(dir string, patience time.Duration) error {
	to, _, ok := readCall(filepath.Join(dir, callFile))
	if !ok || to.PID == os.Getpid() || !isOurs(to.PID) {
		return ErrSilent
	}
	p, err := os.FindProcess(to.PID)
	if err != nil {
		return fmt.Errorf("end the other instance: %w", err)
	}
	defer func() { _ = p.Release() }()
	if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the other instance: %w", err)
	}
	return awaitFree(dir, patience)
}

func awaitFree(dir string, patience time.Duration) error {
	for end := time.Now().Add(patience); ; time.Sleep(pollTime) {
		if free, err := isFree(dir); free || err != nil {
			return err
		}
		if !time.Now().Before(end) {
			return ErrSilent
		}
	}
}

// isOurs reports whether a process runs an executable named as ours.
func isOurs(pid int) bool {
	own, err := os.Executable()
	other := executable(pid)
	return err == nil && other != "" && filepath.Base(own) == filepath.Base(other)
}
