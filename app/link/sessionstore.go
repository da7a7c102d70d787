package link

import (
	"strings"
	"sync"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// SessionStore is what a client keeps of the messages of QoS 1 and 2 that it has published,
// until the broker has them for sure, so that its next connection publishes them
// again (MQTT 3.1.1, section 4.4). One connection at a time may have it.
type SessionStore struct {
	mqtt.Store

	mu      sync.Mutex
	changed chan struct{} // closed when something was taken out
}

// NewSessionStore keeps nothing yet.
func NewSessionStore() *SessionStore {
	return &SessionStore{Store: mqtt.NewMemoryStore(), changed: make(chan struct{})}
}

// Del takes out what the broker has.
func (k *SessionStore) Del(key string) {
	k.Store.Del(key)
	k.mu.Lock()
	close(k.changed)
	k.changed = make(chan struct{})
	k.mu.Unlock()
}

// Waiting is how many messages the broker may not have yet, while there is a
// connection; changed is closed when it may be another number.
func (k *SessionStore) Waiting() (n int, changed <-chan struct{}) {
	k.mu.Lock()
	changed = k.changed
	k.mu.Unlock()
	for _, key := range k.All() {
		if strings.HasPrefix(key, "o.") { // what was published; "i." came
			n++
		}
	}
	return n, changed
}
