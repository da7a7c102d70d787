package retained

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mochi-mqtt/server/v2/packets"
	"go.etcd.io/bbolt"

	"lamplighter/device/topic"
)

// optionsOf fills in what a test does not care for.
func optionsOf(dir string, o Options) Options {
	o.Dir, o.Log = dir, slog.New(slog.DiscardHandler)
	if o.BoardOf == nil {
		o.BoardOf = func(string) string { return "" }
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	if o.Dropped == nil {
		o.Dropped = func(Owner, int) {}
	}
	o.Broken = func(string, error) {}
	return o
}

func publishOf(topic, payload string, qos byte, retain bool) packets.Packet {
	return packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Qos: qos, Retain: retain}, TopicName: topic, Payload: []byte(payload),
	}
}

func TestQuotaCountsEveryShareAndOwnerByItself(t *testing.T) {
	t.Parallel()
	q := newQuota()
	pupil, other := Owner{Guests, "pupil", "10.0.0.7"}, Owner{Guests, "pupil", "10.0.0.8"}
	lamp := Owner{Share: Boards, User: "lamp"}
	if !q.set("class/other", 1000, other) {
		t.Fatal("no room at all")
	}
	for i := 0; q.set(fmt.Sprint("class/", i), 1<<20, pupil); i++ {
	}
	if u := q.shares[Guests]; u.bytes > 16<<20 || u.bytes < 15<<20 {
		t.Errorf("guests have %+v", u)
	}
	if who := q.most(Guests); who != pupil {
		t.Errorf("most is %+v's", who)
	}
	if !q.set("class/other", 2000, other) || q.set("class/other", 2<<20, other) || q.entries["class/other"].size != 2000 {
		t.Error("a value in another's place is counted wrongly")
	}
	for i := range 200 { // each board has its room, and no more
		board := Owner{Share: Boards, User: fmt.Sprint("lamp-", i)}
		if !q.set(fmt.Sprintf("class/lamp-%d/light", i), 2000, board) {
			t.Fatalf("board %d does not fit", i)
		}
	}
	if q.set("class/lamp/big", 1<<20+1, lamp) || !q.set("class/lamp/big", 1<<20, lamp) || q.set("class/lamp/light", 2000, lamp) {
		t.Error("a board is not bounded")
	}
	for i := range boardLimit.topics + 10 {
		q.set(fmt.Sprintf("class/lamp-1/%d", i), 1, Owner{Share: Boards, User: "lamp-1"})
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

// 130 messages with 64 KB × 128 of user properties were a gigabyte.
func TestQuotaCountsProperties(t *testing.T) {
	t.Parallel()
	s := Open(optionsOf(t.TempDir(), Options{}))
	pk := publishOf("class/own", "1", 0, true)
	pk.Properties = packets.Properties{
		User: []packets.UserProperty{{Key: "secret", Val: strings.Repeat("u", 60_000)}}, ContentType: strings.Repeat("c", 1000),
		ResponseTopic: strings.Repeat("r", 2000), CorrelationData: make([]byte, 3000),
	}
	s.Retain(pk, Owner{Share: Program})
	if size, want := s.quota.entries["class/own"].size, retainedSize("class/own", 1, 6000+6+60_000+propertyCost); size != want {
		t.Errorf("%d bytes are counted, want %d", size, want)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
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
			r := newRecord(publishOf(topic, strings.Repeat("x", size), 1, true), Owner{})
			r.By = nil
			return writeRecord(tx, change{will, key}, r)
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
	var dropped []int
	boardOf := func(name string) string {
		if topic.IsBelow(name, "class/zz") {
			return "lamp"
		}
		return ""
	}
	open := func() map[string]bool {
		s := Open(optionsOf(dir, Options{BoardOf: boardOf, Dropped: func(_ Owner, n int) { dropped = append(dropped, n) }}))
		topics := map[string]bool{}
		for _, pk := range s.Packets() {
			topics[pk.TopicName] = true
		}
		if s.quota.shares[Guests].bytes > shareLimits[Guests].bytes || len(topics) != len(s.quota.entries) {
			t.Errorf("%+v, %d topics", s.quota.shares, len(topics))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return topics
	}
	first := open()
	if len(first) < 15 || !first["class/zz/light"] {
		t.Errorf("kept %v", first)
	}
	if len(dropped) != 1 || dropped[0] < 4 {
		t.Errorf("dropped %v", dropped)
	}
	if second := open(); len(second) != len(first) || len(dropped) != 1 {
		t.Errorf("then %d of %d, %d notices", len(second), len(first), len(dropped))
	}
}

// On a disk that is full, what comes and goes must not gather in memory.
func TestWhatWasNeverWrittenLeavesNothingToDelete(t *testing.T) {
	t.Parallel()
	s := &Store{quota: newQuota(), pending: map[change]*record{}, onDisk: map[change]bool{}, wake: make(chan struct{}, 1)}
	for i := range 10_000 {
		topic := fmt.Sprint("class/", i)
		s.Retain(publishOf(topic, "1", 0, true), Owner{})
		s.Retain(publishOf(topic, "", 0, true), Owner{})
		s.KeepWill(topic, publishOf(topic, "1", 0, true), Owner{})
		s.ForgetWill(topic)
	}
	if len(s.pending) != 0 {
		t.Errorf("%d changes are pending", len(s.pending))
	}
	kept := change{false, "class/kept"}
	s.onDisk[kept] = true
	s.Retain(publishOf(kept.key, "1", 0, true), Owner{})
	s.Retain(publishOf(kept.key, "", 0, true), Owner{})
	if r, there := s.pending[kept]; !there || r != nil {
		t.Error("what is on the disk is not deleted")
	}
}

func TestWhatCanNotBeWrittenIsReportedAndTriedAgain(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 64)
	s := Open(optionsOf(t.TempDir(), Options{Failed: func(err error) { failed <- err }}))
	db := s.db
	if err := db.Close(); err != nil { // as if the disk were gone
		t.Fatal(err)
	}
	s.Retain(packets.Packet{TopicName: "class/a", Payload: []byte("1")}, Owner{})
	if <-failed == nil {
		t.Error("no reason is given")
	}
	s.mu.Lock()
	waiting := s.pending[change{false, "class/a"}]
	s.mu.Unlock()
	if waiting == nil || string(waiting.Payload) != "1" {
		t.Error("it is forgotten")
	}
	if s.Close() == nil {
		t.Error("close says that all is well")
	}
}
