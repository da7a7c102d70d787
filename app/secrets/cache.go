package secrets

import (
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"lamplighter/app/worker"
	"lamplighter/device"
	"lamplighter/device/fault"
)

const (
	retryPause = 5 * time.Second // after a secret could not be kept
	closeTime  = 5 * time.Second // what closing gives to a keyring that may wait for a person
)

// Cache gives secrets without waiting: a keyring may ask its user for a password
// first. What is known is in memory; what is new is kept in the background, and
// tried again every 5 s where that failed. Its methods may be called from any
// goroutine, and only Close waits.
type Cache struct {
	store   Store
	changed func() // called when Err gives another answer; runs on the cache's goroutine

	mu     sync.Mutex
	known  map[string]device.Text
	dirty  map[string]device.Text // not kept yet; "" is to be forgotten
	unread map[string]bool        // they may exist, and could not be read
	failed error                  // of the last attempt

	saver *worker.Saver
}

// NewCache makes a cache of what is kept, with the secrets that have these keys, which
// may take as long as the keyring does. Changed is called, from a goroutine of the
// cache, when Err gives another answer.
func NewCache(kept Store, keys []string, changed func()) *Cache {
	c := &Cache{
		store: kept, changed: changed, known: map[string]device.Text{}, dirty: map[string]device.Text{}, unread: map[string]bool{},
	}
	for _, key := range keys {
		secret, err := GetText(kept, key)
		switch {
		case err == nil:
			c.known[key] = secret
		case !errors.Is(err, ErrNone):
			c.unread[key] = true
			slog.Warn("a password could not be read", "err", err)
		}
	}
	c.saver = worker.NewSaver(c.write, 0, retryPause)
	return c
}

// Get gives a secret; "" where there is none.
func (c *Cache) Get(key string) device.Text {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[key]
}

// IsMissing reports whether there is no such secret. One that could not be read may
// be there, and must not be replaced by a new one.
func (c *Cache) IsMissing(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[key] == "" && !c.unread[key]
}

// Err is why secrets can't be kept now, a *fault.Error, or nil.
func (c *Cache) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// Kind tells how well the secrets are protected.
func (c *Cache) Kind() Protection { return c.store.Kind() }

// Set keeps a secret; "" forgets it.
func (c *Cache) Set(key string, secret device.Text) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[key] == secret && !c.unread[key] {
		return
	}
	c.known[key], c.dirty[key] = secret, secret
	delete(c.unread, key)
	if secret == "" {
		delete(c.known, key)
	}
	c.saver.Wake()
}

// write keeps what is not kept yet.
func (c *Cache) write() error {
	c.mu.Lock()
	todo, before := maps.Clone(c.dirty), c.failed
	c.mu.Unlock()
	var failed error
	for key, secret := range todo {
		err := c.keep(key, secret)
		if err != nil {
			failed = err
			continue
		}
		c.mu.Lock()
		if now, still := c.dirty[key]; still && now == secret {
			delete(c.dirty, key)
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	c.failed = failed
	c.mu.Unlock()
	if (failed == nil) != (before == nil) {
		c.changed()
	}
	return failed
}

func (c *Cache) keep(key string, secret device.Text) error {
	if secret == "" {
		return c.store.Delete(key)
	}
	return SetText(c.store, key, secret)
}

// Close keeps what is not kept yet, for 5 s at most. It fails with a *fault.Error
// where that did not work.
func (c *Cache) Close() error {
	select {
	case <-c.saver.End():
	case <-time.After(closeTime):
		return errSilent
	}
	return c.Err()
}

var errSilent = &fault.Error{Fault: fault.Unknown, Op: "keep passwords", Err: errors.New("the system's keyring does not answer")}
