package settings

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"lamplighter/device"
)

// writeFile replaces a file in one step: whoever reads it finds the old or the
// new, never a half, even after the power went. A folder that somebody deleted
// is made again.
func writeFile(path string, data []byte, mode fs.FileMode) error {
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

// chmod is only for systems that have modes.
func chmod(f *os.File, mode fs.FileMode) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return f.Chmod(mode)
}

// replace renames a file over another. On Windows a virus scanner may hold the
// old one for a moment.
func replace(from, to string) error {
	for try := 0; ; try++ {
		err := os.Rename(from, to)
		if err == nil {
			return nil
		}
		if runtime.GOOS != "windows" || try == 40 {
			return fmt.Errorf("replace: %w", err)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// Bounds of what is kept of boards' own programs.
const (
	maxKept     = 10      // versions of each file of one board
	maxKeptSize = 2 << 20 // bytes; a board's whole file system is hardly more
)

var (
	errBoardID = errors.New("not a board's id: 2 to 64 hex digits")
	errName    = errors.New("not a name of a Python file")
	errLarge   = errors.New("larger than a board's file system")
)

// KeepFile keeps a file that was on a board, as main.py, under
// boards/<id>/main-<time>.py in the data folder, and tells its path. The same
// text is kept once, and of different ones of a name the first and the last
// nine. It fails with a *device.Error; then nothing on the board may be
// overwritten. It blocks for as long as the disk does.
func (s *Store) KeepFile(boardID, name string, data []byte) (string, error) {
	path, err := s.keepFile(boardID, name, data)
	if err != nil {
		fault := device.Unknown
		if errors.Is(err, errBoardID) || errors.Is(err, errName) || errors.Is(err, errLarge) {
			fault = device.BadValue
		}
		return "", &device.Error{Fault: fault, Op: "keep a board's file", Err: err}
	}
	return path, nil
}

// pythonFile is a name that is safe in a path on every system.
var pythonFile = regexp.MustCompile(`^([A-Za-z0-9_]{1,64})\.py$`)

func (s *Store) keepFile(boardID, name string, data []byte) (string, error) {
	m := pythonFile.FindStringSubmatch(name)
	switch {
	case !isBoardID(boardID):
		return "", errBoardID
	case m == nil:
		return "", errName
	case len(data) > maxKeptSize:
		return "", errLarge
	}
	dir := filepath.Join(s.dir, "boards", strings.ToLower(boardID))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	kept, err := keptFiles(dir, m[1])
	if err != nil {
		return "", err
	}
	for _, name := range kept {
		old, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && bytes.Equal(old, data) {
			return filepath.Join(dir, name), nil
		}
	}
	path := filepath.Join(dir, m[1]+"-"+time.Now().UTC().Format("20060102-150405.000000000")+".py")
	if err := writeFile(path, data, 0o600); err != nil {
		return "", err
	}
	// The first is never thrown away: it is what the board came with.
	for len(kept) > maxKept-1 {
		_ = os.Remove(filepath.Join(dir, kept[1]))
		kept = slices.Delete(kept, 1, 2)
	}
	return path, nil
}

// keptFiles lists what KeepFile kept of a module, the oldest first.
func keptFiles(dir, module string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list: %w", err)
	}
	var names []string
	for _, e := range list {
		if strings.HasPrefix(e.Name(), module+"-") && strings.HasSuffix(e.Name(), ".py") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func isBoardID(id string) bool {
	if len(id) < 2 || len(id) > 64 {
		return false
	}
	_, err := hex.DecodeString(id)
	return err == nil
}
