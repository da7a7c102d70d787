package topics

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// topicPage is the topic browser: the tree on the left, what is open on the
// right, subscriptions above both.
type topicPage struct {
	env  *env
	tree *topics.Tree
	now  func() time.Time
	stop watch.Stops

	view       *topicTree
	counts     *widget.Label
	find       *ui.Entry
	starred    *ui.Button
	pause      *ui.Button
	menuButton *ui.Button
	subs       *topicSubs
	note       *fyne.Container // what must be said above the tree
	noted      string
	task       *fyne.Container // what is being done: erasing, recording, replaying
	work       *topicWork

	left    *fyne.Container
	empty   fyne.CanvasObject
	nothing fyne.CanvasObject
	noStar  fyne.CanvasObject
	right   *topicDetail
	split   *container.Split
	whole   *fyne.Container
	inView  bool
	opened  bool // the classroom's branch was
}

// Browser is the topic browser. It outlives its pages: what a person has in hand
// there is still there after a change of language or look.
type Browser struct{ env *env }

// NewBrowser makes the topic browser.
func NewBrowser(s *ui.Shell, p *backend.Parts) *Browser { return &Browser{&env{Shell: s, Parts: p}} }

// Page builds its page.
func (b *Browser) Page() ui.Page { return newTopicPage(b.env) }

// Save keeps what was typed a moment ago.
func (b *Browser) Save() {
	if b.env.work != nil {
		b.env.work.messages.Flush()
	}
}

func newTopicPage(d *env) *topicPage {
	p := &topicPage{env: d, tree: d.Topics, now: time.Now, work: d.topicWork()}
	p.work.page = p
	p.tree.SetStars(d.Settings.Values().Topics.Stars)
	p.view = newTopicTree(p.tree, d.Post, func() time.Time { return p.now() })
	p.view.onChoose = func() { p.right.open() }
	p.view.onFrame = p.update
	p.view.onMenu = p.rowMenu
	p.header()
	p.subs = newTopicSubs(p)
	p.right = newTopicDetail(p)
	p.empty = ui.EmptyPlace("topics", i18n.T("topics.empty"),
		ui.PrimaryButton(i18n.T("rail.setup"), ui.Icon("setup"), func() { d.Visit(ui.PlaceSetup, "") }))
	p.nothing = ui.EmptyPlace("search", i18n.T("topics.find.nothing"), ui.NewButton(i18n.T("topics.find.clear"), nil, p.showAll))
	p.noStar = ui.EmptyPlace("star", i18n.T("topics.find.nostar"), ui.NewButton(i18n.T("topics.find.clear"), nil, p.showAll))
	p.note, p.task = container.NewStack(), container.New(&ui.StackLayout{Gap: ui.Unit / 2})
	p.task.Hide()
	p.note.Hide()
	p.left = container.NewStack(p.view.LineList)
	p.stop = append(p.stop, p.tree.Changed.Listen(p.changed), d.Traffic.Changed().Listen(func() { p.subs.update(); p.right.publish.update(); p.writeNote() }))
	p.view.updateRowsNow()
	p.openClass()
	p.update()
	p.subs.showInternal()
	p.showTasks()
	p.right.resume()
	return p
}

// header makes what stands above the tree.
func (p *topicPage) header() {
	p.counts = ui.OneLine("")
	p.counts.SizeName = ui.SizeSmall
	p.find = ui.NewEntry(i18n.T("topics.find"))
	p.find.Icon = ui.Tinted("search", ui.ColorSoft)
	p.find.OnChanged = func(string) { p.filter() }
	p.find.OnSubmitted = func(string) { p.env.Window().Canvas().Focus(p.view.LineList) }
	p.starred = ui.QuietButton("", ui.Icon("star"), p.toggleStarred)
	p.pause = ui.NewButton(i18n.T("topics.pause"), ui.Icon("pause"), p.togglePause)
	p.menuButton = ui.QuietButton("", ui.Icon("more"), p.pageMenu)
}

