package topics_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/topics"
)

// file is a file in memory that can be slow or full.
type file struct {
	mu   sync.Mutex
	b    bytes.Buffer
	full bool
}

var errFull = errors.New("disk full")

func (f *file) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.full {
		return 0, errFull
	}
	return f.b.Write(p)
}

func (f *file) Close() error { return nil }

func (f *file) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.b.String()
}

var start = time.Date(2026, 9, 7, 9, 0, 0, 123456789, time.UTC)

func oddMessages() []topics.Message {
	return []topics.Message{
		{Topic: "class/lamp-07/light", Payload: []byte("on"), QoS: 1, Retained: true, At: start},
		{Topic: "class/\xff\x00", Payload: []byte{0, 1, 0xff}, At: start.Add(time.Second)},
		{Topic: "class/灯", Payload: []byte("a,\"b\"\r\nc"), QoS: 2, At: start.Add(2 * time.Second)},
		{Topic: "other/x", Payload: nil, At: start.Add(3 * time.Second)},
		{Topic: "class/evil", Payload: []byte("=HYPERLINK(1)"), At: start.Add(4 * time.Second)},
		{Topic: "class/evil", Payload: []byte("-21.5"), At: start.Add(5 * time.Second)},
	}
}

func play(t *testing.T, loop *apptest.Loop, text string) (got []topics.Message, bad int, err error) {
	t.Helper()
	ended := false
	topics.Play(context.Background(), io.NopCloser(strings.NewReader(text)), 0, loop.Post,
		func(batch []topics.Message) int { got = append(got, batch...); return len(batch) },
		func(_, b int, e error) { bad, err, ended = b, e, true })
	loop.RunUntil(func() bool { return ended }, "the end of the recording")
	return got, bad, err
}

func sameMessages(a, b []topics.Message) bool {
	return slices.EqualFunc(a, b, func(x, y topics.Message) bool {
		return x.Topic == y.Topic && bytes.Equal(x.Payload, y.Payload) && x.QoS == y.QoS && x.Retained == y.Retained && x.At.Equal(y.At)
	})
}

func TestARecordingGivesBackEveryByte(t *testing.T) {
	loop := apptest.NewLoop(t)
	f := &file{}
	tree := topics.New(topics.MinBudget)
	tree.SetRecorder(topics.Record(f))
	tree.Receive(oddMessages(), 0)
	ended := false
	tree.Recorder().Close(func(err error) {
		loop.Post(func() {
			if ended = true; err != nil {
				t.Error(err)
			}
		})
	})
	loop.RunUntil(func() bool { return ended }, "the recorder")
	got, bad, err := play(t, loop, f.String())
	if err != nil || bad != 0 || !sameMessages(got, oddMessages()) {
		t.Errorf("%v, %d bad lines:\n%+v", err, bad, got)
	}
}

func TestAFullDiskIsToldAndTheRestIsCounted(t *testing.T) {
	loop := apptest.NewLoop(t)
	tree := topics.New(topics.MinBudget)
	r := topics.Record(&file{full: true})
	tree.SetRecorder(r)
	tree.Receive(oddMessages(), 0)
	loop.RunUntil(func() bool { _, _, err := r.Stats(); return errors.Is(err, errFull) }, "the error")
	tree.Receive(oddMessages(), 0)
	ended := false
	r.Close(func(err error) { loop.Post(func() { ended = errors.Is(err, errFull) }) })
	loop.RunUntil(func() bool { return ended }, "the end, with the error")
	if _, dropped, _ := r.Stats(); dropped < uint64(len(oddMessages())) {
		t.Errorf("%d messages are counted as dropped", dropped)
	}
}

func export(t *testing.T, tree *topics.Tree, what topics.Extent, form topics.Form) string {
	t.Helper()
	loop := apptest.NewLoop(t)
	f := &file{}
	ended := false
	topics.Export(tree, what, form, f, loop.Post, func(_ int, done bool, err error) {
		if ended = done; err != nil {
			t.Error(err)
		}
	})
	loop.RunUntil(func() bool { return ended }, "the export")
	return f.String()
}

func TestAnExportHoldsTheBranchAndCanBeReadAgain(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	tree.Receive(oddMessages(), 0)
	id, _ := tree.Find("class")
	got, _, err := play(t, apptest.NewLoop(t), export(t, tree, topics.Extent{Branch: id}, topics.JSONLines))
	want := slices.DeleteFunc(oddMessages(), func(m topics.Message) bool { return m.Topic == "other/x" })
	if err != nil || !sameMessages(got, want) {
		t.Errorf("%v:\n%+v\nwant\n%+v", err, got, want)
	}
}

