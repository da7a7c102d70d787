//go:build linux

package broker

import (
	"os"
	"path/filepath"
	"testing"
)

// A store that can't be written now is not a broken one, and stays where it is.
func TestAStoreOnAFullDiskIsNotMovedAside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, storeFile)
	if err := os.Symlink("/dev/full", path); err != nil { // every write to it is ENOSPC, full(4)
		t.Fatal(err)
	}
	b, notices := begin(t, Options{Dir: dir})
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == StoreFailed })
	for _, n := range notices.list() {
		if n.Kind == StoreBroken {
			t.Errorf("%+v", n)
		}
	}
	if to, err := os.Readlink(path); to != "/dev/full" {
		t.Errorf("it was moved: %q, %v", to, err)
	}
	join(t, appOptions(b)).send(t, "class/a", "1", 1, true) // it works, from memory
	join(t, appOptions(b), "class/#").hears(t, "class/a", "1")
}
