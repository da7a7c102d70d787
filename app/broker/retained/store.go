// Package retained keeps a broker's retained messages on the disk, and counts whose
// they are, so that nobody fills the place of others.
//
// No client waits for the disk but one that is to be told that its message is on it.
// The store never fails to open, never gives up what it can read, and never asks who
// may publish what.
package retained

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/mochi-mqtt/server/v2/hooks/storage"
	"github.com/mochi-mqtt/server/v2/packets"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"lamplighter/app/atomicfile"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

const (
	commitPause = 250 * time.Millisecond // between two commits, each of which costs a disk flush
	commitRetry = 5 * time.Second        // after one that failed
	ackPause    = 20 * time.Millisecond  // between two while somebody waits for one
)

// Bounds of what is read of the file, in bytes; what is more is dropped.
const (
	maxRecord = 8 << 20 // a message of the broker's largest packet as JSON
	maxFile   = 160 << 20
)

const storeFile = "retained.db"

var (
	retainedBucket = []byte("retained") // topic → record as JSON
	willBucket     = []byte("wills")    // client id → record: what to retain if we die
)

// record is a message as it is kept on the disk.
type record struct {
	storage.Message
	By *Owner `json:"by,omitempty"` // nil in a file of an older version
}

// Options say where to keep what, and who is told of trouble. The functions run on
// the store's goroutines, and must not block.
type Options struct {
	Dir     string
	BoardOf func(topic string) string // the board's user whose own a topic is, or ""
	Log     *slog.Logger
	Broken  func(moved string, err error)  // a file that can't be understood was moved aside, and a new one begun
	Failed  func(err error)                // the file can't be used or written now; it is tried again
	Dropped func(most Owner, messages int) // what was read did not fit; who has most of the share
}

// Store keeps retained messages on the disk. A change is written within
// commitPause, on the store's own goroutine, so that no client waits for a disk.
// The retained wills of connected clients are kept as well: after a crash they are
// carried out at the next start, or the status of a board that left in the
// meantime would say online for ever. Its methods may be called from any goroutine,
// but for Packets and Close.
type Store struct {
	o      Options
	db     *bbolt.DB // nil = in memory only
	loaded []record

	mu      sync.Mutex
	quota   *quota
	pending map[change]*record // nil = delete
	onDisk  map[change]bool    // or on its way there
	acks    []func()           // called after the next commit
	wake    chan struct{}
	hurry   chan struct{} // somebody waits for a commit
	quit    chan struct{}
	done    chan struct{}
	failed  error // of the last commit
}

// change is what is to be written: a topic's message, or a client's will.
type change struct {
	will bool
	key  string
}

