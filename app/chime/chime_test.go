//go:build !windows

package chime

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestASoundIsPlayedByTheFirstPlayerThatIsThere(t *testing.T) {
	here := func(string) bool { return true }
	ran := filepath.Join(t.TempDir(), "ran")
	look := func(program string) (string, error) {
		if program != "second" {
			return "", exec.ErrNotFound
		}
		return exec.LookPath("touch")
	}
	all := []player{{"first", nil, ""}, {"second", []string{ran}, "a file"}}
	sound := choose(all, look, here)
	if sound == nil {
		t.Fatal("none was found")
	}
	if err := sound(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(ran); len(found) != 1 {
		t.Error("it did not run")
	}
	if choose(all, look, func(string) bool { return false }) != nil {
		t.Error("a player without its file is no player")
	}
	if choose(all[:1], look, here) != nil {
		t.Error("there is no player")
	}
}
