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
	jinjaToken = regexp.MustCompile(`^\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|[<>.|,:()\[\]{}-]))`)
)

// exprReader reads an expression, token by token.
type exprReader struct {
	tokens []string
	in     *jinjaReader
	depth  int
	failed bool
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
	return func(*jinjaRun) any { return undefined{} }
}

// choice reads "a if b else c".
func (r *exprReader) choice() jinjaExpr {
	if r.depth++; r.depth > maxJinjaDepth {
		return r.fail()
	}
	defer func() { r.depth-- }()
	then := r.or()
	if r.took("if") == "" {
		return then
	}
	when := r.or()
	if r.took("else") == "" {
		return r.fail() // without it, nothing may be written
	}
	other := r.choice()
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
		a, b := e, r.and()
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
		a, b := e, r.not()
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
	a := r.filtered()
	switch op := r.took("==", "!=", "<", ">", "<=", ">=", "in", "not", "is"); op {
	case "":
		return a
	case "is":
		return r.tested(a)
	case "not":
		r.need("in")
		b := r.filtered()
		return func(x *jinjaRun) any { return !within(a(x), b(x)) }
	case "in":
		b := r.filtered()
		return func(x *jinjaRun) any { return within(a(x), b(x)) }
	default:
		b := r.filtered()
		return func(x *jinjaRun) any { return x.compare(op, a(x), b(x)) }
	}
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
	}[r.next()]
	if test == nil {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	return func(x *jinjaRun) any {
		was := x.missing // whether it is there is what is asked
		v := a(x)
		x.missing = was
		return test(v) != negative
	}
}

// filtered reads a value with its members and its filters.
func (r *exprReader) filtered() jinjaExpr {
	e := r.primary()
	for !r.failed {
		switch r.took(".", "[", "|") {
		case ".":
			e = r.member(e)
		case "[":
			at := r.choice()
			r.need("]")
			of := e
			e = func(x *jinjaRun) any { return x.member(of(x), at(x)) }
		case "|":
			e = r.filter(e)
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
	args := r.args()
	switch filter := map[string]string{"lower": "lower", "upper": "upper", "strip": "trim", "split": "split", "replace": "replace"}[name]; {
	case filter != "":
		return func(x *jinjaRun) any { return jinjaFilters[filter](x, of(x), x.all(args)) }
	case name == "get" && (len(args) == 1 || len(args) == 2):
		return func(x *jinjaRun) any { return x.member(of(x), args[0](x)) } // what is missing says nothing here
	}
	return r.fail()
}

// args reads what is between brackets.
func (r *exprReader) args() (all []jinjaExpr) {
	r.need("(")
	for !r.failed && r.took(")") == "" {
		if len(all) > 0 {
			r.need(",")
		}
		all = append(all, r.choice())
	}
	return all
}

func (r *exprReader) filter(of jinjaExpr) jinjaExpr {
	name := r.next()
	f := jinjaFilters[name]
	if f == nil {
		return r.fail()
	}
	r.tokens = r.tokens[1:]
	var args []jinjaExpr
	if r.next() == "(" {
		args = r.args()
	}
	if name == "iif" && len(args) == 0 {
		return r.fail() // it would write True and False, and no lamp's word
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
		e := r.choice()
		r.need(")")
		return e
	case t == "[":
		return r.list()
	case t == "{":
		return r.object()
	case t == "-" && len(r.tokens) > 0 && r.tokens[0][0] >= '0' && r.tokens[0][0] <= '9':
		n := json.Number("-" + r.tokens[0])
		r.tokens = r.tokens[1:]
		return func(*jinjaRun) any { return n }
	case t[0] >= '0' && t[0] <= '9':
		return func(*jinjaRun) any { return json.Number(t) }
	case t[0] == '\'' || t[0] == '"':
		s := unescaped(t[1 : len(t)-1])
		return func(*jinjaRun) any { return s }
	}
	return r.named(t)
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
		args := r.args()
		if len(args) < 2 || len(args) > 4 {
			return r.fail()
		}
		return func(x *jinjaRun) any { return jinjaFilters["iif"](x, args[0](x), x.all(args[1:])) }
	}
	if !r.in.names[t] {
		return r.fail() // what only Home Assistant knows
	}
	r.in.json = r.in.json || t == "value_json"
	return func(x *jinjaRun) any {
		v, there := x.values[t]
		if !there {
			return undefined{}
		}
		return v
	}
}

func (r *exprReader) list() jinjaExpr {
	var all []jinjaExpr
	for !r.failed && r.took("]") == "" {
		if len(all) > 0 {
			r.need(",")
		}
		all = append(all, r.choice())
	}
	return func(x *jinjaRun) any { return x.all(all) }
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
