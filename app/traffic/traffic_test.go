package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
)

// state is the state's goroutine, which the test is, in a bubble of its own time.
type state chan func()

func (s state) post(f func()) { s <- f }

// until runs what is posted until done reports true. What never comes is a deadlock,
// which synctest tells.
func (s state) until(done func() bool) {
	for !done() {
		(<-s)()
	}
}

// broker takes messages while it has room, and is lost when there are none left.
type broker struct {
	got  []topics.Draft
	room int // messages that it takes; -1 = all
	err  error
	dead bool
}

func (b *broker) Online() bool { return !b.dead }

func (b *broker) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	if b.dead || b.room == 0 {
		b.dead = b.dead || b.err == nil
		return errors.Join(b.err, errors.New("not taken"))
	}
	b.room--
	b.got = append(b.got, topics.Draft{Topic: topic, Payload: payload, QoS: qos, Retained: retained})
	return nil
}

func inBubble(t *testing.T, f func(t *testing.T, s state, b *broker, tree *topics.Tree)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := make(state, 1<<16)
		f(t, s, &broker{room: -1}, topics.New(64<<20))
	})
}

// kept are some messages that the broker keeps.
func kept(base string, n int) (list []topics.RetainedMessage) {
	for i := range n {
		list = append(list, topics.RetainedMessage{Topic: fmt.Sprintf("%s/%d", base, i), Payload: fmt.Append(nil, i)})
	}
	return list
}

func ended(e *Eraser) func() bool {
	return func() bool { return e.State().Phase == EraserEnded }
}

func TestAllThatWasErasedCanBePutBackTogether(t *testing.T) {
	inBubble(t, func(t *testing.T, s state, b *broker, tree *topics.Tree) {
		e := NewEraser(b, tree, s.post)
		e.Erase(kept("a", 2*eraseStep))
		e.Erase(kept("b", 10)) // while the first is at work
		s.until(ended(e))
		e.Erase(kept("c", 5)) // after it
		s.until(ended(e))
		const all = 2*eraseStep + 15
		if len(b.got) != all || len(b.got[0].Payload) != 0 || !b.got[0].Retained || b.got[0].QoS != 1 {
			t.Fatalf("%d of %d were erased, the first by %+v", len(b.got), all, b.got[0])
		}
		e.Undo()
		e.Erase(kept("d", 1)) // while they are put back
		s.until(func() bool { return len(b.got) == 2*all+1 && ended(e)() })
		back := b.got[all:]
		if back[0].Topic != "a/0" || back[all-1].Topic != "c/4" || string(back[all-1].Payload) != "4" || back[all].Topic != "d/0" || len(back[all].Payload) != 0 {
			t.Errorf("put back from %v to %v, then %v", back[0], back[all-1], back[all])
		}
		e.Dismiss()
		e.Erase(kept("e", 1))
		s.until(ended(e))
		if e.State().All != 1 {
			t.Errorf("after it was dismissed it has %d", e.State().All)
		}
	})
}

func TestWhatMayBeLostWithAConnectionIsErasedAgainOnTheNext(t *testing.T) {
	for name, takes := range map[string]int{"in the middle": eraseStep + 7, "after the last": 3 * eraseStep} {
		inBubble(t, func(t *testing.T, s state, b *broker, tree *topics.Tree) {
			e := NewEraser(b, tree, s.post)
			list := kept("a", 3*eraseStep)
			b.room = takes
			e.Erase(list)
			s.until(func() bool {
				b.dead = b.dead || len(b.got) == len(list)
				return e.State().Phase == EraserStuck
			})
			if len(b.got) != takes || e.State().Err == nil {
				t.Errorf("%s: %d were sent, %v", name, len(b.got), e.State().Err)
			}
			b.dead, b.room, b.got = false, -1, nil
			e.Retry()
			s.until(ended(e))
			if len(b.got) != len(list) || e.State().Done != len(list) {
				t.Errorf("%s: %d were erased on the next connection, %d told", name, len(b.got), e.State().Done)
			}
		})
	}
}

func TestAnErasingThatIsHaltedCanBePutBackAsFarAsItCame(t *testing.T) {
	inBubble(t, func(t *testing.T, s state, b *broker, tree *topics.Tree) {
		e := NewEraser(b, tree, s.post)
		e.Erase(kept("a", 10*eraseStep))
		e.Stop()
		if st := e.State(); st.Phase != EraserEnded || st.Done != eraseStep || st.All != eraseStep {
			t.Errorf("halted it is %+v", st)
		}
		e.Undo()
		s.until(ended(e))
		if len(b.got) != 2*eraseStep {
			t.Errorf("%d were published", len(b.got))
		}
	})
}

// lines are a recording of n messages, one each millisecond.
func lines(n int) io.ReadCloser {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"at\":%q,\"topic\":\"class/x\",\"payload\":\"%d\",\"retained\":true}\n", time.UnixMilli(int64(i)).UTC().Format(time.RFC3339Nano), i)
	}
	return io.NopCloser(strings.NewReader(b.String()))
}

func TestAReplayFasterThanTheConnectionLosesNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, s state, b *broker, tree *topics.Tree) {
		b.err, b.room = link.ErrFull, 0
		p := NewPlayer(b, tree, s.post)
		p.Replay(lines(3000), 0)
		s.until(func() bool { b.room = 256; return !p.State().Busy })
		if st := p.State(); st.Count != 3000 || st.Err != nil || len(b.got) != 3000 {
			t.Fatalf("%d of 3000 messages were published: %+v", len(b.got), st)
		}
		for i, d := range b.got {
			if string(d.Payload) != fmt.Sprint(i) || d.Retained {
				t.Fatalf("message %d is %s, retained %v", i, d.Payload, d.Retained)
			}
		}
	})
}

func TestAnImportPublishesNothingAndTellsNothingAsRetained(t *testing.T) {
	inBubble(t, func(t *testing.T, s state, b *broker, tree *topics.Tree) {
		p := NewPlayer(b, tree, s.post)
		p.Import(lines(3))
		s.until(func() bool { return !p.State().Busy })
		id, ok := tree.Find("class/x")
		if !ok || len(b.got) > 0 {
			t.Fatalf("in the tree: %v; published %v", ok, b.got)
		}
		if l, _ := tree.Level(id); l.Retained {
			t.Error("it is told as retained")
		}
	})
}

func TestTheNewestRecordingIsTheOneThatIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T, s state, b *broker, tree *topics.Tree) {
		p := NewPlayer(b, tree, s.post)
		p.Replay(lines(5000), 1)
		p.Replay(lines(7), 0)
		s.until(func() bool { return !p.State().Busy })
		for len(s) > 0 {
			(<-s)()
		}
		if st := p.State(); st.Count != 7 || st.Err != nil {
			t.Errorf("it tells %+v", st)
		}
	})
}

// file is a file with room for some bytes.
type file struct {
	bytes.Buffer
	room int
}

func (f *file) Write(b []byte) (int, error) {
	if f.Len()+len(b) > f.room {
		return 0, syscall.ENOSPC
	}
	return f.Buffer.Write(b)
}

func (f *file) Close() error { return nil }

func TestARecordingTellsHowFarItIsAndWhyItEnded(t *testing.T) {
	for name, room := range map[string]int{"whole": 1 << 20, "full disk": 100} {
		inBubble(t, func(t *testing.T, s state, _ *broker, tree *topics.Tree) {
			r := NewRecording(tree, s.post)
			r.Start(&file{room: room})
			for range 10 {
				tree.Receive([]topics.Message{{Topic: "class/x", Payload: []byte("21.5"), At: time.Now()}}, 0)
				s.until(func() bool { return len(s) == 0 })
			}
			if room > 100 {
				s.until(func() bool { return r.State().Written == 10 })
				r.Stop()
			}
			s.until(func() bool { return r.State().Ended })
			st := r.State()
			if st.Busy || tree.Recorder() != nil || errors.Is(st.Err, syscall.ENOSPC) != (room == 100) {
				t.Errorf("%s: %+v", name, st)
			}
		})
	}
}

func TestMessagesOfThePersonAreThereAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	open := func() *settings.Store {
		store, err := settings.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	queue := make(state, 16)
	store := open()
	m := LoadMessages(store, queue.post)
	m.NoteSent(topics.Draft{Topic: "class/first", Payload: []byte("once")})
	m.NoteSent(topics.Draft{Topic: "class/big", Payload: make([]byte, settings.MaxSentSize)})
	m.Save("my lamp", topics.Draft{Topic: "class/lamp", Payload: []byte("on"), QoS: 1})
	m.Save("other", topics.Draft{Topic: "class/other"})
	m.Remove(m.Saved()[1].ID)
	m.SetUnsent(Unsent{Topic: "class/half", Payload: `{"half`, Form: 1, QoS: 2, Retained: true})
	queue.until(func() bool { return store.Values().Topics.Draft.Topic == "class/half" })
	m.SetUnsent(Unsent{Topic: "class/file", Payload: "picture.png", File: []byte("png")})
	m.Flush()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = open()
	t.Cleanup(func() { _ = store.Close() })
	m = LoadMessages(store, queue.post)
	if u := m.Unsent(); u.Topic != "class/file" || u.Payload != "" || u.File != nil {
		t.Errorf("unsent is %+v", u)
	}
	if sent := m.Sent(); len(sent) != 1 || sent[0].Topic != "class/first" || string(sent[0].Payload) != "once" {
		t.Errorf("sent are %+v", sent)
	}
	if list := m.Saved(); len(list) != 1 || list[0].Name != "my lamp" || DraftOf(list[0]).QoS != 1 {
		t.Errorf("saved are %+v", list)
	}
	if m.ForgetSent(); len(m.Sent()) != 0 || len(store.Values().Topics.Sent) != 0 {
		t.Error("they are not forgotten")
	}
	if m.Fits(topics.Draft{Payload: make([]byte, settings.MaxSavedSize+1)}) {
		t.Error("one that is too large may be saved")
	}
}
