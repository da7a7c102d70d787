package topics

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/device/topic"
)

// naive is the tree as a child would write it: everything in maps, nothing ever
// dropped.
type naive struct {
	history  map[string][]Message
	received uint64
}

func (n *naive) insert(m Message) {
	n.received++
	n.history[m.Topic] = append(n.history[m.Topic], m)
}

func under(topic, branch string) bool {
	return topic == branch || strings.HasPrefix(topic, branch+"/")
}

func (n *naive) forget(branch string) {
	for topic := range n.history {
		if under(topic, branch) {
			delete(n.history, topic)
		}
	}
}

func (n *naive) counts(branch string) (topics int, messages uint64) {
	for topic, all := range n.history {
		if under(topic, branch) {
			topics++
			messages += uint64(len(all))
		}
	}
	return topics, messages
}

// levels are all prefixes of all topics.
func (n *naive) levels(keep func(topic string) bool) map[string]bool {
	all := map[string]bool{}
	for topic := range n.history {
		if !keep(topic) {
			continue
		}
		for i := range len(topic) {
			if topic[i] == '/' {
				all[topic[:i]] = true
			}
		}
		all[topic] = true
	}
	return all
}

var oddLevels = []string{"", "a", "lamp-2", "lamp-10", "\xff\xfe", "灯", "$SYS", "with space", "x", "A", strings.Repeat("long", 60)}

func randomTopic(r *rand.Rand) string {
	levels := make([]string, 1+r.IntN(3))
	for i := range levels {
		levels[i] = oddLevels[r.IntN(len(oddLevels))]
		if r.IntN(4) == 0 {
			levels[i] += fmt.Sprint(r.IntN(8))
		}
	}
	if topic := strings.Join(levels, "/"); topic != "" {
		return topic
	}
	return "/"
}

func checkAgainst(t *testing.T, tree *Tree, n *naive) {
	t.Helper()
	c := tree.Counts()
	if c.Received != n.received || c.Received != c.InMemory+c.Dropped()+c.Forgotten {
		t.Fatalf("%d were sent; %+v", n.received, c)
	}
	if got := c.Topics + c.Internal; got != len(n.history) {
		t.Fatalf("%d topics, want %d", got, len(n.history))
	}
	kept := uint64(0)
	for topic, all := range n.history {
		kept += uint64(checkHistory(t, tree, topic, all))
	}
	if kept != c.InMemory {
		t.Fatalf("histories hold %d messages, the counts say %d", kept, c.InMemory)
	}
	for level := range n.levels(func(string) bool { return true }) {
		id, ok := tree.Find(level)
		l, _ := tree.Level(id)
		topics, messages := n.counts(level)
		if !ok || l.Topics != topics || l.Messages != messages || tree.Topic(id) != level {
			t.Fatalf("level %q: found %v, %d topics and %d messages, want %d and %d", level, ok, l.Topics, l.Messages, topics, messages)
		}
	}
}

// checkHistory demands the newest messages, without a gap, and the last one
// always.
func checkHistory(t *testing.T, tree *Tree, topic string, all []Message) int {
	t.Helper()
	id, ok := tree.Find(topic)
	if !ok {
		t.Fatalf("topic %q is not in the tree", topic)
	}
	got := tree.History(id, 1<<30)
	l, _ := tree.Level(id)
	if len(got) == 0 || len(got) > len(all) || l.InMemory != len(got) {
		t.Fatalf("topic %q: %d of %d messages kept, counted as %d", topic, len(got), len(all), l.InMemory)
	}
	for i, e := range got {
		want := all[len(all)-1-i]
		if !e.At.Equal(want.At) || e.QoS != want.QoS || e.Retained != want.Retained || e.Size != len(want.Payload) ||
			!e.Omitted && !bytes.Equal(e.Payload, want.Payload) {
			t.Fatalf("topic %q: message %d from the end is %+v, want %+v", topic, i, e, want)
		}
	}
	return len(got)
}

// checkRows demands that the rows are the open levels in their order.
func checkRows(t *testing.T, tree *Tree, shown map[string]bool, open func(string) bool) {
	t.Helper()
	for tree.UpdateRows() {
	}
	var want []string
	for level := range shown {
		visible := true
		for i := range len(level) {
			visible = visible && (level[i] != '/' || open(level[:i]))
		}
		if visible {
			want = append(want, level)
		}
	}
	slices.SortFunc(want, comparePaths)
	got := make([]string, tree.Len())
	for i := range got {
		r := tree.At(i)
		got[i] = tree.Topic(r.ID)
		if r.Depth != strings.Count(got[i], "/") || tree.IndexOf(r.ID) != i {
			t.Fatalf("row %d is %+v, found again at %d", i, r, tree.IndexOf(r.ID))
		}
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("row %d of %d and %d: %.99q, want %.99q", i, len(got), len(want), got[i:min(i+1, len(got))], want[i:min(i+1, len(want))])
		}
	}
}

