package startup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePortableProgramKeepsItsDataBesideItself(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "U 盘 掌灯")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := portable(dir); ok {
		t.Error("without its marker it is portable")
	}
	if err := os.WriteFile(filepath.Join(dir, portableMarker), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	data, ok, err := portable(dir)
	if !ok || err != nil || data != filepath.Join(dir, "data") {
		t.Fatalf("got %q, %v, %v", data, ok, err)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) != 0 {
		t.Errorf("the trial left %v, %v", left, err)
	}
}

func TestAStickThatCannotBeWrittenIsSaid(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{portableMarker, portableData} { // a file where the folder has to be
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, ok, err := portable(dir)
	var readOnly *ReadOnlyError
	if !ok || !errors.As(err, &readOnly) {
		t.Fatalf("got %v, %v", ok, err)
	}
	if text := ReadOnly(err); !strings.Contains(text, "写") || !strings.Contains(text, dir) {
		t.Error(text)
	}
}

func TestTheDataFolderThatWasAskedForIsUsed(t *testing.T) {
	dir, err := DataDir("some/folder")
	if err != nil || !filepath.IsAbs(dir) || !strings.HasSuffix(dir, filepath.Join("some", "folder")) {
		t.Errorf("got %q, %v", dir, err)
	}
	t.Setenv("XDG_CONFIG_HOME", "/config")
	if dir, err := DataDir(""); err != nil || dir != filepath.FromSlash("/config/Lamplighter") {
		t.Errorf("got %q, %v", dir, err)
	}
}
