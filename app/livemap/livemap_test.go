package livemap

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/topics"
)

// told is a broker of which a test says what it does.
type told struct {
	report   func([]broker.TraceEvent, int)
	sessions []broker.Session
	retained []string
	stopped  int
}

func (b *told) Trace(report func([]broker.TraceEvent, int)) func() {
	b.report = report
	return func() { b.report = nil; b.stopped++ }
}

func (b *told) Sessions() []broker.Session { return b.sessions }

func (b *told) RetainedTopics() []string { return b.retained }

func (b *told) tell(all ...broker.TraceEvent) { b.report(all, 0) }

// room is a map with a clock that stands still.
type room struct {
	*Map
	*told
	t       *testing.T
	now     time.Time
	builtIn bool
	lamps   *lights.Panel
	topics  *topics.Tree
	seen    map[uint64]Dot // dots by serial
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{told: &told{}, t: t, now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), builtIn: true, topics: topics.New(1 << 20), seen: map[uint64]Dot{}}
	r.lamps = lights.New(lights.Options{Post: func(f func()) { f() }, Classroom: "class"})
	t.Cleanup(r.lamps.Close)
	r.Map = New(Options{
		Trace: r.told, Lamps: r.lamps, Topics: r.topics, BuiltIn: func() bool { return r.builtIn }, Now: func() time.Time { return r.now },
	})
	r.told.sessions = []broker.Session{{Client: "app-1", Role: broker.App, Connected: true, Subscriptions: []broker.Subscription{{Filter: "class/#", QoS: 1}}}}
	return r
}

func (r *room) start() {
	r.Start()
	if r.BuiltIn() {
		r.tell(broker.TraceEvent{Kind: broker.TraceStarted})
	}
}

// pass has time pass, in frames.
func (r *room) pass(d time.Duration) {
	for end := r.now.Add(d); r.now.Before(end); r.now = r.now.Add(33 * time.Millisecond) {
		dots, _ := r.Advance(r.now)
		for _, d := range dots {
			r.seen[d.Serial] = d
		}
	}
}

// travelled is how many messages dots have stood for.
func (r *room) travelled() (in, out uint64) {
	for _, d := range r.seen {
		if d.Out {
			out += uint64(d.Count)
		} else {
			in += uint64(d.Count)
		}
	}
	return in, out
}

func connected(id string, role broker.Role, base string) broker.TraceEvent {
	return broker.TraceEvent{Kind: broker.TraceConnected, Client: id, Session: &broker.Session{Client: id, Role: role, Base: base, Connected: true}}
}

func message(number uint64, from, topic string) broker.TraceEvent {
	return broker.TraceEvent{Kind: broker.TracePublished, Client: from, Topic: topic, Message: number, Payload: []byte("on"), Size: 2}
}

func delivery(number uint64, to, topic string) broker.TraceEvent {
	return broker.TraceEvent{Kind: broker.TraceDelivered, Client: to, Topic: topic, Message: number}
}

func keys(all []*Client) (list []string) {
	for _, c := range all {
		list = append(list, c.Key)
	}
	return list
}

func TestAMessageTravelsToTheBrokerAndThenToItsSubscriber(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("lamp", broker.Board, "class/lamp-07"))
	r.tell(message(1, "lamp", "class/lamp-07/light"), delivery(1, "app-1", "class/lamp-07/light"))
	dots, more := r.Advance(r.now)
	if len(dots) != 1 || dots[0].Out || dots[0].Client.Key != "client lamp" || dots[0].Topic != "class/lamp-07/light" || !more {
		t.Fatalf("at first: %+v", dots)
	}
	r.now = r.now.Add(Travel / 2)
	if dots, _ = r.Advance(r.now); len(dots) != 1 || dots[0].Progress(r.now) != 0.5 {
		t.Fatalf("half way: %+v", dots)
	}
	r.now = r.now.Add(Travel / 2)
	if dots, _ = r.Advance(r.now); len(dots) != 1 || !dots[0].Out || dots[0].Client.Kind != ThisProgram {
		t.Fatalf("at the broker: %+v", dots)
	}
	r.pass(5 * time.Second)
	if dots, more = r.Advance(r.now); len(dots) != 0 || more {
		t.Errorf("in the end: %+v, %v", dots, more)
	}
	if last, ok := r.Topic("class/lamp-07/light"); !ok || last.Count != 1 || string(last.Last.Payload) != "on" {
		t.Errorf("the topic: %+v", last)
	}
}

