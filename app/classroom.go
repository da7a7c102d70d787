package app

import (
	"lamplighter/app/lesson"
	"lamplighter/app/pupilpage"
	"lamplighter/app/roster"
)

// Classroom is what one classroom has beside its broker: boards, pupils, their page
// and the lesson.
type Classroom struct {
	Roster *roster.Roster
	Class  *roster.Class
	Pupils *pupilpage.Page
	Lesson *lesson.Lesson
}

// end ends the lesson and shuts the pupils' page. What is kept is so until Class is
// closed.
func (c *Classroom) end() {
	c.Lesson.End()
	c.Pupils.Shut()
}
