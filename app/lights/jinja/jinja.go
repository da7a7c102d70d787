// Package jinja works out the templates of Home Assistant by which other systems
// say how their lamps talk: a part of Jinja, https://jinja.palletsprojects.com.
//
// Templates and what they are worked out for come from the network, so all of it
// is bounded: a template's length and depth, and every text on the way. There are
// no loops, nothing of Home Assistant itself (states, times, other entities), and
// no guessing: what is not understood is told by Parse.
package jinja

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Template is a template that was understood: text, {{ expressions }}, {% if %},
// {% elif %}, {% else %} and {% set %}. What it has of the language is what
// announcements are seen to use for lamps. Anything else spoils the branch that it
// stands in, and a template of which every branch is spoilt is not understood. It
// may be used from any goroutine.
type Template struct {
	parts []part
	json  bool // it reads value_json
}

// NeedsJSON reports whether it reads value_json, which only a payload of JSON has.
func (j *Template) NeedsJSON() bool { return j.json }

// part is text, or an expression whose value is written (or kept under a
// name), or branches of which one is taken.
type part struct {
	text     string
	value    expr
	name     string // of {% set %}
	branches []branch
}

type branch struct {
	when expr // nil: else
	then []part
}

// Bounds of a template and of what comes of it.
const (
	MaxTemplate = 2048     // bytes of a template
	MaxText     = 16 << 10 // bytes of a text that is written
	maxDepth    = 24       // of branches in each other, and of brackets
)

var (
	trimLeft   = regexp.MustCompile(`\s*\{([%{])-`)
	trimRight  = regexp.MustCompile(`-([%}])\}\s*`)
	tagPattern = regexp.MustCompile(`(?s)\{\{-?(.*?)-?\}\}|\{%-?(.*?)-?%\}|\{#.*?#\}`)
)

// Parse reads a template, and reports whether it is understood. Names are those
// that may be used beside value and value_json, and are not there.
func Parse(s string, names ...string) (*Template, bool) {
	if len(s) > MaxTemplate {
		return nil, false
	}
	s = trimRight.ReplaceAllString(trimLeft.ReplaceAllString(s, "{$1"), "$1}")
	r := &parser{text: s, names: map[string]bool{"value": true, "value_json": true}}
	for _, n := range names {
		r.names[n] = true
	}
	parts, end := r.block(0)
	if r.failed || r.spoilt || end != "" {
		return nil, false
	}
	return &Template{parts: parts, json: r.json}, true
}

// parser reads a template from its beginning.
type parser struct {
	text   string
	names  map[string]bool
	json   bool
	failed bool // its tags do not fit together
	spoilt bool // whatever is read now can never be worked out
}

// block reads until a tag that ends it, which it gives.
func (r *parser) block(depth int) (parts []part, end string) {
	for !r.failed {
		at := tagPattern.FindStringSubmatchIndex(r.text)
		if at == nil {
			text := r.next(len(r.text), 0)
			r.failed = strings.Contains(text, "{{") || strings.Contains(text, "{%")
			return append(parts, part{text: text}), ""
		}
		tag, kind := r.text, 0
		for i := 1; i <= 2; i++ {
			if at[2*i] >= 0 {
				tag, kind = strings.TrimSpace(r.text[at[2*i]:at[2*i+1]]), i
			}
		}
		if text := r.next(at[0], at[1]-at[0]); text != "" {
			parts = append(parts, part{text: text})
		}
		switch kind {
		case 1:
			parts = append(parts, part{value: r.expr(tag)})
		case 2:
			word, rest := keyword(tag)
			switch {
			case word == "if":
				parts = append(parts, r.choice(rest, depth))
			case word == "set" && strings.Contains(rest, "="):
				parts = append(parts, r.set(rest))
			case slices.Contains(blocks, word):
				parts = append(parts, r.unknown(word, depth))
			default:
				return parts, tag
			}
		}
	}
	return nil, ""
}

// keyword parts a tag after its first word, which a space need not follow.
func keyword(tag string) (word, rest string) {
	rest = strings.TrimLeft(tag, "abcdefghijklmnopqrstuvwxyz")
	return tag[:len(tag)-len(rest)], rest
}

