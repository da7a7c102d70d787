package views

import (
	"io"

	"lamplighter/app/settings/exchange"
)

// handover answers the settings page's files.
type handover struct{ *bound }

// aside runs work that may wait, away from the UI goroutine, and answers on it.
func aside[T any](post func(func()), work func() (T, error), done func(T, error)) {
	go func() {
		v, err := work()
		post(func() { done(v, err) })
	}()
}

func (h handover) Write(passphrase string, done func([]byte, error)) {
	items := h.ConnectionItems()
	aside(h.Post, func() ([]byte, error) { return exchange.Write(items, passphrase) }, done)
}

func (h handover) Read(r io.ReadCloser, done func(exchange.File, error)) {
	aside(h.Post, func() (exchange.File, error) {
		defer func() { _ = r.Close() }()
		return exchange.Read(r)
	}, done)
}

func (h handover) Unlock(f exchange.File, passphrase string, done func(exchange.File, error)) {
	aside(h.Post, func() (exchange.File, error) { return f.Unlock(passphrase) }, done)
}

func (h handover) Known(i exchange.Item) bool { return h.KnownConnection(i.Connection) }

func (h handover) Import(items []exchange.Item, filters bool) (int, error) {
	return h.ImportConnections(items, filters)
}
