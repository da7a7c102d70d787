// Package guide is the guide that the program carries: a folder of chapters for
// each language, in a small part of Markdown.
//
//	# title                  the first line
//	text                     a paragraph
//	## heading               begins a section
//	- item                   of a list
//	    code                 four spaces: to be copied as it is
//	![what it shows](name)   one of the pictures
package guide

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed */*.md */*.png
var files embed.FS

// Kind is what a block of a section is.
type Kind int

// The kinds of block.
const (
	Text Kind = iota
	Item
	Code
	Picture // Block.Picture is its PNG
)

// Block is a paragraph, an item of a list, a code or a picture.
type Block struct {
	Kind    Kind
	Text    string
	Picture []byte
}

// Section is what stands under a heading; "" is the beginning of a chapter.
type Section struct {
	Heading string
	Blocks  []Block
}

// Chapter is one file.
type Chapter struct {
	Name     string // of its file, the same in every language
	Title    string
	Sections []Section
}

// Chapters are those of a language, one of i18n.Languages, in their order.
func Chapters(language string) ([]Chapter, error) {
	names, err := fs.Glob(files, language+"/*.md")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("guide: nothing in %q", language)
	}
	all := make([]Chapter, 0, len(names))
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("guide: %w", err)
		}
		c, err := parse(string(text), func(picture string) ([]byte, error) {
			return files.ReadFile(path.Join(language, picture+".png"))
		})
		if err != nil {
			return nil, fmt.Errorf("guide %s: %w", name, err)
		}
		c.Name = strings.TrimSuffix(path.Base(name), ".md")
		all = append(all, c)
	}
	return all, nil
}

func parse(text string, picture func(string) ([]byte, error)) (Chapter, error) {
	first, rest, _ := strings.Cut(text, "\n")
	title, ok := strings.CutPrefix(first, "# ")
	if !ok {
		return Chapter{}, fmt.Errorf("no title: %q", first)
	}
	c := Chapter{Title: title, Sections: []Section{{}}}
	for line := range strings.Lines(rest) {
		line = strings.TrimRight(line, "\n")
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			c.Sections = append(c.Sections, Section{Heading: heading})
			continue
		}
		if line == "" {
			continue
		}
		b, err := parseBlock(line, picture)
		if err != nil {
			return Chapter{}, err
		}
		s := &c.Sections[len(c.Sections)-1]
		if n := len(s.Blocks); b.Kind == Code && n > 0 && s.Blocks[n-1].Kind == Code {
			s.Blocks[n-1].Text += "\n" + b.Text
			continue
		}
		s.Blocks = append(s.Blocks, b)
	}
	return c, nil
}

func parseBlock(line string, picture func(string) ([]byte, error)) (Block, error) {
	if item, ok := strings.CutPrefix(line, "- "); ok {
		return Block{Kind: Item, Text: item}, nil
	}
	if code, ok := strings.CutPrefix(line, "    "); ok {
		return Block{Kind: Code, Text: code}, nil
	}
	caption, name, isPicture := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "!["), ")"), "](")
	if !isPicture || line[0] != '!' {
		return Block{Kind: Text, Text: line}, nil
	}
	data, err := picture(name)
	if err != nil {
		return Block{}, fmt.Errorf("the picture %q: %w", name, err)
	}
	return Block{Kind: Picture, Text: caption, Picture: data}, nil
}

// Contains reports whether a section has all of these words, whatever their case.
func (s Section) Contains(words []string) bool {
	var b strings.Builder
	b.WriteString(s.Heading)
	for _, block := range s.Blocks {
		b.WriteString("\n" + block.Text)
	}
	text := strings.ToLower(b.String())
	for _, w := range words {
		if !strings.Contains(text, strings.ToLower(w)) {
			return false
		}
	}
	return true
}
