package jinja

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fail gives up on a payload, as Python would raise. As an expression it stands for
// one that is not understood.
func (x *execution) fail() any {
	x.failed = true
	return undefined{}
}

// operate works + - * / // % ** and ~ out as Python does, for numbers; + and ~
// for texts too, which are bounded by MaxText.
func (x *execution) operate(op string, a, b any) any {
	if s, ok := texts([]any{a, b}, 2); ok && op == "+" {
		return x.join(s[0], s[1])
	}
	if op == "~" {
		return x.join(a, b)
	}
	n, okN := number(a)
	m, okM := number(b)
	if !okN || !okM || m == 0 && strings.Contains("/ // %", op) {
		return x.fail()
	}
	f := calculate(op, n, m)
	if math.IsNaN(f) || math.Abs(f) >= 1<<53 {
		return x.fail()
	}
	if op != "/" && isWhole(a) && isWhole(b) && f == math.Trunc(f) {
		return json.Number(strconv.FormatInt(int64(f), 10))
	}
	return floating(f)
}

// join writes two values one after the other.
func (x *execution) join(a, b any) any {
	s, okS := rendered(a)
	t, okT := rendered(b)
	if !okS || !okT || len(s)+len(t) > MaxText {
		return x.fail()
	}
	return s + t
}

func calculate(op string, a, b float64) float64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case "//":
		return math.Floor(a / b)
	case "%":
		return a - b*math.Floor(a/b) // of the sign of b
	case "**":
		return math.Pow(a, b)
	}
	return math.NaN()
}

// isWhole reports whether Python would have a value for an int.
func isWhole(v any) bool {
	n, ok := v.(json.Number)
	return !ok || !strings.ContainsAny(n.String(), ".eE")
}

// arithmetic is multiply and add, whose value may be a text.
func (x *execution) arithmetic(op string, v any, args []any) any {
	if len(args) == 0 || len(args) > 2 {
		return x.fail()
	}
	_, okAmount := number(args[0])
	f := x.quietly(func() any { return x.asNumber(v, nil, false) })
	n, ok := number(f)
	if !ok || !okAmount {
		if len(args) == 2 {
			return args[1]
		}
		return x.fail()
	}
	return x.operate(op, floating(n), args[0])
}

// quietly works something out whose failing spoils nothing.
func (x *execution) quietly(f func() any) any {
	was := x.failed
	v := f()
	x.failed = was
	return v
}

// bitwise puts two whole numbers together.
func bitwise(f func(a, b int64) int64) filter {
	return func(x *execution, v any, args []any) any {
		if len(args) != 1 {
			return x.fail()
		}
		n, okN := number(v)
		m, okM := number(args[0])
		if !okN || !okM || n != math.Trunc(n) || m != math.Trunc(m) || math.Abs(n) >= 1<<53 || math.Abs(m) >= 1<<53 {
			return x.fail()
		}
		return json.Number(strconv.FormatInt(f(int64(n), int64(m)), 10))
	}
}

func (x *execution) abs(v any, _ []any) any {
	n, ok := number(v)
	if !ok {
		return x.fail()
	}
	if n < 0 {
		return x.operate("-", json.Number("0"), v)
	}
	return v
}

func (x *execution) length(v any, _ []any) any {
	switch v := v.(type) {
	case string:
		return json.Number(strconv.Itoa(utf8.RuneCountInString(v)))
	case []any:
		return json.Number(strconv.Itoa(len(v)))
	case map[string]any:
		return json.Number(strconv.Itoa(len(v)))
	}
	return x.fail()
}

func first(x *execution, v any, _ []any) any { return x.member(v, json.Number("0")) }

func last(x *execution, v any, _ []any) any {
	all, _ := v.([]any)
	return x.member(v, json.Number(strconv.Itoa(len(all)-1)))
}

func capitalized(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.ToLower(s[size:])
}