func TestAnExportAfterMuchTrafficHoldsWhatTheHistoriesHold(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	for i := range 30_000 {
		tree.Insert(topics.Message{Topic: fmt.Sprintf("t/%d", i%37+i%2*i%900), Payload: []byte(strings.Repeat("x", i%150)), At: start.Add(time.Duration(i))})
	}
	got, _, err := play(t, apptest.NewLoop(t), export(t, tree, topics.Extent{}, topics.JSONLines))
	if c := tree.Counts(); err != nil || uint64(len(got)) != c.InMemory || c.Outdated == 0 {
		t.Fatalf("%v: %d messages in the file, %+v", err, len(got), c)
	}
	for i, m := range got[1:] {
		if m.At.Before(got[i].At) {
			t.Fatalf("message %d of %v stands behind one of %v", i+1, m.At, got[i].At)
		}
	}
}

func TestAnExportOfWhatIsShownHoldsOnlyThat(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	for i := range 30_000 {
		tree.Insert(topics.Message{Topic: fmt.Sprintf("t/%d", i%300), Payload: []byte(strings.Repeat("x", 150)), At: start.Add(time.Duration(i))})
	}
	tree.Insert(topics.Message{Topic: "t/old clock", Payload: []byte("1"), At: start.Add(-time.Hour)})
	tree.SetFilter(topics.Filter{Text: "T/7"})
	tree.Search(100) // the rest is not looked at yet
	count := func(what topics.Extent) map[string]int {
		got, _, err := play(t, apptest.NewLoop(t), export(t, tree, what, topics.JSONLines))
		if err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		for i, m := range got {
			n[m.Topic]++
			if i > 0 && m.At.Before(got[i-1].At) {
				t.Fatalf("%+v: message %d is out of its order", what, i)
			}
		}
		return n
	}
	if n := count(topics.Extent{Last: true}); len(n) != 301 || n["t/299"] != 1 || n["t/old clock"] != 1 {
		t.Errorf("%d topics have a last message, one of them has %d", len(n), n["t/299"])
	}
	if n := count(topics.Extent{Shown: true}); len(n) != 11 || n["t/70"] < 2 || n["t/8"] != 0 {
		t.Errorf("found were %v", n)
	}
	if n := count(topics.Extent{Shown: true, Last: true}); len(n) != 11 || n["t/70"] != 1 {
		t.Errorf("last of the found were %v", n)
	}
}

func TestAnExportHoldsWhatWasThereWhenItBeganAlthoughMuchComesMeanwhile(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			tree.Insert(topics.Message{Topic: fmt.Sprintf("t/%d", i%400+i%2*i%900), Payload: []byte(strings.Repeat("x", i%150)), At: start.Add(time.Duration(i))})
		}
	}
	fill(0, 30_000)
	before := tree.Counts()
	loop, f, ended := apptest.NewLoop(t), &file{}, false
	topics.Export(tree, topics.Extent{}, topics.JSONLines, f, loop.Post, func(written int, done bool, err error) {
		if ended = done; err != nil {
			t.Error(err)
		}
		fill(30_000+written, 32_000+written)
	})
	loop.RunUntil(func() bool { return ended }, "the export")
	got, _, err := play(t, apptest.NewLoop(t), f.String())
	if err != nil || uint64(len(got)) != before.InMemory || tree.Counts().Outdated < before.Outdated+2000 {
		t.Errorf("%v: %d messages in the file, %d were there", err, len(got), before.InMemory)
	}
}

func TestASpreadsheetReadsTheExportAndRunsNothing(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	tree.Receive(oddMessages(), 0)
	text := export(t, tree, topics.Extent{}, topics.CSV)
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(records) != 7 {
		t.Fatalf("%v: %d records", err, len(records))
	}
	if p := records[3][2]; p != "a,\"b\"\nc" { // encoding/csv reads \r\n in a field as \n
		t.Errorf("the payload with commas is %q", p)
	}
	if records[2][3] != "base64" || records[2][2] != "AAH/" {
		t.Errorf("bytes are %v", records[2])
	}
	if records[5][2] != "'=HYPERLINK(1)" || records[6][2] != "-21.5" {
		t.Errorf("a formula is %q, a number %q", records[5][2], records[6][2])
	}
}

