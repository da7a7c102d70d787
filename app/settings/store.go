package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lamplighter/app/atomicfile"
	"lamplighter/app/secrets"
	"lamplighter/app/watch"
	"lamplighter/app/worker"
	"lamplighter/device/fault"
	"lamplighter/device/random"
)

const (
	fileName  = "settings.json"
	maxFile   = 16 << 20               // bytes; a larger file is none of ours
	savePause = 300 * time.Millisecond // between a change and its saving, so that a slider is saved once
	saveRetry = 5 * time.Second        // after a save that failed
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

	mu      sync.Mutex // of what follows
	latest  Values
	dirty   bool
	last    map[string]any // the file as it was read or written, for fields that we don't know
	failed  func(error)
	saveErr error

	saver *worker.Saver
}

// Open reads the settings of a data folder, which is made if it is missing. A
// file that can't be understood is moved aside and the defaults are used; one of a
// later version is read as far as it is understood, and kept beside it: Moved tells. It fails with a *fault.Error when the folder or the file can't be
// read at all.
func Open(dir string, passwords secrets.Store) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, openError(err)
	}
	s := &Store{
		dir: dir, secrets: passwords, last: map[string]any{},
	}
	if err := s.load(); err != nil {
		return nil, openError(err)
	}
	s.values.bound()
	s.latest = s.values.clone()
	s.saver = worker.NewSaver(s.flush, savePause, saveRetry)
	if s.dirty {
		s.saver.Wake()
	}
	return s, nil
}

func openError(err error) error {
	return &fault.Error{Fault: fault.Unknown, Op: "open settings", Err: err}
}

// load reads the file.
func (s *Store) load() error {
	path := filepath.Join(s.dir, fileName)
	data, err := readBounded(path)
	partly := false
	if err == nil {
		partly, err = parse(data, &s.values, &s.last)
	}
	if _, said := s.last["welcomed"]; !said && !errors.Is(err, fs.ErrNotExist) {
		// A version that did not ask, and whose broker was in the network.
		s.values.Welcomed, s.values.BuiltIn.Network = true, true
	}
	switch {
	case partly:
		return s.readPartly(path, data)
	case err == nil:
		return nil
	case errors.Is(err, errBroken):
		s.moved = path + ".broken-" + stamp()
		if err := os.Rename(path, s.moved); err != nil {
			return fmt.Errorf("move a broken file aside: %w", err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	s.values, s.last = Values{Welcomed: s.values.Welcomed, BuiltIn: BuiltIn{Network: s.values.Welcomed}}, map[string]any{}
	s.dirty = true
	return nil
}

// readPartly keeps a later version's file, of which not all was understood, before
// the first save writes the present form over it.
func (s *Store) readPartly(path string, data []byte) error {
	s.moved = path + ".later-" + stamp()
	if err := atomicfile.Write(s.moved, data, 0o600); err != nil {
		return fmt.Errorf("keep a later version's file: %w", err)
	}
	s.values.Format = Format
	s.dirty = true
	return nil
}

func stamp() string { return time.Now().UTC().Format("20060102-150405.000000000") }

var errBroken = errors.New("not understood")

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("look at: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%d bytes: %w", info.Size(), errBroken)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return data, nil
}

// parse reads what it can of a file, and reports whether that is only a part of a
// later version's.
func parse(data []byte, v *Values, all *map[string]any) (partly bool, err error) {
	if err := json.Unmarshal(data, all); err != nil || *all == nil {
		return false, fmt.Errorf("%w: no object", errBroken)
	}
	err = json.Unmarshal(data, v) // goes on after a field of another type
	if err != nil && v.Format <= Format {
		return false, fmt.Errorf("%w: %w", errBroken, err)
	}
	return err != nil, nil
}

// Moved is where files went that could not be read, or not whole, at this start: the settings,
// or the passwords that Open was given.
func (s *Store) Moved() []string {
	var all []string
	if s.moved != "" {
		all = append(all, s.moved)
	}
	if moved := secrets.Moved(s.secrets); moved != "" {
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
	s.mu.Lock()
	s.latest, s.dirty = v.clone(), true
	s.mu.Unlock()
	s.saver.Wake()
	s.Changed.Raise()
}

// OnSaveError has f told of every save that failed with a *fault.Error, which
// wraps what the system said (ENOSPC on a full disk), and with nil when one succeeded again. F runs on the store's
// goroutine and must not block. A failed save is tried again every 5 s.
func (s *Store) OnSaveError(f func(error)) {
	s.mu.Lock()
	s.failed = f
	s.mu.Unlock()
}

// Err is why the last save failed, a *fault.Error, or nil. It may be called from
// any goroutine.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saveErr
}

// Close saves what is not saved yet. It fails as the save does.
func (s *Store) Close() error {
	<-s.saver.End()
	return s.Err()
}

// flush writes the settings if they changed.
func (s *Store) flush() error {
	s.mu.Lock()
	if !s.dirty {
		s.mu.Unlock()
		return nil
	}
	v, old, before := s.latest, s.last, s.saveErr
	s.dirty = false
	s.mu.Unlock()

	all, err := writeSettings(filepath.Join(s.dir, fileName), v, old)
	if err != nil {
		err = &fault.Error{Fault: fault.Unknown, Op: "save settings", Err: err}
	}
	s.mu.Lock()
	s.saveErr = err
	if err != nil {
		s.dirty = true
	} else {
		s.last = all
	}
	tell := s.failed
	s.mu.Unlock()
	if tell != nil && (err != nil || before != nil) {
		tell(err)
	}
	return err
}

// writeSettings writes v, with the fields of old that we don't know.
func writeSettings(path string, v Values, old map[string]any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	KeepUnknown(old, all, []string{"builtin", "topics"}, []string{"connections", "boards"})
	if data, err = json.MarshalIndent(all, "", "  "); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return all, atomicfile.Write(path, append(data, '\n'), 0o600)
}

// KeepUnknown takes over what is only in old, an object of a file as it was read:
// fields of a later version, at the top, in the named sections and in the named
// lists' elements, which are the same when their ids are. There every field that we
// know is written even when it is empty, so what is missing is none of ours.
func KeepUnknown(old, now map[string]any, sections, lists []string) {
	for _, section := range sections {
		addUnknown(old[section], now[section])
	}
	for _, list := range lists {
		was := map[string]any{}
		for _, e := range listOf(old[list]) {
			was[idOf(e)] = e
		}
		for _, e := range listOf(now[list]) {
			addUnknown(was[idOf(e)], e)
		}
	}
	addUnknown(old, now)
}

func addUnknown(old, now any) {
	o, _ := old.(map[string]any)
	n, ok := now.(map[string]any)
	if !ok {
		return
	}
	for k, v := range o {
		if _, known := n[k]; !known {
			n[k] = v
		}
	}
}

func listOf(v any) []any {
	l, _ := v.([]any)
	return l
}

func idOf(e any) string {
	m, _ := e.(map[string]any)
	id, _ := m["id"].(string)
	return id
}

// NewID makes an ID for a connection or a saved publish: 16 hex digits.
func NewID() string { return random.Hex(8) }
