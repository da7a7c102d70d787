//go:build linux

package install

import (
	"os"
	"path/filepath"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// formerOn puts the files of an earlier version on the board.
func formerOn(m *devicetest.MicroPython) {
	for _, f := range former {
		m.WriteFile(f.path, append(f.data, "\nprint('an earlier version')\n"...))
	}
}

// isOnBoard reports whether a file or folder is on the board.
func isOnBoard(m *devicetest.MicroPython, name string) bool {
	_, err := os.Stat(filepath.Join(m.Root(), name))
	return err == nil
}

func TestFilesOfAnEarlierVersionGoAndPupilsFilesStay(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	formerOn(m)
	own := map[string]string{
		"/lib/room/mine.py": "print('a pupil wrote this')\n",
		"/lib/room/say.py":  "def say(text): print(text)\n",        // a name of ours
		"/lib/room/tls.py":  "# Encrypts letters, as Caesar did\n", // nearly our first line
	}
	replaced := "# a pupil's own voice, which an earlier version had replaced\n"
	own["/lib/lamp/voice.before-lamplighter.py"] = replaced
	for name, text := range own {
		m.WriteFile(name, []byte(text))
	}
	mustInstall(t, b, device.Job{Config: config()})
	delete(own, "/lib/lamp/voice.before-lamplighter.py")
	own["/lib/lamp/voice.py"] = replaced
	for name, text := range own {
		if got := onBoard(t, m, name); got != text {
			t.Errorf("%s is %q", name, got)
		}
	}
	for _, f := range former {
		if isOnBoard(m, f.path) && own[f.path] == "" {
			t.Errorf("%s is left over", f.path)
		}
	}
}

func TestAFolderOfAnEarlierVersionGoesWithItsLastFile(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	formerOn(m)
	mustInstall(t, b, device.Job{Config: config()})
	if isOnBoard(m, "/lib/room") || !isOnBoard(m, "/lib/net") || !isOnBoard(m, "/lib/lamp") {
		t.Error("/lib/room is left over, or more than it is gone")
	}
}

func TestWhatAnInterruptedUpdateLeftGoesWithTheNext(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	mustInstall(t, b, device.Job{Config: config()})
	formerOn(m) // as when the power was lost after the last rename
	mustInstall(t, b, device.Job{Config: config()})
	if isOnBoard(m, "/lib/room") || isOnBoard(m, "/lib/lamp/voice.py") {
		t.Error("files of an earlier version are left over")
	}
}

func TestRemoveTakesAnEarlierVersionOffToo(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	formerOn(m)
	if err := b.Remove(t.Context(), testPort, noProgress); err != nil {
		t.Fatal(err)
	}
	if isOnBoard(m, "/lib/room") || isOnBoard(m, "/lib/lamp") {
		t.Error("files of an earlier version are left over")
	}
}
