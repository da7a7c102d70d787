package broker

import "sync/atomic"

// MessageCounts are the broker's own: how many PUBLISH packets it has read and written.
func (b *Broker) MessageCounts() (received, sent int64) {
	return atomic.LoadInt64(&b.server.Info.MessagesReceived), atomic.LoadInt64(&b.server.Info.MessagesSent)
}
