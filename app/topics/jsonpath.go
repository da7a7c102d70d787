package topics

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
)

// Place says where in a payload a value stands: the same place in another
// payload is the same number. It is as good as unique, and means nothing to
// another run of the program.
type Place uint64

// placeSeed is random, so that nobody can choose keys that collide.
var placeSeed = maphash.MakeSeed()

func (p Place) field(key string) Place { return p.step(maphash.String(placeSeed, key)) }
func (p Place) item(index int) Place   { return p.step(uint64(index) * 2) }

func (p Place) step(by uint64) Place {
	h := (uint64(p) ^ by ^ 0x2545F4914F6CDD1D) * 0x9E3779B97F4A7C15
	return Place(h ^ h>>29)
}

// maxPath is the longest path that is written out, in bytes.
const maxPath = 1024

// path is the way to the line that was followed last.
type path []pathStep

// pathStep is where in an object or array the way goes on.
type pathStep struct {
	array bool
	index int
	key   string
}

// follow goes on to the next line.
func (p *path) follow(l *JSONLine) {
	if l.Close != "" {
		return
	}
	*p = (*p)[:l.Depth]
	if l.Depth > 0 {
		up := &(*p)[l.Depth-1]
		up.index++
		up.key = l.Key
	}
	if l.Opens != "" {
		*p = append(*p, pathStep{array: l.Opens == "[", index: -1})
	}
}

// text is the way to a line that was just followed, as "a.b[0]". Of one that is
// too long it is the end; whole tells that.
func (p path) text(l *JSONLine) (text string, whole bool) {
	parts := make([]string, 0, 8)
	size := 0
	for k := l.Depth - 1; k >= 0; k-- {
		s := p[k].text(k == 0)
		if size += len(s); size > maxPath {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, s)
	}
	slices.Reverse(parts)
	return strings.Join(parts, ""), size <= maxPath
}

// text is a step as it stands in a path.
func (s pathStep) text(first bool) string {
	key := s.key
	switch {
	case s.array:
		return "[" + strconv.Itoa(s.index) + "]"
	case len(key) > maxPath:
		return strings.Repeat(".", maxPath+1) // too long in any case
	case key == "" || strings.ContainsAny(key, `.[]"`):
		key = strconv.Quote(key)
	}
	if first {
		return key
	}
	return "." + key
}

// placeAt is the place at a path, as text writes it; false where it is none.
func placeAt(path string) (p Place, ok bool) {
	for first := true; path != ""; first = false {
		rest, field := path, first && path[0] != '['
		if path[0] == '.' && !first {
			rest, field = path[1:], true
		}
		switch {
		case !field && path[0] == '[':
			digits, after, closed := strings.Cut(path[1:], "]")
			n, err := strconv.Atoi(digits)
			if !closed || err != nil {
				return 0, false
			}
			p, path = p.item(n), after
		case !field:
			return 0, false
		default:
			key, after, ok := cutKey(rest)
			if !ok {
				return 0, false
			}
			p, path = p.field(key), after
		}
	}
	return p, true
}

// cutKey takes the first key off a path.
func cutKey(path string) (key, after string, ok bool) {
	if !strings.HasPrefix(path, `"`) {
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		return path[:end], path[end:], true
	}
	quoted, err := strconv.QuotedPrefix(path)
	if err != nil {
		return "", "", false
	}
	key, err = strconv.Unquote(quoted)
	return key, path[len(quoted):], err == nil
}