func TestAFileThatIsNoRecordingIsToldApart(t *testing.T) {
	loop := apptest.NewLoop(t)
	if _, _, err := play(t, loop, strings.Repeat("hello\n", 100)); !errors.Is(err, topics.ErrRecording) {
		t.Errorf("got %v", err)
	}
	got, bad, err := play(t, loop, "{\"at\":\"2026-09-07T09:00:00Z\",\"topic\":\"a\",\"payload\":\"1\"}\nbroken\n")
	if err != nil || bad != 1 || len(got) != 1 {
		t.Errorf("%v: %d read, %d bad", err, len(got), bad)
	}
}

func TestAReplayKeepsTheRecordingsOwnSpeed(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	tree.Receive(oddMessages(), 0)
	text := export(t, tree, topics.Extent{}, topics.JSONLines)
	for _, speed := range []float64{1, 5} {
		synctest.Test(t, func(t *testing.T) {
			posted := make(chan func(), 100)
			var times []time.Duration
			began, ended := time.Now(), false
			topics.Play(t.Context(), io.NopCloser(strings.NewReader(text)), speed, func(f func()) { posted <- f },
				func(batch []topics.Message) int {
					for range batch {
						times = append(times, time.Since(began))
					}
					return len(batch)
				}, func(int, int, error) { ended = true })
			for !ended {
				(<-posted)()
			}
			for i, at := range times {
				if want := time.Duration(float64(i) / speed * float64(time.Second)); i < 5 && (at < want-time.Second || at > want+time.Second) {
					t.Errorf("speed %v: message %d came after %v, want %v", speed, i, at, want)
				}
			}
			if total := time.Since(began); total != time.Duration(5/speed*float64(time.Second)) {
				t.Errorf("speed %v: it took %v", speed, total)
			}
		})
	}
}

// dense is a recording of one message each half millisecond.
func dense(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"at\":%q,\"topic\":\"t\",\"payload\":\"%d\"}\n", start.Add(time.Duration(i)*time.Millisecond/2).Format(time.RFC3339Nano), i)
	}
	return b.String()
}

func TestAReplayOfMessagesCloseTogetherTakesAsLongAsTheyDid(t *testing.T) {
	for _, speed := range []float64{1, 2, 10} {
		synctest.Test(t, func(t *testing.T) {
			posted := make(chan func(), 100)
			began, ended, n := time.Now(), false, 0
			topics.Play(t.Context(), io.NopCloser(strings.NewReader(dense(8001))), speed, func(f func()) { posted <- f },
				func(batch []topics.Message) int {
					time.Sleep(100 * time.Microsecond)
					n += len(batch)
					return len(batch)
				},
				func(int, int, error) { ended = true })
			for !ended {
				(<-posted)()
			}
			want := time.Duration(4 / speed * float64(time.Second))
			if took := time.Since(began); n != 8001 || took < want-5*time.Millisecond || took > want+5*time.Millisecond {
				t.Errorf("speed %v: %d messages in %v, want %v", speed, n, took, want)
			}
		})
	}
}

// The window has its turn between batches, however big the messages are.
func TestAReadRecordingIsHandedOverInBatchesOfFewBytes(t *testing.T) {
	const size, count = 1 << 20, 12
	line := `{"at":"2026-01-02T03:04:05Z","topic":"a","payload":"` + strings.Repeat("x", size) + "\"}\n"
	for _, speed := range []float64{0, 1} {
		loop := apptest.NewLoop(t)
		got, batches, over := 0, 0, false
		topics.Play(t.Context(), io.NopCloser(strings.NewReader(strings.Repeat(line, count))), speed, loop.Post,
			func(batch []topics.Message) int {
				if batches++; len(batch) > 4 {
					t.Errorf("at speed %v a batch of %d messages, a megabyte each", speed, len(batch))
				}
				got += len(batch)
				return len(batch)
			},
			func(int, int, error) { over = true })
		loop.RunUntil(func() bool { return over }, "the end")
		if got != count || batches != count/4 {
			t.Errorf("at speed %v %d messages in %d batches", speed, got, batches)
		}
	}
}

