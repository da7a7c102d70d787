package broker

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mochi-mqtt/server/v2/packets"
	"go.etcd.io/bbolt"

	"lamplighter/app/link"
	"lamplighter/device/topic"
)

func TestQuotaCountsEveryShareAndOwnerByItself(t *testing.T) {
	t.Parallel()
	q := newQuota()
	pupil, other := owner{guestsShare, "pupil", "10.0.0.7"}, owner{guestsShare, "pupil", "10.0.0.8"}
	lamp := owner{Share: boardsShare, User: "lamp"}
	if !q.set("class/other", 1000, other) {
		t.Fatal("no room at all")
	}
	for i := 0; q.set(fmt.Sprint("class/", i), 1<<20, pupil); i++ {
	}
	if u := q.shares[guestsShare]; u.bytes > 16<<20 || u.bytes < 15<<20 {
		t.Errorf("guests have %+v", u)
	}
	if who := q.most(guestsShare); who != pupil {
		t.Errorf("most is %+v's", who)
	}
	if !q.set("class/other", 2000, other) || q.set("class/other", 2<<20, other) || q.entries["class/other"].size != 2000 {
		t.Error("a value in another's place is counted wrongly")
	}
	for i := range 200 { // each board has its room, and no more
		board := owner{Share: boardsShare, User: fmt.Sprint("lamp-", i)}
		if !q.set(fmt.Sprintf("class/lamp-%d/light", i), 2000, board) {
			t.Fatalf("board %d does not fit", i)
		}
	}
	if q.set("class/lamp/big", 1<<20+1, lamp) || !q.set("class/lamp/big", 1<<20, lamp) || q.set("class/lamp/light", 2000, lamp) {
		t.Error("a board is not bounded")
	}
	for i := range boardLimit.topics + 10 {
		q.set(fmt.Sprintf("class/lamp-1/%d", i), 1, owner{Share: boardsShare, User: "lamp-1"})
	}
	if u := q.boards["lamp-1"]; u.topics != boardLimit.topics {
		t.Errorf("a board has %+v", u)
	}
	for topic := range q.entries {
		q.remove(topic)
	}
	if q.shares != [3]usage{} || len(q.owners) != 0 || len(q.boards) != 0 {
		t.Errorf("left: %+v, %v, %v", q.shares, q.owners, q.boards)
	}
}

// fillShare leaves no room in a share of b.
func fillShare(t *testing.T, b *Broker, by owner) {
	t.Helper()
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	for i := 0; ; i++ {
		room := shareLimits[by.Share].bytes - b.store.quota.shares[by.Share].bytes
		if room <= 0 || !b.store.quota.set(fmt.Sprintf("filled/%d/%d", by.Share, i), min(room, 1<<20), by) {
			return
		}
	}
}

// A newcomer that heard the old value would see a lamp on whose board said off.
func TestQuotaThatIsFullErasesTheOldValueAndNamesWhoFillsIt(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	app := join(t, appOptions(b), "class/#")
	pupil, lamp := join(t, options(b, "pupil", "secret")), join(t, options(b, "lamp", "secret"))
	pupil.send(t, "class/mine", "on", 1, true)
	lamp.send(t, "class/lamp/light", "on", 1, true)
	app.hears(t, "class/mine", "on")
	app.hears(t, "class/lamp/light", "on")
	fillShare(t, b, owner{guestsShare, "mallory", "10.0.0.66"})
	pupil.send(t, "class/mine", "off "+strings.Repeat("x", 1000), 1, true)
	long := strings.Repeat("x", 3000)
	pupil.send(t, "class/new", long, 1, true)
	lamp.send(t, "class/lamp/light", "off", 1, true) // boards always fit
	app.hears(t, "class/new", long)
	app.hears(t, "class/lamp/light", "off")
	for _, topic := range []string{"class/mine", "class/new"} {
		n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == TooMuchKept && n.Topic == topic })
		if n.User != "pupil" || n.Holder != "mallory" || n.HolderAddr != "10.0.0.66" {
			t.Errorf("%+v", n)
		}
	}
	late := join(t, appOptions(b), "class/#")
	late.hears(t, "class/lamp/light", "off")
	app.send(t, "class/end", "1", 1, false)
	late.hears(t, "class/end", "1")
	for _, m := range late.messages.list() {
		if m.Topic == "class/mine" || m.Topic == "class/new" {
			t.Errorf("a newcomer hears %s = %.10s", m.Topic, m.Payload)
		}
	}
}

