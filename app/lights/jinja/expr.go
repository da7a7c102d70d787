package jinja

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// expr works an expression out. What it gives is text, a json.Number, a
// bool, nil (none), undefined, a list or an object, as JSON has them.
type expr func(*execution) any

var (
	namePattern  = regexp.MustCompile(`^[A-Za-z_]\w*$`)
	tokenPattern = regexp.MustCompile(`^\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|//|\*\*|[<>.|,:()\[\]{}=+*/%~-]))`)
)

// exprParser reads an expression, token by token.
type exprParser struct {
	tokens []string
	in     *parser
	depth  int
	failed bool // it is no expression at all
}

// parseExpr understands an expression, or says that it does not.
func parseExpr(s string, in *parser) (expr, bool) {
	r := &exprParser{in: in}
	for strings.TrimSpace(s) != "" {
		m := tokenPattern.FindString(s)
		if m == "" {
			return nil, false
		}
		r.tokens, s = append(r.tokens, strings.TrimSpace(m)), s[len(m):]
	}
	e := r.choice()
	return e, !r.failed && len(r.tokens) == 0
}

func (r *exprParser) next() string {
	if len(r.tokens) == 0 {
		return ""
	}
	return r.tokens[0]
}

// took takes the next token where it is one of these.
func (r *exprParser) took(these ...string) string {
	t := r.next()
	if t == "" || !slices.Contains(these, t) {
		return ""
	}
	r.tokens = r.tokens[1:]
	return t
}

func (r *exprParser) need(t string) { r.failed = r.failed || r.took(t) == "" }

func (r *exprParser) fail() expr {
	r.failed = true
	return (*execution).fail
}

// unknown stands for what Home Assistant alone knows, or what is not read here.
func (r *exprParser) unknown() expr {
	r.in.spoilt = true
	return (*execution).fail
}

// aside reads what may not be come to, and reports whether it is spoilt.
func (r *exprParser) aside(read func() expr) (e expr, bad bool) {
	before := r.in.spoilt
	r.in.spoilt = false
	e = read()
	bad, r.in.spoilt = r.in.spoilt, before
	return e, bad
}

// choice reads "a if b else c".
func (r *exprParser) choice() expr {
	if r.depth++; r.depth > maxDepth {
		return r.fail()
	}
	defer func() { r.depth-- }()
	then, badThen := r.aside(r.or)
	if r.took("if") == "" {
		r.in.spoilt = r.in.spoilt || badThen
		return then
	}
	when := r.or()
	other, badOther := func(*execution) any { return undefined{} }, false // without else nothing is written
	if r.took("else") != "" {
		other, badOther = r.aside(r.choice)
	}
	r.in.spoilt = r.in.spoilt || badThen && badOther
	return func(x *execution) any {
		if truth(when(x)) {
			return then(x)
		}
		return other(x)
	}
}

func (r *exprParser) or() expr {
	e := r.and()
	for r.took("or") != "" {
		a := e
		b, _ := r.aside(r.and)
		e = func(x *execution) any {
			if v := a(x); truth(v) {
				return v
			}
			return b(x)
		}
	}
	return e
}

func (r *exprParser) and() expr {
	e := r.not()
	for r.took("and") != "" {
		a := e
		b, _ := r.aside(r.not)
		e = func(x *execution) any {
			if v := a(x); !truth(v) {
				return v
			}
			return b(x)
		}
	}
	return e
}

func (r *exprParser) not() expr {
	negative := false
	for r.took("not") != "" {
		negative = !negative
	}
	e := r.compared()
	if !negative {
		return e
	}
	return func(x *execution) any { return !truth(e(x)) }
}

func (r *exprParser) compared() expr {
	a := r.sum()
	switch op := r.took("==", "!=", "<", ">", "<=", ">=", "in", "not", "is"); op {
	case "":
		return a
	case "is":
		return r.tested(a)
	case "not":
		r.need("in")
		b := r.sum()
		return func(x *execution) any { return !within(a(x), b(x)) }
	case "in":
		b := r.sum()
		return func(x *execution) any { return within(a(x), b(x)) }
	default:
		b := r.sum()
		return func(x *execution) any { return x.compare(op, a(x), b(x)) }
	}
}

// sum, joined, product and signed read operators, the weakest first, as Jinja
// binds them.
func (r *exprParser) sum() expr { return r.operators(r.joined, "+", "-") }

func (r *exprParser) joined() expr { return r.operators(r.product, "~") }

func (r *exprParser) product() expr { return r.operators(r.filtered, "*", "/", "//", "%") }

func (r *exprParser) operators(next func() expr, these ...string) expr {
	e := next()
	for !r.failed {
		op := r.took(these...)
		if op == "" {
			break
		}
		a, b := e, next()
		e = func(x *execution) any { return x.operate(op, a(x), b(x)) }
	}
	return e
}

