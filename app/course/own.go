package course

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"lamplighter/app/atomicfile"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

const (
	ownFolder = "lessons" // of the data folder
	ownPrefix = "own/"    // begins the ID of a lesson of the teacher's
	maxOwn    = 50        // lessons of the teacher's that are read
	maxNameID = 60        // bytes of a file's name
)

// Folder is where the teacher's own lessons are.
func (c *Course) Folder() string { return filepath.Join(c.o.Dir, ownFolder) }

// Read reads the program's lessons from files, in the order of their names, and the
// teacher's from the data folder. It returns at once; Changed is raised when they are
// there. The open lesson stays as it is.
func (c *Course) Read(files fs.FS) {
	c.files = files
	c.reads++
	nth, dir := c.reads, c.Folder()
	crash.Go(func() {
		lessons, wrong := readAll(files, "")
		own, ownWrong := readAll(os.DirFS(dir), ownPrefix)
		c.o.Post(func() {
			if nth == c.reads {
				c.lessons, c.wrong = append(lessons, own...), append(wrong, ownWrong...)
				c.translate()
				c.Changed.Raise()
			}
		})
	})
}

// ReadAgain reads the same lessons again, as after a file was changed.
func (c *Course) ReadAgain() {
	if c.files != nil {
		c.Read(c.files)
	}
}

// exampleFile is the name of the example.
const exampleFile = "example.md"

// CopyExample copies the program's second lesson into Folder, for the teacher to change,
// and reads all again. What is there already stays. It returns at once; done is told a
// *fault.Error where it failed.
func (c *Course) CopyExample(done func(error)) {
	files, dir := c.files, c.Folder()
	crash.Go(func() {
		err := writeExample(files, dir)
		c.o.Post(func() {
			c.ReadAgain()
			done(err)
		})
	})
}

func writeExample(files fs.FS, dir string) error {
	fail := func(err error) error {
		return &fault.Error{Fault: fault.Unknown, Op: "write an example of a lesson", Err: err}
	}
	names, err := fs.Glob(files, "02-*.md")
	if err != nil || len(names) == 0 {
		return fail(fs.ErrNotExist)
	}
	text, err := fs.ReadFile(files, names[0])
	if err != nil {
		return fail(err)
	}
	path := filepath.Join(dir, exampleFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(err)
	}
	if err := atomicfile.Write(path, text, 0o600); err != nil {
		return fail(err)
	}
	return nil
}

// translate gives the open lesson the words that were read last, where its steps are
// the same.
func (c *Course) translate() {
	for _, l := range c.lessons {
		if c.run != nil && l.ID == c.run.lesson.ID && len(l.Steps) == len(c.run.lesson.Steps) {
			c.run.lesson = l
		}
	}
}

// readAll reads the lessons of a folder, which need not be there.
func readAll(files fs.FS, prefix string) (lessons []Lesson, wrong []*ParseError) {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		return nil, nil // the pattern is right
	}
	slices.Sort(names)
	for i, name := range names {
		if i == maxOwn {
			wrong = append(wrong, &ParseError{File: name, Flaw: FlawMany})
			break
		}
		l, err := readOne(files, name, prefix)
		if flaw, ok := errors.AsType[*ParseError](err); ok {
			wrong = append(wrong, flaw)
			continue
		}
		l.Own = prefix != ""
		lessons = append(lessons, l)
	}
	return lessons, wrong
}

func readOne(files fs.FS, name, prefix string) (Lesson, error) {
	id := strings.TrimSuffix(path.Base(name), ".md")
	file := Clip(name, maxNameID)
	if len(id) > maxNameID {
		return Lesson{}, &ParseError{File: file, Flaw: FlawLong}
	}
	info, err := fs.Stat(files, name)
	if err != nil || !info.Mode().IsRegular() {
		return Lesson{}, &ParseError{File: file, Flaw: FlawUnread}
	}
	if info.Size() > MaxFile {
		return Lesson{}, &ParseError{File: file, Flaw: FlawLarge}
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return Lesson{}, &ParseError{File: file, Flaw: FlawUnread}
	}
	return Parse(file, prefix+id, text)
}