func TestWhatIsMoreThanALineCanShowIsGatheredAndNothingIsMissing(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("lamp", broker.Board, "class/lamp-07"))
	const count = 2000
	for i := range uint64(count) {
		topic := fmt.Sprintf("class/lamp-07/%d", i%3)
		r.tell(message(i+1, "lamp", topic), delivery(i+1, "app-1", topic))
		if i%20 == 0 {
			r.pass(10 * time.Millisecond)
		}
	}
	if c := r.Find("client lamp"); c.In.Rate < 100 {
		t.Errorf("%d a second", c.In.Rate)
	}
	r.pass(10 * time.Second)
	in, out := r.travelled()
	if sums := r.Sums(); in != count || out != count || sums.In != count || sums.Out != count || r.Totals().Published != count || r.Totals().Delivered != count {
		t.Errorf("in %d, out %d, sums %+v, totals %+v", in, out, sums, r.Totals())
	}
	if len(r.seen) > 200 {
		t.Errorf("%d dots", len(r.seen))
	}
	if all, others := r.Topics(); len(all) != 3 || others != 0 || all[0].Count+all[1].Count+all[2].Count != count {
		t.Errorf("topics: %+v, %d", all, others)
	}
}

func TestClientsWithoutAPlaceAreGatheredAndStayCounted(t *testing.T) {
	r := newRoom(t)
	r.start()
	const clients = 100
	number := uint64(0)
	for i := range clients {
		id := fmt.Sprintf("program-%02d", i)
		r.tell(connected(id, broker.Pupil, ""))
		for range i {
			number++
			r.tell(message(number, id, "class/x"))
		}
	}
	list := r.Clients()
	if len(list) != MaxPlaces+1 || list[0].Kind != ThisProgram || list[MaxPlaces].Kind != Others || r.Gathered() != clients+1-MaxPlaces {
		t.Fatalf("%d places, %d gathered", len(list), r.Gathered())
	}
	r.pass(10 * time.Second)
	if in, _ := r.travelled(); in != number || r.Sums().In != number {
		t.Errorf("%d travelled, %d counted, of %d", in, r.Sums().In, number)
	}
	places := uint64(0)
	for _, c := range r.Clients() {
		places += c.In.Count
	}
	if places != number {
		t.Errorf("the places have %d", places)
	}
	for i := range clients / 2 {
		r.tell(broker.TraceEvent{Kind: broker.TraceDisconnected, Client: fmt.Sprintf("program-%02d", i)})
	}
	r.pass(LeftTime + time.Second)
	if r.Sums().In != number || len(r.Clients()) != MaxPlaces+1 {
		t.Errorf("after some left: %d counted, %d places", r.Sums().In, len(r.Clients()))
	}
}

func TestClientsComeAndGoAsTheBrokerTells(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("b", broker.Board, "class/lamp-02"), connected("a", broker.Board, "class/lamp-01"), connected("p", broker.Pupil, ""), connected("app-2", broker.App, ""))
	if got := keys(r.Clients()); !slices.Equal(got, []string{"program", "client a", "client b", "client p"}) {
		t.Errorf("clients: %q", got)
	}
	if n := len(r.Find("program").Sessions); n != 2 {
		t.Errorf("this program has %d sessions", n)
	}
	r.tell(broker.TraceEvent{Kind: broker.TraceDisconnected, Client: "app-2"}, broker.TraceEvent{Kind: broker.TraceDisconnected, Client: "p", Departure: broker.LeftKeepAliveTimeout},
		broker.TraceEvent{Kind: broker.TraceDisconnected, Client: "b", SessionKept: true})
	if c := r.Find("client p"); c.Connected || c.Departure != broker.LeftKeepAliveTimeout || !r.Find("program").Connected {
		t.Errorf("who left: %+v", c)
	}
	r.pass(LeftTime + time.Second)
	if got := keys(r.Clients()); !slices.Equal(got, []string{"program", "client a", "client b"}) {
		t.Errorf("later: %q", got)
	}
	if c := r.Find("client b"); c.Connected || !c.SessionKept {
		t.Errorf("whose session is kept: %+v", c)
	}
	r.tell(connected("b", broker.Board, "class/lamp-02"))
	if c := r.Find("client b"); !c.Connected || c.SessionKept || len(c.Sessions) != 1 {
		t.Errorf("back: %+v", c)
	}
}

