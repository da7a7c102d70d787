// Package learn is the place in which pupils see what MQTT does: one part of it at
// a time, each in a package of its own. It knows nothing of what a part shows.
package learn

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/learn/explained"
	"lamplighter/views/learn/lessons"
	"lamplighter/views/learn/livemap"
	"lamplighter/views/learn/trainer"
	"lamplighter/views/ui"
)

// part is one of the place's parts; its word is the text "learn.part.<id>".
type part struct {
	id    string
	build func() ui.Page
	busy  func() bool // reports whether it is the one to begin with; nil = never
}

// parts are all of them, in the order of their buttons.
func parts(s *ui.Shell, b *backend.Parts) []part {
	return []part{
		{"map", func() ui.Page { return livemap.New(s, b) }, nil},
		{"lessons", func() ui.Page { return lessons.New(s, b) }, func() bool { return lessons.IsOpen(b) }},
		{"filters", func() ui.Page { return trainer.New(s, b) }, nil},
		{"program", func() ui.Page { return explained.New(s, b) }, nil},
	}
}

// page shows one part at a time, which is built when it is first asked for.
type page struct {
	parts   []part
	built   map[string]ui.Page
	buttons []*ui.Button
	content *fyne.Container
	root    fyne.CanvasObject
	chosen  string
	shown   bool
}

// New builds the place.
func New(s *ui.Shell, b *backend.Parts) ui.Page {
	p := &page{parts: parts(s, b), built: map[string]ui.Page{}, content: container.NewStack()}
	bar := ui.Row(ui.Title(i18n.T("rail.learn")))
	for _, part := range p.parts {
		b := ui.QuietButton(i18n.T("learn.part."+part.id), nil, func() { p.choose(part.id) })
		p.buttons = append(p.buttons, b)
		bar.Add(b)
	}
	p.root = container.NewBorder(container.New(layout.NewCustomPaddedLayout(ui.PagePadding, 0, ui.PagePadding, ui.PagePadding), bar), nil, nil, nil, p.content)
	first := max(0, slices.IndexFunc(p.parts, func(q part) bool { return q.busy != nil && q.busy() }))
	p.choose(p.parts[first].id)
	return p
}

// choose shows a part.
func (p *page) choose(id string) {
	i := slices.IndexFunc(p.parts, func(q part) bool { return q.id == id })
	if i < 0 || id == p.chosen {
		return
	}
	if now := p.now(); now != nil && p.shown {
		now.Hidden()
	}
	p.chosen = id
	if p.built[id] == nil {
		p.built[id] = p.parts[i].build()
	}
	p.content.Objects = []fyne.CanvasObject{p.now().Content()}
	p.content.Refresh()
	for j, b := range p.buttons {
		b.Importance = widget.LowImportance
		if j == i {
			b.Importance = widget.MediumImportance
		}
		b.Refresh()
	}
	if p.shown {
		p.now().Shown()
	}
}

// now is the part that is shown, or nil.
func (p *page) now() ui.Page { return p.built[p.chosen] }

// Content is the page.
func (p *page) Content() fyne.CanvasObject { return p.root }

// Shown and Hidden hand on to the part that is shown.
func (p *page) Shown() {
	p.shown = true
	if now := p.now(); now != nil {
		now.Shown()
	}
}

func (p *page) Hidden() {
	p.shown = false
	if now := p.now(); now != nil {
		now.Hidden()
	}
}

// Close closes all parts that were built.
func (p *page) Close() {
	for _, q := range p.built {
		q.Close()
	}
}

// Target opens a part by its id, and one thing in it where there is more behind a /.
func (p *page) Target(name string) {
	id, thing, more := strings.Cut(name, "/")
	p.choose(id)
	if t, ok := p.now().(ui.Targeted); ok && more && p.chosen == id {
		t.Target(thing)
	}
}

// FirstFocus, Submit and Escape are those of the part that is shown.
func (p *page) FirstFocus() fyne.Focusable {
	if f, ok := p.now().(ui.Focused); ok {
		return f.FirstFocus()
	}
	return nil
}

func (p *page) Submit() {
	if s, ok := p.now().(ui.Submitting); ok {
		s.Submit()
	}
}

// Escape leaves what can be left in the part that is shown.
func (p *page) Escape() bool {
	e, ok := p.now().(interface{ Escape() bool })
	return ok && e.Escape()
}
