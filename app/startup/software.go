package startup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Software OpenGL: Mesa's library lies in a folder of its own, for beside the
// executable every PC would load it. A second name of the executable in that folder is
// what finds it there.
const (
	softwareFolder  = "mesa"
	softwareLibrary = "opengl32.dll"
)

// IsSoftware reports whether this process draws without a graphics driver.
func IsSoftware() bool {
	path, err := os.Executable()
	return err == nil && isSoftware(path)
}

func isSoftware(path string) bool { return filepath.Base(filepath.Dir(path)) == softwareFolder }

// RestartWithSoftwareGL starts the program again with the software OpenGL that came with it, on the
// data folder dir, which must be free by then. It reports whether it has: on Windows,
// where there is one and this process does not use it already.
func RestartWithSoftwareGL(dir string) bool {
	path, err := os.Executable()
	if runtime.GOOS != "windows" || err != nil || isSoftware(path) {
		return false
	}
	second, err := secondName(path, dir)
	if err != nil {
		return false
	}
	return exec.Command(second, withData(os.Args[1:], dir)...).Start() == nil
}

// withData are a start's arguments with its data folder, which its second name would
// look for elsewhere.
func withData(args []string, dir string) []string {
	if slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(strings.TrimLeft(a, "-"), "data") }) {
		return args
	}
	return append([]string{"-data", dir}, args...)
}

// secondName gives the executable a name in the folder with the library, or where that
// can't be written in one in the data folder.
func secondName(path, data string) (string, error) {
	from := filepath.Join(filepath.Dir(path), softwareFolder)
	library := filepath.Join(from, softwareLibrary)
	if _, err := os.Stat(library); err != nil {
		return "", err
	}
	name := filepath.Join(from, filepath.Base(path))
	errHere := bring(path, name)
	if errHere == nil {
		return name, nil
	}
	to := filepath.Join(data, softwareFolder)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return "", errors.Join(errHere, err)
	}
	name = filepath.Join(to, filepath.Base(path))
	err := bring(path, name)
	libraries, _ := filepath.Glob(filepath.Join(from, "*.dll")) // its pattern is a good one
	for _, l := range libraries {
		err = errors.Join(err, bring(l, filepath.Join(to, filepath.Base(l))))
	}
	if err != nil {
		return "", errors.Join(errHere, err)
	}
	return name, nil
}

// bring has a file be there under another name: the same file, or a copy of it.
func bring(from, to string) error {
	a, err := os.Stat(from)
	if err != nil {
		return err
	}
	if b, err := os.Stat(to); err == nil && (os.SameFile(a, b) || a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())) {
		return nil
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("take away what another version left: %w", err)
	}
	if os.Link(from, to) == nil {
		return nil
	}
	return copyFile(from, to, a)
}

// copyFile copies a file with its time, by which bring knows it again.
func copyFile(from, to string, info fs.FileInfo) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Chtimes(to, info.ModTime(), info.ModTime())
	}
	if err != nil {
		_ = os.Remove(to)
	}
	return err
}
