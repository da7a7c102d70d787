package topics

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// plotted are the values of the first curve.
func (p *topicPage) plotted() (values []float64) {
	for _, point := range p.right.plot.chart.Lines[0].Points {
		values = append(values, point.V)
	}
	return values
}

func TestAPlotReadsOnlyWhatCameAndNothingTwice(t *testing.T) {
	p, r, loop := topicWindow(t)
	heard := 0
	hears := func(n int) {
		for range n {
			r.hears("class/meter", fmt.Sprintf(`{"a":{"watts":%d}}`, heard), false)
			heard++
		}
	}
	hears(3 * quickPoints)
	loop.Run()
	p.Target("class/meter")
	p.right.choose(tabPlot)
	plot := p.right.plot
	complete := func() bool {
		plot.update()
		values := p.plotted()
		for i, v := range values {
			if v != float64(i) {
				t.Fatalf("value %d is %v", i, v)
			}
		}
		return len(values) == heard
	}
	loop.RunUntil(complete, "the first curve")
	hears(3)
	if !complete() {
		t.Error("a few more are not there at once")
	}
	hears(2 * quickPoints)
	plot.update()
	hears(1)
	loop.RunUntil(complete, "the curve with all of them")

	// A recording's messages stand at their times.
	r.Receive([]topics.Message{{Topic: "class/meter", Payload: []byte(`{"a":{"watts":-1}}`), At: r.at.Add(-24 * time.Hour), Past: true}}, 0)
	loop.RunUntil(func() bool { plot.update(); v := p.plotted(); return len(v) == heard+1 && v[0] == -1 }, "the recording")

	id, _ := p.tree.Find("class/meter")
	p.tree.Forget(id)
	if plot.update(); len(p.plotted()) != 0 {
		t.Error("a forgotten topic has a curve")
	}
	r.hears("class/meter", `{"a":{"watts":7}}`, false)
	if plot.update(); fmt.Sprint(p.plotted()) != "[7]" {
		t.Errorf("then it has %v", p.plotted())
	}
}

func TestBigJSONIsWrittenOutBesideTheWindowAndFoldsByTheKeysToo(t *testing.T) {
	p, r, loop := topicWindow(t)
	big := func(first int) string {
		text := fmt.Sprintf(`{"first":%d,"list":[`, first)
		for i := range 5000 {
			text += fmt.Sprintf(`{"n":%d},`, i)
		}
		return text + "0]}"
	}
	r.hears("class/big", big(1), false)
	r.hears("class/big", big(2), false)
	loop.Run()
	p.Target("class/big")
	p.right.choose(tabValue)
	v := p.right.value
	if v.count() != 0 || v.note.Text != i18n.T("topics.value.breaking") {
		t.Errorf("at first there are %d rows; it says %q", v.count(), v.note.Text)
	}
	loop.RunUntil(func() bool { return v.isListed() }, "the lines")
	all := v.count()
	if all != 5000*3+6 || v.note.Visible() || v.json.Row(1).Sign != "~" {
		t.Errorf("%d rows, %+v; it says %q", all, v.json.Row(1), v.note.Text)
	}
	press := func(name fyne.KeyName) { v.lines.TypedKey(&fyne.KeyEvent{Name: name}) }
	v.lines.FocusGained()
	press(fyne.KeyDown)
	press(fyne.KeyLeft)
	press(fyne.KeyReturn) // a plain value
	if v.count() != all {
		t.Errorf("%d rows: a plain value was folded", v.count())
	}
	press(fyne.KeyDown)
	press(fyne.KeyLeft)
	if v.count() != 4 || v.json.Row(2).Text != "list: [ … ]" {
		t.Errorf("folded it has %d rows", v.count())
	}
	press(fyne.KeyRight)
	press(fyne.KeyReturn)
	v.lines.TypedRune(' ')
	if v.count() != all {
		t.Errorf("unfolded it has %d rows", v.count())
	}
	r.hears("class/big", big(3), false)
	p.right.write()
	if v.count() != all {
		t.Error("meanwhile the value before is not shown")
	}
	loop.RunUntil(func() bool { return v.json.Row(1).Text == "first: 3" }, "the next one")
	p.Target("class/lamp-02/info")
	if v.json.Row(0).Text != "{" || v.count() > 10 {
		t.Errorf("another topic has %d rows", v.count())
	}
}
