package broker

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/storage"
	"github.com/mochi-mqtt/server/v2/packets"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"lamplighter/device"
)

// Bounds of what is retained.
const (
	maxRetained      = 20_000                 // topics
	maxRetainedBytes = 64 << 20               // payloads
	maxRetainedTopic = 4096                   // bytes of a topic; bbolt's keys are bounded
	commitPause      = 250 * time.Millisecond // between two commits, each of which costs a disk flush
	commitRetry      = 5 * time.Second        // after one that failed
)

const storeFile = "retained.db"

var (
	retainedBucket = []byte("retained") // topic → storage.Message as JSON
	willBucket     = []byte("wills")    // client id → storage.Message: what to retain if we die
)

// store is mochi's hook that keeps retained messages on the disk. A change is
// written within commitPause, on the store's own goroutine, so that no client
// waits for a disk. The retained wills of connected clients are kept as well:
// after a crash they are carried out at the next start, or the status of a
// board that left in the meantime would say online for ever.
type store struct {
	mqtt.HookBase
	log     *slog.Logger
	notices *reporter
	db      *bbolt.DB // nil = in memory only
	loaded  []storage.Message

	mu      sync.Mutex
	sizes   map[string]int // topic → bytes of its retained payload
	total   int
	pending map[change]*storage.Message // nil = delete
	wake    chan struct{}
	quit    chan struct{}
	done    chan struct{}
	failed  error // of the last commit
}

// change is what is to be written: a topic's message, or a client's will.
type change struct {
	will bool
	key  string
}

// openStore reads what is kept in dir. It never fails: a file that is broken is
// moved aside, and one that can't be used at all leaves the store in memory;
// both are reported.
func openStore(dir string, log *slog.Logger, notices *reporter) *store {
	s := &store{
		log: log, notices: notices, sizes: map[string]int{}, pending: map[change]*storage.Message{},
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	path := filepath.Join(dir, storeFile)
	db, messages, wills, err := load(path)
	if isDamage(err) {
		db, messages, wills, err = s.begin(path, err)
	}
	if err != nil {
		log.Error("retained messages are not kept on disk", "err", err)
		notices.say(Notice{Kind: StoreFailed, Err: storeError(err)})
	}
	s.db = db
	for _, m := range messages {
		s.loaded = append(s.loaded, m)
		s.sizes[m.TopicName] = len(m.Payload)
		s.total += len(m.Payload)
	}
	s.carryOut(wills)
	go s.write()
	return s
}

// isDamage tells a file that can't be understood from one that can't be read or
// written now, as on a full disk: that one stays where it is.
func isDamage(err error) bool {
	var number syscall.Errno
	return err != nil && !errors.Is(err, bolterrors.ErrTimeout) && !errors.As(err, &number)
}

// begin starts a new file in the place of one that is broken.
func (s *store) begin(path string, broken error) (*bbolt.DB, []storage.Message, map[string]storage.Message, error) {
	moved, err := moveAside(path)
	if err != nil {
		return nil, nil, nil, errors.Join(broken, err)
	}
	s.log.Error("the store of retained messages is broken; a new one is begun", "err", broken, "moved", filepath.Base(moved))
	s.notices.say(Notice{Kind: StoreBroken, Path: moved, Err: storeError(broken)})
	return load(path)
}

func storeError(err error) error {
	return &device.Error{Fault: device.Unknown, Op: "keep retained messages", Err: err}
}

// load opens the file and reads all of it. A damaged file can make bbolt panic,
// and even read beyond the file's end; both are errors here.
func load(path string) (db *bbolt.DB, messages []storage.Message, wills map[string]storage.Message, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("damaged: %v", r)
		}
		if err != nil && db != nil {
			_ = db.Close()
			db = nil
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("open: %w", err)
	}
	wills = map[string]storage.Message{}
	isNew := false
	err = db.View(func(tx *bbolt.Tx) error {
		kept, last := tx.Bucket(retainedBucket), tx.Bucket(willBucket)
		if isNew = kept == nil || last == nil; isNew {
			return nil
		}
		return errors.Join(
			kept.ForEach(func(_, v []byte) error { return collect(v, func(m storage.Message) { messages = append(messages, m) }) }),
			last.ForEach(func(k, v []byte) error { return collect(v, func(m storage.Message) { wills[string(k)] = m }) }),
		)
	})
	if err != nil {
		return db, nil, nil, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(retainedBucket)
		_, err2 := tx.CreateBucketIfNotExists(willBucket)
		return errors.Join(err, err2)
	})
	if !isNew && !isDamage(err) {
		err = nil // a full disk: what is there can be read, and a commit tells
	}
	return db, messages, wills, err
}

// collect reads one message. Those that have expired (MQTT 5) are left out.
func collect(v []byte, take func(storage.Message)) error {
	var m storage.Message
	if err := json.Unmarshal(v, &m); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	life := int64(m.Properties.MessageExpiryInterval)
	if life == 0 || m.Created+life > time.Now().Unix() {
		take(m)
	}
	return nil
}

// carryOut retains the wills of those who were connected when we died.
func (s *store) carryOut(wills map[string]storage.Message) {
	for id, w := range wills {
		s.pending[change{true, id}] = nil
		s.pending[change{false, w.TopicName}] = &w
		s.total += len(w.Payload) - s.sizes[w.TopicName]
		s.sizes[w.TopicName] = len(w.Payload)
		s.loaded = append(s.loaded, w) // later ones win
	}
	s.nudge()
}

// ID names the hook.
func (s *store) ID() string { return "store" }

