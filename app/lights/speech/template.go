package speech

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// template reads a value as Home Assistant's value templates do, as far as that
// needs no Jinja: {{ value }}, and {{ value_json.a.b['c'][0] | lower }}.
type template struct {
	json   bool
	path   []string // names, and numbers in digits
	filter []string
}

// The forms that are understood.
var (
	templateForm = regexp.MustCompile(`^\{\{-?\s*(value_json|value)((?:\.[A-Za-z_]\w*|\[\s*(?:'[^'\]]*'|"[^"\]]*"|\d+)\s*\])*)((?:\s*\|\s*\w+(?:\([^()]*\))?)*)\s*-?\}\}$`)
	stepForm     = regexp.MustCompile(`\.([A-Za-z_]\w*)|\[\s*(?:'([^'\]]*)'|"([^"\]]*)"|(\d+))\s*\]`)
	filterForm   = regexp.MustCompile(`\|\s*(\w+)(\([^()]*\))?`)
)

// maxTemplate bounds what is looked at, in bytes.
const maxTemplate = 2048

// readTemplate understands a template, or says that it does not. None at all is
// the value itself.
func readTemplate(s string) (template, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return template{}, true
	}
	if len(s) > maxTemplate {
		return template{}, false
	}
	m := templateForm.FindStringSubmatch(s)
	if m == nil || m[1] == "value" && m[2] != "" {
		return template{}, false
	}
	t := template{json: m[1] == "value_json"}
	for _, step := range stepForm.FindAllStringSubmatch(m[2], -1) {
		t.path = append(t.path, step[1]+step[2]+step[3]+step[4])
	}
	for _, f := range filterForm.FindAllStringSubmatch(m[3], -1) {
		switch f[1] {
		case "lower", "upper", "trim", "string":
			t.filter = append(t.filter, f[1])
		case "default", "d": // what is missing says nothing here
		default:
			return template{}, false
		}
	}
	return t, true
}

// render is the value in a payload, and false where it is not there.
func (t template) render(payload []byte) (string, bool) {
	if len(payload) > maxSmall {
		return "", false
	}
	text, ok := string(payload), true
	if t.json {
		text, ok = dig(payload, t.path)
	}
	for _, f := range t.filter {
		switch f {
		case "lower":
			text = strings.ToLower(text)
		case "upper":
			text = strings.ToUpper(text)
		case "trim":
			text = strings.TrimSpace(text)
		}
	}
	return text, ok
}

func dig(raw json.RawMessage, path []string) (string, bool) {
	for _, step := range path {
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 {
			return "", false
		}
		if raw[0] == '[' {
			var list []json.RawMessage
			i, err := strconv.Atoi(step)
			if err != nil || json.Unmarshal(raw, &list) != nil || i >= len(list) {
				return "", false
			}
			raw = list[i]
			continue
		}
		var o object
		if json.Unmarshal(raw, &o) != nil {
			return "", false
		}
		raw = o[step]
	}
	if !json.Valid(raw) {
		return "", false
	}
	return scalar(raw)
}

// The parts of a command template that can be worked out: blocks for what is
// not asked for are left out.
var (
	trimLeft  = regexp.MustCompile(`\s*\{([%{])-`)
	trimRight = regexp.MustCompile(`-([%}])\}\s*`)
	ifDefined = regexp.MustCompile(`(?s)\{%\s*if\s+\w+\s+is\s+defined\s*%\}(.*?)\{%\s*endif\s*%\}`)
	elsePart  = regexp.MustCompile(`\{%\s*else\s*%\}`)
	valueForm = regexp.MustCompile(`\{\{\s*value\s*\}\}`)
)

// command works a command template out for a bare on or off, where value is
// what {{ value }} stands for. It says false for one that needs Jinja.
func command(s, value string) (string, bool) {
	if len(s) > maxTemplate {
		return "", false
	}
	s = trimRight.ReplaceAllString(trimLeft.ReplaceAllString(s, "{$1"), "$1}")
	s = ifDefined.ReplaceAllStringFunc(s, func(block string) string {
		inner := ifDefined.FindStringSubmatch(block)[1]
		if parts := elsePart.Split(inner, 2); len(parts) == 2 {
			return parts[1]
		}
		return ""
	})
	s = valueForm.ReplaceAllLiteralString(s, value)
	return strings.TrimSpace(s), !strings.Contains(s, "{{") && !strings.Contains(s, "{%")
}
