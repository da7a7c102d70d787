package jinja

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// undefined is what is not there.
type undefined struct{}

// all works several expressions out.
func (x *execution) all(of []expr) []any {
	values := make([]any, len(of))
	for i, e := range of {
		values[i] = e(x)
	}
	return values
}

// member is a value in an object, or at a place in a list.
func (x *execution) member(of, key any) any {
	switch v := of.(type) {
	case map[string]any:
		if s, ok := rendered(key); ok {
			if m, there := v[s]; there {
				return m
			}
		}
	case []any:
		if i, ok := listIndex(key, len(v)); ok {
			return v[i]
		}
	case string:
		runes := []rune(v)
		if i, ok := listIndex(key, len(runes)); ok {
			return string(runes[i])
		}
	}
	x.missing = true
	return undefined{}
}

// listIndex is a place in a list of n, counted from its end where it is negative.
func listIndex(key any, n int) (at int, ok bool) {
	f, ok := number(key)
	if f < 0 {
		f += float64(n)
	}
	return int(f), ok && f == math.Trunc(f) && f >= 0 && f < float64(n)
}

// compare compares as Python does: numbers and truths by their value, text by
// itself, and none with the other.
func (x *execution) compare(op string, a, b any) bool {
	switch op {
	case "==":
		return equal(a, b)
	case "!=":
		return !equal(a, b)
	}
	n, okN := number(a)
	m, okM := number(b)
	if !okN || !okM {
		x.failed = true // Python would raise
		return false
	}
	return map[string]bool{"<": n < m, ">": n > m, "<=": n <= m, ">=": n >= m}[op]
}

func equal(a, b any) bool {
	n, okN := number(a)
	m, okM := number(b)
	if okN && okM {
		return n == m
	}
	s, okS := a.(string)
	t, okT := b.(string)
	return okS && okT && s == t || a == nil && b == nil
}

// within reports whether a is in b, a list or a text.
func within(a, b any) bool {
	switch v := b.(type) {
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return equal(a, e) })
	case map[string]any:
		s, ok := rendered(a)
		_, there := v[s]
		return ok && there
	case string:
		s, ok := a.(string)
		return ok && strings.Contains(v, s)
	}
	return false
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case bool:
		return map[bool]float64{true: 1}[v], true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// truth is what Python takes for true.
func truth(v any) bool {
	if n, ok := number(v); ok {
		return n != 0
	}
	switch v := v.(type) {
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return false
}

// rendered is a value as it is written; a list and an object are no lamp's word.
func rendered(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return map[bool]string{true: "True", false: "False"}[v], true
	case nil:
		return "None", true
	case undefined:
		return "", true
	}
	return "", false
}

// argNames are the names of filters' arguments, in their order.
var argNames = map[string][]string{
	"int": {"default"}, "float": {"default"}, "bool": {"default"}, "round": {"precision", "method"}, "default": {"default_value", "boolean"}, "d": {"default_value", "boolean"}, "trim": {"chars"},
	"iif": {"if_true", "if_false", "if_none"}, "multiply": {"amount", "default"}, "add": {"amount", "default"},
	"replace": {"old", "new"}, "regex_replace": {"find", "replace", "ignorecase"}, "regex_match": {"find", "ignorecase"}, "regex_search": {"find", "ignorecase"},
	"bitwise_and": {"second_value"}, "bitwise_or": {"second_value"}, "bitwise_xor": {"second_value"},
}

// filter works a value out of another, and of what stands in the brackets behind.
type filter func(x *execution, v any, args []any) any

// filters are those that are understood.
var filters = map[string]filter{
	"lower": text(strings.ToLower), "upper": text(strings.ToUpper), "capitalize": text(capitalized), "string": text(func(s string) string { return s }),
	"trim": trimmed(true, true), "lstrip": trimmed(true, false), "rstrip": trimmed(false, true),
	"startswith": compares(strings.HasPrefix), "endswith": compares(strings.HasSuffix),
	"default": instead, "d": instead, "is_defined": (*execution).isDefined, "bool": (*execution).asBool,
	"int":   func(x *execution, v any, args []any) any { return x.asNumber(v, args, true) },
	"float": func(x *execution, v any, args []any) any { return x.asNumber(v, args, false) },
	"round": (*execution).rounded, "abs": (*execution).abs,
	"multiply":    func(x *execution, v any, args []any) any { return x.arithmetic("*", v, args) },
	"add":         func(x *execution, v any, args []any) any { return x.arithmetic("+", v, args) },
	"bitwise_and": bitwise(func(a, b int64) int64 { return a & b }),
	"bitwise_or":  bitwise(func(a, b int64) int64 { return a | b }),
	"bitwise_xor": bitwise(func(a, b int64) int64 { return a ^ b }),
	"length":      (*execution).length, "count": (*execution).length, "first": first, "last": last,
	"split": (*execution).split, "replace": (*execution).replaced, "format": (*execution).format, "from_json": (*execution).fromJSON,
	"regex_replace": (*execution).replacedPattern,
	"regex_match":   func(x *execution, v any, args []any) any { return x.found(v, args, true) },
	"regex_search":  func(x *execution, v any, args []any) any { return x.found(v, args, false) },
}

