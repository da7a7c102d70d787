package topics

import (
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/app/worker"
	"lamplighter/views/ui"
)

// How often the tree moves: a value at once after a pause and then as often as
// it can be read, lines more seldom.
const (
	frameTime   = 33 * time.Millisecond
	readTime    = 250 * time.Millisecond
	settleTime  = 200 * time.Millisecond
	resortTime  = 2 * time.Second
	fadeStep    = 300 * time.Millisecond
	searchSteps = 20_000 // topics that a frame looks at for the filter
)

// topicTree shows the tree of topics and follows it.
type topicTree struct {
	*ui.LineList
	tree *topics.Tree
	now  func() time.Time
	post func(func())

	chosen  string // exact topic of the chosen level
	has     bool   // chosen is a level; "" is a topic's level too
	stop    func() // the frame that is to come
	due     time.Time
	framed  time.Time // when the last frame was
	settled time.Time
	cost    time.Duration // of the last settling
	sorted  time.Time
	typed   string
	typedAt time.Time
	turns   turns

	onChoose func() // another level was chosen
	onFrame  func() // after each frame: counts and the open topic
	onMenu   func(fyne.Position)
	found    int
	left     int
}

func newTopicTree(t *topics.Tree, post func(func()), now func() time.Time) *topicTree {
	v := &topicTree{tree: t, now: now, post: post, onChoose: func() {}, onFrame: func() {}, onMenu: func(fyne.Position) {}}
	v.LineList = ui.NewLineList(t.Len, func() ui.ListLine { return newTopicRow() }, v.bindRow)
	v.OnChoose = func(i int) { v.pick(t.At(i).ID) }
	v.OnTap = v.tapSign
	v.OnMenu = func(i int, at fyne.Position) { v.pick(t.At(i).ID); v.onMenu(at) }
	v.OnKey, v.OnLetter = v.typedKey, v.jumpTo
	return v
}

func (v *topicTree) bindRow(i int, line ui.ListLine, chosen bool) {
	row := v.tree.At(i)
	l, _ := v.tree.Level(row.ID)
	line.(*topicRow).bind(row, v.turns.of(row.ID, l), chosen, v.now().Sub(l.Changed))
}

// wake asks for a frame; it costs next to nothing when one is to come already.
func (v *topicTree) wake(in time.Duration) {
	due := v.now().Add(in)
	if v.stop != nil && !due.Before(v.due) {
		return
	}
	v.sleep()
	v.due = due
	v.stop = worker.After(in, v.post, v.frame)
}

// soon asks for the frame that shows what came.
func (v *topicTree) soon() { v.wake(max(0, readTime-v.now().Sub(v.framed))) }

// sleep stops everything, as when the page goes out of view.
func (v *topicTree) sleep() {
	if v.stop != nil {
		v.stop()
		v.stop = nil
	}
}

// frame brings what is in view up to date, and goes on only while something
// moves.
func (v *topicTree) frame() {
	if v.stop == nil {
		return // a frame that was on its way when sleep came
	}
	v.stop = nil
	now := v.now()
	v.framed = now
	waiting := v.tree.CatchUp()
	v.found, v.left = v.tree.Search(searchSteps)
	v.updateRows(now)
	behind := v.turns.pass(v, now)
	v.Update()
	v.onFrame()
	switch {
	case v.left > 0 || waiting:
		v.wake(frameTime)
	case behind:
		v.wake(readTime)
	case v.tree.Stale():
		v.wake(settleTime)
	case v.fading(now):
		v.wake(fadeStep)
	}
}

// updateRows lets lines come and go, not too often, and the more seldom the longer
// it takes.
func (v *topicTree) updateRows(now time.Time) {
	if v.tree.Order() != topics.ByName && now.Sub(v.sorted) >= max(resortTime, 20*v.cost) {
		v.sorted = now
		v.tree.Resort()
	}
	if !v.tree.Stale() || now.Sub(v.settled) < max(settleTime, 10*v.cost) {
		return
	}
	v.updateRowsNow()
}

