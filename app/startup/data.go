package startup

import (
	"fmt"
	"os"
	"path/filepath"
)

// The portable program: where the marker lies beside the executable, the data
// folder does, too.
const (
	portableMarker = "portable.txt"
	portableData   = "data"
)

// ReadOnlyError says that the portable program can't write beside itself.
type ReadOnlyError struct {
	Dir string
	Err error
}

func (e *ReadOnlyError) Error() string { return "can't write in " + e.Dir + ": " + e.Err.Error() }

// Unwrap is the system's reason.
func (e *ReadOnlyError) Unwrap() error { return e.Err }

// DataDir is the folder that was asked for, or that of the portable program, or
// the system's own place. It fails with a *ReadOnlyError where the portable
// program's can't be written.
func DataDir(wanted string) (string, error) {
	if wanted != "" {
		return filepath.Abs(wanted)
	}
	if path, err := os.Executable(); err == nil {
		if dir, ok, err := portable(filepath.Dir(path)); ok {
			return dir, err
		}
	}
	base, err := os.UserConfigDir()
	return filepath.Join(base, "Lamplighter"), err
}

// portable is the data folder of a program in dir, if it is a portable one.
func portable(dir string) (data string, ok bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, portableMarker)); err != nil {
		return "", false, nil
	}
	data = filepath.Join(dir, portableData)
	if err := tryWrite(data); err != nil {
		return "", true, &ReadOnlyError{Dir: data, Err: err}
	}
	return data, true, nil
}

func tryWrite(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.CreateTemp(dir, "write-*")
	if err != nil {
		return fmt.Errorf("write in the data folder: %w", err)
	}
	_ = f.Close()
	return os.Remove(f.Name())
}
