package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/device/fault"
)

// fake is a session without a network.
type fake struct {
	block    chan struct{} // a publish waits for it
	dead     bool          // lost, and nobody knows yet
	sent     []string
	subs     []string
	closed   bool
	dropped  bool
	lost     func(error)
	receive  func(Message)
	clientID string

	after time.Duration // the session is lost after this, because of why
	why   error
}

func (f *fake) publish(topic string, _ []byte, _ byte, _ bool) bool {
	if f.block != nil {
		<-f.block
	}
	if f.dead {
		return false
	}
	f.sent = append(f.sent, topic)
	return true
}

func (f *fake) subscribe(filter string, qos byte, answer func(byte, error)) {
	f.subs = append(f.subs, filter)
	answer(qos, nil)
}
func (f *fake) unsubscribe(filter string) { f.subs = append(f.subs, "-"+filter) }
func (f *fake) close()                    { f.closed = true }
func (f *fake) drop()                     { f.dropped = true }

var errRefused = &fault.Error{Fault: fault.Refused, Op: "connect to", Err: errors.New("no")}

// bed is a link on a network that the test makes up. It runs inside a
// synctest bubble, so its times are exact.
type bed struct {
	*Link
	began    time.Time
	attempts []time.Duration
	answer   func(attempt int) (*fake, error)
	now      *fake // the session that is open
	states   []State
}

func newBed(o Options, answer func(attempt int) (*fake, error)) *bed {
	b := &bed{began: time.Now(), answer: answer}
	open := func(_ context.Context, o Options, receive func(Message), lost func(error)) (session, error) {
		b.attempts = append(b.attempts, time.Since(b.began))
		s, err := b.answer(len(b.attempts))
		if err != nil {
			return nil, err
		}
		s.lost, s.receive, s.clientID = lost, receive, o.ClientID
		b.now = s
		if s.why != nil {
			time.AfterFunc(s.after, func() { lost(s.why) })
		}
		return s, nil
	}
	b.Link = dial(o, func(Message) {}, func(s State) { b.states = append(b.states, s) }, open)
	return b
}

// A broker that dies often, in this network: the link is back within 5 s of it,
// each time, whatever came before.
func TestALinkIsBackWithin5SecondsOfANearBrokerThatDiesOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const deaths = 60
		worst := map[bool]time.Duration{}
		for _, near := range []bool{true, false} {
			var back atomic.Pointer[time.Time] // when the broker is
			back.Store(&time.Time{})
			b := newBed(Options{Near: near}, func(int) (*fake, error) {
				if time.Now().Before(*back.Load()) {
					return nil, errRefused
				}
				return &fake{}, nil
			})
			for n := range deaths {
				time.Sleep(time.Duration(1+n%15) * time.Second)
				synctest.Wait()
				at := time.Now().Add(time.Duration(n%40) * time.Second)
				back.Store(&at)
				b.now.lost(io.EOF)
				time.Sleep(time.Until(at))
				synctest.Wait()
				for b.State().Phase != Online {
					time.Sleep(10 * time.Millisecond)
				}
				worst[near] = max(worst[near], time.Since(at))
			}
			b.Close()
		}
		t.Logf("after %d deaths: %v at most, and %v on the internet", deaths, worst[true], worst[false])
		if worst[true] > 5*time.Second || worst[false] <= 5*time.Second {
			t.Error("a near broker waits, or one on the internet is not left alone")
		}
	})
}

func TestThirtyLinksDoNotComeBackAsOne(t *testing.T) {
	seen := map[time.Duration]int{}
	for i := range 30 {
		seen[backOff(0, nearPause, float64(i)/29).Truncate(50*time.Millisecond)]++
	}
	for at, n := range seen {
		if n > 4 {
			t.Errorf("%d of 30 come after %v", n, at)
		}
	}
	for attempt := range 10 {
		if least, most := backOff(attempt, nearPause, 0), backOff(attempt, nearPause, 1); least < 750*time.Millisecond || most > 4*time.Second {
			t.Errorf("attempt %d: %v to %v", attempt, least, most)
		}
	}
}