func (v *topicTree) updateRowsNow() {
	start := v.now()
	first := topics.ID(0)
	if v.Top < v.tree.Len() && v.tree.Len() > 0 {
		first = v.tree.At(v.Top).ID
	}
	if !v.tree.UpdateRows() {
		return
	}
	// What the eye rests on stays where it is.
	if i := v.indexNear(first, v.Top); i >= 0 && v.Top > 0 {
		v.Top = i
	}
	v.follow()
	v.settled = v.now()
	v.cost = v.settled.Sub(start)
}

// indexNear looks for a level's row, first near where it was.
func (v *topicTree) indexNear(id topics.ID, at int) int {
	for i := max(0, at-64); i < min(v.tree.Len(), at+64); i++ {
		if v.tree.At(i).ID == id {
			return i
		}
	}
	return v.tree.IndexOf(id)
}

// follow keeps the chosen line with its level.
func (v *topicTree) follow() {
	v.Current = -1
	if !v.has {
		return
	}
	if id, ok := v.tree.Find(v.chosen); ok {
		v.Current = v.indexNear(id, v.Top)
	}
}

// fading reports whether a line in view still shows that it changed.
func (v *topicTree) fading(now time.Time) bool {
	for i := v.Top; i < min(v.Top+len(v.Lines), v.tree.Len()); i++ {
		l, ok := v.tree.Level(v.tree.At(i).ID)
		if age := now.Sub(l.Changed); ok && age > -markTime && age < markTime+fadeStep {
			return true
		}
	}
	return false
}

// pick chooses a level.
func (v *topicTree) pick(id topics.ID) {
	v.chosen, v.has = v.tree.Topic(id), true
	v.onChoose()
}

// id is the chosen level, where it is still there.
func (v *topicTree) id() (topics.ID, bool) {
	if !v.has {
		return 0, false
	}
	return v.tree.Find(v.chosen)
}

// show jumps to a topic, and reports whether it is known.
func (v *topicTree) show(topic string) bool {
	i := v.tree.RevealTopic(topic)
	if i < 0 {
		return false
	}
	v.chosen, v.has = topic, true
	v.SetCurrent(i)
	v.onChoose()
	return true
}

// tapSign opens and closes when the triangle is tapped.
func (v *topicTree) tapSign(i int, at fyne.Position) bool {
	row := v.tree.At(i)
	x := float32(min(row.Depth, ui.MaxIndent)) * ui.Indent
	if !row.Branch || at.X < x-ui.Unit/2 || at.X > x+signRoom()+ui.Unit {
		return false
	}
	v.toggle(i)
	return true
}

func (v *topicTree) toggle(i int) {
	row := v.tree.At(i)
	v.tree.SetOpen(row.ID, !row.Open)
	v.updateRowsNow()
	v.Update()
}

// typedKey opens, closes and climbs.
func (v *topicTree) typedKey(e *fyne.KeyEvent) bool {
	i := v.Current
	if i < 0 || i >= v.tree.Len() {
		return false
	}
	row := v.tree.At(i)
	switch e.Name {
	case fyne.KeyRight:
		if row.Branch && !row.Open {
			v.toggle(i)
		} else if row.Open {
			v.MoveTo(i + 1)
		}
	case fyne.KeyLeft:
		if row.Open {
			v.toggle(i)
		} else if up := v.tree.IndexOf(v.tree.Parent(row.ID)); up >= 0 {
			v.MoveTo(up)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if row.Branch {
			v.toggle(i)
		}
	default:
		return false
	}
	return true
}

// jumpTo goes to the next line in view or below whose name begins with what was
// typed within a second; a space opens or closes.
func (v *topicTree) jumpTo(r rune) {
	if r == ' ' && v.Current >= 0 && v.Current < v.tree.Len() {
		v.toggle(v.Current)
		return
	}
	if !unicode.IsPrint(r) {
		return
	}
	now := v.now()
	if now.Sub(v.typedAt) > time.Second {
		v.typed = ""
	}
	v.typedAt = now
	from := v.Current
	if v.typed == "" {
		from++
	}
	v.typed += strings.ToLower(string(r))
	n := v.tree.Len()
	for k := range min(n, 5000) {
		i := (max(from, 0) + k) % n
		if l, ok := v.tree.Level(v.tree.At(i).ID); ok && strings.HasPrefix(strings.ToLower(l.Name), v.typed) {
			v.MoveTo(i)
			return
		}
	}
}