func (p *topicPage) Content() fyne.CanvasObject {
	findWidth := container.NewGridWrap(fyne.NewSize(max(ui.Unit*26, p.find.PlaceholderWidth()), p.find.MinSize().Height), p.find)
	words := container.New(&ui.StackLayout{Gap: -ui.Unit}, ui.Title(i18n.T("rail.topics")), p.counts)
	head := container.NewBorder(nil, nil, nil, ui.Centred(ui.Row(findWidth, p.starred, p.pause, p.menuButton)), words)
	if p.split == nil {
		p.split = ui.HSplit(p.leftCard(), p.right.content())
		p.split.SetOffset(0.5)
	}
	top := container.New(&ui.StackLayout{Gap: ui.Unit / 2}, head, p.subs.content(), p.note, p.task)
	p.whole = container.New(ui.TopLayout{Gap: ui.Unit / 2}, top, p.split)
	return container.NewVScroll(ui.Padded(ui.PagePadding, p.whole)) // it scrolls where large letters need more height
}

// rearrange follows chips and notices that came or went: how high they are is
// known only at the page's width.
func (p *topicPage) rearrange() {
	if p.whole != nil {
		p.subs.line.Refresh()
		p.whole.Refresh()
	}
}

func (p *topicPage) leftCard() fyne.CanvasObject {
	s := ui.NewSurface(ui.ColorCard, ui.Unit/2, p.left)
	s.Border = theme.ColorNameSeparator
	return s
}

func (p *topicPage) Shown() {
	p.inView = true
	p.subs.update()
	p.view.updateRowsNow()
	p.view.wake(0)
}

func (p *topicPage) Hidden() {
	p.inView = false
	p.view.sleep()
	p.view.turns.forget()
}

func (p *topicPage) Close() {
	p.stop.Stop()
	p.view.sleep()
	p.right.close()
	p.right.publish.keep()
	if p.work.page == p {
		p.work.page = nil
	}
}

// changed is called for each batch of messages, so it only asks for a frame.
func (p *topicPage) changed() {
	if p.inView {
		p.view.soon()
	}
}

// openClass opens the classroom's branch when it is first heard of, for that is
// what most people look for.
func (p *topicPage) openClass() {
	if p.opened {
		return
	}
	id, ok := p.tree.Find(p.env.Settings.Values().Classroom)
	if !ok {
		return
	}
	p.opened = true
	p.tree.SetOpen(id, true)
	p.view.updateRowsNow()
}

// update brings everything but the tree's lines up to date.
func (p *topicPage) update() {
	p.openClass()
	p.writeCounts()
	p.writeNote()
	paused, _ := p.tree.Paused()
	p.labelPause(paused)
	var show fyne.CanvasObject = p.view.LineList
	switch {
	case p.tree.Len() == 0 && p.tree.Filter() != (topics.Filter{}):
		if p.view.left == 0 && !p.tree.Stale() {
			show = p.nothing
		}
		if p.tree.Filter() == (topics.Filter{Starred: true}) && show == p.nothing {
			show = p.noStar
		}
	case p.tree.Len() == 0:
		show = p.empty
	}
	ui.ShowOnly(p.left, show)
	p.right.update()
}

func (p *topicPage) writeCounts() {
	c := p.tree.Counts()
	parts := []string{countN("topics.count.topics", c.Topics), countN("topics.count.received", int(c.Received))}
	if c.Outdated > 0 {
		parts = append(parts, i18n.T("topics.count.dropped", "Count", countWords(c.Outdated)))
	}
	if n := c.Dropped() - c.Outdated; n > 0 {
		parts = append(parts, i18n.T("topics.count.lost", "Count", countWords(n)))
	}
	if c.Bytes > c.Budget/2 {
		parts = append(parts, i18n.T("topics.count.memory", "Used", format.Size(int(c.Bytes)), "Budget", format.Size(int(c.Budget))))
	}
	if p.tree.Filter() != (topics.Filter{}) {
		parts = append(parts, countN("topics.count.found", p.view.found))
	}
	ui.SetText(p.counts, strings.Join(parts, " · "))
}