func TestAReplayWaitsForWhoeverCanTakeNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posted := make(chan func(), 100)
		ended := false
		var got []string
		topics.Play(t.Context(), io.NopCloser(strings.NewReader(dense(2000))), 0, func(f func()) { posted <- f },
			func(batch []topics.Message) int {
				some := min(len(batch), 77)
				for _, m := range batch[:some] {
					got = append(got, string(m.Payload))
				}
				return some
			}, func(read, _ int, err error) { ended = read == 2000 && err == nil })
		for !ended {
			(<-posted)()
		}
		for i, text := range got {
			if text != fmt.Sprint(i) {
				t.Fatalf("message %d is %s", i, text)
			}
		}
		if len(got) != 2000 {
			t.Errorf("%d messages", len(got))
		}
	})
}

func TestAPauseHoldsEverythingBackAndResumeBringsItInOrder(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	tree.Pause()
	for i := range 10 {
		tree.Insert(topics.Message{Topic: "a", Payload: []byte{byte(i)}, At: start})
	}
	c := tree.Counts()
	if on, n := tree.Paused(); !on || n != 10 || c.Topics != 0 || c.Received != 10 || c.Waiting != 10 {
		t.Errorf("paused: %v %d %+v", on, n, c)
	}
	tree.Resume()
	id, _ := tree.Find("a")
	all := tree.History(id, 20)
	if len(all) != 10 || all[0].Payload[0] != 9 || all[9].Payload[0] != 0 {
		t.Errorf("after it: %v", all)
	}
	tree.Pause()
	for range 2000 {
		tree.Insert(topics.Message{Topic: "a", Payload: make([]byte, 500), At: start})
	}
	if on, _ := tree.Paused(); on {
		t.Error("a pause that would lose something goes on")
	}
}

// kept lists the topics that are marked as kept by the broker.
func kept(tree *topics.Tree) (list []string) {
	tree.Below(topics.Root, func(id topics.ID, topic string) bool {
		if l, _ := tree.Level(id); l.Retained {
			list = append(list, topic)
		}
		return true
	})
	slices.Sort(list)
	return list
}

func TestWhatTheBrokerWasAskedForIsWhatItIsSaidToKeep(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	for _, name := range []string{"a/1", "a/2", "b/1"} {
		tree.Insert(topics.Message{Topic: name, Payload: []byte("old"), Retained: true, At: start})
	}
	tree.Insert(topics.Message{Topic: "a/live", Payload: []byte("newer"), At: start})
	found := []topics.Message{{Topic: "a/1", Payload: []byte("old"), At: start}, {Topic: "a/live", Payload: []byte("x"), At: start}, {Topic: "a/new", Payload: []byte("n"), At: start}}
	tree.ConfirmRetained("a/#", found, false)
	if got := fmt.Sprint(kept(tree)); got != "[a/1 a/2 a/live a/new b/1]" {
		t.Errorf("where not all came: %s", got)
	}
	tree.ConfirmRetained("a/#", found, true)
	if got := fmt.Sprint(kept(tree)); got != "[a/1 a/live a/new b/1]" {
		t.Errorf("where all came: %s", got)
	}
	tree.ConfirmRetained("a/1", nil, true)
	tree.ConfirmRetained("c", nil, true)
	if got := fmt.Sprint(kept(tree)); got != "[a/live a/new b/1]" {
		t.Errorf("of one topic: %s", got)
	}
	id, _ := tree.Find("a/live")
	if l, _ := tree.Level(id); string(l.Last.Payload) != "newer" || l.Messages != 1 {
		t.Errorf("a value that is here already became %q, %d messages", l.Last.Payload, l.Messages)
	}
}

func TestWhatThisProgramHadTheBrokerKeepCanBeErasedAgain(t *testing.T) {
	tree := topics.New(topics.MinBudget)
	tree.Insert(topics.Message{Topic: "a", Payload: []byte("1"), At: start})
	tree.NoteRetained("a")
	tree.NoteRetained("b")
	tree.Insert(topics.Message{Topic: "b", Payload: []byte("1"), At: start})
	tree.Insert(topics.Message{Topic: "c", Payload: []byte("1"), At: start})
	if list := kept(tree); len(list) != 2 {
		t.Fatalf("kept are %v", list)
	}
	tree.Insert(topics.Message{Topic: "a", At: start})
	tree.Insert(topics.Message{Topic: "b", At: start})
	tree.Insert(topics.Message{Topic: "b", Payload: []byte("2"), At: start})
	if list := kept(tree); len(list) != 0 {
		t.Errorf("after erasing them: %v", list)
	}
}

