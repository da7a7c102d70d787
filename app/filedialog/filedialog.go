// Package filedialog asks for a file with the system's own dialog, where there is
// one: people know its places, its favourites and its search.
package filedialog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNone says that the system has no dialog that can be reached.
var ErrNone = errors.New("the system shows no file dialog")

// Question is what a dialog asks for: a file that is there, or one to be written.
type Question struct {
	Save   bool
	Title  string
	Name   string // of the file to be written, as it is suggested
	Parent Parent
}

// Parent is the window that a dialog belongs to; the zero value is none.
type Parent struct {
	X11     uintptr // a window's number
	Windows uintptr // an HWND
}

// Open opens a file to be read. Only regular files are taken: a pipe would have the
// program wait for ever.
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open a file: %w", &fs.PathError{Op: "open", Path: path, Err: fs.ErrInvalid})
	}
	return os.Open(path)
}