// text is a filter that changes a text.
func text(f func(string) string) filter {
	return func(x *execution, v any, _ []any) any {
		s, ok := rendered(v)
		x.failed = x.failed || !ok
		return f(s)
	}
}

// instead is the default filter. What is missing says nothing here, whatever is put
// in its place.
func instead(_ *execution, v any, args []any) any {
	_, no := v.(undefined)
	if empty := len(args) > 1 && truth(args[1]) && !truth(v); len(args) > 0 && (no || empty) {
		return args[0]
	}
	return v
}

// replaced replaces a text in a text.
func (x *execution) replaced(v any, args []any) any {
	s, ok := texts(append([]any{v}, args...), 3)
	if !ok || len(s[1]) == 0 || len(s[0])+strings.Count(s[0], s[1])*len(s[2]) > MaxText {
		return x.fail()
	}
	return strings.ReplaceAll(s[0], s[1], s[2])
}

// trimmed cuts white space, or the characters that are told, off the ends of a text.
func trimmed(left, right bool) filter {
	return func(x *execution, v any, args []any) any {
		s, ok := rendered(v)
		cut := unicode.IsSpace
		if len(args) > 0 {
			chars, is := args[0].(string)
			ok, cut = ok && is, func(r rune) bool { return strings.ContainsRune(chars, r) }
		}
		if left {
			s = strings.TrimLeftFunc(s, cut)
		}
		if right {
			s = strings.TrimRightFunc(s, cut)
		}
		x.failed = x.failed || !ok
		return s
	}
}

// compares is a method that compares a text with another.
func compares(f func(s, with string) bool) filter {
	return func(x *execution, v any, args []any) any {
		s, ok := texts(append([]any{v}, args...), 2)
		if !ok {
			return x.fail()
		}
		return f(s[0], s[1])
	}
}

// asNumber reads a number, or gives the default where there is one.
func (x *execution) asNumber(v any, args []any, whole bool) any {
	f, ok := number(v)
	if s, text := v.(string); text {
		n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		f, ok = n, err == nil
	}
	switch {
	case len(args) > 1: // of another base than ten
		return x.fail()
	case ok && !math.IsNaN(f) && math.Abs(f) < 1<<53:
	case len(args) > 0:
		return args[0]
	default:
		return x.fail()
	}
	if whole {
		return json.Number(strconv.FormatInt(int64(f), 10))
	}
	return floating(f)
}

// floating is a number as Python writes one that need not be whole.
func floating(f float64) json.Number {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return json.Number(s)
}

// texts are so many values, where each is a text.
func texts(values []any, n int) (all []string, ok bool) {
	for _, v := range values {
		s, is := v.(string)
		if !is {
			return nil, false
		}
		all = append(all, s)
	}
	return all, len(all) == n
}

// maxSplit bounds the parts of a text.
const maxSplit = 256

// split parts a text at another one, or at its spaces.
func (x *execution) split(v any, args []any) any {
	var parts []string
	if s, ok := texts(append([]any{v}, args...), 2); ok && s[1] != "" {
		parts = strings.SplitN(s[0], s[1], maxSplit)
	} else if s, ok := texts([]any{v}, 1); ok && len(args) == 0 {
		parts = strings.Fields(s[0])
	} else {
		return x.fail()
	}
	list := make([]any, len(parts))
	for i, p := range parts {
		list[i] = p
	}
	return list
}

// rounded is a number with so many digits after its point, a whole one where they
// are none or not told, as Home Assistant has it.
func (x *execution) rounded(v any, args []any) any {
	digits, method := 0.0, "common"
	if len(args) > 0 {
		digits, _ = number(args[0])
	}
	if len(args) > 1 {
		method, _ = args[1].(string)
	}
	to := map[string]func(float64) float64{
		"common": math.RoundToEven, "floor": math.Floor, "ceil": math.Ceil, "half": func(f float64) float64 { return math.RoundToEven(f*2) / 2 },
	}[method]
	f, ok := number(v)
	if !ok || to == nil || digits < 0 || digits > 9 || math.Abs(f) >= 1<<53 {
		return x.fail()
	}
	if method == "half" {
		return x.asNumber(floating(to(f)), nil, digits == 0)
	}
	ten := math.Pow(10, math.Trunc(digits))
	return x.asNumber(floating(to(f*ten)/ten), nil, digits == 0)
}

// asBool reads what Home Assistant takes for true and false.
func (x *execution) asBool(v any, args []any) any {
	if n, ok := number(v); ok {
		return n != 0
	}
	s, _ := v.(string)
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "true", "yes", "on", "enable":
		return true
	case "0", "false", "no", "off", "disable":
		return false
	}
	if len(args) > 0 {
		return args[0]
	}
	return x.fail()
}
