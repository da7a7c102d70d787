package app_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/link"
	"lamplighter/app/roster"
)

// shared is a log that any goroutine may write.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// planted are a pupil's facts, none of which may leave the class.
var planted = []string{"欧阳娜娜", "Zoe Quartermain", "20261147", "Hufflepuff"}

// told reports which planted words a text has, as they are or as JSON escapes them.
func told(text string) (found []string) {
	for _, w := range planted {
		if strings.Contains(text, w) {
			found = append(found, w)
		}
	}
	if strings.Contains(strings.ToLower(text), `\u6b27`) {
		found = append(found, `\u6b27`)
	}
	return found
}

func TestNoNameOfAPupilLeavesTheClass(t *testing.T) {
	log := &shared{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	loop, dir := apptest.NewLoop(t), t.TempDir()
	a, stop := start(t, loop, dir)
	a.Classroom.Roster.Enrol([]roster.Pupil{{Name: planted[0], Number: planted[2], Group: planted[3], Planned: "1"}, {Name: planted[1]}})

	heard := &shared{}
	b, _, err := a.Hosting.Broker()
	if err != nil {
		t.Fatal(err)
	}
	o := link.Options{ClientID: "listener"}
	o.Host, o.Port = b.LocalAddr()
	o.User, o.Password = a.Hosting.Pupils()
	c, err := link.DialOnce(context.Background(), o, []string{"#"}, func(m link.Message) { _, _ = heard.Write([]byte(m.Topic + " " + string(m.Payload) + "\n")) }, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()

	x := setUp(t, loop, a)
	for _, p := range a.Classroom.Class.Pupils() {
		if err := a.Classroom.Class.AssignBoard(p.ID, a.Classroom.Roster.BoardOf(x.Base)); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.Classroom.Roster.PupilsOf(x.Base); len(got) != 2 {
		t.Fatalf("the lamp is of %+v", got)
	}
	if err := a.Lights.Toggle(x.Base); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool {
		l, _ := a.Lights.Light(x.Base)
		return !l.Waiting && strings.Contains(heard.String(), x.Base+"/light/set")
	}, "a switch")
	program, err := a.Classroom.Roster.Program(x.Base, "", true)
	if err != nil {
		t.Fatal(err)
	}
	stop()

	for where, text := range map[string]string{"messages": heard.String(), "the log": log.String(), "a program": program} {
		if found := told(text); len(found) > 0 {
			t.Errorf("%s: %q", where, found)
		}
	}
	var with []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if len(told(string(text))) > 0 {
			with = append(with, filepath.Base(path))
		}
		return err
	})
	if err != nil || !slices.Equal(with, []string{"pupils.json"}) {
		t.Errorf("%v, in files %q", err, with)
	}
}
