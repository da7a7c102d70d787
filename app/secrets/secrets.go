// Package secrets keeps passwords, in the system's keyring or else in an encrypted
// file, and has them at hand, so that nobody waits for the keyring.
package secrets

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zalando/go-keyring"

	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
	"lamplighter/device/random"
)

// Store keeps passwords. Its methods may block (a system may ask the user to
// unlock the keyring), so they are never called on the state's goroutine; they
// may be called from any other.
type Store interface {
	// Get reads a secret. ErrNone tells that there is none.
	Get(key string) (string, error)
	// Set keeps a secret.
	Set(key, value string) error
	// Delete forgets a secret; one that does not exist is no error.
	Delete(key string) error
	// Kind tells how well the secrets are protected, for the settings page.
	Kind() Protection
}

// Protection is how secrets are protected.
type Protection int

// The protections.
const (
	// Keyring is the system's own store: what the user's login protects.
	Keyring Protection = iota
	// File is an encrypted file whose key lies beside it and is bound to this PC:
	// it protects a copy of the folder, but not against somebody at this PC who
	// can read this user's files.
	File
)

// ErrNone tells that there is no such secret.
var ErrNone = errors.New("no such secret")

// hexMark begins a secret that is no UTF-8, or that begins with a mark itself.
const hexMark = "hex:"

// SetText keeps a password exactly as it is, byte for byte.
func SetText(s Store, key string, t device.Text) error {
	v := string(t)
	if !utf8.ValidString(v) || strings.HasPrefix(v, hexMark) || strings.HasPrefix(v, partMark) || strings.ContainsRune(v, 0) {
		v = hexMark + hex.EncodeToString([]byte(v))
	}
	return s.Set(key, v)
}

// GetText reads what SetText kept.
func GetText(s Store, key string) (device.Text, error) {
	v, err := s.Get(key)
	if err != nil {
		return "", err
	}
	if h, ok := strings.CutPrefix(v, hexMark); ok {
		if b, err := hex.DecodeString(h); err == nil {
			return device.Text(b), nil
		}
	}
	return device.Text(v), nil
}

// service is our name in the system's keyring.
const service = "Lamplighter"

// keyringTime is how long a keyring may take to show that it works: one that
// waits for a password at the start of the program is not usable.
const keyringTime = 5 * time.Second

// Open finds the best place for the secrets of a data folder: the
// system's keyring if it works within 5 s, else an encrypted file in the folder.
// Once a folder has that file, it is used from then on. What the keyring had
// before is read there still; while it does not work, Get fails for it with
// another error than ErrNone, so that nobody takes it for lost.
func Open(dir string) (Store, error) {
	works := !hasSecretFile(dir) || hasFolderID(dir)
	works = works && keyringWorks()
	if works && !hasSecretFile(dir) {
		return openKeyring(dir)
	}
	file, err := OpenFile(dir)
	if err != nil || !hasFolderID(dir) {
		return file, err
	}
	both := &fileBeforeKeyring{Store: file}
	if works {
		both.keyring, err = openKeyring(dir)
	}
	return both, err
}

// SetAside is where the file of a store went that could not be decrypted when it was
// opened, or "".
func SetAside(s Store) string {
	if both, ok := s.(*fileBeforeKeyring); ok {
		s = both.Store
	}
	if f, ok := s.(*fileStore); ok {
		return f.moved
	}
	return ""
}

func openKeyring(dir string) (Store, error) {
	scope, err := folderID(dir)
	if err != nil {
		return nil, err
	}
	return &keyringStore{scope: scope}, nil
}

// fileBeforeKeyring is the file of a folder whose secrets were in the keyring
// before.
type fileBeforeKeyring struct {
	Store
	keyring Store // nil while it does not work
}

// ErrKeyring tells that the system's keyring, which held the secrets, does not
// work now.
var ErrKeyring = errors.New("the system's keyring does not work now")

func keyringError(op string, err error) error {
	return secretError(op, fmt.Errorf("%w: %w", ErrKeyring, err))
}