// next gives the next n bytes, and leaves out what follows them.
func (r *parser) next(n, skip int) string {
	text := r.text[:n]
	r.text = r.text[n+skip:]
	return text
}

func (r *parser) expr(s string) expr {
	e, ok := parseExpr(s, r)
	if !ok {
		r.spoilt = true
		return (*execution).fail
	}
	return e
}

// set reads what stands behind {% set %}.
func (r *parser) set(rest string) part {
	name, value, _ := strings.Cut(rest, "=")
	p := part{name: strings.TrimSpace(name), value: r.expr(value)}
	if !namePattern.MatchString(p.name) {
		r.spoilt = true
		return part{value: (*execution).fail}
	}
	r.names[p.name] = true
	return p
}

// blocks begin a block that is not understood, which ends with endfor and so on.
var blocks = []string{"for", "set", "macro", "call", "filter", "raw", "with", "autoescape"}

// unknown reads a block over.
func (r *parser) unknown(word string, depth int) part {
	for end := ""; end != "end"+word; {
		if depth >= maxDepth || r.failed {
			r.failed = true
			break
		}
		_, end = r.block(depth + 1)
		if end, _ = keyword(end); end != "end"+word && end != "else" {
			r.failed = true
		}
	}
	r.spoilt = true
	return part{value: (*execution).fail}
}

// choice reads what stands behind {% if %}. It is spoilt where no branch can be
// come to, or only spoilt ones.
func (r *parser) choice(rest string, depth int) (p part) {
	before, sound, reached := r.spoilt, false, true
	condition := func(s string) expr {
		r.spoilt = false
		e := r.expr(s)
		reached = reached && !r.spoilt
		return e
	}
	for when := condition(rest); depth < maxDepth && !r.failed; {
		r.spoilt = false
		then, end := r.block(depth + 1)
		sound = sound || reached && !r.spoilt
		p.branches = append(p.branches, branch{when, then})
		word, rest := keyword(end)
		switch {
		case word == "elif" && when != nil:
			when = condition(rest)
		case word == "else" && when != nil:
			when = nil
		case word == "endif":
			sound = sound || reached && when != nil // nothing is written
			r.spoilt = before || !sound
			return p
		default:
			r.failed = true
		}
	}
	r.failed = true
	return p
}

// execution is a template at work on one payload.
type execution struct {
	values  map[string]any
	missing bool // something was looked for that is not there
	failed  bool // the template makes no sense for this payload
}

// Execute writes the template out for a payload. It reports false where the payload
// has not got what the template asks for, for then it is about something else, and
// where a text would be longer than MaxText.
func (j *Template) Execute(payload []byte) (string, bool) {
	r := &execution{values: map[string]any{"value": string(payload)}}
	if j.json {
		d := json.NewDecoder(bytes.NewReader(payload))
		d.UseNumber()
		var v any
		if json.Valid(payload) && d.Decode(&v) == nil {
			r.values["value_json"] = v
		}
	}
	return r.text(j.parts)
}

// ExecuteCommand writes a command's template out for a value, as Execute does. It
// has no value_json.
func (j *Template) ExecuteCommand(value string) (string, bool) {
	r := &execution{values: map[string]any{"value": value}}
	return r.text(j.parts)
}

func (x *execution) text(parts []part) (string, bool) {
	var out strings.Builder
	x.write(&out, parts)
	return strings.TrimSpace(out.String()), !x.failed && !x.missing
}

func (x *execution) write(out *strings.Builder, parts []part) {
	for _, p := range parts {
		switch {
		case x.failed, out.Len() > MaxText: // nothing that a lamp says is as long
			x.failed = true
			return
		case p.branches != nil:
			x.choose(out, p.branches)
		case p.name != "":
			x.values[p.name] = p.value(x)
		case p.value != nil:
			s, ok := rendered(p.value(x))
			x.failed = x.failed || !ok
			out.WriteString(s)
		default:
			out.WriteString(p.text)
		}
	}
}

func (x *execution) choose(out *strings.Builder, all []branch) {
	for _, b := range all {
		if b.when == nil || truth(b.when(x)) {
			x.write(out, b.then)
			return
		}
	}
}