// signed reads a value with its members, behind its signs.
func (r *exprParser) signed() expr {
	if r.depth++; r.depth > maxDepth {
		return r.fail()
	}
	defer func() { r.depth-- }()
	switch r.took("-", "+") {
	case "-":
		e := r.signed()
		return func(x *execution) any { return x.operate("-", json.Number("0"), e(x)) }
	case "+":
		return r.signed()
	}
	e := r.members(r.primary())
	if r.took("**") == "" {
		return e
	}
	power := r.signed()
	return func(x *execution) any { return x.operate("**", e(x), power(x)) }
}

// tested reads "a is defined" and its like.
func (r *exprParser) tested(a expr) expr {
	negative := r.took("not") != ""
	test := map[string]func(any) bool{
		"defined":   func(v any) bool { _, no := v.(undefined); return !no },
		"undefined": func(v any) bool { _, no := v.(undefined); return no },
		"none":      func(v any) bool { return v == nil },
		"true":      func(v any) bool { return v == true },
		"false":     func(v any) bool { return v == false },
		"string":    func(v any) bool { _, yes := v.(string); return yes },
		"number":    func(v any) bool { _, yes := number(v); return yes },
		"boolean":   func(v any) bool { _, yes := v.(bool); return yes },
		"mapping":   func(v any) bool { _, yes := v.(map[string]any); return yes },
	}[r.next()]
	name := r.next()
	if !namePattern.MatchString(name) && name != "==" {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	if with := tests[name]; with != nil {
		b := r.filtered() // in brackets or without
		return func(x *execution) any { return with(a(x), b(x)) != negative }
	}
	if r.next() == "(" {
		r.args(nil)
		return r.unknown()
	}
	if test == nil {
		return r.unknown()
	}
	return func(x *execution) any {
		was := x.missing // whether it is there is what is asked
		v := a(x)
		x.missing = was
		return test(v) != negative
	}
}

// tests are those of "is" that compare with another value.
var tests = map[string]func(a, b any) bool{
	"eq": equal, "equalto": equal, "==": equal, "ne": func(a, b any) bool { return !equal(a, b) }, "in": within,
	"sameas": func(a, b any) bool { // of true, false and none
		_, is := a.(bool)
		_, other := b.(bool)
		return is == other && equal(a, b)
	},
}

// filtered reads a value with its filters.
func (r *exprParser) filtered() expr {
	e := r.signed()
	for !r.failed && r.took("|") != "" {
		e = r.members(r.filter(e))
	}
	return e
}

// members reads the members of a value.
func (r *exprParser) members(e expr) expr {
	for !r.failed {
		switch r.took(".", "[") {
		case ".":
			e = r.member(e)
		case "[":
			at := r.choice()
			r.need("]")
			of := e
			e = func(x *execution) any { return x.member(of(x), at(x)) }
		default:
			return e
		}
	}
	return e
}

// member reads a name after a dot, which may be a method's.
func (r *exprParser) member(of expr) expr {
	name := r.next()
	if n, err := strconv.Atoi(name); err == nil && n >= 0 {
		r.tokens = r.tokens[1:]
		return func(x *execution) any { return x.member(of(x), json.Number(name)) }
	}
	if !namePattern.MatchString(name) {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	if r.next() != "(" {
		return func(x *execution) any { return x.member(of(x), name) }
	}
	args, known := r.args(nil)
	switch filter := methods[name]; {
	case !known:
	case filter != "":
		return func(x *execution) any { return filters[filter](x, of(x), x.all(args)) }
	case name == "get" && (len(args) == 1 || len(args) == 2):
		return func(x *execution) any { return x.member(of(x), args[0](x)) } // what is missing says nothing here
	}
	return r.unknown()
}

// methods are those of texts, by the filter that does the same.
var methods = map[string]string{
	"lower": "lower", "upper": "upper", "capitalize": "capitalize", "split": "split", "replace": "replace",
	"strip": "trim", "lstrip": "lstrip", "rstrip": "rstrip", "startswith": "startswith", "endswith": "endswith",
}

// args reads what is between brackets. An argument with a name counts where it
// stands in the place that its name has among names; else they are not known.
func (r *exprParser) args(names []string) (all []expr, known bool) {
	r.need("(")
	all, bad, known := r.list(")", names)
	r.in.spoilt = r.in.spoilt || slices.Contains(bad, true)
	return all, known
}

// answers are the arguments of iif behind the first few that are always worked
// out. Of the others one is: they are spoilt where all are.
func (r *exprParser) answers(names []string, always int) (all []expr, known bool) {
	r.need("(")
	all, bad, known := r.list(")", names)
	first := bad[:min(always, len(bad))]
	r.in.spoilt = r.in.spoilt || slices.Contains(first, true) || len(bad) > len(first) && !slices.Contains(bad[len(first):], false)
	return all, known
}

// list reads expressions up to a token that ends them, and says which are spoilt.
func (r *exprParser) list(end string, names []string) (all []expr, bad []bool, known bool) {
	known = true
	for !r.failed && r.took(end) == "" {
		if len(all) > 0 {
			if r.need(","); r.took(end) != "" { // a comma may stand at the end
				break
			}
		}
		if len(r.tokens) > 1 && r.tokens[1] == "=" && namePattern.MatchString(r.tokens[0]) {
			known = known && len(all) < len(names) && names[len(all)] == r.tokens[0]
			r.tokens = r.tokens[2:]
		}
		e, spoilt := r.aside(r.choice)
		all, bad = append(all, e), append(bad, spoilt)
	}
	return all, bad, known
}

func (r *exprParser) filter(of expr) expr {
	name := r.next()
	if !namePattern.MatchString(name) {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	var args []expr
	known := true
	if r.next() == "(" {
		if name == "iif" {
			args, known = r.answers(argNames[name], 0)
		} else {
			args, known = r.args(argNames[name])
		}
	}
	f := filters[name]
	switch {
	case !known, f == nil && name != "iif", name == "iif" && len(args) == 0: // that would write True and False, and no lamp's word
		return r.unknown()
	case name == "iif":
		return inlineIf(of, args)
	}
	return func(x *execution) any { return f(x, of(x), x.all(args)) }
}

// primary reads a name, a literal or what is in brackets.
func (r *exprParser) primary() expr {
	t := r.next()
	if t == "" {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	switch {
	case t == "(":
		return r.bracketed()
	case t == "[":
		return r.listed("]", nil)
	case t == "{":
		return r.object()
	case t[0] >= '0' && t[0] <= '9':
		return func(*execution) any { return json.Number(t) }
	case t[0] == '\'' || t[0] == '"':
		s := unescaped(t[1 : len(t)-1])
		return func(*execution) any { return s }
	case !namePattern.MatchString(t):
		return r.fail()
	}
	return r.named(t)
}

// bracketed reads what is in round brackets: an expression, or a tuple.
func (r *exprParser) bracketed() expr {
	if r.took(")") != "" {
		return func(*execution) any { return []any{} }
	}
	e := r.choice()
	if r.took(",") != "" {
		return r.listed(")", []expr{e})
	}
	r.need(")")
	return e
}

// listed reads a list up to its end, behind what of it was read already.
func (r *exprParser) listed(end string, first []expr) expr {
	all, bad, known := r.list(end, nil)
	if !known {
		return r.fail()
	}
	all = append(first, all...)
	r.in.spoilt = r.in.spoilt || slices.Contains(bad, true)
	return func(x *execution) any { return x.all(all) }
}

func (r *exprParser) named(t string) expr {
	switch t {
	case "true", "True":
		return func(*execution) any { return true }
	case "false", "False":
		return func(*execution) any { return false }
	case "none", "None":
		return func(*execution) any { return nil }
	case "iif":
		args, known := r.answers(append([]string{"value"}, argNames["iif"]...), 1)
		if !known || len(args) < 2 || len(args) > 4 {
			return r.unknown()
		}
		return inlineIf(args[0], args[1:])
	}
	if !r.in.names[t] { // what only Home Assistant knows
		if r.next() == "(" {
			r.args(nil)
		}
		return r.unknown()
	}
	r.in.json = r.in.json || t == "value_json"
	return func(x *execution) any {
		v, there := x.values[t]
		if !there {
			x.missing = x.missing || t == "value_json" // it is no JSON
			return undefined{}
		}
		return v
	}
}

// inlineIf is iif: of its answers only the one that is chosen is worked out.
func inlineIf(of expr, answers []expr) expr {
	return func(x *execution) any {
		v := of(x)
		switch {
		case v == nil && len(answers) > 2:
			return answers[2](x)
		case truth(v):
			return answers[0](x)
		case len(answers) > 1:
			return answers[1](x)
		}
		return false
	}
}

func (r *exprParser) object() expr {
	var keys, values []expr
	for !r.failed && r.took("}") == "" {
		if len(keys) > 0 {
			r.need(",")
		}
		keys = append(keys, r.choice())
		r.need(":")
		values = append(values, r.choice())
	}
	return func(x *execution) any {
		o := map[string]any{}
		for i, k := range keys {
			if s, ok := rendered(k(x)); ok {
				o[s] = values[i](x)
			}
		}
		return o
	}
}

// unescaped is the text of a literal.
func unescaped(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`, `\n`, "\n", `\t`, "\t").Replace(s)
}