// Get reads a secret.
func (f *fileBeforeKeyring) Get(key string) (string, error) {
	v, err := f.Store.Get(key)
	switch {
	case !errors.Is(err, ErrNone):
		return v, err
	case f.keyring == nil:
		return "", secretError("read", ErrKeyring)
	}
	return f.keyring.Get(key)
}

// Delete forgets a secret in both places.
func (f *fileBeforeKeyring) Delete(key string) error {
	err := f.Store.Delete(key)
	if f.keyring != nil {
		err = errors.Join(err, f.keyring.Delete(key))
	}
	return err
}

// keyringWorks writes, reads and deletes something.
func keyringWorks() bool {
	ok := make(chan bool, 1)
	crash.Go(func() {
		key, value := "test-"+random.Hex(4), random.Hex(8)
		if keyring.Set(service, key, value) != nil {
			ok <- false
			return
		}
		got, err := keyring.Get(service, key)
		ok <- keyring.Delete(service, key) == nil && err == nil && got == value
	})
	select {
	case works := <-ok:
		return works
	case <-time.After(keyringTime):
		return false
	}
}

// keyringStore uses the system's keyring: Windows' credential manager, macOS'
// keychain, or the Secret Service on Linux. Two data folders don't share
// secrets.
type keyringStore struct{ scope string }

func (k *keyringStore) name(key string) string { return k.scope + "/" + key }

// Windows keeps at most 2,560 bytes of a secret, macOS about 3,000. A longer one,
// as the key of a certificate, is kept in parts, of which all but the last begin
// with partMark.
const (
	partSize = 2048 // bytes
	maxParts = 16
	partMark = "part\x1f"
)

// part names a part of a secret, from 1.
func (k *keyringStore) part(key string, n int) string {
	if n == 0 {
		return k.name(key)
	}
	return k.name(key) + "/" + strconv.Itoa(n)
}

// Get reads a secret.
func (k *keyringStore) Get(key string) (string, error) {
	var whole strings.Builder
	for n := range maxParts {
		v, err := keyring.Get(service, k.part(key, n))
		if errors.Is(err, keyring.ErrNotFound) {
			return "", ErrNone // also where a part of it is
		}
		if err != nil {
			return "", keyringError("read", err)
		}
		rest, more := strings.CutPrefix(v, partMark)
		whole.WriteString(rest)
		if !more {
			break
		}
	}
	return whole.String(), nil
}

// Set keeps a secret.
func (k *keyringStore) Set(key, value string) error {
	var parts []string
	for len(value) > partSize {
		parts, value = append(parts, partMark+value[:partSize]), value[partSize:]
	}
	parts = append(parts, value)
	if len(parts) > maxParts {
		return keyringError("keep", keyring.ErrSetDataTooBig)
	}
	for n := len(parts) - 1; n >= 0; n-- { // the first comes last: without it there is none
		if err := keyring.Set(service, k.part(key, n), parts[n]); err != nil {
			return keyringError("keep", err)
		}
	}
	return k.deleteFrom(key, len(parts)) // of a longer one before it
}

// Delete forgets a secret.
func (k *keyringStore) Delete(key string) error { return k.deleteFrom(key, 0) }

// deleteFrom forgets the parts of a secret from a number on.
func (k *keyringStore) deleteFrom(key string, n int) error {
	for ; n < maxParts; n++ {
		err := keyring.Delete(service, k.part(key, n))
		if errors.Is(err, keyring.ErrNotFound) && n > 0 {
			break
		}
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return keyringError("forget", err)
		}
	}
	return nil
}

// Kind is Keyring.
func (k *keyringStore) Kind() Protection { return Keyring }

func secretError(op string, err error) error {
	return &fault.Error{Fault: fault.Unknown, Op: op + " a password", Err: err}
}

const folderFile = "folder.id"

// hasFolderID reports whether the folder's secrets have been in the keyring.
func hasFolderID(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, folderFile))
	return err == nil
}

// folderID is a random name for a data folder.
func folderID(dir string) (string, error) {
	id, err := readOrMake(dir, folderFile, func() []byte { return []byte(random.Hex(8)) })
	if err != nil {
		return "", fmt.Errorf("name the data folder: %w", err)
	}
	return string(id), nil
}
