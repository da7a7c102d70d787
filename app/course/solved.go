package course

import (
	"slices"
	"time"

	"lamplighter/app/settings"
	"lamplighter/app/spreadsheet"
)

// The beginnings of who solved a lesson; the id of a board or a pupil follows.
const (
	BoardLearner = "board-"
	PupilLearner = "pupil-"
)

// Keeps reports whether it is kept who solved what, and who learns at this computer
// now, "" where nobody says.
func (c *Course) Keeps() (keeps bool, who string) {
	l := c.o.Settings.Snapshot().Lessons
	return l.Keep, l.Learner
}

// SetKeep has it kept from now on who solves what, or no longer.
func (c *Course) SetKeep(on bool) {
	c.update(func(l *settings.Lessons) {
		if l.Keep = on; !on {
			l.Learner = ""
		}
	})
}

// SetLearner says who learns at this computer now: they begin all lessons anew.
func (c *Course) SetLearner(who string) {
	if _, now := c.Keeps(); now == who {
		return
	}
	c.update(func(l *settings.Lessons) { l.Learner, l.Progress = who, solvedBy(l.Solved, who) })
	c.Restart()
}

// solvedBy is the progress of somebody who has solved these.
func solvedBy(all []settings.Solved, who string) (list []settings.Progress) {
	for _, s := range all {
		if who != "" && s.Learner == who {
			list = append(list, settings.Progress{ID: s.ID, Steps: maxSteps})
		}
	}
	return list
}

// Solved lists who solved what, in the order in which they did.
func (c *Course) Solved() []settings.Solved {
	return slices.Clone(c.o.Settings.Snapshot().Lessons.Solved)
}

// Erase forgets who solved what, and how far each lesson was gone through.
func (c *Course) Erase() {
	c.update(func(l *settings.Lessons) { l.Solved, l.Progress, l.Learner = nil, nil, "" })
}

// Heads are a table's words for its columns.
type Heads struct{ Learner, Lesson, Date, Time string }

// CSV is who solved what as a table that a spreadsheet reads. Name is a person's or a
// lamp's name for who it was.
func (c *Course) CSV(h Heads, name func(who string) string) []byte {
	titles := map[string]string{}
	for _, l := range c.lessons {
		titles[l.ID] = l.Title
	}
	rows := [][]string{{h.Learner, h.Lesson, h.Date, h.Time}}
	for _, s := range c.Solved() {
		title := titles[s.ID]
		if title == "" {
			title = s.ID
		}
		at := s.At.Local()
		rows = append(rows, []string{name(s.Learner), title, at.Format(time.DateOnly), at.Format("15:04")})
	}
	return spreadsheet.CSV(rows)
}
