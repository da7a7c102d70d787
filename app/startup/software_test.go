package startup

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// installed is a folder with a program and Mesa's library.
func installed(t *testing.T) (dir, program string) {
	t.Helper()
	dir = t.TempDir()
	program = filepath.Join(dir, "Lamplighter.exe")
	write(t, program, "version 1")
	write(t, filepath.Join(dir, softwareFolder, softwareLibrary), "mesa")
	return dir, program
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheProgramGetsASecondNameBesideMesa(t *testing.T) {
	dir, program := installed(t)
	for _, version := range []string{"version 1", "version 2, installed over it"} {
		if err := os.Remove(program); err != nil {
			t.Fatal(err)
		}
		write(t, program, version)
		for range 2 {
			second, err := secondName(program, t.TempDir())
			if err != nil || second != filepath.Join(dir, softwareFolder, "Lamplighter.exe") || read(t, second) != version {
				t.Fatalf("%q, %v: %q", second, err, read(t, second))
			}
			if !isSoftware(second) || isSoftware(program) {
				t.Error("which of the two draws by software is not known")
			}
		}
	}
}

func TestWithoutAPlaceBesideTheProgramTheDataFolderIsTaken(t *testing.T) {
	dir, program := installed(t)
	// A folder in its place can't be removed: like a stick that is read only.
	write(t, filepath.Join(dir, softwareFolder, "Lamplighter.exe", "in the way"), "")
	data := t.TempDir()
	second, err := secondName(program, data)
	if err != nil || second != filepath.Join(data, softwareFolder, "Lamplighter.exe") || read(t, second) != "version 1" {
		t.Fatalf("%q, %v", second, err)
	}
	if got := read(t, filepath.Join(data, softwareFolder, softwareLibrary)); got != "mesa" {
		t.Errorf("the library is %q", got)
	}
}

func TestWithoutMesaThereIsNoSecondName(t *testing.T) {
	program := filepath.Join(t.TempDir(), "Lamplighter.exe")
	write(t, program, "")
	if second, err := secondName(program, t.TempDir()); err == nil {
		t.Errorf("it is %q", second)
	}
}

func TestACopyIsKnownAgain(t *testing.T) {
	_, program := installed(t)
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy.exe")
	if err := copyFile(program, to, info); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(to), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(to), 0o700) })
	if err := bring(program, to); err != nil || read(t, to) != "version 1" {
		t.Errorf("it is copied again: %v", err)
	}
}

func TestTheSecondStartUsesTheSameData(t *testing.T) {
	if got := withData([]string{"-x"}, "/d"); !slices.Equal(got, []string{"-data", "/d", "-x"}) {
		t.Errorf("%q", got)
	}
	for _, args := range [][]string{{"--data", "/e"}, {"-data=/e"}} {
		if got := withData(args, "/d"); !slices.Equal(got, args) {
			t.Errorf("%q", got)
		}
	}
}
