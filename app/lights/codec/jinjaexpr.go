package codec

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// jinjaExpr works an expression out. What it gives is text, a json.Number, a
// bool, nil (none), undefined, a list or an object, as JSON has them.
type jinjaExpr func(*jinjaRun) any

var (
	jinjaName  = regexp.MustCompile(`^[A-Za-z_]\w*$`)
	jinjaToken = regexp.MustCompile(`^\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|//|\*\*|[<>.|,:()\[\]{}=+*/%~-]))`)
)

// exprReader reads an expression, token by token.
type exprReader struct {
	tokens []string
	in     *jinjaReader
	depth  int
	failed bool // it is no expression at all
}

// readExpr understands an expression, or says that it does not.
func readExpr(s string, in *jinjaReader) (jinjaExpr, bool) {
	r := &exprReader{in: in}
	for strings.TrimSpace(s) != "" {
		m := jinjaToken.FindString(s)
		if m == "" {
			return nil, false
		}
		r.tokens, s = append(r.tokens, strings.TrimSpace(m)), s[len(m):]
	}
	e := r.choice()
	return e, !r.failed && len(r.tokens) == 0
}

func (r *exprReader) next() string {
	if len(r.tokens) == 0 {
		return ""
	}
	return r.tokens[0]
}

// took takes the next token where it is one of these.
func (r *exprReader) took(these ...string) string {
	t := r.next()
	if t == "" || !slices.Contains(these, t) {
		return ""
	}
	r.tokens = r.tokens[1:]
	return t
}

func (r *exprReader) need(t string) { r.failed = r.failed || r.took(t) == "" }

func (r *exprReader) fail() jinjaExpr {
	r.failed = true
	return spoilt
}

// unknown stands for what Home Assistant alone knows, or what is not read here.
func (r *exprReader) unknown() jinjaExpr {
	r.in.spoilt = true
	return spoilt
}

// aside reads what may not be come to, and says whether it is spoilt.
func (r *exprReader) aside(read func() jinjaExpr) (e jinjaExpr, bad bool) {
	before := r.in.spoilt
	r.in.spoilt = false
	e = read()
	bad, r.in.spoilt = r.in.spoilt, before
	return e, bad
}

// choice reads "a if b else c".
func (r *exprReader) choice() jinjaExpr {
	if r.depth++; r.depth > maxJinjaDepth {
		return r.fail()
	}
	defer func() { r.depth-- }()
	then, badThen := r.aside(r.or)
	if r.took("if") == "" {
		r.in.spoilt = r.in.spoilt || badThen
		return then
	}
	when := r.or()
	other, badOther := func(*jinjaRun) any { return undefined{} }, false // without else nothing is written
	if r.took("else") != "" {
		other, badOther = r.aside(r.choice)
	}
	r.in.spoilt = r.in.spoilt || badThen && badOther
	return func(x *jinjaRun) any {
		if truth(when(x)) {
			return then(x)
		}
		return other(x)
	}
}

func (r *exprReader) or() jinjaExpr {
	e := r.and()
	for r.took("or") != "" {
		a := e
		b, _ := r.aside(r.and)
		e = func(x *jinjaRun) any {
			if v := a(x); truth(v) {
				return v
			}
			return b(x)
		}
	}
	return e
}

func (r *exprReader) and() jinjaExpr {
	e := r.not()
	for r.took("and") != "" {
		a := e
		b, _ := r.aside(r.not)
		e = func(x *jinjaRun) any {
			if v := a(x); !truth(v) {
				return v
			}
			return b(x)
		}
	}
	return e
}

func (r *exprReader) not() jinjaExpr {
	negative := false
	for r.took("not") != "" {
		negative = !negative
	}
	e := r.compared()
	if !negative {
		return e
	}
	return func(x *jinjaRun) any { return !truth(e(x)) }
}

func (r *exprReader) compared() jinjaExpr {
	a := r.sum()
	switch op := r.took("==", "!=", "<", ">", "<=", ">=", "in", "not", "is"); op {
	case "":
		return a
	case "is":
		return r.tested(a)
	case "not":
		r.need("in")
		b := r.sum()
		return func(x *jinjaRun) any { return !within(a(x), b(x)) }
	case "in":
		b := r.sum()
		return func(x *jinjaRun) any { return within(a(x), b(x)) }
	default:
		b := r.sum()
		return func(x *jinjaRun) any { return x.compare(op, a(x), b(x)) }
	}
}

