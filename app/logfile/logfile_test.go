package logfile

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSecretsAreNotWritten(t *testing.T) {
	dir := t.TempDir()
	log, end, err := Open(dir, slog.LevelDebug)
	if err != nil {
		t.Fatal(err)
	}
	const s = "sesame-7261"
	type login struct{ User, Password string }
	log.Info("all", "password", s, "WiFiPassword", s, "pass", s, "find_secret", s, "api_key", s, "key", s, "token", s, "psk", s)
	log.With("password", s).WithGroup("broker").Info("more", "secret", s, slog.Group("g", "password", s))
	log.Info("structures", "login", login{"u", s}, "pointer", &login{"u", s}, "map", map[string]string{"a": s}, "list", []login{{"u", s}})
	log.Info("plain", "user", "teacher", "n", 7, "took", 3*time.Second, "err", errors.New("no route"), "ids", []string{"a", "b"}, "monkey", "see")
	if err := end.Close(); err != nil {
		t.Fatal(err)
	}
	text := read(t, dir, current)
	if strings.Contains(text, s) {
		t.Errorf("a secret is in the log:\n%s", text)
	}
	for _, want := range []string{"user=teacher", "n=7", "took=3s", `err="no route"`, `ids="[a b]"`, "monkey=see", "password=(hidden)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the log:\n%s", want, text)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, current)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestTheLogIsBoundedAndItsLastLinesAreThere(t *testing.T) {
	dir := t.TempDir()
	const limit = 10_000
	for range 3 { // three starts of the program
		w, err := open(dir, limit)
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.NewTextHandler(w, nil))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 500 {
					log.Info("something happened", "n", 1)
				}
			})
		}
		all.Wait()
		log.Info("the last line")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Size() > limit || info.Size() == 0 {
			t.Errorf("%s has %d bytes", f.Name(), info.Size())
		}
	}
	if text := read(t, dir, previous) + read(t, dir, current); !strings.HasSuffix(text, "msg=\"the last line\"\n") {
		t.Error("the last line is missing")
	}
}

func TestAVeryLongLineIsCut(t *testing.T) {
	dir := t.TempDir()
	log, end, err := Open(dir, slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("long", "x", strings.Repeat("y", 1<<20))
	log.Info("next")
	if err := end.Close(); err != nil {
		t.Fatal(err)
	}
	if text := read(t, dir, current); len(text) > maxLine+200 || !strings.Contains(text, "\n") || !strings.Contains(text, "msg=next") {
		t.Errorf("%d bytes", len(text))
	}
}
