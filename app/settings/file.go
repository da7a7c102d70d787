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
	"slices"
	"strings"
	"time"

	"lamplighter/app/atomicfile"
	"lamplighter/device/fault"
)

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
// boards/<id>/main-<time>.py in a data folder, and tells its path. The same text is
// kept once, and of different ones of a name the first and the last nine. It fails
// with a *fault.Error; then nothing on the board may be overwritten. It blocks for
// as long as the disk does, and may be called from any goroutine.
func KeepFile(dir, boardID, name string, data []byte) (string, error) {
	path, err := keepFile(dir, boardID, name, data)
	if err != nil {
		kind := fault.Unknown
		if errors.Is(err, errBoardID) || errors.Is(err, errName) || errors.Is(err, errLarge) {
			kind = fault.BadValue
		}
		return "", &fault.Error{Fault: kind, Op: "keep a board's file", Err: err}
	}
	return path, nil
}

// pythonFile is a name that is safe in a path on every system.
var pythonFile = regexp.MustCompile(`^([A-Za-z0-9_]{1,64})\.py$`)

func keepFile(folder, boardID, name string, data []byte) (string, error) {
	m := pythonFile.FindStringSubmatch(name)
	switch {
	case !isBoardID(boardID):
		return "", errBoardID
	case m == nil:
		return "", errName
	case len(data) > maxKeptSize:
		return "", errLarge
	}
	dir := filepath.Join(folder, "boards", strings.ToLower(boardID))
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
	if err := atomicfile.Write(path, data, 0o600); err != nil {
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