func always(int) (*fake, error) { return &fake{}, nil }
func never(int) (*fake, error)  { return nil, errRefused }

func TestALinkTriesForEverAndLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{}, never)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(b.attempts); n < 100 || n > 170 {
			t.Errorf("%d attempts in an hour", n)
		}
		want := []float64{1, 2, 4, 8, 16, 30, 30}
		for i, w := range want {
			gap := (b.attempts[i+1] - b.attempts[i]).Seconds()
			if gap < w*0.75 || gap > w*1.25 {
				t.Errorf("attempt %d came after %.1f s", i+2, gap)
			}
		}
		s := b.State()
		if s.Phase != Waiting || !errors.Is(s.Err, errRefused) || !s.RetryAt.After(s.Since) {
			t.Errorf("state %+v", s)
		}
		b.Close()
		if s := b.State(); s.Phase != Closed || s.Err != nil {
			t.Errorf("state %+v", s)
		}
	})
}

// TestSubscriptionsKeepToTheRateOverReconnects has a broker that throws the link
// out again and again, and takes ten subscriptions a minute: each is asked for in
// the end, and never more than that.
func TestSubscriptionsKeepToTheRateOverReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var asked []time.Time
		last := map[string]time.Time{}
		o := Options{MaxSubscribesPerMinute: 10, Subscribed: func(s SubState) { // the fake answers at once
			mu.Lock()
			defer mu.Unlock()
			asked, last[s.Filter] = append(asked, time.Now()), time.Now()
		}}
		var thrown time.Time
		b := newBed(o, func(n int) (*fake, error) {
			if n < 5 {
				return &fake{after: time.Second, why: io.EOF}, nil
			}
			thrown = time.Now()
			return &fake{}, nil
		})
		for i := range 7 {
			if err := b.Subscribe(fmt.Sprint("class/", i), 0); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Minute)
		b.Close()
		mu.Lock()
		defer mu.Unlock()
		for i := range asked[10:] {
			if d := asked[i+10].Sub(asked[i]); d < time.Minute {
				t.Errorf("11 subscriptions within %v", d)
			}
		}
		for filter, at := range last {
			if at.Before(thrown) {
				t.Errorf("%s was not asked for on the last connection", filter)
			}
		}
		if len(last) != 7 {
			t.Errorf("%d of 7 were ever asked for", len(last))
		}
	})
}

func TestRetryEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{}, never)
		time.Sleep(time.Minute)
		synctest.Wait()
		n := len(b.attempts)
		b.Retry()
		synctest.Wait()
		if len(b.attempts) != n+1 {
			t.Errorf("%d attempts more", len(b.attempts)-n)
		}
		b.Close()
	})
}

func TestThePhasesComeInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{}, func(n int) (*fake, error) {
			if n == 1 {
				return never(n)
			}
			return always(n)
		})
		time.Sleep(30 * time.Second)
		synctest.Wait()
		b.now.lost(io.EOF)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		b.Close()
		var phases []Phase
		for _, s := range b.states {
			phases = append(phases, s.Phase)
			if (s.Phase == Online || s.Phase == Closed) != (s.Err == nil) && len(phases) > 1 {
				t.Errorf("%v with the error %v", s.Phase, s.Err)
			}
		}
		want := []Phase{Connecting, Waiting, Connecting, Online, Waiting, Connecting, Online, Closed}
		if !slices.Equal(phases, want) {
			t.Errorf("phases %v", phases)
		}
	})
}

func TestAConnectionThatWasSteadyIsMadeAgainAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{}, func(n int) (*fake, error) {
			if n < 8 {
				return never(n)
			}
			return always(n)
		})
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		b.now.lost(io.EOF)
		lost := time.Since(b.began)
		time.Sleep(time.Minute)
		synctest.Wait()
		if gap := b.attempts[8] - lost; gap > 2*time.Second {
			t.Errorf("tried after %v", gap)
		}
		b.Close()
	})
}