// sum, joined, product and signed read operators, the weakest first, as Jinja
// binds them.
func (r *exprReader) sum() jinjaExpr { return r.operators(r.joined, "+", "-") }

func (r *exprReader) joined() jinjaExpr { return r.operators(r.product, "~") }

func (r *exprReader) product() jinjaExpr { return r.operators(r.filtered, "*", "/", "//", "%") }

func (r *exprReader) operators(next func() jinjaExpr, these ...string) jinjaExpr {
	e := next()
	for !r.failed {
		op := r.took(these...)
		if op == "" {
			break
		}
		a, b := e, next()
		e = func(x *jinjaRun) any { return x.operate(op, a(x), b(x)) }
	}
	return e
}

// signed reads a value with its members, behind its signs.
func (r *exprReader) signed() jinjaExpr {
	if r.depth++; r.depth > maxJinjaDepth {
		return r.fail()
	}
	defer func() { r.depth-- }()
	switch r.took("-", "+") {
	case "-":
		e := r.signed()
		return func(x *jinjaRun) any { return x.operate("-", json.Number("0"), e(x)) }
	case "+":
		return r.signed()
	}
	e := r.members(r.primary())
	if r.took("**") == "" {
		return e
	}
	power := r.signed()
	return func(x *jinjaRun) any { return x.operate("**", e(x), power(x)) }
}

