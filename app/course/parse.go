package course

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Flaw is what is wrong with a line of a lesson's file.
type Flaw string

// The flaws.
const (
	FlawLarge     Flaw = "large"      // the file is larger than MaxFile
	FlawEncoding  Flaw = "encoding"   // no UTF-8
	FlawTitle     Flaw = "title"      // the first line is no title
	FlawNoAim     Flaw = "no-aim"     // no line "aim:"
	FlawNoTake    Flaw = "no-take"    // no line "take:"
	FlawNoSteps   Flaw = "no-steps"   // no step
	FlawNoCheck   Flaw = "no-check"   // a step without a check
	FlawWord      Flaw = "word"       // a line before the first step that is none of aim, take, tools
	FlawTwice     Flaw = "twice"      // said twice
	FlawEmpty     Flaw = "empty"      // nothing behind the word
	FlawLong      Flaw = "long"       // a text is too long
	FlawMany      Flaw = "many"       // too many steps, texts or hints
	FlawTool      Flaw = "tool"       // no such tool
	FlawPlace     Flaw = "place"      // no such place
	FlawWait      Flaw = "wait"       // no number of seconds, 1 to 600
	FlawCheck     Flaw = "check"      // no such check
	FlawParameter Flaw = "parameter"  // the check has no such parameter
	FlawMissing   Flaw = "missing"    // the check lacks a parameter
	FlawValue     Flaw = "value"      // the parameter can't have this value
	FlawUnread    Flaw = "unreadable" // the file can't be read
)

// Flaws are all of them.
func Flaws() []Flaw {
	return []Flaw{
		FlawLarge, FlawEncoding, FlawTitle, FlawNoAim, FlawNoTake, FlawNoSteps, FlawNoCheck, FlawWord, FlawTwice, FlawEmpty, FlawLong, FlawMany,
		FlawTool, FlawPlace, FlawWait, FlawCheck, FlawParameter, FlawMissing, FlawValue, FlawUnread,
	}
}

// ParseError is what is wrong with a lesson's file, the first thing in it.
type ParseError struct {
	File string
	Line int    // counted from 1; 0 = the whole file
	Flaw Flaw   //
	Word string // the word that is wrong, or ""; at most 60 bytes
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d: %s %q", e.File, e.Line, e.Flaw, e.Word)
}

// maxWord bounds what an error quotes of a file, in bytes.
const maxWord = 60

// Parse reads a lesson from its file. It fails with a *ParseError.
func Parse(file, id string, text []byte) (Lesson, error) {
	p := &parser{lesson: Lesson{ID: id}, seen: map[string]bool{}}
	if len(text) > MaxFile {
		return Lesson{}, &ParseError{File: file, Flaw: FlawLarge}
	}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		p.number++
		if p.line(strings.TrimSpace(line)); p.err != nil {
			break
		}
	}
	if p.err == nil {
		p.end()
	}
	if p.err != nil {
		p.err.File = file
		return Lesson{}, p.err
	}
	return p.lesson, nil
}

// parser reads a file line by line.
type parser struct {
	lesson Lesson
	number int // of the line
	begun  int // line of the present step
	seen   map[string]bool
	err    *ParseError
}

func (p *parser) fail(f Flaw, word string) {
	if p.err == nil {
		p.err = &ParseError{Line: p.number, Flaw: f, Word: Clip(word, maxWord)}
	}
}

// Clip is the beginning of a text, of at most so many bytes and whole characters.
func Clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

func (p *parser) line(line string) {
	switch {
	case !utf8.ValidString(line) || strings.ContainsRune(line, 0):
		p.fail(FlawEncoding, "")
	case line == "":
	case p.lesson.Title == "":
		p.title(line)
	case strings.HasPrefix(line, "## "):
		p.step(strings.TrimSpace(line[3:]))
	case len(p.lesson.Steps) == 0:
		p.head(line)
	default:
		p.body(line)
	}
}

func (p *parser) title(line string) {
	title, ok := strings.CutPrefix(line, "# ")
	if !ok {
		p.fail(FlawTitle, line)
		return
	}
	p.lesson.Title = p.within(strings.TrimSpace(title), maxTitle)
}

// within is a text that is there and not too long.
func (p *parser) within(text string, most int) string {
	switch {
	case text == "":
		p.fail(FlawEmpty, "")
	case len(text) > most:
		p.fail(FlawLong, text)
	}
	return text
}

