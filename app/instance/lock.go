package instance

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/gofrs/flock"
)

var (
	errLocked  = errors.New("locked by another process")
	errNoLocks = errors.New("the file system has no locks")
)

// lock locks a file for this process, until unlock or the process's end.
func lock(path string) (*flock.Flock, error) {
	f := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR)) // a lock on NFS wants to write
	locked, err := f.TryLock()
	switch {
	case locked:
		return f, nil
	case err == nil:
		return nil, errLocked
	case errors.As(err, new(*fs.PathError)):
		return nil, fmt.Errorf("open: %w", err)
	}
	return nil, fmt.Errorf("%w: %w", errNoLocks, err)
}

func unlock(f *flock.Flock) {
	if f != nil {
		_ = f.Unlock() // the process's end does it too
	}
}
