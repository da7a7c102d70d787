package topics

import (
	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// internals are the topics that most brokers have about themselves.
const internals = "$SYS/#"

// openLimit is how many lines "open all" makes at most.
const openLimit = 200_000

// pageMenu is what is seldom needed.
func (p *topicPage) pageMenu() {
	items := []*fyne.MenuItem{fyne.NewMenuItem(i18n.T("topics.sort"), nil)}
	for order, key := range []string{"topics.sort.name", "topics.sort.count", "topics.sort.newest"} {
		item := fyne.NewMenuItem(i18n.T(key), func() { p.sort(topics.Sort(order)) })
		item.Checked = p.tree.Order() == topics.Sort(order)
		items = append(items, item)
	}
	sys := fyne.NewMenuItemWithIcon(i18n.T("topics.internal"), ui.Icon("broker"), p.toggleInternal)
	sys.Checked = p.tree.InternalShown()
	items = append(items, fyne.NewMenuItemSeparator(), sys,
		fyne.NewMenuItemWithIcon(i18n.T("topics.openall"), ui.Icon("down"), func() { p.openAll(topics.Root) }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.closeall"), ui.Icon("right"), func() { p.tree.CloseAll(); p.updateRowsNow() }),
		fyne.NewMenuItemSeparator())
	items = append(items, p.recordItems()...)
	items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItemWithIcon(i18n.T("topics.clear"), ui.Icon("trash"), p.clearDialog))
	p.env.PopUpUnder(p.menuButton, items...)
}

// rowMenu is what can be done with a level.
func (p *topicPage) rowMenu(at fyne.Position) {
	id, ok := p.view.id()
	if !ok {
		return
	}
	l, _ := p.tree.Level(id)
	topic := p.tree.Topic(id)
	star := ui.Either(l.Starred, i18n.T("topics.unstar"), i18n.T("topics.star"))
	items := []*fyne.MenuItem{
		fyne.NewMenuItemWithIcon(star, ui.Icon("star"), func() { p.star(id) }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.copy.topic"), ui.Icon("copy"), func() { p.env.copyTopic(topic) }),
	}
	if l.Topic {
		items = append(items, fyne.NewMenuItemWithIcon(i18n.T("topics.copy.value"), ui.Icon("copy"), func() { p.env.copyPayload(l.Last.Payload) }))
	}
	items = append(items, fyne.NewMenuItemWithIcon(i18n.T("topics.publish.here"), ui.Icon("send"), func() { p.right.publishTo(topic) }))
	if base, ok := p.lampOf(topic); ok {
		items = append(items, fyne.NewMenuItemWithIcon(i18n.T("topics.lamp"), ui.Icon("lamp"), func() { p.env.Visit(ui.PlaceLamps, base) }))
	}
	if l.Children {
		items = append(items, fyne.NewMenuItemWithIcon(i18n.T("topics.openall"), ui.Icon("down"), func() { p.openAll(id) }))
	}
	items = append(items, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItemWithIcon(i18n.T("topics.retained.clear"), ui.Icon("kept"), func() { p.retainedDialog(topic) }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.forget"), ui.Icon("trash"), func() { p.forget(topic) }))
	p.env.PopUp(fyne.NewMenu("", items...), at)
}

// lampOf finds the lamp that a topic belongs to.
func (p *topicPage) lampOf(topic string) (base string, ok bool) {
	if p.env.Lights == nil {
		return "", false
	}
	for _, l := range p.env.Lights.Lights() {
		if topic == l.Base || len(topic) > len(l.Base) && topic[:len(l.Base)+1] == l.Base+"/" {
			return l.Base, true
		}
	}
	return "", false
}

func (p *topicPage) sort(s topics.Sort) {
	p.tree.SetSort(s)
	p.updateRowsNow()
}

// updateRowsNow lets the lines move at once, for the user asked for it.
func (p *topicPage) updateRowsNow() {
	p.view.updateRowsNow()
	p.view.Update()
	p.update()
}

func (p *topicPage) toggleInternal() {
	on := !p.tree.InternalShown()
	p.tree.ShowInternal(on)
	if on && !p.subs.has(internals) {
		p.subs.subscribe(internals, 0)
	}
	if !on {
		p.env.Traffic.Unsubscribe(internals)
		p.subs.update()
	}
	p.updateRowsNow()
}

func (p *topicPage) openAll(id topics.ID) {
	if !p.tree.OpenAll(id, openLimit) && p.tree.Filter() == (topics.Filter{}) {
		p.env.Toast(i18n.T("topics.openall.some", "Count", countWords(openLimit)))
	}
	p.updateRowsNow()
}

func (p *topicPage) clearDialog() {
	c := p.tree.Counts()
	p.env.Confirm(i18n.T("topics.clear.title"), i18n.T("topics.clear.text", "Topics", countWords(uint64(c.Topics)), "Messages", countWords(c.InMemory)),
		i18n.T("topics.clear.yes"), true, func() { p.tree.Clear(); p.cleared() })
}

// cleared brings the page in line with a tree that was cleared.
func (p *topicPage) cleared() {
	p.opened = false
	p.updateRowsNow()
}

func (p *topicPage) forget(topic string) {
	id, ok := p.tree.Find(topic)
	if !ok {
		return
	}
	l, _ := p.tree.Level(id)
	safe, _ := topics.Display(topic, 80)
	p.env.Confirm(i18n.T("topics.forget.title", "Topic", safe), countN("topics.forget.text", l.Topics), i18n.T("topics.forget.yes"), true, func() {
		if id, ok := p.tree.Find(topic); ok {
			p.tree.Forget(id)
			p.updateRowsNow()
		}
	})
}