// tested reads "a is defined" and its like.
func (r *exprReader) tested(a jinjaExpr) jinjaExpr {
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
	if !jinjaName.MatchString(name) && name != "==" {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	if with := jinjaTests[name]; with != nil {
		b := r.filtered() // in brackets or without
		return func(x *jinjaRun) any { return with(a(x), b(x)) != negative }
	}
	if r.next() == "(" {
		r.args(nil)
		return r.unknown()
	}
	if test == nil {
		return r.unknown()
	}
	return func(x *jinjaRun) any {
		was := x.missing // whether it is there is what is asked
		v := a(x)
		x.missing = was
		return test(v) != negative
	}
}

// jinjaTests are those of "is" that compare with another value.
var jinjaTests = map[string]func(a, b any) bool{
	"eq": equal, "equalto": equal, "==": equal, "ne": func(a, b any) bool { return !equal(a, b) }, "in": within,
	"sameas": func(a, b any) bool { // of true, false and none
		_, is := a.(bool)
		_, other := b.(bool)
		return is == other && equal(a, b)
	},
}

// filtered reads a value with its filters.
func (r *exprReader) filtered() jinjaExpr {
	e := r.signed()
	for !r.failed && r.took("|") != "" {
		e = r.members(r.filter(e))
	}
	return e
}

// members reads the members of a value.
func (r *exprReader) members(e jinjaExpr) jinjaExpr {
	for !r.failed {
		switch r.took(".", "[") {
		case ".":
			e = r.member(e)
		case "[":
			at := r.choice()
			r.need("]")
			of := e
			e = func(x *jinjaRun) any { return x.member(of(x), at(x)) }
		default:
			return e
		}
	}
	return e
}

// member reads a name after a dot, which may be a method's.
func (r *exprReader) member(of jinjaExpr) jinjaExpr {
	name := r.next()
	if n, err := strconv.Atoi(name); err == nil && n >= 0 {
		r.tokens = r.tokens[1:]
		return func(x *jinjaRun) any { return x.member(of(x), json.Number(name)) }
	}
	if !jinjaName.MatchString(name) {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	if r.next() != "(" {
		return func(x *jinjaRun) any { return x.member(of(x), name) }
	}
	args, known := r.args(nil)
	switch filter := jinjaMethods[name]; {
	case !known:
	case filter != "":
		return func(x *jinjaRun) any { return jinjaFilters[filter](x, of(x), x.all(args)) }
	case name == "get" && (len(args) == 1 || len(args) == 2):
		return func(x *jinjaRun) any { return x.member(of(x), args[0](x)) } // what is missing says nothing here
	}
	return r.unknown()
}

// jinjaMethods are those of texts, by the filter that does the same.
var jinjaMethods = map[string]string{
	"lower": "lower", "upper": "upper", "capitalize": "capitalize", "split": "split", "replace": "replace",
	"strip": "trim", "lstrip": "lstrip", "rstrip": "rstrip", "startswith": "startswith", "endswith": "endswith",
}

// args reads what is between brackets. An argument with a name counts where it
// stands in the place that its name has among names; else they are not known.
func (r *exprReader) args(names []string) (all []jinjaExpr, known bool) {
	r.need("(")
	all, bad, known := r.list(")", names)
	r.in.spoilt = r.in.spoilt || slices.Contains(bad, true)
	return all, known
}

// answers are the arguments of iif behind the first few that are always worked
// out. Of the others one is: they are spoilt where all are.
func (r *exprReader) answers(names []string, always int) (all []jinjaExpr, known bool) {
	r.need("(")
	all, bad, known := r.list(")", names)
	first := bad[:min(always, len(bad))]
	r.in.spoilt = r.in.spoilt || slices.Contains(first, true) || len(bad) > len(first) && !slices.Contains(bad[len(first):], false)
	return all, known
}

// list reads expressions up to a token that ends them, and says which are spoilt.
func (r *exprReader) list(end string, names []string) (all []jinjaExpr, bad []bool, known bool) {
	known = true
	for !r.failed && r.took(end) == "" {
		if len(all) > 0 {
			if r.need(","); r.took(end) != "" { // a comma may stand at the end
				break
			}
		}
		if len(r.tokens) > 1 && r.tokens[1] == "=" && jinjaName.MatchString(r.tokens[0]) {
			known = known && len(all) < len(names) && names[len(all)] == r.tokens[0]
			r.tokens = r.tokens[2:]
		}
		e, spoilt := r.aside(r.choice)
		all, bad = append(all, e), append(bad, spoilt)
	}
	return all, bad, known
}

func (r *exprReader) filter(of jinjaExpr) jinjaExpr {
	name := r.next()
	if !jinjaName.MatchString(name) {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	var args []jinjaExpr
	known := true
	if r.next() == "(" {
		if name == "iif" {
			args, known = r.answers(jinjaNames[name], 0)
		} else {
			args, known = r.args(jinjaNames[name])
		}
	}
	f := jinjaFilters[name]
	switch {
	case !known, f == nil && name != "iif", name == "iif" && len(args) == 0: // that would write True and False, and no lamp's word
		return r.unknown()
	case name == "iif":
		return inlineIf(of, args)
	}
	return func(x *jinjaRun) any { return f(x, of(x), x.all(args)) }
}

// primary reads a name, a literal or what is in brackets.
func (r *exprReader) primary() jinjaExpr {
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
		return func(*jinjaRun) any { return json.Number(t) }
	case t[0] == '\'' || t[0] == '"':
		s := unescaped(t[1 : len(t)-1])
		return func(*jinjaRun) any { return s }
	case !jinjaName.MatchString(t):
		return r.fail()
	}
	return r.named(t)
}

// bracketed reads what is in round brackets: an expression, or a tuple.
func (r *exprReader) bracketed() jinjaExpr {
	if r.took(")") != "" {
		return func(*jinjaRun) any { return []any{} }
	}
	e := r.choice()
	if r.took(",") != "" {
		return r.listed(")", []jinjaExpr{e})
	}
	r.need(")")
	return e
}

// listed reads a list up to its end, behind what of it was read already.
func (r *exprReader) listed(end string, first []jinjaExpr) jinjaExpr {
	all, bad, known := r.list(end, nil)
	if !known {
		return r.fail()
	}
	all = append(first, all...)
	r.in.spoilt = r.in.spoilt || slices.Contains(bad, true)
	return func(x *jinjaRun) any { return x.all(all) }
}

func (r *exprReader) named(t string) jinjaExpr {
	switch t {
	case "true", "True":
		return func(*jinjaRun) any { return true }
	case "false", "False":
		return func(*jinjaRun) any { return false }
	case "none", "None":
		return func(*jinjaRun) any { return nil }
	case "iif":
		args, known := r.answers(append([]string{"value"}, jinjaNames["iif"]...), 1)
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
	return func(x *jinjaRun) any {
		v, there := x.values[t]
		if !there {
			x.missing = x.missing || t == "value_json" // it is no JSON
			return undefined{}
		}
		return v
	}
}

// inlineIf is iif: of its answers only the one that is chosen is worked out.
func inlineIf(of jinjaExpr, answers []jinjaExpr) jinjaExpr {
	return func(x *jinjaRun) any {
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

func (r *exprReader) object() jinjaExpr {
	var keys, values []jinjaExpr
	for !r.failed && r.took("}") == "" {
		if len(keys) > 0 {
			r.need(",")
		}
		keys = append(keys, r.choice())
		r.need(":")
		values = append(values, r.choice())
	}
	return func(x *jinjaRun) any {
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
