package app

import (
	"time"

	"lamplighter/app/course"
	"lamplighter/app/course/client"
	"lamplighter/app/endpoint"
)

// Course is the program's lessons on MQTT, on the built-in broker, with the boards that
// there are. It begins at the first call.
func (a *App) Course() *course.Course {
	b := a.Boards
	if b.course != nil {
		return b.course
	}
	pace := time.Duration(0)
	if b.paced {
		pace = client.Believable
	}
	b.course = course.New(course.Options{
		Settings: a.Settings, Dir: a.Settings.Dir(), Post: a.gate.Post, Pace: pace,
		Trace: a.Hosting.Trace, Sessions: a.Hosting.Sessions, Pupil: a.Hosting.Pupils,
		Broker: func() (endpoint.Endpoint, bool) {
			own := b.shared.Broker()
			if own == nil {
				return endpoint.Endpoint{}, false
			}
			host, port := own.LocalAddr()
			return endpoint.Endpoint{Host: host, Port: port}, true
		},
	})
	return b.course
}
