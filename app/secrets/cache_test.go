package secrets_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/secrets"
	"lamplighter/device/fault"
)

// ring is a keyring that can be locked.
type ring struct {
	secrets.Store
	mu     sync.Mutex
	kept   map[string]string
	locked bool
	hangs  chan struct{} // nil: it answers
}

var errLocked = errors.New("the keyring is locked")

func (r *ring) Get(key string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.kept[key]
	switch {
	case r.locked:
		return "", errLocked
	case !ok:
		return "", secrets.ErrNone
	}
	return v, nil
}

func (r *ring) Set(key, value string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hangs != nil {
		<-r.hangs
	}
	if r.locked {
		return errLocked
	}
	r.kept[key] = value
	return nil
}

func (r *ring) Delete(key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.locked {
		return errLocked
	}
	delete(r.kept, key)
	return nil
}

func (r *ring) lock(locked bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.locked = locked
}

func TestWhatIsSetIsAtHandAtOnceAndKeptByTheEnd(t *testing.T) {
	r := &ring{kept: map[string]string{"old": "chalk", "away": "x"}}
	c := secrets.NewCache(r, []string{"old", "away", "none"}, func() { t.Error("nothing failed") })
	if got := c.Get("old"); got != "chalk" || c.IsMissing("old") || !c.IsMissing("none") {
		t.Errorf("old is %q", got)
	}
	c.Set("new", "cheese")
	c.Set("away", "")
	if c.Get("new") != "cheese" || c.Get("away") != "" || !c.IsMissing("away") {
		t.Error("it is not at hand")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, there := r.kept["away"]; there || r.kept["new"] != "cheese" {
		t.Errorf("kept %v", r.kept)
	}
}

// half can read all but one secret today.
type half struct{ *ring }

func (h half) Get(key string) (string, error) {
	if key == "find" {
		return "", errLocked
	}
	return h.ring.Get(key)
}

func TestASecretThatCannotBeReadIsNotTakenForMissing(t *testing.T) {
	c := secrets.NewCache(half{&ring{}}, []string{"find", "pupil"}, func() {})
	if c.IsMissing("find") || !c.IsMissing("pupil") {
		t.Errorf("lacks %v, %v", c.IsMissing("find"), c.IsMissing("pupil"))
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeKeptIsToldOnceAndTriedUntilItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &ring{kept: map[string]string{}, locked: true}
		var c *secrets.Cache
		var told []error
		c = secrets.NewCache(r, nil, func() { told = append(told, c.Err()) })
		c.Set("wifi", "chalk")
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(told) != 1 || !errors.Is(told[0], errLocked) {
			t.Fatalf("told %v", told)
		}
		r.lock(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(told) != 2 || told[1] != nil || r.kept["wifi"] != "chalk" {
			t.Errorf("told %v, kept %v", told, r.kept)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestTheEndWaitsForAKeyringButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &ring{kept: map[string]string{}, hangs: make(chan struct{})}
		c := secrets.NewCache(r, nil, func() {})
		c.Set("wifi", "chalk")
		var e *fault.Error
		if err := c.Close(); !errors.As(err, &e) {
			t.Errorf("%v", err)
		}
		close(r.hangs)
	})
}
