// Package atomicfile replaces files in one step, and moves those aside that are broken.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// How often and how long after one another a file is put into place: on Windows
// a virus scanner may hold the old one for a moment.
const (
	tries = 40
	pause = 25 * time.Millisecond
)

// Write replaces the file at path: whoever reads it finds the old or the new
// content, never a half, even after the power went. The file has the given mode,
// where the system knows modes. A folder that somebody deleted is made again, for
// this user alone.
func Write(path string, data []byte, mode fs.FileMode) error {
	dir, pattern := filepath.Dir(path), filepath.Base(path)+".tmp-*"
	f, err := os.CreateTemp(dir, pattern)
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(dir, 0o700) == nil {
		f, err = os.CreateTemp(dir, pattern)
	}
	if err != nil {
		return fmt.Errorf("make: %w", err)
	}
	defer os.Remove(f.Name()) // of no use after the rename
	_, err = f.Write(data)
	err = errors.Join(err, chmod(f, mode), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return replace(f.Name(), path)
}

func chmod(f *os.File, mode fs.FileMode) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return f.Chmod(mode)
}

func replace(from, to string) error {
	for try := 0; ; try++ {
		err := os.Rename(from, to)
		if err == nil {
			return nil
		}
		if runtime.GOOS != "windows" || try == tries {
			return fmt.Errorf("replace: %w", err)
		}
		time.Sleep(pause)
	}
}

// MoveAside renames a file that can't be understood to one that is free, and returns
// which.
func MoveAside(path string) (moved string, err error) {
	moved = Beside(path, "broken")
	if err := os.Rename(path, moved); err != nil {
		return "", fmt.Errorf("move aside: %w", err)
	}
	return moved, nil
}

// Beside is the name of a file beside the one at path that is there for a reason, as
// "broken", made of the time, so that it is free.
func Beside(path, reason string) string {
	return path + "." + reason + "-" + time.Now().UTC().Format("20060102-150405.000000000")
}
