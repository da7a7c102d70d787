package ui

import (
	"context"
	"io"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/apptest"
	"lamplighter/app/filedialog"
)

func shellInWindow(t *testing.T) (*Shell, *apptest.Loop) {
	t.Helper()
	a, loop := test.NewTempApp(t), apptest.NewLoop(t)
	w := test.NewTempWindow(t, container.NewStack())
	w.Resize(fyne.NewSize(800, 600))
	s := NewShell(a, w, loop.Post)
	s.ShowProblem = func(err error) { t.Errorf("a problem was shown: %v", err) }
	return s, loop
}

func TestTheSystemsFileDialogIsAskedOnceAndNobodyWaits(t *testing.T) {
	s, loop := shellInWindow(t)
	path := filepath.Join(t.TempDir(), "a.txt")
	asked, answer := make(chan filedialog.Question, 2), make(chan string)
	s.AskFile = func(_ context.Context, q filedialog.Question) (string, error) {
		asked <- q
		return <-answer, nil
	}
	var saved string
	save := func() {
		s.SaveFile("a.txt", func(w io.WriteCloser) {
			saved = PathOf(w)
			_ = w.Close()
		})
	}
	save()
	save() // a second click, with the dialog open
	if q := <-asked; !q.Save || q.Name != "a.txt" {
		t.Errorf("asked for %+v", q)
	}
	answer <- path
	loop.RunUntil(func() bool { return saved != "" }, "the file")
	if saved != path || len(asked) != 0 || s.Window().Canvas().Overlays().Top() != nil {
		t.Errorf("saved as %q, asked %d times more", saved, len(asked))
	}
	read := ""
	s.OpenFile(func(r io.ReadCloser, name string) {
		read = name
		_ = r.Close()
	})
	answer <- path
	loop.RunUntil(func() bool { return read != "" }, "the name")
	if read != "a.txt" {
		t.Errorf("read %q", read)
	}
}

func TestWhereTheSystemHasNoFileDialogOursIsShown(t *testing.T) {
	s, loop := shellInWindow(t)
	asked := 0
	s.AskFile = func(context.Context, filedialog.Question) (string, error) {
		asked++
		return "", filedialog.ErrNone
	}
	shown := func() bool { return s.Window().Canvas().Overlays().Top() != nil }
	s.SaveFile("a.txt", func(io.WriteCloser) {})
	loop.RunUntil(shown, "the dialog")
	s.Window().Canvas().Overlays().Remove(s.Window().Canvas().Overlays().Top())
	s.OpenFile(func(io.ReadCloser, string) {})
	if !shown() || asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
