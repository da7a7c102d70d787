package wizard

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/setup/batch"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// manyPage is the table of boards that are set up together.
type manyPage struct {
	w      *wizard
	all    fyne.CanvasObject
	counts *widget.Label
	each   *ui.Check
	pupils *ui.Check
	chime  *ui.Check
	done   int // boards, when that was looked at last
	prefix *ui.Field
	bad    error // of the prefix
	rows   map[int]*manyRow
	list   *fyne.Container
	scroll *container.Scroll
	none   fyne.CanvasObject
}

// manyKey is the key of the page.
const manyKey = "many"

// many are the boards that are set up together, or nil where there are none now.
func (w *wizard) many() bool { return w.env.Several != nil && w.env.Several.IsOpen() }

// canMany reports whether several boards can be set up from here.
func (w *wizard) canMany() bool {
	_, ok := setup.Shared(w.state())
	return ok && w.env.Several != nil
}

// openMany begins the table with the answers that there are.
func (w *wizard) openMany() {
	shared, ok := setup.Shared(w.state())
	if !ok || w.env.Several == nil {
		return
	}
	f, finished := w.state().(setup.Finished)
	if !finished {
		w.env.Several.Open(shared, nil)
		return
	}
	w.handle(setup.NextBoard{})
	w.env.Several.Open(shared, &f)
}

func newManyPage(w *wizard) *manyPage {
	p := &manyPage{w: w, rows: map[int]*manyRow{}, list: container.New(layout.NewCustomPaddedVBoxLayout(ui.Unit / 2)), counts: ui.OneLine("")}
	several := w.env.Several
	p.counts.TextStyle.Bold = true
	p.each = ui.NewCheck(i18n.T("wizard.many.each"), several.SetStartsAtOnce)
	p.pupils = ui.NewCheck(i18n.T("wizard.many.pupils"), several.SetForPupils)
	ui.SetVisible(p.pupils, len(w.env.Class.Pupils()) > 0)
	p.chime = ui.NewCheck(i18n.T("wizard.many.chime"), func(on bool) { w.env.Settings.Update(func(v *settings.Values) { v.Chime = on }) })
	p.chime.SetQuietly(w.env.Settings.Values().Chime)
	ui.SetVisible(p.chime, w.env.Chime != nil)
	p.done = several.Counts().Done
	entry := ui.NewEntry(batch.Prefix)
	p.prefix = w.newField(entry, several.Prefix(), func(text string) {
		p.bad = several.SetPrefix(text)
		w.update()
	})
	a := several.Shared()
	host, _ := a.Broker.Endpoint()
	same := ui.Small(i18n.T("wizard.many.same", "WiFi", format.SafeLine(a.WiFi.SSID), "Broker", host))
	names := container.NewBorder(nil, nil, ui.Row(ui.Label(i18n.T("wizard.many.prefix"))), nil, container.NewGridWrap(fyne.NewSize(ui.Unit*18, entry.MinSize().Height), entry))
	head := container.New(&ui.StackLayout{}, container.NewGridWithColumns(2, ui.Rows(ui.Title(i18n.T("wizard.many.title"))), p.counts), same, container.New(&ui.FlowLayout{Gap: ui.Unit}, names, p.pupils, p.each, p.chime))
	p.none = ui.EmptyPlace("usb", i18n.T("wizard.many.none"))
	p.scroll = scrollBox(p.list)
	p.counts.Alignment = fyne.TextAlignTrailing
	p.all = container.New(layout.NewCustomPaddedLayout(ui.Unit, ui.Unit, ui.PagePadding, ui.PagePadding), container.NewBorder(head, nil, nil, nil, container.NewStack(p.none, p.scroll))) // eight rows fit the least window
	return p
}

func (p *manyPage) content() fyne.CanvasObject { return p.all }

func (p *manyPage) focus() fyne.Focusable {
	if p.w.env.Several.Counts().Ready > 0 {
		return nil // the primary button is next
	}
	return p.each
}

