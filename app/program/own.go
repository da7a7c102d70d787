package program

import (
	_ "embed"
	"strings"
	"text/template"
)

//go:embed own.py.tmpl
var ownSource string

var own = template.Must(template.New("own.py").Parse(ownSource))

// TwoLines connect a program of a pupil's on a board that has the settings.
func TwoLines() string { return ownText("") }

// Lamp is the mPython tutorial's lamp after the two lines: it takes on and off on a
// topic, and does not answer.
func Lamp(topic string) string { return ownText(code(Bytes(topic))) }

func ownText(topic code) string {
	var text strings.Builder
	_ = own.Execute(&text, topic) // a builder takes everything
	return strings.TrimSpace(text.String())
}