// Provides tells mochi what to ask.
func (s *store) Provides(b byte) bool {
	switch b {
	case mqtt.OnRetainedExpired, mqtt.StoredRetainedMessages:
		return true
	}
	return false
}

// StoredRetainedMessages gives mochi what was kept.
func (s *store) StoredRetainedMessages() ([]storage.Message, error) {
	m := s.loaded
	s.loaded = nil
	return m, nil
}

// fits tells whether a message may be retained.
func (s *store) fits(topic string, size int) bool {
	if size == 0 {
		return true // it deletes
	}
	if len(topic) > maxRetainedTopic || strings.Count(topic, "/") >= maxLevels {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, known := s.sizes[topic]
	return (known || len(s.sizes) < maxRetained) && s.total-old+size <= maxRetainedBytes
}

// retain notes a retained message, or that there is none any more.
func (s *store) retain(pk packets.Packet) {
	if len(pk.Payload) == 0 {
		s.forget(pk.TopicName)
		return
	}
	s.mu.Lock()
	s.total += len(pk.Payload) - s.sizes[pk.TopicName]
	s.sizes[pk.TopicName] = len(pk.Payload)
	s.pending[change{false, pk.TopicName}] = record(pk)
	s.mu.Unlock()
	s.nudge()
}

// OnRetainedExpired notes that a message has expired (MQTT 5).
func (s *store) OnRetainedExpired(topic string) { s.forget(topic) }

func (s *store) forget(topic string) {
	s.mu.Lock()
	size, known := s.sizes[topic]
	if known {
		s.total -= size
		delete(s.sizes, topic)
		s.pending[change{false, topic}] = nil
	}
	s.mu.Unlock()
	if known {
		s.nudge()
	}
}

// keepWill notes what is to be retained should we die.
func (s *store) keepWill(clientID string, pk packets.Packet) {
	if !pk.FixedHeader.Retain || len(pk.Payload) == 0 {
		return
	}
	pk.Created = time.Now().Unix()
	s.mu.Lock()
	s.pending[change{true, clientID}] = record(pk)
	s.mu.Unlock()
	s.nudge()
}

// forgetWill forgets a will that was sent, or taken back.
func (s *store) forgetWill(clientID string) {
	s.mu.Lock()
	s.pending[change{true, clientID}] = nil
	s.mu.Unlock()
	s.nudge()
}

// record is a retained message as it is kept on the disk.
func record(pk packets.Packet) *storage.Message {
	return &storage.Message{
		T: storage.RetainedKey, TopicName: pk.TopicName, Payload: pk.Payload, Origin: pk.Origin, Created: pk.Created,
		FixedHeader: pk.FixedHeader,
		Properties: storage.MessageProperties{
			CorrelationData: pk.Properties.CorrelationData, User: pk.Properties.User, ContentType: pk.Properties.ContentType,
			ResponseTopic: pk.Properties.ResponseTopic, MessageExpiryInterval: pk.Properties.MessageExpiryInterval,
			PayloadFormat: pk.Properties.PayloadFormat, PayloadFormatFlag: pk.Properties.PayloadFormatFlag,
		},
	}
}

func (s *store) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write commits what is pending, until close.
func (s *store) write() {
	defer close(s.done)
	for {
		select {
		case <-s.wake:
		case <-s.quit:
			s.commit()
			return
		}
		pause := commitPause
		if s.commit() != nil {
			pause = commitRetry
			s.nudge()
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-s.quit:
			t.Stop()
			s.commit()
			return
		}
	}
}

// commit writes what is pending in one transaction.
func (s *store) commit() error {
	s.mu.Lock()
	changes := s.pending
	s.pending = map[change]*storage.Message{}
	s.mu.Unlock()
	if len(changes) == 0 || s.db == nil {
		return nil
	}
	err := s.apply(changes)
	s.mu.Lock()
	s.failed = err
	if err != nil {
		for c, m := range changes {
			if _, newer := s.pending[c]; !newer {
				s.pending[c] = m
			}
		}
	}
	s.mu.Unlock()
	if err != nil {
		s.log.Error("retained messages can't be written", "err", err)
		s.notices.say(Notice{Kind: StoreFailed, Err: storeError(err)})
		return err
	}
	s.log.Debug("retained messages written", "changes", len(changes))
	return nil
}

func (s *store) apply(changes map[change]*storage.Message) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			// bbolt still holds its locks; the next start moves the file aside.
			s.db = nil
			err = fmt.Errorf("damaged: %v", r)
		}
	}()
	return s.db.Update(func(tx *bbolt.Tx) error {
		for c, m := range changes {
			if err := put(tx, c, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func put(tx *bbolt.Tx, c change, m *storage.Message) error {
	b := tx.Bucket(retainedBucket)
	if c.will {
		b = tx.Bucket(willBucket)
	}
	if c.key == "" || len(c.key) > bbolt.MaxKeySize {
		return nil
	}
	if m == nil {
		return b.Delete([]byte(c.key))
	}
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	return b.Put([]byte(c.key), data)
}

// close writes what is pending and closes the file.
func (s *store) close() error {
	close(s.quit)
	<-s.done
	err := s.failed
	if s.db != nil {
		err = errors.Join(err, s.db.Close())
	}
	if err != nil {
		return storeError(err)
	}
	return nil
}

// moveAside renames a file that is broken to one that is free, and tells which.
func moveAside(path string) (string, error) {
	to := path + ".broken-" + time.Now().UTC().Format("20060102-150405.000000000")
	if err := os.Rename(path, to); err != nil {
		return "", fmt.Errorf("move aside: %w", err)
	}
	return to, nil
}
