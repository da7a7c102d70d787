package secrets

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"lamplighter/device"
)

func TestSecretsOfBothKindsKeepEveryByte(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	ring, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := OpenFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if ring.Kind() != Keyring || file.Kind() != File {
		t.Errorf("kinds %v and %v", ring.Kind(), file.Kind())
	}
	for _, s := range []Store{ring, file} {
		for _, p := range []device.Text{"", "plain", "密码 with space", "\xff\xfe\x00", "hex:00", partMark + "x", `"quoted\`, "line\nfeed"} {
			if err := SetText(s, "k", p); err != nil {
				t.Error(err)
			}
			if got, err := GetText(s, "k"); err != nil || got != p {
				t.Errorf("%q came back as %q, %v", p, got, err)
			}
		}
		for range 2 {
			if err := s.Delete("k"); err != nil {
				t.Error(err)
			}
		}
		if _, err := s.Get("k"); !errors.Is(err, ErrNone) {
			t.Errorf("got %v", err)
		}
	}
	// Another start of the same folder finds them, another folder does not.
	if err := ring.Set("a", "1"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := again.Get("a"); v != "1" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	other, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Get("a"); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}

// A keyring of Windows takes 2,560 bytes, and the key of a certificate has more.
func TestALongSecretIsKeptInPartsThatEveryKeyringTakes(t *testing.T) {
	keyring.MockInit()
	ring, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := ring.(*keyringStore)
	for _, size := range []int{0, partSize, partSize + 1, 3 * partSize, 5, maxParts * partSize, 1} {
		want := device.Text(strings.Repeat("k", size))
		if err := SetText(ring, "key", want); err != nil {
			t.Fatal(err)
		}
		if got, err := GetText(ring, "key"); err != nil || got != want {
			t.Fatalf("%d bytes came back as %d, %v", size, len(got), err)
		}
		for n := range maxParts + 1 {
			part, err := keyring.Get(service, k.part("key", n))
			if len(part) > 2560 || (err == nil) != (n <= max(0, size-1)/partSize) {
				t.Errorf("of %d bytes part %d has %d, %v", size, n, len(part), err)
			}
		}
	}
	if err := ring.Set("key", strings.Repeat("k", maxParts*partSize+1)); err == nil {
		t.Error("a secret without an end was kept")
	}
	if err := ring.Set("key", strings.Repeat("k", 3*partSize)); err != nil {
		t.Fatal(err)
	}
	if err := keyring.Delete(service, k.part("key", 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Get("key"); !errors.Is(err, ErrNone) {
		t.Errorf("without a part it is there: %v", err)
	}
	if err := ring.Delete("key"); err != nil {
		t.Error(err)
	}
}

func TestWithoutAKeyringAFileIsUsedAndKept(t *testing.T) {
	keyring.MockInitWithError(errors.New("no keyring"))
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil || s.Kind() != File {
		t.Fatal(s, err)
	}
	if err := s.Set("a", "1"); err != nil {
		t.Fatal(err)
	}
	keyring.MockInit() // it works the next time
	if s, err = Open(dir); err != nil || s.Kind() != File {
		t.Fatal(s, err)
	}
	if v, err := s.Get("a"); v != "1" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
}

func TestWhatTheKeyringHadIsNotLostWhenItFailsForADay(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil || s.Kind() != Keyring || s.Set("a", "1") != nil || s.Set("b", "1") != nil {
		t.Fatal(s, err)
	}
	scope, err := folderID(dir)
	if err != nil {
		t.Fatal(err)
	}
	keyring.MockInitWithError(errors.New("locked"))
	if s, err = Open(dir); err != nil || s.Kind() != File {
		t.Fatal(s, err)
	}
	if v, err := s.Get("a"); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("%q, %v: it looks as if it were lost", v, err)
	}
	if err := s.Set("b", "2"); err != nil {
		t.Fatal(err)
	}
	keyring.MockInit() // it works the next day, and has what it had
	if err := keyring.Set(service, scope+"/a", "1"); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"a": "1", "b": "2"} {
		if v, err := s.Get(key); v != want || err != nil {
			t.Errorf("%s is %q, %v", key, v, err)
		}
	}
	if err := s.Delete("a"); err != nil {
		t.Error(err)
	}
	if _, err := s.Get("a"); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
}

func TestASecretFileFromAnotherPCIsMovedAside(t *testing.T) {
	dir := t.TempDir()
	s, err := OpenFile(dir)
	if err != nil || s.Set("a", "1") != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	here, err := newSeal(key, machineID())
	if err != nil {
		t.Fatal(err)
	}
	there, err := newSeal(key, "another machine")
	if err != nil {
		t.Fatal(err)
	}
	sealed := there.Seal(nil, nil, []byte(`{"a":"1"}`), nil)
	if _, err := here.Open(nil, nil, sealed, nil); err == nil {
		t.Error("another machine's file can be read")
	}
	path := filepath.Join(dir, secretFile)
	if err := os.WriteFile(path, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = OpenFile(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("a"); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	l, err := filepath.Glob(path + ".broken-*")
	if err != nil || len(l) != 1 {
		t.Fatalf("moved: %v, %v", l, err)
	}
	if moved := SetAside(s); moved != l[0] {
		t.Errorf("told %q", moved)
	}
	if err := s.Set("a", "2"); err != nil {
		t.Error(err)
	}
}

func TestAKeyringThatFailsWhileTheProgramRunsIsToldAsThat(t *testing.T) {
	keyring.MockInit()
	s, err := Open(t.TempDir())
	if err != nil || s.Kind() != Keyring {
		t.Fatal(s, err)
	}
	keyring.MockInitWithError(fs.ErrNotExist) // its socket is gone
	_, unread := s.Get("a")
	for op, err := range map[string]error{"set": s.Set("a", "1"), "get": unread, "delete": s.Delete("a")} {
		if !errors.Is(err, ErrKeyring) {
			t.Errorf("%s: %v", op, err)
		}
	}
}
