package lessons_test

import (
	"io/fs"
	"reflect"
	"testing"

	"lamplighter/app/course"
	"lamplighter/i18n"
	"lamplighter/i18n/lessons"
)

func read(t *testing.T, language string) (all []course.Lesson) {
	t.Helper()
	names, err := fs.Glob(lessons.In(language), "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(lessons.In(language), name)
		if err != nil {
			t.Fatal(err)
		}
		l, err := course.Parse(name, name, text)
		if err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		all = append(all, l)
	}
	return all
}

func TestEveryLanguageHasTheSameLessonsWithTheSameChecks(t *testing.T) {
	english := read(t, "en")
	if len(english) != 10 {
		t.Errorf("%d lessons", len(english))
	}
	for _, l := range i18n.Languages() {
		own := read(t, l.Tag)
		if len(own) != len(english) {
			t.Fatalf("%s has %d lessons, English %d", l.Tag, len(own), len(english))
		}
		for i, x := range own {
			if got, want := bones(x), bones(english[i]); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is\n%+v\nin English\n%+v", l.Tag, x.ID, got, want)
			}
		}
	}
}

// bones are a lesson without its words.
func bones(l course.Lesson) course.Lesson {
	l.Title, l.Aim, l.Takeaway = "", "", ""
	for i := range l.Steps {
		s := &l.Steps[i]
		s.Heading = ""
		if s.Conclusion != "" {
			s.Conclusion = "…"
		}
		for j := range s.Texts {
			s.Texts[j] = ""
		}
		for j := range s.Hints {
			s.Hints[j].Text = ""
		}
	}
	return l
}

func TestALanguageThatIsNotThereHasNoLessons(t *testing.T) {
	for _, tag := range []string{"tlh", "../en", ""} {
		if names, err := fs.Glob(lessons.In(tag), "*.md"); err != nil || len(names) > 0 {
			t.Errorf("%q has %q, %v", tag, names, err)
		}
	}
}
