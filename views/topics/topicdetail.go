package topics

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// detailTime is how often the open topic is written anew while it changes:
// slow enough to read.
const detailTime = 250 * time.Millisecond

// The tabs of what is open.
const (
	tabValue = iota
	tabHistory
	tabPlot
	tabPublish
)

// topicDetail is the right side: the open topic, and a message to publish.
type topicDetail struct {
	page *topicPage
	tabs []*ui.Button
	tab  int
	body *fyne.Container

	name           *widget.Label
	facts, plain   *widget.Label
	copyIt, starIt *ui.Button
	head           *fyne.Container

	value   *topicValue
	history *topicHistory
	plot    *topicPlot
	publish *topicPublish
	hint    fyne.CanvasObject

	topic string
	has   bool
	seen  topics.Level
	wrote time.Time
}

func newTopicDetail(p *topicPage) *topicDetail {
	d := &topicDetail{page: p}
	d.name = ui.OneLine("")
	d.name.TextStyle = fyne.TextStyle{Bold: true}
	d.facts, d.plain = ui.OneLine(""), ui.OneLine("")
	d.facts.SizeName = ui.SizeSmall
	d.plain.SizeName = ui.SizeSmall
	d.copyIt = ui.QuietButton("", ui.Icon("copy"), func() { p.env.copyTopic(d.topic) })
	d.starIt = ui.QuietButton("", ui.Icon("star"), func() {
		if id, ok := p.tree.Find(d.topic); ok {
			p.star(id)
			d.write()
		}
	})
	d.value, d.history, d.plot, d.publish = newTopicValue(p), newTopicHistory(p), newTopicPlot(p), newTopicPublish(p)
	d.hint = ui.EmptyPlace("left", i18n.T("topics.none.chosen"))
	names := container.New(&ui.StackLayout{Gap: -ui.Unit}, d.name, d.facts, d.plain)
	d.head = container.NewBorder(nil, nil, nil, ui.Row(d.starIt, d.copyIt), names)
	for i, key := range []string{"topics.tab.value", "topics.tab.history", "topics.tab.plot", "topics.tab.publish"} {
		d.tabs = append(d.tabs, ui.NewButton(i18n.T(key), nil, func() { d.choose(i) }))
	}
	d.body = container.NewStack()
	return d
}

func (d *topicDetail) content() fyne.CanvasObject {
	bar := container.NewGridWithColumns(len(d.tabs))
	for _, b := range d.tabs {
		bar.Add(b)
	}
	s := ui.NewSurface(ui.ColorCard, ui.Unit, below(bar, d.body))
	s.Border = theme.ColorNameSeparator
	return container.New(leftGap{}, s)
}

// below puts rest under top, which the keyboard reaches first: a border of the
// toolkit's own has its middle before its edges.
func below(top, rest fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewBorderLayout(top, nil, nil, nil), top, rest)
}

// leftGap keeps room beside the split's grip.
type leftGap struct{}

func (leftGap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(ui.Unit/2, 0))
	objects[0].Resize(size.SubtractWidthHeight(ui.Unit/2, 0))
}

func (leftGap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(ui.Unit/2, 0)
}

// choose shows a tab.
func (d *topicDetail) choose(tab int) {
	d.tab, d.page.work.tab = tab, tab
	if tab == tabPublish && d.has && d.publish.topic.Text == "" {
		d.publish.setTopic(d.topic)
	}
	for i, b := range d.tabs {
		b.SetImportance(ui.Either(i == tab, widget.MediumImportance, widget.LowImportance))
	}
	d.arrange()
	d.write()
}

// arrange puts the tab's content in its place.
func (d *topicDetail) arrange() {
	var show fyne.CanvasObject
	switch {
	case d.tab == tabPublish:
		show = d.publish.content()
	case d.tab == tabPlot && (d.has || d.plot.busy()):
		show = d.plot.content()
	case !d.has:
		show = d.hint
	default:
		inner := d.value.content()
		if d.tab == tabHistory {
			inner = d.history.content()
		}
		show = below(d.head, inner)
	}
	d.body.Objects = []fyne.CanvasObject{show}
	d.body.Refresh()
}

// resume opens what was open on the page before this one.
func (d *topicDetail) resume() {
	w := d.page.work
	d.plot.pinned = w.curves
	if w.open {
		d.page.view.show(w.topic)
	}
	d.choose(w.tab)
}

// open shows the topic that was chosen in the tree.
func (d *topicDetail) open() {
	was := d.has
	d.topic, d.has = d.page.view.chosen, d.page.view.has
	d.page.work.topic, d.page.work.open = d.topic, d.has
	d.seen = topics.Level{}
	d.value.reset()
	d.history.reset()
	d.plot.open(d.topic)
	if d.has {
		d.page.work.confirmSoon(d.topic)
	}
	if d.has != was || d.tab == tabPlot {
		d.arrange()
	}
	d.write()
}

// publishTo opens the panel that publishes, with a topic in it.
func (d *topicDetail) publishTo(topic string) {
	d.publish.setTopic(topic)
	d.choose(tabPublish)
}

// update writes the open topic anew where it changed, not too often.
func (d *topicDetail) update() {
	if !d.has && d.tab != tabPlot || d.tab == tabPublish {
		return
	}
	if d.tab != tabPlot {
		id, ok := d.page.tree.Find(d.topic)
		l, _ := d.page.tree.Level(id)
		if ok && sameLevel(l, d.seen) && l.InMemory == d.seen.InMemory {
			return
		}
	}
	if wait := detailTime - d.page.now().Sub(d.wrote); wait > 0 {
		d.page.view.wake(wait) // with the tree's own frame, for each costs the whole window
		return
	}
	d.write()
}

func (d *topicDetail) close() { d.plot.close() }

// write shows the open topic as it is now.
func (d *topicDetail) write() {
	d.wrote = d.page.now()
	if d.tab == tabPlot {
		d.plot.update()
	}
	if !d.has || d.tab == tabPublish {
		return
	}
	id, ok := d.page.tree.Find(d.topic)
	if !ok {
		d.has = false
		d.arrange()
		return
	}
	l, _ := d.page.tree.Level(id)
	d.seen = l
	d.writeHead(l)
	switch d.tab {
	case tabValue:
		d.value.update(id, l)
	case tabHistory:
		d.history.update(id, l)
	}
}

func (d *topicDetail) writeHead(l topics.Level) {
	safe := format.Cut(d.topic, 400)
	if safe == "" {
		safe = levelName("")
	}
	facts, plain := countN("topics.row.topics", l.Topics), ""
	if l.Topic {
		facts = d.factWords(l)
		plain = plainWords(d.topic, l.Last, d.page.now())
	}
	ui.SetText(d.name, safe)
	ui.SetText(d.facts, facts)
	ui.SetOrHide(d.plain, plain)
	pic := ui.Either(l.Starred, "star-full", "star")
	if r := ui.Icon(pic); d.starIt.Icon == nil || d.starIt.Icon.Name() != r.Name() {
		d.starIt.SetIcon(r)
	}
}

// factWords are a message's size, QoS and whether it is retained; the line in
// plain words has its time.
func (d *topicDetail) factWords(l topics.Level) string {
	parts := []string{qosWords()[min(int(l.Last.QoS), 2)]}
	if l.Retained {
		parts = append(parts, i18n.T("topics.facts.retained"))
	}
	// What a pupil can't see elsewhere comes first, for a narrow line ends in ….
	return strings.Join(append(parts, format.Size(l.Last.Size), countN("topics.facts.count", int(l.Messages))), " · ")
}
