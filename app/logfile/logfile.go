// Package logfile writes the program's log to files that never grow beyond a
// bound, and keeps out of them what looks like a secret. It never sends a log
// anywhere.
package logfile

import (
	"encoding"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
)

const (
	current  = "lamplighter.log"
	previous = "lamplighter.1.log"
	maxSize  = 1 << 20 // bytes of one file; there are two
	maxLine  = 16 << 10
)

// Open begins or continues the log of a data folder, in the two files
// lamplighter.log and lamplighter.1.log of at most 1 MiB each. Close the closer
// last.
func Open(dir string, level slog.Leveler) (*slog.Logger, io.Closer, error) {
	w, err := open(dir, maxSize)
	if err != nil {
		return nil, nil, err
	}
	h := slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: hide})
	return slog.New(h), w, nil
}

// secretWords are in the names of attributes that are never written.
var secretWords = []string{"password", "passwd", "passphrase", "secret", "token", "psk", "credential"}

// hide drops the value of an attribute that is named as a secret, and of one
// that is a structure, which may hold one.
func hide(_ []string, a slog.Attr) slog.Attr {
	name := strings.ToLower(a.Key)
	for _, w := range secretWords {
		if strings.Contains(name, w) {
			return slog.String(a.Key, "(hidden)")
		}
	}
	if name == "pass" || name == "key" || strings.HasSuffix(name, "_key") || strings.HasSuffix(name, "_pass") {
		return slog.String(a.Key, "(hidden)")
	}
	if a.Value.Kind() == slog.KindAny && !isPlain(a.Value.Any()) {
		return slog.String(a.Key, fmt.Sprintf("(%T)", a.Value.Any()))
	}
	return a
}

// isPlain reports whether a value writes itself, or is made of plain values only.
func isPlain(v any) bool {
	switch v.(type) {
	case nil, error, fmt.Stringer, encoding.TextMarshaler, *slog.Source:
		return true
	}
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Pointer, reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return false
	}
	return true
}

// file is a log file that begins anew when it is full.
type file struct {
	dir   string
	limit int64

	mu   sync.Mutex
	f    *os.File
	size int64
}

func open(dir string, limit int64) (*file, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	w := &file{dir: dir, limit: limit}
	if err := w.start(); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *file) start() error {
	f, err := os.OpenFile(filepath.Join(w.dir, current), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return fmt.Errorf("open log: %w", err)
	}
	w.f, w.size = f, info.Size()
	return nil
}

// Write writes one line. A log that can't be written is no reason to stop, so
// only the caller's handler learns of it.
func (w *file) Write(line []byte) (int, error) {
	n := len(line)
	if len(line) > maxLine {
		line = append(line[:maxLine:maxLine], "…\n"...)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.f == nil {
		return 0, os.ErrClosed
	}
	if w.size+int64(len(line)) > w.limit {
		if err := w.rotate(); err != nil {
			return 0, err
		}
	}
	written, err := w.f.Write(line)
	w.size += int64(written)
	if err != nil {
		return written, fmt.Errorf("write log: %w", err)
	}
	return n, nil
}

// rotate makes the current file the previous one. Where it can't be renamed (on
// Windows somebody may have it open), it is emptied.
func (w *file) rotate() error {
	path := filepath.Join(w.dir, current)
	err := w.f.Close()
	w.f = nil
	if e := os.Rename(path, filepath.Join(w.dir, previous)); e != nil {
		err = errors.Join(err, os.Truncate(path, 0))
	}
	return errors.Join(err, w.start())
}

// Close ends the log.
func (w *file) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.f == nil {
		return nil
	}
	err := w.f.Close()
	w.f = nil
	return err
}