func TestAFightOverAClientIDIsRecognised(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration // CONNACK to the loss
		why   error
		fight bool
	}{
		{"thrown off at once", 100 * time.Millisecond, io.EOF, true},
		{"thrown off after a minute", time.Minute, io.EOF, false},
		{"a dead network", 100 * time.Millisecond, os.ErrDeadlineExceeded, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(Options{Endpoint: endpoint.Endpoint{Host: "pc", Port: 1883}, ClientID: "lamp-7"}, func(int) (*fake, error) {
					return &fake{after: c.after, why: c.why}, nil
				})
				faults := func() (n int) {
					for _, s := range b.states {
						var e *fault.Error
						if s.Phase == Waiting && errors.As(s.Err, &e) && e.Fault == fault.DuplicateClient {
							n++
							var f *FightError
							if !errors.As(s.Err, &f) || f.ClientID != "lamp-7" || f.Address != "pc:1883" {
								t.Errorf("it does not say which id: %v", s.Err)
							}
						}
					}
					return n
				}
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if (faults() > 0) != c.fight {
					t.Errorf("recognised %d times", faults())
				}
				if c.fight && (faults() != len(b.attempts)-quickLimit+1 || len(b.attempts) > 40) {
					t.Errorf("recognised %d times in %d attempts", faults(), len(b.attempts))
				}
				b.Close()
			})
		})
	}
}

func TestAnIDThatIsSharedByDesignIsNeverNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{ClientID: "the secret", SharedID: true}, func(int) (*fake, error) {
			return &fake{after: time.Second, why: io.EOF}, nil
		})
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		for _, s := range b.states {
			var e *fault.Error
			if errors.As(s.Err, &e) && e.Fault == fault.DuplicateClient || s.Err != nil && strings.Contains(s.Err.Error(), "secret") {
				t.Fatal(s.Err)
			}
		}
		b.Close()
	})
}

func TestWhileOfflineAPublishIsRefusedWithTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{Endpoint: endpoint.Endpoint{Host: "pc", Port: 1883}}, func(n int) (*fake, error) {
			if n == 1 {
				return never(n)
			}
			return always(n)
		})
		synctest.Wait()
		err := b.Publish("class/lamp/light/set", []byte("on"), 0, false)
		var e *fault.Error
		if !errors.Is(err, ErrOffline) || !errors.As(err, &e) || e.Fault != fault.Refused || e.Where != "pc:1883" {
			t.Errorf("got %v", err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(b.now.sent) != 0 {
			t.Errorf("it was kept and sent: %v", b.now.sent)
		}
		if err := b.Publish("a", nil, 0, false); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if !slices.Equal(b.now.sent, []string{"a"}) {
			t.Errorf("sent %v", b.now.sent)
		}
		b.Close()
		if err := b.Publish("a", nil, 0, false); !errors.Is(err, ErrOffline) || !b.now.closed {
			t.Errorf("after Close: %v, said goodbye: %v", err, b.now.closed)
		}
	})
}

func TestAStuckConnectionBlocksNobodyAndSendsNothingLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{block: make(chan struct{})}
		b := newBed(Options{}, func(int) (*fake, error) { return f, nil })
		synctest.Wait()
		full := 0
		for i := range maxQueue + 10 {
			if err := b.Publish(fmt.Sprint(i), nil, 0, false); errors.Is(err, ErrFull) {
				full++
			}
			synctest.Wait()
		}
		if full != 9 { // one is being sent
			t.Errorf("%d were refused", full)
		}
		time.Sleep(stale + time.Second)
		close(f.block)
		synctest.Wait()
		if !slices.Equal(f.sent, []string{"0"}) || b.Dropped() != 0 {
			t.Errorf("sent %d, dropped %d", len(f.sent), b.Dropped())
		}
		f.lost(io.EOF)
		synctest.Wait()
		if b.Dropped() != maxQueue {
			t.Errorf("dropped %d", b.Dropped())
		}
		b.Close()
	})
}