func comparePaths(x, y string) int {
	a, b := strings.Split(x, "/"), strings.Split(y, "/")
	if c := dollar(a[0]) - dollar(b[0]); c != 0 {
		return c
	}
	return slices.CompareFunc(a, b, natural)
}

func dollar(level string) int {
	if strings.HasPrefix(level, "$") {
		return 1
	}
	return 0
}

func TestTheTreeIsWhatANaiveModelSaysWhateverHappens(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 7))
		tree := New(MinBudget)
		tree.ShowInternal(true)
		n := &naive{history: map[string][]Message{}}
		opened := map[string]bool{}
		at := time.Unix(1_700_000_000, 0)
		for step := range 4500 {
			at = at.Add(time.Millisecond)
			switch k := r.IntN(1000); {
			case k < 940:
				size := r.IntN(300)
				if r.IntN(300) == 0 {
					size = r.IntN(20_000)
				}
				payload := bytes.Repeat([]byte{byte(r.IntN(256))}, size)
				m := Message{Topic: randomTopic(r), Payload: payload, QoS: byte(r.IntN(3)), Retained: r.IntN(2) == 0, At: at}
				_, known := n.history[m.Topic]
				refused := tree.Counts().Refused
				tree.Insert(m)
				if tree.Counts().Refused == refused {
					n.insert(m)
				} else if n.received++; known {
					t.Fatalf("a message of the known topic %q was refused", m.Topic)
				}
			case k < 990:
				topic := randomTopic(r)
				if id, ok := tree.Find(topic); ok {
					l, _ := tree.Level(id)
					open := r.IntN(3) > 0 && l.Children
					tree.SetOpen(id, open)
					opened[topic] = open
				}
			case k < 994:
				topic := randomTopic(r)
				id, ok := tree.Find(topic)
				if !ok {
					continue
				}
				tree.Forget(id)
				n.forget(topic)
				for level := range opened {
					if _, still := tree.Find(level); !still {
						delete(opened, level)
					}
				}
			default:
				checkRows(t, tree, n.levels(func(string) bool { return true }), func(l string) bool { return opened[l] })
			}
			if step%1500 == 1499 {
				checkAgainst(t, tree, n)
			}
		}
		if c := tree.Counts(); c.Outdated == 0 || c.Bytes > c.Budget+c.Budget/50 {
			t.Errorf("seed %d: the budget was not put to the test, or broken: %+v", seed, c)
		}
	}
}

func TestAFilterShowsExactlyWhatMatchesNow(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 3))
		tree := New(8 << 20)
		tree.ShowInternal(true)
		n := &naive{history: map[string][]Message{}}
		words := []string{"on", "OFF", "21.5", "LAMP-1", "灯", "zz"}
		needle := ""
		for step := range 4000 {
			m := Message{Topic: randomTopic(r), Payload: []byte(words[r.IntN(len(words))]), At: time.Unix(int64(step), 0)}
			n.insert(m)
			tree.Insert(m)
			if step%500 == 250 {
				needle = strings.ToLower(words[r.IntN(len(words))])
				tree.SetFilter(Filter{Text: needle})
			}
			if step%97 == 0 {
				tree.Search(r.IntN(50))
			}
			if step%500 != 499 || needle == "" {
				continue
			}
			for left := 1; left > 0; {
				_, left = tree.Search(100)
			}
			matches := func(topic string) bool {
				all := n.history[topic]
				return len(all) > 0 && (containsFold([]byte(topic), needle) || containsFold(all[len(all)-1].Payload, needle))
			}
			counts := map[string]int{}
			for topic := range n.history {
				for i := 0; matches(topic) && i <= len(topic); i++ {
					if i == len(topic) || topic[i] == '/' {
						counts[topic[:i]]++
					}
				}
			}
			checkRows(t, tree, n.levels(matches), func(l string) bool { return counts[l] <= autoOpen })
		}
	}
}

func TestPeopleAndTheTreeCountTheSameWay(t *testing.T) {
	want := []string{"", "5", "007", "7", "10", "a", "a1", "a1b", "a2", "a10", "b", "lamp-2", "lamp-10", "灯"}
	got := slices.Clone(want)
	rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, natural)
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func FuzzNaturalOrderIsTheSameByKeyAndByName(f *testing.F) {
	f.Add("lamp-10", "lamp-2")
	f.Add("00", "0")
	f.Fuzz(func(t *testing.T, x, y string) {
		if natural(x, y) != -natural(y, x) || (natural(x, y) == 0) != (x == y) {
			t.Fatalf("%q and %q have no order", x, y)
		}
		if a, b := naturalKey(x), naturalKey(y); a < b && natural(x, y) >= 0 || a > b && natural(x, y) <= 0 {
			t.Fatalf("%q and %q: keys %x %x, natural %d", x, y, a, b, natural(x, y))
		}
	})
}

