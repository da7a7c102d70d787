// Package guide is the place in which the program explains itself: chapters for
// lessons, network, drivers and administrators, and every message with its advice.
package guide

import (
	"bytes"
	"image"
	_ "image/png" // of the chapters' pictures
	"log/slog"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/i18n"
	"lamplighter/i18n/guide"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

const (
	readWidth   = 680 // of a column of text
	maxFound    = 25  // sections that a search shows
	maxSearch   = 200 // bytes of what is looked for
	pictureWide = 640
)

// page shows one chapter, or what a search finds in all of them.
type page struct {
	shell    *ui.Shell
	chapters []guide.Chapter
	buttons  []*ui.Button
	search   *ui.Entry
	content  *fyne.Container
	scroll   *fyne.Container
	root     fyne.CanvasObject
	chosen   int
}

// New builds the place.
func New(s *ui.Shell) ui.Page {
	p := &page{shell: s, chapters: chapters(), content: ui.Sections(readWidth)}
	p.search = ui.NewEntry(i18n.T("guide.search"))
	p.search.OnChanged = func(string) { p.show() }
	list := ui.Rows()
	for i, c := range p.chapters {
		b := ui.QuietButton(c.Title, nil, func() { p.choose(i) })
		b.Alignment = widget.ButtonAlignLeading
		p.buttons = append(p.buttons, b)
		list.Add(b)
	}
	p.scroll = ui.Scrolled(p.content)
	left := ui.Padded(ui.Unit*2, ui.Rows(ui.Title(i18n.T("rail.guide")), p.search, list))
	p.root = container.NewBorder(nil, nil, left, nil, p.scroll)
	p.choose(0)
	return p
}

// chapters are those of the guide in the window's language, and the messages.
func chapters() []guide.Chapter {
	all, err := guide.Chapters(i18n.Language())
	if err != nil {
		slog.Error("the guide can't be read", "err", err) // it is a part of the program: tests find this
	}
	m := guide.Chapter{Name: "messages", Title: i18n.T("guide.messages")}
	m.Sections = append(m.Sections, guide.Section{Blocks: []guide.Block{{Text: i18n.T("guide.messages-for")}}})
	for _, p := range problem.All() {
		m.Sections = append(m.Sections, guide.Section{Heading: p.Title, Blocks: []guide.Block{{Text: p.Advice}}})
	}
	return append(all, m)
}

func (p *page) Content() fyne.CanvasObject { return p.root }

func (p *page) Shown() {}

func (p *page) Hidden() {}

func (p *page) Close() {}

// FirstFocus is the search.
func (p *page) FirstFocus() fyne.Focusable { return p.search }

// Target opens a chapter.
func (p *page) Target(name string) {
	if i := slices.IndexFunc(p.chapters, func(c guide.Chapter) bool { return c.Name == name }); i >= 0 {
		p.choose(i)
	}
}

// Escape ends a search.
func (p *page) Escape() bool {
	if p.search.Text == "" {
		return false
	}
	p.search.SetText("")
	return true
}

func (p *page) choose(i int) {
	p.chosen = i
	if p.search.Text != "" {
		p.search.SetText("") // which shows it
		return
	}
	p.show()
}

// show fills the column of text.
func (p *page) show() {
	words := strings.Fields(p.search.Text[:min(len(p.search.Text), maxSearch)])
	p.content.RemoveAll()
	if len(words) > 0 {
		p.showFound(words)
	} else {
		c := p.chapters[p.chosen]
		p.content.Add(ui.TitleWrapped(c.Title))
		for _, s := range c.Sections {
			p.add(s)
		}
	}
	for i, b := range p.buttons {
		b.Importance = widget.LowImportance
		if i == p.chosen && len(words) == 0 {
			b.Importance = widget.MediumImportance
		}
		b.Refresh()
	}
	p.scroll.Refresh()
	if s, ok := p.scroll.Objects[0].(*container.Scroll); ok {
		s.ScrollToTop()
	}
}

// showFound shows the sections that have all the words.
func (p *page) showFound(words []string) {
	found := 0
	for _, c := range p.chapters {
		for _, s := range c.Sections {
			if !s.Contains(words) {
				continue
			}
			if found++; found <= maxFound {
				p.content.Add(ui.Small(c.Title))
				p.add(s)
			}
		}
	}
	switch {
	case found == 0:
		p.content.Add(ui.Body(i18n.T("guide.nothing")))
	case found > maxFound:
		p.content.Add(ui.Small(i18n.N("guide.more", found-maxFound)))
	}
}

func (p *page) add(s guide.Section) {
	rows := ui.Rows()
	if s.Heading != "" {
		rows.Add(ui.SubtitleWrapped(s.Heading))
	}
	for _, b := range s.Blocks {
		rows.Add(p.block(b))
	}
	if len(rows.Objects) > 0 {
		p.content.Add(rows)
	}
}

func (p *page) block(b guide.Block) fyne.CanvasObject {
	switch b.Kind {
	case guide.Item:
		return container.NewBorder(nil, nil, ui.Label("•"), nil, ui.Body(b.Text))
	case guide.Code:
		code := ui.Code(b.Text)
		code.Wrapping = fyne.TextWrapBreak
		return ui.Rows(code, ui.Row(p.shell.CopyButton(b.Text)))
	case guide.Picture:
		return picture(b)
	}
	return ui.Body(b.Text)
}

// picture shows a picture as wide as there is room, with what it shows below it.
func picture(b guide.Block) fyne.CanvasObject {
	img := canvas.NewImageFromReader(bytes.NewReader(b.Picture), b.Text+".png")
	img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	ratio := float32(0.625)
	if c, _, err := image.DecodeConfig(bytes.NewReader(b.Picture)); err == nil && c.Width > 0 {
		ratio = float32(c.Height) / float32(c.Width)
	}
	return ui.Rows(container.New(&pictureLayout{ratio: ratio}, img), ui.Small(b.Text))
}

// pictureLayout keeps a picture's form.
type pictureLayout struct{ ratio, height float32 }

func (l *pictureLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width, pictureWide)
	l.height = width * l.ratio
	objects[0].Resize(fyne.NewSize(width, l.height))
}

func (l *pictureLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, l.height) }
