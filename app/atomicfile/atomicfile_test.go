package atomicfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"lamplighter/app/atomicfile"
)

// only checks that a folder holds one file, with this content.
func only(t *testing.T, path, content string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != content {
		t.Errorf("%q, %v", data, err)
	}
}

func TestAFileIsMadeReplacedAndNothingElseIsLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gone", "by now", "x.json") // folders that are missing are made
	for _, content := range []string{"old and long", "new"} {
		if err := atomicfile.Write(path, []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
		only(t, path, content)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != fs.FileMode(0o640) {
		t.Errorf("%v, %v", info, err)
	}
}

func TestWhereAFileCannotBeReplacedNothingIsLeftOfTheNewOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil { // not even root replaces it
		t.Fatal(err)
	}
	if err := atomicfile.Write(path, []byte("new"), 0o600); err == nil {
		t.Fatal("a folder was replaced by a file")
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestAFileThatIsMovedAsideKeepsItsContentUnderAnotherName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	for _, content := range []string{"first", "second"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		moved, err := atomicfile.MoveAside(path)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(moved); err != nil || string(data) != content {
			t.Errorf("%q, %v", data, err)
		}
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
	if moved, err := atomicfile.MoveAside(path); err == nil {
		t.Errorf("what is not there was moved to %s", moved)
	}
}