func TestSubscriptionsAreThoseThatWereGranted(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("p", broker.Pupil, ""),
		broker.TraceEvent{Kind: broker.TraceSubscribed, Client: "p", Topic: "class/b", QoS: 1},
		broker.TraceEvent{Kind: broker.TraceSubscribed, Client: "p", Topic: "class/a"},
		broker.TraceEvent{Kind: broker.TraceSubscribed, Client: "p", Topic: "home/#", Reason: broker.ReasonRights})
	if got := r.Find("client p").Session().Subscriptions; !slices.Equal(got, []broker.Subscription{{Filter: "class/a"}, {Filter: "class/b", QoS: 1}}) {
		t.Errorf("subscriptions: %v", got)
	}
	r.tell(broker.TraceEvent{Kind: broker.TraceUnsubscribed, Client: "p", Topic: "class/a"})
	if got := r.Find("client p").Session().Subscriptions; len(got) != 1 {
		t.Errorf("subscriptions: %v", got)
	}
}

func TestRetainedMessagesArePinned(t *testing.T) {
	r := newRoom(t)
	r.told.retained = []string{"class/a", "class/b"}
	r.start()
	r.tell(broker.TraceEvent{Kind: broker.TraceRetained, Topic: "class/a"}, broker.TraceEvent{Kind: broker.TraceRetained, Topic: "class/c"}, broker.TraceEvent{Kind: broker.TraceCleared, Topic: "class/b"})
	if n, newest := r.Retained(); n != 2 || !slices.Equal(newest, []string{"class/a", "class/c"}) {
		t.Errorf("%d: %q", n, newest)
	}
	for i := range 100 {
		r.tell(broker.TraceEvent{Kind: broker.TraceRetained, Topic: fmt.Sprint("class/", i)})
	}
	if n, newest := r.Retained(); n != 102 || len(newest) != MaxPins || newest[MaxPins-1] != "class/99" {
		t.Errorf("%d: %q", n, newest)
	}
}

func TestAWillIsSentByTheBrokerOfWhoWasLost(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("lamp", broker.Board, "class/lamp-07"), broker.TraceEvent{Kind: broker.TraceDisconnected, Client: "lamp", Departure: broker.LeftConnectionLost},
		broker.TraceEvent{Kind: broker.TraceWillSent, Client: "lamp", Topic: "class/lamp-07/status", Message: 1, Payload: []byte("offline")}, delivery(1, "app-1", "class/lamp-07/status"))
	if dots, _ := r.Advance(r.now); len(dots) != 1 || !dots[0].Out {
		t.Errorf("on their way: %+v", dots)
	}
	if c := r.Find("client lamp"); !c.WillSent || r.Totals().Wills != 1 || r.Totals().Published != 0 {
		t.Errorf("%+v, %+v", c, r.Totals())
	}
}

func TestWhatIsLostIsToldAndTheClientsAreRight(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("gone", broker.Pupil, ""))
	r.sessions = append(r.sessions, broker.Session{Client: "new", Role: broker.Pupil, Connected: true})
	r.report(nil, 17)
	if r.Totals().Lost != 17 || r.Find("client new") == nil || r.Find("client gone").Connected {
		t.Errorf("%+v, %q", r.Totals(), keys(r.Clients()))
	}
}

func TestNobodyFollowsTheBrokerWhileNobodyLooks(t *testing.T) {
	r := newRoom(t)
	if r.report != nil || r.Started() {
		t.Error("it is followed before anybody looks")
	}
	r.start()
	r.Stop()
	if r.report != nil || r.stopped != 1 {
		t.Error("it is followed after all have gone")
	}
}

