package topics

import (
	"slices"
	"testing"

	"lamplighter/app/topics"
	"lamplighter/i18n"
)

func TestTextInGBKIsOfferedAndShownWhereItIsChosen(t *testing.T) {
	p, r, loop := topicWindow(t)
	r.hears("class/old", "\xbf\xaa\xb5\xc6", false)
	r.hears("class/new", "on", false)
	loop.Run()
	p.right.choose(tabValue)
	v := p.right.value
	p.Target("class/old")
	if v.note.Text != i18n.T("topics.value.gbk") || !isDump(v) {
		t.Errorf("at first it says %q", v.note.Text)
	}
	v.form.SetSelectedIndex(slices.Index(valueForms, topics.KindGBK))
	if v.count() != 1 || v.rows.Row(0).Text != "开灯" || v.note.Text != "" {
		t.Errorf("it shows %+v and says %q", v.rows, v.note.Text)
	}
	p.Target("class/new")
	v.form.SetSelectedIndex(slices.Index(valueForms, topics.KindGBK))
	if v.note.Text != i18n.T("topics.value.notgbk") {
		t.Errorf("of UTF-8 it says %q", v.note.Text)
	}
}
