package hosting_test

import (
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/discover"
	"lamplighter/app/hosting"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
)

// school is a built-in broker with what it is run by.
type school struct {
	*hosting.Host
	Settings *settings.Store
	secrets  *secrets.Cache
	started  int // lives of the broker that have begun, or failed to
}

// start runs a broker on dir until the test ends, or stop is called.
func start(t *testing.T, loop *apptest.Loop, dir string) (s *school, stop func()) {
	t.Helper()
	return startIn(t, loop, dir, nil)
}

// startIn runs a broker that is announced in a network.
func startIn(t *testing.T, loop *apptest.Loop, dir string, n *discover.Network) (s *school, stop func()) {
	t.Helper()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := settings.Open(dir, kept)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{secrets.MasterKey, secrets.FindKey, secrets.PupilKey}
	for _, b := range store.Values().Boards {
		keys = append(keys, secrets.BoardKey(b.ID))
	}
	s = &school{Settings: store, secrets: secrets.NewCache(kept, keys, func() {})}
	over := false
	s.Host = hosting.New(hosting.Options{
		Dir: dir, Settings: store, Secrets: s.secrets, Host: "127.0.0.1", Nearby: n, Started: func() { s.started++ },
		Post: func(f func()) {
			loop.Post(func() {
				if !over {
					f()
				}
			})
		},
	})
	store.Changed.Listen(func() { s.Follow() })
	s.Start()
	s.Wait()
	stop = func() {
		if over {
			return
		}
		over = true
		for _, err := range []error{s.Host.Close(), s.secrets.Close(), store.Close()} {
			if err != nil {
				t.Errorf("close: %v", err)
			}
		}
	}
	t.Cleanup(stop)
	return s, stop
}

// runs waits until the broker runs.
func (s *school) runs(loop *apptest.Loop) {
	loop.RunUntil(func() bool { return s.Shared().Broker() != nil }, "the broker")
}
