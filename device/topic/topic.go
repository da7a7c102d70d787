// Package topic knows the grammar of MQTT's topic names and topic filters
// (MQTT 3.1.1, section 4.7; shared subscriptions: MQTT 5, section 4.8.2).
package topic

import (
	"strings"
	"unicode/utf8"
)

// MaxLen is the length of the longest name or filter in bytes.
const MaxLen = 65535

// Flaw is what is wrong with a name or a filter. The zero Flaw is none.
type Flaw int

// The flaws, after MQTT 3.1.1, sections 1.5.3, 3.3.2.1 and 4.7.
const (
	NoFlaw       Flaw = iota
	FlawEmpty         // nothing written
	FlawTooLong       // more than MaxLen bytes
	FlawNull          // holds the character U+0000
	FlawNotUTF8       // is no UTF-8
	FlawHashEnd       // # is not the last level
	FlawHashPart      // # shares its level with something else
	FlawPlusPart      // + shares its level with something else
	FlawWildcard      // + or # in a name
	FlawShare         // a shared subscription without a group or a filter
)

// CheckName returns what is wrong with a name, as a message is published to.
func CheckName(name string) Flaw {
	if f := checkText(name); f != NoFlaw {
		return f
	}
	if HasWildcard(name) {
		return FlawWildcard
	}
	return NoFlaw
}

// CheckFilter returns what is wrong with a filter.
func CheckFilter(filter string) Flaw {
	if f := checkText(filter); f != NoFlaw {
		return f
	}
	if filter == "$share" || strings.HasPrefix(filter, "$share/") {
		group, inner := share(filter)
		if group == "" || inner == "" || HasWildcard(group) {
			return FlawShare // some brokers close the connection
		}
		filter = inner
	}
	for rest, more := filter, true; more; {
		var level string
		level, rest, more = strings.Cut(rest, "/")
		switch {
		case level == "#" && more:
			return FlawHashEnd
		case level == "#" || level == "+":
		case strings.Contains(level, "#"):
			return FlawHashPart
		case strings.Contains(level, "+"):
			return FlawPlusPart
		}
	}
	return NoFlaw
}

func checkText(s string) Flaw {
	switch {
	case s == "":
		return FlawEmpty
	case len(s) > MaxLen:
		return FlawTooLong
	case !utf8.ValidString(s):
		return FlawNotUTF8
	case strings.IndexByte(s, 0) >= 0:
		return FlawNull
	}
	return NoFlaw
}

// ValidName reports whether a message can be published to name.
func ValidName(name string) bool { return CheckName(name) == NoFlaw }

// ValidFilter reports whether filter can be subscribed to.
func ValidFilter(filter string) bool { return CheckFilter(filter) == NoFlaw }

// HasWildcard reports whether s has a + or a #, which no name has.
func HasWildcard(s string) bool { return strings.ContainsAny(s, "+#") }

// IsInternal reports whether a name is one of the broker's own, as $SYS/uptime:
// no wildcard in a filter's first level matches it.
func IsInternal(name string) bool { return strings.HasPrefix(name, "$") }

// HasLevels reports whether s has n levels, none of them empty.
func HasLevels(s string, n int) bool {
	return strings.Count(s, "/") == n-1 && !HasEmptyLevel(s)
}

// HasEmptyFirstLevel reports whether a name or filter begins with /, so that its first
// level is empty.
func HasEmptyFirstLevel(s string) bool { return strings.HasPrefix(s, "/") }

// HasEmptyLevel reports whether some level of s is empty, as in a//b, /a and a/.
func HasEmptyLevel(s string) bool {
	return s == "" || s[0] == '/' || s[len(s)-1] == '/' || strings.Contains(s, "//")
}

// MatchesLevels reports whether a filter matches some name of n levels, none of
// them empty.
func MatchesLevels(filter string, n int) bool {
	above, all := strings.CutSuffix(filter, "/#")
	if !all {
		return filter == "#" || HasLevels(filter, n)
	}
	return !HasEmptyLevel(above) && strings.Count(above, "/") < n
}

// IsBelow reports whether a name is base or has base as its first levels. No name
// is below the empty base.
func IsBelow(name, base string) bool {
	rest, ok := strings.CutPrefix(name, base)
	return ok && base != "" && (rest == "" || rest[0] == '/')
}

// Inner returns the filter that a shared subscription, $share/<group>/<filter>,
// asks for, and any other filter as it is.
func Inner(filter string) string {
	_, inner := share(filter)
	return inner
}

// share splits a shared subscription. The group of any other filter is empty.
func share(filter string) (group, inner string) {
	if rest, ok := strings.CutPrefix(filter, "$share/"); ok {
		if group, inner, ok = strings.Cut(rest, "/"); ok {
			return group, inner
		}
	}
	return "", filter
}

// Matches reports whether a filter, shared or not, matches a name.
func Matches(filter, name string) bool { return covers(Inner(filter), name) }

// Covers reports whether filter a matches every name that filter b matches, so
// that who subscribes to a needs no subscription to b. Shared subscriptions cover
// one another only in the same group.
func Covers(a, b string) bool {
	groupA, innerA := share(a)
	groupB, innerB := share(b)
	return groupA == groupB && covers(innerA, innerB)
}

func covers(a, b string) bool {
	switch {
	case IsInternal(b) && !IsInternal(a):
		return false
	case b == "#":
		return a == "#" || a == "+/#" // which matches its parent level, too
	}
	for {
		x, restA, moreA := strings.Cut(a, "/")
		y, restB, moreB := strings.Cut(b, "/")
		switch {
		case x == "#":
			return true
		case y == "#", x != "+" && x != y:
			return false
		case !moreA || !moreB:
			return moreA == moreB || restA == "#"
		}
		a, b = restA, restB
	}
}

// Overlaps reports whether some name matches both filters.
func Overlaps(a, b string) bool {
	a, b = Inner(a), Inner(b)
	if IsInternal(a) != IsInternal(b) {
		return false // names with $ match a literal first level only, and other filters none of them
	}
	for {
		x, restA, moreA := strings.Cut(a, "/")
		y, restB, moreB := strings.Cut(b, "/")
		switch {
		case x == "#" || y == "#":
			return true
		case x != "+" && y != "+" && x != y:
			return false
		case !moreA || !moreB:
			return moreA == moreB || restA == "#" || restB == "#"
		}
		a, b = restA, restB
	}
}