// 130 messages with 64 KB × 128 of user properties were a gigabyte.
func TestQuotaCountsPropertiesAndKeepsNoneOfGuestsUserProperties(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c := connectRaw(t, b, connectAs("props", "pupil", "secret"))
	app := join(t, appOptions(b), "class/#")
	pk := publishOf("class/props", "1", 0, true)
	pk.Properties = packets.Properties{
		User: []packets.UserProperty{{Key: "secret", Val: strings.Repeat("u", 60_000)}}, ContentType: strings.Repeat("c", 1000),
		ResponseTopic: strings.Repeat("r", 2000), CorrelationData: make([]byte, 3000),
	}
	write(t, c, pk)
	app.hears(t, "class/props", "1")
	b.store.mu.Lock()
	size := b.store.quota.entries["class/props"].size
	b.store.mu.Unlock()
	if want := retainedSize("class/props", 1, 6000); size != want {
		t.Errorf("%d bytes are counted, want %d", size, want)
	}
	if kept, _ := b.server.Topics.Retained.Get("class/props"); len(kept.Properties.User) != 0 || len(kept.Properties.CorrelationData) != 3000 {
		t.Errorf("kept: %+v", kept.Properties)
	}
	user, password := b.App() // the program's own are kept, and counted
	own := connectRaw(t, b, connectAs("own", user, password))
	pk.TopicName = "class/own"
	write(t, own, pk)
	app.hears(t, "class/own", "1")
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if size, want := b.store.quota.entries["class/own"].size, retainedSize("class/own", 1, 6000+6+60_000+propertyCost); size != want {
		t.Errorf("%d bytes are counted, want %d", size, want)
	}
}

func TestQuotaIsAskedForWillsToo(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	app := join(t, appOptions(b), "class/#")
	const all = 400 // of 60 KB, which is more than the share
	for i := range all {
		pk := connectAs("", "pupil", "secret")
		pk.Connect.ClientIdentifier, pk.Connect.WillFlag, pk.Connect.WillRetain = fmt.Sprint("w", i), true, true
		pk.Connect.WillTopic, pk.Connect.WillPayload = fmt.Sprint("class/will/", i), make([]byte, 60_000)
		_ = connectRaw(t, b, pk).Close()
	}
	for i := range all {
		app.messages.wait(t, "a will", func(m link.Message) bool { return m.Topic == fmt.Sprint("class/will/", i) })
	}
	notices.wait(t, "a notice", func(n Notice) bool {
		return n.Kind == TooMuchKept && n.Holder == "pupil" && n.HolderAddr == "127.0.0.1"
	})
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if u := b.store.quota.shares[guestsShare]; u.bytes > shareLimits[guestsShare].bytes || u.topics < 200 {
		t.Errorf("%+v", u)
	}
}

// A file of an older version may hold a gigabyte.
func TestQuotaHoldsForWhatIsReadFromTheDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := bbolt.Open(filepath.Join(dir, storeFile), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{retainedBucket, willBucket} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		keep := func(will bool, key, topic string, size int) error {
			r := newRecord(publishOf(topic, strings.Repeat("x", size), 1, true), owner{})
			r.By = nil
			return put(tx, change{will, key}, r)
		}
		for i := range 20 {
			if err := keep(false, fmt.Sprint("class/", i), fmt.Sprint("class/", i), 1<<20); err != nil {
				return err
			}
		}
		if err := keep(false, "class/zz/light", "class/zz/light", 10); err != nil {
			return err
		}
		return keep(true, "gone", "class/19", 1<<20)
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	notices := newHeard[Notice]()
	boardOf := func(name string) string {
		if topic.IsBelow(name, "class/zz") {
			return "lamp"
		}
		return ""
	}
	open := func() map[string]bool {
		s := openStore(dir, boardOf, slog.New(slog.DiscardHandler), newNoticeLimiter(notices.put))
		topics := map[string]bool{}
		for _, pk := range s.packets() {
			topics[pk.TopicName] = true
		}
		if s.quota.shares[guestsShare].bytes > shareLimits[guestsShare].bytes || len(topics) != len(s.quota.entries) {
			t.Errorf("%+v, %d topics", s.quota.shares, len(topics))
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		return topics
	}
	first := open()
	if len(first) < 15 || !first["class/zz/light"] {
		t.Errorf("kept %v", first)
	}
	n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == TooMuchKept })
	if n.Count < 4 {
		t.Errorf("%+v", n)
	}
	if second := open(); len(second) != len(first) || len(notices.list()) != 1 {
		t.Errorf("then %d of %d, %d notices", len(second), len(first), len(notices.list()))
	}
}

// On a disk that is full, what comes and goes must not gather in memory.
func TestWhatWasNeverWrittenLeavesNothingToDelete(t *testing.T) {
	t.Parallel()
	s := &store{quota: newQuota(), pending: map[change]*record{}, onDisk: map[change]bool{}, wake: make(chan struct{}, 1)}
	for i := range 10_000 {
		topic := fmt.Sprint("class/", i)
		s.retain(publishOf(topic, "1", 0, true), owner{})
		s.retain(publishOf(topic, "", 0, true), owner{})
		s.keepWill(topic, publishOf(topic, "1", 0, true), owner{})
		s.forgetWill(topic)
	}
	if len(s.pending) != 0 {
		t.Errorf("%d changes are pending", len(s.pending))
	}
	kept := change{false, "class/kept"}
	s.onDisk[kept] = true
	s.retain(publishOf(kept.key, "1", 0, true), owner{})
	s.retain(publishOf(kept.key, "", 0, true), owner{})
	if r, there := s.pending[kept]; !there || r != nil {
		t.Error("what is on the disk is not deleted")
	}
}