// writeNote says what a person must know to read the tree right.
func (p *topicPage) writeNote() {
	key, text := "", ""
	c := p.tree.Counts()
	paused, waiting := p.tree.Paused()
	kind := ui.Remark
	switch {
	case paused:
		key, text = "paused", countN("topics.note.paused", waiting)
	case c.Full > 0:
		key, text, kind = "full", i18n.T("topics.note.full", "Count", countWords(c.Full)), ui.Warning
	default:
		if pf := p.env.Traffic.Platform(); pf.Rules.OneBoard {
			key, text = "asked", i18n.T("topics.note.asked", "Platform", problem.PresetName(pf))
		}
	}
	if text == p.noted {
		return
	}
	p.noted = text
	p.note.Objects = nil
	switch key {
	case "paused":
		p.note.Add(ui.Notice(kind, text))
	case "asked":
		p.note.Add(ui.Notice(kind, text))
	case "full":
		p.note.Add(ui.Notice(kind, text, ui.NewButton(i18n.T("topics.clear"), nil, p.clearDialog)))
	}
	p.note.Refresh()
	ui.SetVisible(p.note, text != "")
	p.rearrange()
}

func (p *topicPage) labelPause(paused bool) {
	text, pic := i18n.T("topics.pause"), "pause"
	if paused {
		text, pic = i18n.T("topics.resume"), "play"
	}
	if p.pause.Text != text {
		p.pause.Text, p.pause.Icon = text, ui.Icon(pic)
		p.pause.Importance = widget.MediumImportance
		if paused {
			p.pause.Importance = widget.HighImportance
		}
		p.pause.Refresh()
	}
}

func (p *topicPage) togglePause() {
	if paused, _ := p.tree.Paused(); paused {
		p.tree.Resume()
	} else {
		p.tree.Pause()
	}
	p.update()
}

// filter shows what is looked for.
func (p *topicPage) filter() {
	f := p.tree.Filter()
	f.Text = strings.TrimSpace(p.find.Text)
	p.setFilter(f)
}

func (p *topicPage) setFilter(f topics.Filter) {
	if f == p.tree.Filter() {
		return
	}
	p.tree.SetFilter(f)
	p.view.Top = 0
	p.view.found, p.view.left = p.tree.Search(searchSteps)
	p.view.updateRowsNow()
	p.view.Update()
	p.view.wake(frameTime)
	p.update()
}

// showAll ends every search.
func (p *topicPage) showAll() {
	p.find.SetText("")
	if p.tree.Filter().Starred {
		p.toggleStarred()
	}
}

func (p *topicPage) toggleStarred() {
	f := p.tree.Filter()
	f.Starred = !f.Starred
	p.starred.Icon = ui.Icon(ui.Either(f.Starred, "star-full", "star"))
	p.starred.Refresh()
	p.setFilter(f)
}

// star gives or takes a star, and keeps it for the next start.
func (p *topicPage) star(id topics.ID) {
	l, ok := p.tree.Level(id)
	if !ok {
		return
	}
	p.tree.SetStar(id, !l.Starred)
	stars := p.tree.Stars()
	p.env.Settings.Update(func(v *settings.Values) { v.Topics.Stars = stars })
	p.view.wake(0)
}

// Submit publishes the message that is being written.
func (p *topicPage) Submit() {
	if u := p.right.publish; p.right.tab == tabPublish && !u.send.Disabled() {
		u.publish()
	}
}

// FirstFocus is the tree: the arrows work at once.
func (p *topicPage) FirstFocus() fyne.Focusable {
	if p.tree.Len() == 0 {
		return nil
	}
	return p.view.LineList
}

// TypedKey and TypedRune go to the tree from wherever nobody wants them.
func (p *topicPage) TypedKey(e *fyne.KeyEvent) {
	if p.tree.Len() > 0 {
		p.env.Window().Canvas().Focus(p.view.LineList)
		p.view.TypedKey(e)
	}
}

func (p *topicPage) TypedRune(r rune) {
	if p.tree.Len() > 0 {
		p.env.Window().Canvas().Focus(p.view.LineList)
		p.view.TypedRune(r)
	}
}

// Escape clears what was searched for.
func (p *topicPage) Escape() bool {
	if p.find.Text == "" {
		return false
	}
	p.find.SetText("")
	return true
}

// Target shows one topic, or the branch of a board.
func (p *topicPage) Target(topic string) {
	p.find.SetText("")
	if p.view.show(topic) {
		if id, ok := p.tree.Find(topic); ok {
			if l, _ := p.tree.Level(id); l.Children {
				p.tree.SetOpen(id, true)
				p.view.updateRowsNow()
			}
		}
		p.view.Update()
	}
}