func TestAtAnotherBrokerOnlyLampsAndTopicsAreSeen(t *testing.T) {
	r := newRoom(t)
	r.builtIn = false
	r.lamps.Receive("class/lamp-07/light", []byte("on"), true, r.now)
	r.start()
	if got := keys(r.Clients()); !slices.Equal(got, []string{"program", "lamp class/lamp-07", "unseen"}) {
		t.Fatalf("clients: %q", got)
	}
	at := r.now
	r.topics.Receive([]topics.Message{
		{Topic: "class/lamp-07/light", Payload: []byte("on"), Retained: true, At: at},
		{Topic: "class/lamp-07/light/set", Payload: []byte("off"), At: at},
		{Topic: "class/lamp-07/light", Payload: []byte("off"), At: at},
		{Topic: "elsewhere", Payload: []byte("1"), At: at},
		{Topic: "recorded", Payload: []byte("1"), Past: true, At: at},
	}, 3)
	if in := []uint64{r.Find("lamp class/lamp-07").In.Count, r.Find("unseen").In.Count, r.Find("program").Out.Count}; !slices.Equal(in, []uint64{1, 2, 4}) {
		t.Errorf("counts: %v", in)
	}
	if n, _ := r.Retained(); n != 1 || r.Totals().Lost != 3 || r.Totals().Delivered != 4 {
		t.Errorf("%+v", r.Totals())
	}
	r.builtIn = true
	r.Follow()
	if !r.BuiltIn() || r.report == nil {
		t.Error("the change of the broker is not followed")
	}
}

func TestAMessageIsHeldWithAllThatBecameOfIt(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("lamp", broker.Board, "class/lamp-07"), connected("p", broker.Pupil, ""),
		broker.TraceEvent{Kind: broker.TraceSubscribed, Client: "p", Topic: "class/+/status"})
	r.Hold("class/+/light")
	if h, waits := r.Held(); h != nil || !waits {
		t.Fatal("nothing is waited for")
	}
	r.tell(message(1, "p", "class/other"))
	r.tell(message(2, "lamp", "class/lamp-07/light"))
	r.tell(broker.TraceEvent{Kind: broker.TraceRetained, Topic: "class/lamp-07/light", Message: 2}, delivery(2, "app-1", "class/lamp-07/light"), message(3, "lamp", "class/lamp-07/light"))
	h, waits := r.Held()
	if h == nil || waits || h.Message.Message != 2 || h.From.Key != "client lamp" || h.Retention.Kind != broker.TraceRetained || len(h.Delivered) != 1 {
		t.Fatalf("held: %+v", h)
	}
	if len(h.Compared) != 2 || h.Compared[0].Filter != "class/#" || !h.Compared[0].Matches || h.Compared[1].Matches || h.Compared[1].Clients[0].Client.Key != "client p" {
		t.Errorf("compared: %+v", h.Compared)
	}
	if n := len(h.Compared[1].Levels); n != 3 {
		t.Errorf("%d levels", n)
	}
	r.Release()
	if h, waits := r.Held(); h != nil || waits {
		t.Error("it is still held")
	}
	r.Hold("")
	r.tell(broker.TraceEvent{Kind: broker.TraceRefused, Client: "p", Topic: "class/lamp-07/light", Message: 4, Right: broker.BoardOnlyTopic})
	if h, _ := r.Held(); h == nil || h.Message.Right != broker.BoardOnlyTopic || len(h.Compared) != 0 {
		t.Errorf("refused: %+v", h)
	}
}

func TestWhoLeavesWhileAMessageIsWaitedForFindsItHeld(t *testing.T) {
	r := newRoom(t)
	r.start()
	r.tell(connected("p", broker.Pupil, ""))
	r.Hold("")
	r.Detach()
	r.tell(message(1, "p", "class/x"), delivery(1, "app-1", "class/x"))
	r.Attach()
	if h, _ := r.Held(); h == nil || h.Message.Topic != "class/x" || len(h.Delivered) != 1 || r.Totals().Published != 1 {
		t.Errorf("held: %+v", h)
	}
	r.Release()
	r.Detach()
	if r.Started() {
		t.Error("it is followed though nothing is waited for")
	}
}

func TestNobodyIsWaitedForLongerThanAwayTime(t *testing.T) {
	for _, later := range []struct {
		name string
		do   func(r *room)
	}{
		{"a message comes", func(r *room) { r.tell(message(1, "p", "class/x")) }},
		{"somebody looks again", func(r *room) { r.Attach() }},
		{"another broker is used", func(r *room) { r.now = r.now.Add(-AwayTime); r.builtIn = false; r.Follow() }},
	} {
		r := newRoom(t)
		r.start()
		r.Hold("")
		r.Detach()
		r.now = r.now.Add(AwayTime)
		later.do(r)
		if h, waits := r.Held(); h != nil || waits || r.stopped != 1 {
			t.Errorf("%s: held %+v, waits %v, stopped %d times", later.name, h, waits, r.stopped)
		}
	}
}