func TestAnExportIsOfWhatItWasAskedForThoughTheListIsClearedMeanwhile(t *testing.T) {
	tree := topics.New(topics.DefaultBudget)
	for i := range 9000 {
		tree.Insert(topics.Message{Topic: fmt.Sprintf("before/%d", i), Payload: []byte("x"), At: start})
	}
	posted := make(chan func(), 10)
	f := &file{}
	ended := false
	topics.Export(tree, topics.Extent{}, topics.JSONLines, f, func(f func()) { posted <- f }, func(_ int, done bool, err error) {
		if ended = done; err != nil {
			t.Error(err)
		}
	})
	(<-posted)()
	tree.Clear()
	for i := range 3000 {
		tree.Insert(topics.Message{Topic: fmt.Sprintf("after/%d", i), Payload: []byte("y"), At: start})
	}
	for !ended {
		(<-posted)()
	}
	if text := f.String(); strings.Contains(text, "after/") || strings.Count(text, "\n") != 2000 {
		t.Errorf("%d lines, of other topics: %v", strings.Count(text, "\n"), strings.Contains(text, "after/"))
	}
}

func TestALineThatNobodyCouldReadIsCountedAndTheRestIsRead(t *testing.T) {
	good := `{"at":"2026-09-07T09:40:00Z","topic":"a","payload":"1"}` + "\n"
	for what, c := range map[string]struct {
		text      string
		read, bad int
	}{
		"half a line":            {good + good[:30], 1, 1},
		"wrong types":            {good + `{"at":1,"topic":"a"}` + "\n" + `{"at":"2026-09-07T09:40:00Z","topic":["a"]}` + "\n[]\nnull\n" + good, 2, 4},
		"another QoS":            {good + strings.Replace(good, `"topic"`, `"qos":3,"topic"`, 1), 1, 1},
		"no time":                {good + `{"topic":"a","payload":"1"}`, 1, 1},
		"a time beyond the tree": {good + strings.Replace(good, "2026", "9999", 1) + strings.Replace(good, "2026", "0001", 1), 1, 2},
		"an editor's mark":       {"\ufeff" + strings.ReplaceAll(good, "\n", "\r\n") + "\n\n" + good, 2, 0},
		"a long line":            {good + strings.Repeat("x", 1<<20) + "\n" + good, 2, 1},
	} {
		got, bad, err := play(t, apptest.NewLoop(t), c.text)
		if len(got) != c.read || bad != c.bad || err != nil {
			t.Errorf("%s: %d read, %d bad, %v", what, len(got), bad, err)
		}
	}
}

func TestAMessageOutOfItsOrderMakesAReplayWaitOnceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		for _, second := range []int{0, 100, 1, 101, 102} {
			fmt.Fprintf(&text, "{\"at\":%q,\"topic\":\"t\",\"payload\":\"\"}\n", start.Add(time.Duration(second)*time.Second).Format(time.RFC3339Nano))
		}
		posted := make(chan func(), 100)
		began, ended := time.Now(), false
		topics.Play(t.Context(), io.NopCloser(strings.NewReader(text.String())), 1, func(f func()) { posted <- f },
			func(batch []topics.Message) int { return len(batch) }, func(int, int, error) { ended = true })
		for !ended {
			(<-posted)()
		}
		if took := time.Since(began); took != 102*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestALongPauseEndsBitByBitInItsOrder(t *testing.T) {
	tree := topics.New(topics.DefaultBudget)
	tree.Pause()
	const all = 50_000
	for i := range all {
		tree.Insert(topics.Message{Topic: "a", Payload: fmt.Append(nil, i), At: start})
	}
	tree.Resume()
	if on, waiting := tree.Paused(); on || waiting != 30_000 {
		t.Errorf("after the first step %d wait", waiting)
	}
	tree.Insert(topics.Message{Topic: "a", Payload: fmt.Append(nil, all), At: start})
	for tree.CatchUp() {
		if c := tree.Counts(); c.Received != all+1 {
			t.Errorf("%+v", c)
		}
	}
	id, _ := tree.Find("a")
	history := tree.History(id, all+2)
	for i, e := range history {
		if string(e.Payload) != fmt.Sprint(all-i) {
			t.Fatalf("message %d is %s", i, e.Payload)
		}
	}
	if len(history) != all+1 {
		t.Errorf("%d messages", len(history))
	}
}