// isDefined says nothing where its value is missing.
func (x *execution) isDefined(v any, _ []any) any {
	if _, no := v.(undefined); no {
		x.missing = true
	}
	return v
}

func (x *execution) fromJSON(v any, _ []any) any {
	s, ok := v.(string)
	d := json.NewDecoder(bytes.NewReader([]byte(s)))
	d.UseNumber()
	var o any
	if !ok || !json.Valid([]byte(s)) || d.Decode(&o) != nil {
		return x.fail()
	}
	return o
}

var (
	verbPattern   = regexp.MustCompile(`%([-0+ ]?\d{0,2})(?:\.(\d))?([a-zA-Z%])`)
	backReference = regexp.MustCompile(`\\(\d)`)
)

// format is Python's %, for what lamps are told: %s, %d, %x and %f with a width of
// at most 99.
func (x *execution) format(v any, args []any) any {
	s, ok := v.(string)
	if !ok {
		return x.fail()
	}
	out, rest := verbPattern.ReplaceAllStringFunc(s, func(verb string) string {
		if verb == "%%" {
			return "%"
		}
		if len(args) == 0 {
			x.failed = true
			return ""
		}
		text, ok := verbText(verbPattern.FindStringSubmatch(verb), args[0])
		x.failed, args = x.failed || !ok, args[1:]
		return text
	}), verbPattern.ReplaceAllString(s, "")
	if strings.Contains(rest, "%") || len(args) > 0 || len(out) > MaxText {
		return x.fail()
	}
	return out
}

// verbText writes one value out, by a verb taken apart: its flag and width, its
// digits after the point, and its letter.
func verbText(verb []string, v any) (string, bool) {
	width, digits, letter := verb[1], verb[2], verb[3]
	n, isNumber := number(v)
	switch letter {
	case "s":
		s, ok := rendered(v)
		return fmt.Sprintf("%"+width+"s", s), ok && digits == ""
	case "d", "i", "x", "X":
		if letter == "i" {
			letter = "d"
		}
		return fmt.Sprintf("%"+width+letter, int64(n)), isNumber && digits == "" && math.Abs(n) < 1<<53
	case "f":
		if digits == "" {
			digits = "6"
		}
		return fmt.Sprintf("%"+width+"."+digits+"f", n), isNumber
	}
	return "", false
}

// pattern is a regular expression of Python's, as far as Go's is the same; both
// work in a time that grows with the text alone.
func (x *execution) pattern(find any, ignoreCase bool) *regexp.Regexp {
	s, ok := find.(string)
	if ignoreCase {
		s = "(?i)" + s
	}
	re, err := regexp.Compile(s)
	if !ok || err != nil {
		x.failed = true
		return nil
	}
	return re
}

// replacedPattern replaces what a pattern finds.
func (x *execution) replacedPattern(v any, args []any) any {
	s, isText := rendered(v)
	if len(args) < 2 || len(args) > 3 || !isText {
		return x.fail()
	}
	re := x.pattern(args[0], len(args) > 2 && truth(args[2]))
	by, ok := args[1].(string)
	if re == nil || !ok || len(by)*(len(s)+1) > MaxText { // nothing here may grow
		return x.fail()
	}
	by = backReference.ReplaceAllString(strings.ReplaceAll(by, "$", "$$"), "$${$1}")
	out := re.ReplaceAllString(s, by)
	if len(out) > MaxText {
		return x.fail()
	}
	return out
}

// found looks for a pattern, at the beginning alone or everywhere.
func (x *execution) found(v any, args []any, begins bool) any {
	s, isText := rendered(v)
	if len(args) == 0 || len(args) > 2 || !isText {
		return x.fail()
	}
	re := x.pattern(args[0], len(args) > 1 && truth(args[1]))
	if re == nil {
		return x.fail()
	}
	at := re.FindStringIndex(s)
	return at != nil && (!begins || at[0] == 0)
}