// cut splits a line at its first colon, which may be the wide one of Chinese.
func cut(line string) (word, rest string, ok bool) {
	i := strings.IndexAny(line, ":：")
	if i < 0 {
		return "", "", false
	}
	_, size := utf8.DecodeRuneInString(line[i:])
	return strings.ToLower(strings.TrimSpace(line[:i])), strings.TrimSpace(line[i+size:]), true
}

func (p *parser) head(line string) {
	word, rest, ok := cut(line)
	if !ok || word != "aim" && word != "take" && word != "tools" {
		p.fail(FlawWord, line)
		return
	}
	if p.seen[word] {
		p.fail(FlawTwice, word)
	}
	p.seen[word] = true
	switch word {
	case "aim":
		p.lesson.Aim = p.within(rest, maxText)
	case "take":
		p.lesson.Takeaway = p.within(rest, maxText)
	case "tools":
		for _, name := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" ,、，", r) }) {
			if !slices.Contains(tools, Tool(name)) {
				p.fail(FlawTool, name)
			}
			if !p.lesson.Has(Tool(name)) {
				p.lesson.Tools = append(p.lesson.Tools, Tool(name))
			}
		}
	}
}

func (p *parser) step(heading string) {
	p.closeStep()
	if p.err != nil {
		return
	}
	if len(p.lesson.Steps) == maxSteps {
		p.fail(FlawMany, heading)
	}
	p.begun = p.number
	p.lesson.Steps = append(p.lesson.Steps, Step{Heading: p.within(heading, maxTitle)})
}

// closeStep looks at the step that ends here.
func (p *parser) closeStep() {
	if n := len(p.lesson.Steps); n > 0 && len(p.lesson.Steps[n-1].Checks) == 0 {
		p.number = p.begun
		p.fail(FlawNoCheck, p.lesson.Steps[n-1].Heading)
	}
}

func (p *parser) body(line string) {
	s := &p.lesson.Steps[len(p.lesson.Steps)-1]
	word, rest, ok := cut(line)
	first, seconds, _ := strings.Cut(word, " ")
	switch {
	case ok && word == "check":
		s.Checks = append(s.Checks, p.check(rest))
	case ok && first == "hint" && len(strings.Fields(word)) <= 2:
		p.hint(s, strings.TrimSpace(seconds), rest)
	case ok && word == "saw":
		if s.Conclusion != "" {
			p.fail(FlawTwice, word)
		}
		s.Conclusion = p.within(rest, maxText)
	case ok && word == "go":
		if !slices.Contains(gos, Place(rest)) {
			p.fail(FlawPlace, rest)
		}
		if s.Place != "" {
			p.fail(FlawTwice, word)
		}
		s.Place = Place(rest)
	case len(s.Texts) == maxTexts:
		p.fail(FlawMany, line)
	default:
		s.Texts = append(s.Texts, p.within(line, maxText))
	}
	if len(s.Checks) > maxHints {
		p.fail(FlawMany, rest)
	}
}

func (p *parser) hint(s *Step, seconds, text string) {
	wait, err := strconv.Atoi(seconds)
	if err != nil || wait < 1 || wait > maxWait {
		p.fail(FlawWait, seconds)
	}
	if len(s.Hints) == maxHints {
		p.fail(FlawMany, text)
	}
	s.Hints = append(s.Hints, Hint{wait, p.within(text, maxText)})
}

// check reads a check's name and its parameters, as in "published topic=a/b".
func (p *parser) check(text string) CheckSpec {
	words := strings.Fields(p.within(text, maxText))
	if len(words) == 0 {
		return CheckSpec{}
	}
	spec := CheckSpec{Name: words[0], Params: map[string]string{}}
	for _, w := range words[1:] {
		name, value, ok := strings.Cut(w, "=")
		switch {
		case !ok || value == "":
			p.fail(FlawParameter, w)
		case spec.Params[name] != "":
			p.fail(FlawTwice, name)
		}
		spec.Params[name] = value
	}
	if f, word := spec.flaw(); f != "" {
		p.fail(f, word)
	}
	return spec
}

func (p *parser) end() {
	p.closeStep()
	if p.err != nil {
		return
	}
	p.number = 0
	switch l := p.lesson; {
	case l.Title == "":
		p.fail(FlawTitle, "")
	case l.Aim == "":
		p.fail(FlawNoAim, "")
	case l.Takeaway == "":
		p.fail(FlawNoTake, "")
	case len(l.Steps) == 0:
		p.fail(FlawNoSteps, "")
	}
}
