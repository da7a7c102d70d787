package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver"

	"lamplighter/app/filedialog"
	"lamplighter/i18n"
)

// OpenFile asks for a file to read from, and gives it with its name.
func (s *Shell) OpenFile(do func(r io.ReadCloser, name string)) {
	own := func() {
		dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
			if err != nil {
				s.ShowProblem(err)
			} else if r != nil {
				do(r, r.URI().Name())
			}
		}, s.Window()).Show()
	}
	askFile(s, filedialog.Question{Title: i18n.T("common.file.open")}, own, filedialog.Open,
		func(f *os.File) { do(f, filepath.Base(f.Name())) })
}

// SaveFile asks for a file to write to.
func (s *Shell) SaveFile(name string, do func(io.WriteCloser)) {
	own := func() {
		f := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
			if err != nil {
				s.ShowProblem(err)
			} else if w != nil {
				do(w)
			}
		}, s.Window())
		f.SetFileName(name)
		f.Show()
	}
	askFile(s, filedialog.Question{Save: true, Title: i18n.T("common.file.save"), Name: name}, own, os.Create,
		func(f *os.File) { do(f) })
}

// PathOf is where a file of SaveFile lies, "" = unknown.
func PathOf(w io.Writer) string {
	switch f := w.(type) {
	case *os.File:
		return f.Name()
	case fyne.URIWriteCloser:
		return f.URI().Path()
	}
	return ""
}

// SaveText writes what is there into a file that the user chooses.
func (s *Shell) SaveText(name string, data []byte) {
	s.SaveFile(name, func(w io.WriteCloser) {
		_, err := w.Write(data)
		if e := w.Close(); err == nil {
			err = e
		}
		if err != nil {
			s.ShowProblem(err)
			return
		}
		s.Toast(i18n.T("program.saved"))
	})
}

// askFile asks with the system's dialog, and opens what was chosen away from the UI
// goroutine; where the system has no dialog, own shows ours. While one is open, there
// is no other.
func askFile(s *Shell, q filedialog.Question, own func(), open func(string) (*os.File, error), do func(*os.File)) {
	ask := s.AskFile
	if ask == nil {
		own()
		return
	}
	if s.asking {
		return
	}
	s.asking = true
	q.Parent = parentOf(s.Window())
	var path string
	var file *os.File
	var err error
	InBackground(s.Post, func() {
		if path, err = ask(context.Background(), q); err == nil && path != "" {
			file, err = open(path)
		}
	}, func() {
		s.asking = false
		switch {
		case errors.Is(err, filedialog.ErrNone):
			s.AskFile = nil // nor will it have one the next time
			own()
		case err != nil:
			s.ShowProblem(err)
		case file != nil:
			do(file)
		}
	})
}

// parentOf is a window as the system knows it.
func parentOf(w fyne.Window) (p filedialog.Parent) {
	if n, ok := w.(driver.NativeWindow); ok {
		n.RunNative(func(context any) {
			switch c := context.(type) {
			case driver.X11WindowContext:
				p.X11 = c.WindowHandle
			case driver.WindowsWindowContext:
				p.Windows = c.HWND
			}
		})
	}
	return p
}