// Open reads what is kept. It never fails: a file that is broken is moved aside, and
// one that can't be used at all leaves the store in memory; both are reported.
func Open(o Options) *Store {
	s := &Store{
		o: o, quota: newQuota(), pending: map[change]*record{}, onDisk: map[change]bool{},
		wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	path := filepath.Join(o.Dir, storeFile)
	db, kept, err := load(path)
	if isDamage(err) {
		db, kept, err = s.begin(path, err)
	}
	if err != nil {
		o.Log.Error("retained messages are not kept on disk", "err", err)
		o.Failed(storeError(err))
	}
	s.db = db
	s.load(kept)
	crash.Go(s.write)
	return s
}

// load counts what was read, and retains the wills of those who were connected
// when we died. What there is no room for is dropped.
func (s *Store) load(kept *contents) {
	for _, key := range kept.keys {
		s.onDisk[key] = true
	}
	for _, key := range append(kept.dropped, kept.expired...) {
		s.pending[key] = nil
	}
	lost := len(kept.dropped)
	var last Owner
	for _, r := range append(kept.messages, kept.wills...) { // later ones win
		if r.By == nil {
			r.By = s.ownerOf(r.TopicName)
		}
		if s.quota.set(r.TopicName, recordSize(r), *r.By) {
			s.loaded = append(s.loaded, r)
			continue
		}
		s.quota.remove(r.TopicName) // and what packets finds of it
		s.pending[change{false, r.TopicName}] = nil
		lost, last = lost+1, *r.By
	}
	for _, r := range kept.wills {
		s.pending[change{true, r.Client}] = nil
		if _, counted := s.quota.entries[r.TopicName]; counted {
			s.pending[change{false, r.TopicName}] = &r
		}
	}
	if lost > 0 {
		s.o.Log.Warn("retained messages were dropped, for there were too many", "count", lost)
		s.o.Dropped(s.quota.most(last.Share), lost)
	}
	s.nudge()
}

// ownerOf guesses whose a message is that an older version kept.
func (s *Store) ownerOf(topic string) *Owner {
	if user := s.o.BoardOf(topic); user != "" {
		return &Owner{Share: Boards, User: user}
	}
	return &Owner{Share: Guests}
}

// Packets lists what was read, as it is to be retained.
func (s *Store) Packets() []packets.Packet {
	all := make([]packets.Packet, 0, len(s.loaded))
	for _, r := range s.loaded {
		if _, counted := s.quota.entries[r.TopicName]; !counted {
			continue
		}
		pk := r.ToPacket()
		if life := r.Properties.MessageExpiryInterval; life > 0 {
			pk.Expiry, pk.ProtocolVersion = r.Created+int64(life), 5
		}
		all = append(all, pk)
	}
	s.loaded = nil
	return all
}

// isDamage tells a file that can't be understood from one that can't be read or
// written now, as on a full disk: that one stays where it is.
func isDamage(err error) bool {
	var number syscall.Errno
	return err != nil && !errors.Is(err, bolterrors.ErrTimeout) && !errors.As(err, &number)
}

// begin starts a new file in the place of one that is broken.
func (s *Store) begin(path string, broken error) (*bbolt.DB, *contents, error) {
	moved, err := atomicfile.MoveAside(path)
	if err != nil {
		return nil, &contents{}, errors.Join(broken, err)
	}
	s.o.Log.Error("the store of retained messages is broken; a new one is begun", "err", broken, "moved", filepath.Base(moved))
	s.o.Broken(moved, storeError(broken))
	return load(path)
}

func storeError(err error) error {
	return &fault.Error{Fault: fault.Unknown, Op: "keep retained messages", Err: err}
}

// contents is what a file holds.
type contents struct {
	messages, wills []record
	keys            []change // of all that is there
	dropped         []change // too large, or too much
	expired         []change
	bytes           int
}

// load opens the file and reads all of it. A damaged file can make bbolt panic,
// and even read beyond the file's end; both are errors here.
func load(path string) (db *bbolt.DB, kept *contents, err error) {
	kept = &contents{}
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
		return nil, kept, fmt.Errorf("open: %w", err)
	}
	isNew := false
	err = db.View(func(tx *bbolt.Tx) error {
		messages, wills := tx.Bucket(retainedBucket), tx.Bucket(willBucket)
		if isNew = messages == nil || wills == nil; isNew {
			return nil
		}
		return errors.Join(
			messages.ForEach(func(k, v []byte) error { return kept.read(change{false, string(k)}, v) }),
			wills.ForEach(func(k, v []byte) error { return kept.read(change{true, string(k)}, v) }),
		)
	})
	if err != nil {
		return db, &contents{}, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(retainedBucket)
		_, err2 := tx.CreateBucketIfNotExists(willBucket)
		return errors.Join(err, err2)
	})
	if !isNew && !isDamage(err) {
		err = nil // a full disk: what is there can be read, and a commit tells
	}
	return db, kept, err
}

// read reads one message. Those that have expired (MQTT 5) are left out.
func (c *contents) read(key change, v []byte) error {
	c.keys = append(c.keys, key)
	if c.bytes += len(v); len(v) > maxRecord || c.bytes > maxFile {
		c.dropped = append(c.dropped, key)
		return nil
	}
	var r record
	if err := json.Unmarshal(v, &r); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	life := int64(r.Properties.MessageExpiryInterval)
	switch {
	case life > 0 && r.Created+life <= time.Now().Unix():
		c.expired = append(c.expired, key)
	case key.will:
		r.Client = key.key
		c.wills = append(c.wills, r)
	default:
		c.messages = append(c.messages, r)
	}
	return nil
}

// Retain counts and notes a retained message, or that there is none any more. It
// reports whether there is room for it; without, its topic is forgotten, and who
// takes most of the share is returned.
func (s *Store) Retain(pk packets.Packet, by Owner) (most Owner, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(pk.Payload) > 0 {
		r := newRecord(pk, by)
		if s.quota.set(pk.TopicName, recordSize(*r), by) {
			s.pending[change{false, pk.TopicName}] = r
			s.nudge()
			return Owner{}, true
		}
		most = s.quota.most(by.Share)
	}
	s.drop(pk.TopicName)
	return most, len(pk.Payload) == 0
}

// Forget notes that nothing is retained on a topic any more.
func (s *Store) Forget(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(topic)
}

// drop is forget, for who holds the lock.
func (s *Store) drop(topic string) {
	if s.quota.remove(topic) {
		s.delete(change{false, topic})
	}
}

// delete notes that there is nothing to be kept any more. What was never written
// leaves nothing behind, or a disk that can't be written would fill the memory.
// The caller holds the lock.
func (s *Store) delete(c change) {
	if !s.onDisk[c] {
		delete(s.pending, c)
		return
	}
	s.pending[c] = nil
	s.nudge()
}

