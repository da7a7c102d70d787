package views

import (
	"context"
	"time"

	"lamplighter/app/discover"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/uplink"
)

// Strangers is what is asked of brokers that nobody has used yet. Its methods
// return at once and answer on the UI goroutine; after cancel, what still comes
// is of no use.
type Strangers interface {
	// Certificate asks a connection's broker for its certificate, without trusting
	// it and without logging in, and tells what is to be said of it.
	Certificate(c settings.Connection, done func(link.Examined, error)) (cancel func())
	// LookForBrokers asks this network for brokers for a minute and reports each
	// that answers, again when more is known of it; done is called in the end, with
	// a *device.Error where nothing could be asked.
	LookForBrokers(report func(discover.Broker), done func(error)) (cancel func())
}

func (h house) Certificate(c settings.Connection, done func(link.Examined, error)) (cancel func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var seen link.Examined
	var err error
	aside(h.Post, func() { seen, err = uplink.Certificate(ctx, c) }, func() {
		cancel()
		done(seen, err)
	})
	return cancel
}

// lookTime ends a search for brokers that nobody has ended.
const lookTime = time.Minute

func (h house) LookForBrokers(report func(discover.Broker), done func(error)) (cancel func()) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	var err error
	guest := h.Hosting.Guest()
	aside(h.Post, func() {
		err = guest.LookForBrokers(ctx, func(b discover.Broker) { h.Post(func() { report(b) }) })
	}, func() {
		cancel()
		done(err)
	})
	return cancel
}