func TestAMillionSlashesNeitherHangNorOverflow(t *testing.T) {
	tree := New(64 << 20)
	deep := strings.Repeat("/", topic.MaxLen)
	tree.Insert(Message{Topic: deep, Payload: []byte("x")})
	tree.Insert(Message{Topic: deep, Payload: []byte("y")})
	tree.Insert(Message{Topic: deep + "/", Payload: []byte("too long")})
	tree.Insert(Message{Topic: "", Payload: []byte("no topic")})
	if i := tree.RevealTopic(deep); i != topic.MaxLen || tree.Len() != topic.MaxLen+1 {
		t.Errorf("the deepest level is row %d of %d", i, tree.Len())
	}
	if c := tree.Counts(); c.InMemory != 2 || c.Refused != 2 || c.Topics != 1 {
		t.Errorf("%+v", c)
	}
	id, _ := tree.Find("")
	tree.Forget(id)
	if c := tree.Counts(); c.Topics != 0 || c.Forgotten != 2 {
		t.Errorf("after forgetting: %+v", c)
	}
}

func TestAFloodOfNewTopicsIsRefusedAndCountedAndLastValuesStay(t *testing.T) {
	tree := New(MinBudget)
	for i := range 20_000 {
		tree.Insert(Message{Topic: fmt.Sprintf("flood/%d", i), Payload: make([]byte, 50)})
	}
	c := tree.Counts()
	if c.Refused == 0 || c.Topics < 3000 || uint64(c.Topics) != 20_000-c.Refused || c.Bytes > c.Budget+c.Budget/50 {
		t.Fatalf("%+v", c)
	}
	tree.Insert(Message{Topic: "flood/7", Payload: []byte("still heard")})
	id, _ := tree.Find("flood/7")
	if l, _ := tree.Level(id); string(l.Last.Payload) != "still heard" {
		t.Errorf("a known topic is not heard any more: %+v", l)
	}
}

func TestAPayloadWithoutRoomIsKeptAsASizeAndSaysSo(t *testing.T) {
	tree := New(MinBudget)
	tree.Insert(Message{Topic: "big", Payload: make([]byte, 2*MinBudget)})
	id, _ := tree.Find("big")
	l, _ := tree.Level(id)
	if !l.Last.Omitted || l.Last.Size != 2*MinBudget || tree.Counts().Omitted != 1 {
		t.Errorf("%+v, %+v", l.Last, tree.Counts())
	}
}

func TestAnIDFromBeforeAClearNamesNothing(t *testing.T) {
	tree := New(MinBudget)
	fill := func(base string) (ids []ID) {
		for i := range 20 {
			topic := fmt.Sprint(base, i)
			tree.Insert(Message{Topic: topic})
			id, _ := tree.Find(topic)
			ids = append(ids, id)
		}
		return ids
	}
	before := fill("before")
	tree.Forget(before[3])
	before = append(before, fill("more")...)
	tree.Clear()
	fill("after")
	for _, id := range before {
		if l, ok := tree.Level(id); ok || id == Root {
			t.Errorf("%x is %q", id, l.Name)
		}
	}
	if _, ok := tree.Level(Root); !ok {
		t.Error("there is no root")
	}
}

func TestThereIsRoomAgainOnceTopicsWereForgotten(t *testing.T) {
	tree := New(MinBudget)
	fill := func(base string) Counts {
		for i := range 20_000 {
			tree.Insert(Message{Topic: fmt.Sprint(base, "/", i), Payload: []byte("x")})
		}
		return tree.Counts()
	}
	first := fill("a")
	if first.Full == 0 || first.Full != first.Refused {
		t.Fatalf("%+v", first)
	}
	id, _ := tree.Find("a")
	tree.Forget(id)
	second := fill("a")
	if second.Topics < first.Topics*9/10 || second.Bytes > second.Budget+second.Budget/50 {
		t.Errorf("%d topics at first, then %+v", first.Topics, second)
	}
	tree.Clear()
	if c := tree.Counts(); c.Full != 0 || c.Refused != second.Refused {
		t.Errorf("after the clearing: %+v", c)
	}
}

func TestASearchLooksAtFewerTopicsWhereValuesAreLong(t *testing.T) {
	tree := New(DefaultBudget)
	for i := range 1000 {
		tree.Insert(Message{Topic: fmt.Sprint(i), Payload: make([]byte, 20*searchedAtOnce)})
	}
	tree.SetFilter(Filter{Text: "x"})
	if _, left := tree.Search(210); left < 985 || left > 995 {
		t.Errorf("%d of 1000 are left", left)
	}
}
