package app

import (
	"log/slog"
	"sync"

	"lamplighter/app/settings"
	"lamplighter/device"
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
		keys = append(keys, settings.BoardKey(b.ID))
	}
	for _, port := range practicePorts(v.Practice) {
		keys = append(keys, practiceKey(port))
	}
	return keys
}

// safe gives the secrets without waiting: a keyring may ask its user for a
// password first. What is known is in memory; what is new is kept by a
// goroutine, one after the other. Get and set may be called from any goroutine.
type safe struct {
	kept settings.Secrets

	mu    sync.Mutex
	known map[string]device.Text
	queue []func() error // as long as a person can make it within one slow call
	wake  chan struct{}
	done  chan struct{}
}

// newSafe reads the secrets with these keys, which may take as long as the
// keyring does.
func newSafe(kept settings.Secrets, keys []string) *safe {
	s := &safe{kept: kept, known: map[string]device.Text{}, wake: make(chan struct{}, 1), done: make(chan struct{})}
	for _, key := range keys {
		if secret, err := settings.GetText(kept, key); err == nil {
			s.known[key] = secret
		}
	}
	go s.work()
	return s
}

func (s *safe) get(key string) device.Text {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[key]
}

// set keeps a secret; "" forgets it. With lasting false it is kept in memory
// only, for as long as the program runs.
func (s *safe) set(key string, secret device.Text, lasting bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[key] == secret {
		return
	}
	s.known[key] = secret
	if secret == "" {
		delete(s.known, key)
	}
	if !lasting {
		secret = ""
	}
	s.queue = append(s.queue, func() error {
		if secret == "" {
			return s.kept.Delete(key)
		}
		return settings.SetText(s.kept, key, secret)
	})
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *safe) work() {
	defer close(s.done)
	for range s.wake {
		s.drain()
	}
	s.drain()
}

func (s *safe) drain() {
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			s.mu.Unlock()
			return
		}
		next := s.queue[0]
		s.queue = s.queue[1:]
		s.mu.Unlock()
		if err := next(); err != nil {
			slog.Warn("a secret could not be kept", "err", err)
		}
	}
}

// close keeps what waits, and returns.
func (s *safe) close() {
	close(s.wake)
	<-s.done
}
