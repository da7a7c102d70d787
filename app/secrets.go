package app

import (
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/device/crash"
)

// secretKeys are the keys of all secrets that these settings may need.
func secretKeys(v settings.Values) []string {
	keys := []string{settings.FindKey, settings.PupilKey}
	for _, ssid := range v.Networks {
		keys = append(keys, settings.WiFiKey(ssid))
	}
	for _, c := range v.Connections {
		keys = append(keys, settings.ConnectionKey(c.ID))
	}
	for _, b := range v.Boards {
		keys = append(keys, settings.BoardKey(b.ID), settings.PlaceKey(b.ID))
	}
	for _, port := range practicePorts(v.Practice) {
		keys = append(keys, practiceKey(port))
	}
	return keys
}

const (
	safeRetry = 5 * time.Second // after a secret could not be kept
	safeTime  = 5 * time.Second // what closing gives to a keyring that may wait for a person
)

// safe gives the secrets without waiting: a keyring may ask its user for a
// password first. What is known is in memory; what is new is kept by a
// goroutine, and tried again where that failed. Get and set may be called from
// any goroutine.
type safe struct {
	kept settings.Secrets
	tell func(error) // told of a failure, and of nil when all is kept again; runs on the safe's goroutine

	mu     sync.Mutex
	known  map[string]device.Text
	dirty  map[string]device.Text // not kept yet; "" is to be forgotten
	unread map[string]bool        // they may exist, and could not be read
	failed error                  // of the last attempt

	wake, quit, done chan struct{}
	once             sync.Once
}

// newSafe reads the secrets with these keys, which may take as long as the
// keyring does.
func newSafe(kept settings.Secrets, keys []string, tell func(error)) *safe {
	s := &safe{
		kept: kept, tell: tell, known: map[string]device.Text{}, dirty: map[string]device.Text{}, unread: map[string]bool{},
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	for _, key := range keys {
		secret, err := settings.GetText(kept, key)
		switch {
		case err == nil:
			s.known[key] = secret
		case !errors.Is(err, settings.ErrNoSecret):
			s.unread[key] = true
			slog.Warn("a password could not be read", "err", err)
		}
	}
	crash.Go(s.work)
	return s
}

func (s *safe) get(key string) device.Text {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[key]
}

// lacks tells whether there is no such secret. One that could not be read may
// be there, and must not be replaced by a new one.
func (s *safe) lacks(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[key] == "" && !s.unread[key]
}

// set keeps a secret; "" forgets it.
func (s *safe) set(key string, secret device.Text) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[key] == secret && !s.unread[key] {
		return
	}
	s.known[key], s.dirty[key] = secret, secret
	delete(s.unread, key)
	if secret == "" {
		delete(s.known, key)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *safe) work() {
	defer close(s.done)
	for {
		select {
		case <-s.wake:
		case <-s.quit:
			s.write()
			return
		}
		for s.write() != nil {
			t := time.NewTimer(safeRetry)
			select {
			case <-t.C:
			case <-s.quit:
				t.Stop()
				s.write()
				return
			}
		}
	}
}

// write keeps what is not kept yet, and tells how that went where it is news.
func (s *safe) write() error {
	s.mu.Lock()
	todo, before := maps.Clone(s.dirty), s.failed
	s.mu.Unlock()
	var failed error
	for key, secret := range todo {
		err := s.keep(key, secret)
		if err != nil {
			failed = err
			continue
		}
		s.mu.Lock()
		if now, still := s.dirty[key]; still && now == secret {
			delete(s.dirty, key)
		}
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.failed = failed
	s.mu.Unlock()
	if (failed == nil) != (before == nil) {
		s.tell(failed)
	}
	return failed
}

func (s *safe) keep(key string, secret device.Text) error {
	if secret == "" {
		return s.kept.Delete(key)
	}
	return settings.SetText(s.kept, key, secret)
}

// close keeps what waits, for safeTime at most.
func (s *safe) close() error {
	s.once.Do(func() { close(s.quit) })
	late := time.NewTimer(safeTime)
	defer late.Stop()
	select {
	case <-s.done:
	case <-late.C:
		return errSafe
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

var errSafe = &device.Error{Fault: device.Unknown, Op: "keep passwords", Err: errors.New("the system's keyring does not answer")}
