package views

import (
	"context"
	"time"

	"lamplighter/app/discover"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/uplink"
	"lamplighter/views/ui"
)

func (h otherBrokers) Certificate(c settings.Connection, done func(link.Examined, error)) (cancel func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var seen link.Examined
	var err error
	ui.InBackground(h.Post, func() { seen, err = uplink.Certificate(ctx, c) }, func() {
		cancel()
		done(seen, err)
	})
	return cancel
}

// lookTime ends a search for brokers that nobody has ended.
const lookTime = time.Minute

func (h otherBrokers) FindBrokers(report func(discover.Broker), done func(error)) (cancel func()) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	var err error
	guest := h.Hosting.Shared()
	ui.InBackground(h.Post, func() {
		err = guest.FindBrokers(ctx, func(b discover.Broker) { h.Post(func() { report(b) }) })
	}, func() {
		cancel()
		done(err)
	})
	return cancel
}