// KeepWill notes what is to be retained should we die.
func (s *Store) KeepWill(clientID string, pk packets.Packet, by Owner) {
	if !pk.FixedHeader.Retain || len(pk.Payload) == 0 {
		return
	}
	pk.Created = time.Now().Unix()
	s.mu.Lock()
	s.pending[change{true, clientID}] = newRecord(pk, by)
	s.mu.Unlock()
	s.nudge()
}

// ForgetWill forgets a will that was sent, or taken back.
func (s *Store) ForgetWill(clientID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delete(change{true, clientID})
}

func recordSize(r record) int {
	p := r.Properties
	return retainedSize(r.TopicName, len(r.Payload), PropertiesSize(packets.Properties{
		CorrelationData: p.CorrelationData, User: p.User, ContentType: p.ContentType, ResponseTopic: p.ResponseTopic,
	}))
}

func newRecord(pk packets.Packet, by Owner) *record {
	return &record{By: &by, Message: storage.Message{
		T: storage.RetainedKey, TopicName: pk.TopicName, Payload: pk.Payload, Origin: pk.Origin, Created: pk.Created,
		FixedHeader: pk.FixedHeader,
		Properties: storage.MessageProperties{
			CorrelationData: pk.Properties.CorrelationData, User: pk.Properties.User, ContentType: pk.Properties.ContentType,
			ResponseTopic: pk.Properties.ResponseTopic, MessageExpiryInterval: pk.Properties.MessageExpiryInterval,
			PayloadFormat: pk.Properties.PayloadFormat, PayloadFormatFlag: pk.Properties.PayloadFormatFlag,
		},
	}}
}

func (s *Store) nudge() { signal(s.wake) }

// signal leaves a token in a channel of capacity 1.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// After has done called when all that was noted so far is on the disk, or could
// not be written, which a notice tells: a lesson goes on without its disk. Done
// must not block; they are called in order.
func (s *Store) After(done func()) {
	s.mu.Lock()
	ill := s.failed != nil && len(s.acks) == 0
	if !ill {
		s.acks = append(s.acks, done)
	}
	s.mu.Unlock()
	if ill {
		done()
		return
	}
	s.nudge()
	signal(s.hurry)
}

// waitForCommit waits between two commits, for less if somebody waits for the next. It
// reports false when the store is to end.
func (s *Store) waitForCommit(failed bool) bool {
	short, long := time.NewTimer(ackPause), time.NewTimer(commitPause)
	if failed {
		long.Reset(commitRetry)
	}
	defer short.Stop()
	defer long.Stop()
	select {
	case <-short.C:
	case <-s.quit:
		return false
	}
	hurry := s.hurry
	if failed {
		hurry = nil // who waits was told already that there is no disk
	}
	select {
	case <-hurry:
	case <-long.C:
	case <-s.quit:
		return false
	}
	return true
}

// write commits what is pending, until close.
func (s *Store) write() {
	defer close(s.done)
	for {
		select {
		case <-s.wake:
		case <-s.quit:
			s.commit()
			return
		}
		failed := s.commit() != nil
		if failed {
			s.nudge()
		}
		if !s.waitForCommit(failed) {
			s.commit()
			return
		}
	}
}

// commit writes what is pending in one transaction.
func (s *Store) commit() error {
	s.mu.Lock()
	changes, acks := s.pending, s.acks
	s.pending, s.acks = map[change]*record{}, nil
	defer func() {
		for _, done := range acks {
			done()
		}
	}()
	var first []change // that were not there before
	for c, r := range changes {
		if r != nil && !s.onDisk[c] {
			s.onDisk[c] = true
			first = append(first, c)
		}
	}
	s.mu.Unlock()
	if len(changes) == 0 || s.db == nil {
		return nil
	}
	err := s.apply(changes)
	s.mu.Lock()
	s.failed = err
	if err != nil {
		s.requeue(changes, first)
	} else {
		for c, r := range changes {
			if r == nil && s.pending[c] == nil {
				delete(s.onDisk, c)
			}
		}
	}
	s.mu.Unlock()
	if err != nil {
		s.o.Log.Error("retained messages can't be written", "err", err)
		s.o.Failed(storeError(err))
		return err
	}
	s.o.Log.Debug("retained messages written", "changes", len(changes))
	return nil
}

// requeue makes changes that could not be written pending again, but for those
// that newer ones replace. The caller holds the lock.
func (s *Store) requeue(changes map[change]*record, first []change) {
	for c, r := range changes {
		if _, newer := s.pending[c]; !newer {
			s.pending[c] = r
		}
	}
	for _, c := range first {
		delete(s.onDisk, c)
		if s.pending[c] == nil {
			delete(s.pending, c)
		}
	}
}

func (s *Store) apply(changes map[change]*record) (err error) {
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
			if err := writeRecord(tx, c, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeRecord(tx *bbolt.Tx, c change, m *record) error {
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

// Close writes what is pending and closes the file.
func (s *Store) Close() error {
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