func TestWhatGoesToAConnectionThatIsLostAlreadyIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		b := newBed(Options{Lost: func() { told++ }}, func(int) (*fake, error) { return &fake{dead: true}, nil })
		synctest.Wait()
		for range 3 {
			if err := b.Publish("a", nil, 0, false); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if b.Dropped() != 3 || told != 3 {
			t.Errorf("dropped %d, told %d times", b.Dropped(), told)
		}
		b.Close()
	})
}

func TestALossIsKnownAtOnceEvenWhileAPublishHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{block: make(chan struct{})}
		b := newBed(Options{}, func(int) (*fake, error) { return f, nil })
		synctest.Wait()
		if err := b.Publish("a", nil, 0, false); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		f.lost(io.EOF)
		synctest.Wait()
		if s := b.State(); s.Phase != Waiting {
			t.Errorf("%v", s.Phase)
		}
		if err := b.Publish("b", nil, 0, false); !errors.Is(err, ErrOffline) {
			t.Errorf("got %v", err)
		}
		close(f.block)
		b.Close()
	})
}

func TestSubscriptionsAreMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answers []SubState
		b := newBed(Options{Subscribed: func(s SubState) { answers = append(answers, s) }}, always)
		for _, f := range []string{"a/#", "b", "gone"} {
			if err := b.Subscribe(f, 1); err != nil {
				t.Error(err)
			}
		}
		b.Unsubscribe("gone")
		synctest.Wait()
		first := b.now
		b.now.lost(io.EOF)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		again := slices.Sorted(slices.Values(b.now.subs))
		if b.now == first || !slices.Equal(again, []string{"a/#", "b"}) {
			t.Errorf("subscribed to %v", again)
		}
		if last := answers[len(answers)-1]; last.QoS != 1 || last.Err != nil {
			t.Errorf("answer %+v", last)
		}
		b.Close()
	})
}

func TestDropSaysNoGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{}, always)
		synctest.Wait()
		b.Drop()
		if !b.now.dropped || b.now.closed {
			t.Errorf("dropped %v, closed %v", b.now.dropped, b.now.closed)
		}
	})
}

func TestWhatWaitsIsSentBeforeTheGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{}, always)
		synctest.Wait()
		for i := range 50 {
			if err := b.Publish(fmt.Sprint(i), nil, 0, false); err != nil {
				t.Error(err)
			}
		}
		b.Close()
		if len(b.now.sent) != 50 || !b.now.closed {
			t.Errorf("sent %d, closed %v", len(b.now.sent), b.now.closed)
		}
	})
}

func TestOneClientIDForAllConnectionsAndNoTwoLinksShareIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newBed(Options{}, always), newBed(Options{}, always)
		synctest.Wait()
		if a.now.clientID == b.now.clientID || len(a.now.clientID) > 23 {
			t.Errorf("%q and %q", a.now.clientID, b.now.clientID)
		}
		id := a.now.clientID
		a.now.lost(io.EOF)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if a.now.clientID != id {
			t.Errorf("%q, then %q", id, a.now.clientID)
		}
		a.Close()
		b.Close()
	})
}

func TestAttemptsLieApartAsTheBrokerWantsItHoweverOftenSomebodyRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(Options{MinConnectInterval: 3 * time.Second}, func(int) (*fake, error) { return nil, errRefused })
		for range 300 {
			time.Sleep(100 * time.Millisecond)
			b.Retry()
		}
		b.Close()
		if len(b.attempts) < 5 {
			t.Fatalf("only %d attempts", len(b.attempts))
		}
		for i, at := range b.attempts[1:] {
			if at-b.attempts[i] < 3*time.Second {
				t.Errorf("attempts at %v and %v", b.attempts[i], at)
			}
		}
	})
}
