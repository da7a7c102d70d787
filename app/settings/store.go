package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lamplighter/app/atomicfile"
	"lamplighter/app/secrets"
	"lamplighter/app/watch"
	"lamplighter/device/fault"
	"lamplighter/device/random"
)

const (
	fileName = "settings.json"
	maxFile  = 16 << 20 // bytes; a larger file is none of ours
)

// Store holds the settings of one data folder. Values, Update and Changed
// belong to the state's goroutine, as a model does; saving has its own.
type Store struct {
	Changed watch.Signal // raised by Update

	dir     string
	secrets secrets.Store
	moved   string
	values  Values
	policy  Policy

	file *File
}

// Open reads the settings of a data folder, which is made if it is missing. A
// file that can't be understood is moved aside and the defaults are used; one of a
// later version is read as far as it is understood, and kept beside it: Moved tells. It fails with a *fault.Error when the folder or the file can't be
// read at all.
func Open(dir string, passwords secrets.Store) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, openError(err)
	}
	s := &Store{dir: dir, secrets: passwords}
	last, changed, err := s.load()
	if err != nil {
		return nil, openError(err)
	}
	s.values.bound()
	s.file = NewFile(FileForm{
		Path: s.path(), Op: "save settings", Sections: []string{"builtin", "topics", "lessons"}, Lists: []string{"connections", "boards"},
	}, last)
	if changed {
		s.file.Set(s.values.clone())
	}
	return s, nil
}

func (s *Store) path() string { return filepath.Join(s.dir, fileName) }

func openError(err error) error {
	return &fault.Error{Fault: fault.Unknown, Op: "open settings", Err: err}
}

// load reads the file: last is all that it has, and changed reports whether it is to
// be written anew.
func (s *Store) load() (last map[string]any, changed bool, err error) {
	data, err := ReadFile(s.path(), maxFile)
	partly := false
	if err == nil {
		partly, err = parse(data, &s.values, &last)
	}
	if _, said := last["welcomed"]; !said && !errors.Is(err, fs.ErrNotExist) {
		// A version that did not ask, and whose broker was in the network.
		s.values.Welcomed, s.values.BuiltIn.Network = true, true
	}
	switch {
	case partly:
		return last, true, s.keepLater(data)
	case err == nil:
		return last, false, nil
	case errors.Is(err, ErrBroken):
		if s.moved, err = atomicfile.MoveAside(s.path()); err != nil {
			return nil, false, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, false, err
	}
	s.values = Values{Welcomed: s.values.Welcomed, BuiltIn: BuiltIn{Network: s.values.Welcomed}}
	return map[string]any{}, true, nil
}

// keepLater keeps a later version's file, of which not all was understood, before the
// first save writes the present form over it.
func (s *Store) keepLater(data []byte) error {
	s.moved = atomicfile.Beside(s.path(), "later")
	if err := atomicfile.Write(s.moved, data, 0o600); err != nil {
		return fmt.Errorf("keep a later version's file: %w", err)
	}
	s.values.Format = Format
	return nil
}

// parse reads what it can of a file, and reports whether that is only a part of a
// later version's.
func parse(data []byte, v *Values, all *map[string]any) (partly bool, err error) {
	if err := json.Unmarshal(data, all); err != nil || *all == nil {
		return false, fmt.Errorf("%w: no object", ErrBroken)
	}
	err = json.Unmarshal(data, v) // goes on after a field of another type
	if err != nil && v.Format <= Format {
		return false, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return err != nil, nil
}

// SetAside is where files went that could not be read, or not whole, at this start: the settings,
// or the passwords that Open was given.
func (s *Store) SetAside() []string {
	var all []string
	if s.moved != "" {
		all = append(all, s.moved)
	}
	if moved := secrets.SetAside(s.secrets); moved != "" {
		all = append(all, moved)
	}
	return all
}

// Dir is the data folder.
func (s *Store) Dir() string { return s.dir }

// Snapshot is the settings as they are now, without a copy for those who look
// often: it may be kept, and nothing that it leads to may be changed.
func (s *Store) Snapshot() Values { return s.values }

// Values is a copy of the settings.
func (s *Store) Values() Values { return s.values.clone() }

// Update changes the settings, has them saved soon, and raises Changed.
func (s *Store) Update(change func(*Values)) {
	v := s.values.clone()
	change(&v)
	s.policy.choose(&v, false)
	v.bound()
	s.values = v
	s.file.Set(v.clone())
	s.Changed.Raise()
}

// OnSaveError has f told of every save that failed, and of the one that succeeds
// again: see File.OnSaveError.
func (s *Store) OnSaveError(f func(error)) { s.file.OnSaveError(f) }

// Err is why the last save failed, a *fault.Error, or nil. It may be called from
// any goroutine.
func (s *Store) Err() error { return s.file.Err() }

// Close saves what is not saved yet. It fails as the save does.
func (s *Store) Close() error { return s.file.Close() }

// NewID makes an ID for a connection or a saved publish: 16 hex digits.
func NewID() string { return random.Hex(8) }
