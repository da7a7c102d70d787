package topics

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/topics"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

func TestABranchsNameGoesBeforeTheNumberOfItsTopics(t *testing.T) {
	test.NewTempApp(t)
	r := newTopicRow()
	r.Restyle()
	name := "the-lamp-at-the-window"
	own := textfit.Width(name, r.name.TextSize, fyne.TextStyle{})
	r.Place(fyne.NewSize(signRoom()+ui.Unit/2+own+ui.Unit*2+countRoom, 26))
	branch := topics.Level{Name: name, Children: true, Topics: 5, Messages: 8}
	r.bind(topics.Row{Branch: true}, branch, false, 0)
	if r.name.Text != name || r.value.Text != "" {
		t.Errorf("a branch is shown as %q, %q", r.name.Text, r.value.Text)
	}
	topic := topics.Level{Name: name, Topic: true, Messages: 8, Last: topics.Entry{Payload: []byte("42"), Size: 2}}
	r.bind(topics.Row{}, topic, false, 0)
	if r.name.Text == name || r.value.Text != "= 42" {
		t.Errorf("a topic is shown as %q, %q", r.name.Text, r.value.Text)
	}
}
