package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"lamplighter/app/atomicfile"
	"lamplighter/app/worker"
	"lamplighter/device/fault"
)

const (
	savePause = 300 * time.Millisecond // many changes are saved once
	saveRetry = 5 * time.Second        // after a save that failed
)

// File is an object of JSON that this user alone may read. What is set is written
// soon, on a goroutine of its own and in one step. Its methods may be called from any
// goroutine.
type File struct {
	form FileForm

	mu      sync.Mutex // of what follows
	latest  any
	dirty   bool
	last    map[string]any // as it was read or written, for fields that we don't know
	failed  func(error)
	saveErr error

	saver *worker.Saver
}

// FileForm says what a File is. Fields of a later version stay as they were read, at
// the top, in the named sections and in the named lists' elements, which are the same
// when their ids are. There every field that we know is written even when it is
// empty, so what is missing is none of ours.
type FileForm struct {
	Path            string
	Op              string // of a *fault.Error, where a save failed
	Sections, Lists []string
}

// NewFile makes a File that was read as last; nothing is written before Set.
func NewFile(form FileForm, last map[string]any) *File {
	f := &File{form: form, last: last}
	f.saver = worker.NewSaver(f.flush, savePause, saveRetry)
	return f
}

// Set has v written soon. V must not be changed any more.
func (f *File) Set(v any) {
	f.mu.Lock()
	f.latest, f.dirty = v, true
	f.mu.Unlock()
	f.saver.Wake()
}

// OnSaveError has tell called after every save that failed, with a *fault.Error that
// wraps what the system said (ENOSPC on a full disk), and with nil when one succeeded
// again. It runs on the file's goroutine and must not block. A failed save is tried
// again every 5 s.
func (f *File) OnSaveError(tell func(error)) {
	f.mu.Lock()
	f.failed = tell
	f.mu.Unlock()
}

// Err is why the last save failed, a *fault.Error, or nil.
func (f *File) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.saveErr
}

// Close writes what is not written yet. It fails as the save does.
func (f *File) Close() error {
	<-f.saver.End()
	return f.Err()
}

// flush writes what was set since.
func (f *File) flush() error {
	f.mu.Lock()
	if !f.dirty {
		f.mu.Unlock()
		return nil
	}
	v, old, before := f.latest, f.last, f.saveErr
	f.dirty = false
	f.mu.Unlock()

	all, err := f.write(v, old)
	if err != nil {
		err = &fault.Error{Fault: fault.Unknown, Op: f.form.Op, Err: err}
	}
	f.mu.Lock()
	f.saveErr = err
	if err != nil {
		f.dirty = true
	} else {
		f.last = all
	}
	tell := f.failed
	f.mu.Unlock()
	if tell != nil && (err != nil || before != nil) {
		tell(err)
	}
	return err
}

// write writes v, with the fields of old that we don't know.
func (f *File) write(v any, old map[string]any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	f.form.keepUnknown(old, all)
	if data, err = json.MarshalIndent(all, "", "  "); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return all, atomicfile.Write(f.form.Path, append(data, '\n'), 0o600)
}

// keepUnknown takes over what is only in old.
func (form FileForm) keepUnknown(old, now map[string]any) {
	for _, section := range form.Sections {
		addUnknown(old[section], now[section])
	}
	for _, list := range form.Lists {
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

// ErrBroken says that a file can't be understood.
var ErrBroken = errors.New("not understood")

// ReadFile reads a file of at most so many bytes; a larger one is ErrBroken.
func ReadFile(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("look at: %w", err)
	}
	if info.Size() > most {
		return nil, fmt.Errorf("%d bytes: %w", info.Size(), ErrBroken)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return data, nil
}
