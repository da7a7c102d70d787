package topics

import (
	"time"

	"lamplighter/app/topics"
)

// How many lines of the tree are written anew: all at once after a pause, and in
// a flood some in each frame, the others after them. Nobody can read more, and
// to draw the letters of a line costs more than all else in a frame.
const (
	turnBurst = 40
	turnEach  = 4 // in each readTime
)

// turns says which lines in view show their newest message already.
type turns struct {
	shown map[topics.ID]topics.Level // what the lines say
	next  int                        // line in view that is first when not all can be
	saved float64                    // lines that may be written now
	at    time.Time                  // of the last frame
}

// forget makes every line be written, as when it comes into view.
func (u *turns) forget() { u.shown, u.saved = nil, turnBurst }

// of is what a line says of a level.
func (u *turns) of(id topics.ID, now topics.Level) topics.Level {
	if l, ok := u.shown[id]; ok {
		return l
	}
	if u.shown == nil {
		u.shown = map[topics.ID]topics.Level{}
	}
	u.shown[id] = now
	return now
}

// pass lets lines in view go on to their newest message; the chosen one always
// may. It reports whether some must wait.
func (u *turns) pass(v *topicTree, now time.Time) (behind bool) {
	u.saved = min(turnBurst, u.saved+max(0, float64(now.Sub(u.at))/float64(readTime)*turnEach))
	u.at = now
	n := max(0, min(len(v.Lines), v.tree.Len()-v.Top))
	shown := make(map[topics.ID]topics.Level, n)
	first := u.next
	for k := range n {
		k = (first + k) % n
		id := v.tree.At(v.Top + k).ID
		l, _ := v.tree.Level(id)
		old, was := u.shown[id]
		switch {
		case !was || sameLevel(old, l) || v.Top+k == v.Current:
			shown[id] = l
		case u.saved >= 1:
			u.saved--
			u.next = k + 1
			shown[id] = l
		default:
			shown[id] = old
			behind = true
		}
	}
	u.shown = shown
	return behind
}