func (p *manyPage) update(setup.State) {
	several := p.w.env.Several
	c := several.Counts()
	ui.SetText(p.counts, manyCounts(c))
	if c.Done > p.done && p.w.env.Chime != nil && p.chime.Checked {
		p.w.env.Chime()
	}
	p.done = c.Done
	p.each.SetQuietly(several.StartsAtOnce())
	p.pupils.SetQuietly(several.ForPupils())
	rows := several.Rows()
	ui.SetVisible(p.none, len(rows) == 0)
	ui.SetVisible(p.scroll, len(rows) > 0)
	kept := map[int]*manyRow{}
	objects := make([]fyne.CanvasObject, 0, len(rows))
	for _, r := range rows {
		shown := p.rows[r.Key]
		if shown == nil {
			shown = newManyRow(p.w, r.Key)
		}
		shown.show(r)
		kept[r.Key] = shown
		objects = append(objects, shown)
	}
	p.rows = kept
	p.arrange(objects)
}

// manyCounts says how many boards are how; those that none is are left out.
func manyCounts(c batch.Counts) string {
	parts := []string{i18n.N("wizard.many.count.done", c.Done)}
	for _, part := range []struct {
		Key string
		n   int
	}{
		{"wizard.many.count.working", c.Working}, {"wizard.many.count.ready", c.Ready}, {"wizard.many.count.failed", c.Failed},
	} {
		if part.n > 0 {
			parts = append(parts, i18n.N(part.Key, part.n))
		}
	}
	return strings.Join(parts, i18n.T("lamps.count.between"))
}

// arrange lays the rows out where others have come or left, and brings a new one
// into view.
func (p *manyPage) arrange(objects []fyne.CanvasObject) {
	same := len(objects) == len(p.list.Objects)
	for i := range objects {
		same = same && objects[i] == p.list.Objects[i]
	}
	if same {
		return
	}
	more := len(objects) > len(p.list.Objects)
	p.list.Objects = objects
	p.list.Refresh()
	p.scroll.Refresh()
	if more {
		p.scroll.ScrollToBottom() // the newest is there
	}
}

func (p *manyPage) foot(setup.State) foot {
	several := p.w.env.Several
	f := foot{
		back: i18n.T("wizard.many.leave"), onBack: p.end,
		extra: i18n.T("wizard.finish.lamps"), onExtra: func() { p.w.env.Visit(ui.PlaceLamps, "") },
		next: i18n.T("wizard.many.all"), onNext: several.StartAll,
	}
	switch key := problem.ValueKey(p.bad); {
	case p.bad != nil && key != "":
		f.reason = i18n.T(key)
	case several.StartsAtOnce():
		f.next = ""
	case several.Counts().Ready == 0:
		f.reason = i18n.T("wizard.many.nothing-ready")
	}
	return f
}

// end ends the table, after a question where boards are at work.
func (p *manyPage) end() {
	several := p.w.env.Several
	if several.Counts().Working == 0 {
		several.Close()
		return
	}
	p.w.env.Confirm(i18n.T("wizard.many.leave"), i18n.T("wizard.many.leave-sure"), i18n.T("wizard.many.leave-yes"), true, several.Close)
}

// phaseWords say where a row stands.
func phaseWords(r batch.Row) string {
	switch r.Phase {
	case batch.Greeting:
		return i18n.T("wizard.many.greeting")
	case batch.Ready:
		if r.Known {
			return i18n.T("wizard.many.ready-known")
		}
		return i18n.T("wizard.many.ready")
	case batch.Writing:
		return i18n.T("wizard.many.writing")
	case batch.Proving:
		return i18n.T("wizard.many.proving")
	case batch.Done:
		switch {
		case r.Plugged && r.Took > 0:
			return i18n.T("wizard.many.done-in", "Seconds", format.Seconds(r.Took))
		case r.Plugged:
			return i18n.T("wizard.many.done-here")
		}
		return i18n.T("wizard.many.done")
	case batch.Failed:
		return problem.Explain(r.Err).Title
	case batch.Pulled:
		return i18n.T("wizard.many.pulled")
	}
	return i18n.T("wizard.many.waiting")
}
