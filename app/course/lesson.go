// Package course is the lessons on MQTT that a pupil works through: their texts,
// read from files, and the checks that watch what really happens on the broker.
//
// The package knows no language: what a lesson says comes from its file, one for
// each language. docs/LESSONS.md has the form of a file.
package course

import "slices"

// Bounds of a lesson. A file beyond them is an error, not cut.
const (
	MaxFile  = 64 << 10 // bytes
	maxSteps = 20
	maxHints = 4   // of a step
	maxTexts = 6   // paragraphs of a step
	maxText  = 600 // bytes of a paragraph, a hint, an aim
	maxTitle = 120 // bytes of a title or a step's heading
	maxWait  = 600 // seconds before a hint
)

// Lesson is one lesson in one language.
type Lesson struct {
	ID       string // the name of its file without .md, the same in every language
	Own      bool   // it is the teacher's
	Title    string
	Aim      string // the one thing to find out
	Takeaway string // the one sentence to take home
	Tools    []Tool // what the page has to have beside it
	Steps    []Step
}

// Step is one thing to do. It is done when every check is.
type Step struct {
	Heading    string
	Texts      []string
	Checks     []CheckSpec
	Conclusion string // what it has shown, once it is done; may be ""
	Hints      []Hint
	Place      Place // where the window has what is needed; "" = on the page itself
}

// Hint is a help that comes by itself, Wait seconds after the step began.
type Hint struct {
	Wait int
	Text string
}

// Tool is something that a lesson's page has.
type Tool string

// The tools.
const (
	LampTool    Tool = "lamp"    // a lamp, with its plug and its topics
	ClientTool  Tool = "client"  // a client that the pupil steers
	FriendTool  Tool = "friend"  // a second one
	LineTool    Tool = "line"    // sends ten numbers over a line that loses some
	ProgramTool Tool = "program" // how a program of one's own connects
)

var tools = []Tool{LampTool, ClientTool, FriendTool, LineTool, ProgramTool}

// Place is where a step's button leads.
type Place string

// The places.
const (
	GoLamps  Place = "lamps"
	GoTopics Place = "topics"
	GoSetup  Place = "setup" // with the practice board chosen
	GoFilter Place = "filters"
	GoBroker Place = "settings"
)

var gos = []Place{GoLamps, GoTopics, GoSetup, GoFilter, GoBroker}

// CheckSpec is a check as a file names it. Its values may hold blanks: {lamp} is
// the base topic of the lesson's lamp, {room} the first level of the classroom's.
type CheckSpec struct {
	Name   string
	Params map[string]string
}

// Has reports whether a lesson needs a tool.
func (l Lesson) Has(t Tool) bool {
	return slices.Contains(l.Tools, t)
}
