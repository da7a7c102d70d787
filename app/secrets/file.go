package secrets

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"lamplighter/app/atomicfile"
	"lamplighter/device/random"
)

const (
	secretFile = "secrets.bin"
	keyFile    = "secrets.key"
)

// fileStore is an encrypted file: AES-256-GCM under a key made of a random
// file beside it and of this machine's id.
type fileStore struct {
	path  string
	moved string // where a file went that could not be decrypted, or ""
	key   []byte // what the key file holds
	seal  cipher.AEAD

	mu     sync.Mutex
	values map[string]string
}

// errNotOurs tells that a file holds something else than secrets.
var errNotOurs = errors.New("not a file of secrets")

func hasSecretFile(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, secretFile))
	return err == nil
}

// OpenFile opens the encrypted file of a data folder, and makes it if there is
// none. A file that can't be decrypted (it was copied from another PC, or is
// damaged) is moved aside: its secrets are asked for again.
func OpenFile(dir string) (Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, secretError("open the file for", err)
	}
	key, err := readOrMake(dir, keyFile, func() []byte { return random.Bytes(32) })
	if err != nil {
		return nil, secretError("open the key for", err)
	}
	s := &fileStore{path: filepath.Join(dir, secretFile), key: key, values: map[string]string{}}
	if s.seal, err = newSeal(key, machineID()); err != nil {
		return nil, secretError("open the key for", err)
	}
	data, err := os.ReadFile(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = s.write(s.values)
	case err == nil && s.unseal(data) != nil:
		s.moved, err = atomicfile.MoveAside(s.path)
	}
	if err != nil {
		return nil, secretError("open the file for", err)
	}
	return s, nil
}

func newSeal(key []byte, machine string) (cipher.AEAD, error) {
	k, err := hkdf.Key(sha256.New, key, []byte(machine), "lamplighter secrets 1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return seal, nil
}

func (s *fileStore) unseal(data []byte) error {
	plain, err := s.seal.Open(nil, nil, data, nil)
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	if err := json.Unmarshal(plain, &s.values); err != nil || s.values == nil {
		s.values = map[string]string{}
		return errNotOurs
	}
	return nil
}

// Get reads a secret.
func (s *fileStore) Get(key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key]
	if !ok {
		return "", ErrNone
	}
	return v, nil
}

// Set keeps a secret.
func (s *fileStore) Set(key, value string) error {
	return s.change("keep", func(m map[string]string) { m[key] = value })
}

// Delete forgets a secret.
func (s *fileStore) Delete(key string) error {
	return s.change("forget", func(m map[string]string) { delete(m, key) })
}

// change writes a changed copy, and keeps it only when it is on the disk.
func (s *fileStore) change(op string, f func(map[string]string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.values)
	f(next)
	if err := s.write(next); err != nil {
		return secretError(op, err)
	}
	s.values = next
	return nil
}

func (s *fileStore) write(values map[string]string) error {
	plain, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	// Without its key the file would be of no use at the next start.
	if _, err := readOrMake(filepath.Dir(s.path), keyFile, func() []byte { return s.key }); err != nil {
		return err
	}
	return atomicfile.Write(s.path, s.seal.Seal(nil, nil, plain, nil), 0o600)
}

// Kind is File.
func (s *fileStore) Kind() Protection { return File }

// readOrMake reads a small file, or makes it for this user alone.
func readOrMake(dir, name string, content func() []byte) ([]byte, error) {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err == nil && len(data) > 0 {
		return data, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read: %w", err)
	}
	data = content()
	if err := atomicfile.Write(path, data, 0o600); err != nil {
		return nil, err
	}
	return data, nil
}
