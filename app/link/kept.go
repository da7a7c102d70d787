package link

import (
	"strings"
	"sync"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// Kept is what a client keeps of the messages of QoS 1 and 2 that it has published,
// until the broker has them for sure, so that its next connection publishes them
// again (MQTT 3.1.1, section 4.4). One connection at a time may have it.
type Kept struct {
	mqtt.Store

	mu      sync.Mutex
	changed chan struct{} // closed when something was taken out
}

// NewKept keeps nothing yet.
func NewKept() *Kept {
	return &Kept{Store: mqtt.NewMemoryStore(), changed: make(chan struct{})}
}

// Del takes out what the broker has.
func (k *Kept) Del(key string) {
	k.Store.Del(key)
	k.mu.Lock()
	close(k.changed)
	k.changed = make(chan struct{})
	k.mu.Unlock()
}

// Waiting is how many messages the broker may not have yet, while there is a
// connection; changed is closed when it may be another number.
func (k *Kept) Waiting() (n int, changed <-chan struct{}) {
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
