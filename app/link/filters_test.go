package link

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// listening is a session that notes what it is asked for.
type listening struct {
	fake
	mu sync.Mutex
}

func (s *listening) subscribe(filter string, qos byte, answer func(byte, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fake.subscribe(filter, qos, answer)
}

func (s *listening) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subs)
}

func TestAFilterThatComesWhileTheConnectionIsMadeIsAskedFor(t *testing.T) {
	for range 200 {
		s, open := &listening{}, make(chan struct{})
		l := dial(Options{}, func(Message) {}, func(State) {}, func(context.Context, Options, func(Message), func(error)) (session, error) {
			<-open
			return s, nil
		})
		const most = 200
		for i := range most {
			if i == most/4 {
				close(open)
			}
			if err := l.Subscribe(fmt.Sprint("class/", i), 1); err != nil {
				t.Fatal(err)
			}
		}
		late := time.Now().Add(patience)
		for s.count() < most && time.Now().Before(late) {
			time.Sleep(time.Millisecond)
		}
		if n := s.count(); n != most {
			t.Fatalf("%d of %d filters were asked for", n, most)
		}
		l.Close()
	}
}

func TestEveryFilterIsAskedForAgainHoweverManyThereAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{}, always)
		defer b.Close()
		synctest.Wait()
		var want []string
		for i := range maxFilters {
			filter := fmt.Sprint("class/", i)
			want = append(want, filter)
			if err := b.Subscribe(filter, 1); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		b.now.lost(errLost)
		time.Sleep(time.Minute)
		synctest.Wait()
		got := slices.Clone(b.now.subs)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%d of %d after the reconnect: %s", len(got), len(want), strings.Join(got[:min(3, len(got))], " "))
		}
	})
}
