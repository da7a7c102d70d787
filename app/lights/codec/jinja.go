package codec

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// jinja is a template of Home Assistant's that chooses: text, {{ expressions }},
// {% if %}, {% elif %}, {% else %} and {% set %}. What it has of the language is
// what announcements are seen to use for lamps. Anything else is never guessed: it
// spoils the branch that it stands in, and a template of which every branch is
// spoilt is not understood.
// https://jinja.palletsprojects.com/templates/
type jinja struct {
	parts []jinjaPart
	json  bool // it reads value_json
}

// spoilt is what stands for an expression that is not understood.
func spoilt(x *jinjaRun) any {
	x.failed = true
	return undefined{}
}

// jinjaPart is text, or an expression whose value is written (or kept under a
// name), or branches of which one is taken.
type jinjaPart struct {
	text     string
	value    jinjaExpr
	name     string // of {% set %}
	branches []jinjaBranch
}

type jinjaBranch struct {
	when jinjaExpr // nil: else
	then []jinjaPart
}

// The bounds of a template: see maxTemplate for its length.
const maxJinjaDepth = 24

var jinjaTag = regexp.MustCompile(`(?s)\{\{-?(.*?)-?\}\}|\{%-?(.*?)-?%\}|\{#.*?#\}`)

// readJinja understands a template, or says that it does not. Names are those
// that may be used beside value and value_json, and are not there.
func readJinja(s string, names ...string) (*jinja, bool) {
	if len(s) > maxTemplate {
		return nil, false
	}
	s = trimRight.ReplaceAllString(trimLeft.ReplaceAllString(s, "{$1"), "$1}")
	r := &jinjaReader{text: s, names: map[string]bool{"value": true, "value_json": true}}
	for _, n := range names {
		r.names[n] = true
	}
	parts, end := r.block(0)
	if r.failed || r.spoilt || end != "" {
		return nil, false
	}
	return &jinja{parts: parts, json: r.json}, true
}

// jinjaReader reads a template from its beginning.
type jinjaReader struct {
	text   string
	names  map[string]bool
	json   bool
	failed bool // its tags do not fit together
	spoilt bool // whatever is read now can never be worked out
}

// block reads until a tag that ends it, which it gives.
func (r *jinjaReader) block(depth int) (parts []jinjaPart, end string) {
	for !r.failed {
		at := jinjaTag.FindStringSubmatchIndex(r.text)
		if at == nil {
			text := r.take(len(r.text), 0)
			r.failed = strings.Contains(text, "{{") || strings.Contains(text, "{%")
			return append(parts, jinjaPart{text: text}), ""
		}
		tag, kind := r.text, 0
		for i := 1; i <= 2; i++ {
			if at[2*i] >= 0 {
				tag, kind = strings.TrimSpace(r.text[at[2*i]:at[2*i+1]]), i
			}
		}
		if text := r.take(at[0], at[1]-at[0]); text != "" {
			parts = append(parts, jinjaPart{text: text})
		}
		switch kind {
		case 1:
			parts = append(parts, jinjaPart{value: r.expr(tag)})
		case 2:
			word, rest := keyword(tag)
			switch {
			case word == "if":
				parts = append(parts, r.choice(rest, depth))
			case word == "set" && strings.Contains(rest, "="):
				parts = append(parts, r.set(rest))
			case slices.Contains(jinjaBlocks, word):
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

// take gives the next n bytes, and leaves out what follows them.
func (r *jinjaReader) take(n, skip int) string {
	text := r.text[:n]
	r.text = r.text[n+skip:]
	return text
}

func (r *jinjaReader) expr(s string) jinjaExpr {
	e, ok := readExpr(s, r)
	if !ok {
		r.spoilt = true
		return spoilt
	}
	return e
}

// set reads what stands behind {% set %}.
func (r *jinjaReader) set(rest string) jinjaPart {
	name, value, _ := strings.Cut(rest, "=")
	p := jinjaPart{name: strings.TrimSpace(name), value: r.expr(value)}
	if !jinjaName.MatchString(p.name) {
		r.spoilt = true
		return jinjaPart{value: spoilt}
	}
	r.names[p.name] = true
	return p
}

// jinjaBlocks begin a block that is not understood, which ends with endfor and so on.
var jinjaBlocks = []string{"for", "set", "macro", "call", "filter", "raw", "with", "autoescape"}

// unknown reads a block over.
func (r *jinjaReader) unknown(word string, depth int) jinjaPart {
	for end := ""; end != "end"+word; {
		if depth >= maxJinjaDepth || r.failed {
			r.failed = true
			break
		}
		_, end = r.block(depth + 1)
		if end, _ = keyword(end); end != "end"+word && end != "else" {
			r.failed = true
		}
	}
	r.spoilt = true
	return jinjaPart{value: spoilt}
}

// choice reads what stands behind {% if %}. It is spoilt where no branch can be
// come to, or only spoilt ones.
func (r *jinjaReader) choice(rest string, depth int) (p jinjaPart) {
	before, sound, reached := r.spoilt, false, true
	condition := func(s string) jinjaExpr {
		r.spoilt = false
		e := r.expr(s)
		reached = reached && !r.spoilt
		return e
	}
	for when := condition(rest); depth < maxJinjaDepth && !r.failed; {
		r.spoilt = false
		then, end := r.block(depth + 1)
		sound = sound || reached && !r.spoilt
		p.branches = append(p.branches, jinjaBranch{when, then})
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

// jinjaRun is a template at work on one payload.
type jinjaRun struct {
	values  map[string]any
	missing bool // something was looked for that is not there
	failed  bool // the template makes no sense for this payload
}

// run writes the template out for a payload. It says false where the payload has
// not got what the template asks for: then it is about something else.
func (j *jinja) run(payload []byte) (string, bool) {
	r := &jinjaRun{values: map[string]any{"value": string(payload)}}
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

// order writes a command's template out, which has no value_json.
func (j *jinja) order(value string) (string, bool) {
	r := &jinjaRun{values: map[string]any{"value": value}}
	return r.text(j.parts)
}

func (x *jinjaRun) text(parts []jinjaPart) (string, bool) {
	var out strings.Builder
	x.write(&out, parts)
	return strings.TrimSpace(out.String()), !x.failed && !x.missing
}

func (x *jinjaRun) write(out *strings.Builder, parts []jinjaPart) {
	for _, p := range parts {
		switch {
		case x.failed, out.Len() > maxSmall: // nothing that a lamp says is as long
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

func (x *jinjaRun) choose(out *strings.Builder, all []jinjaBranch) {
	for _, b := range all {
		if b.when == nil || truth(b.when(x)) {
			x.write(out, b.then)
			return
		}
	}
}
