package views

import (
	"io"

	"lamplighter/app/settings/exchange"
	"lamplighter/views/ui"
)

// handover answers the settings page's files.
type handover struct{ *bound }

func (h handover) Write(passphrase string, done func([]byte, error)) {
	items := h.Connections.Items()
	var file []byte
	var err error
	ui.InBackground(h.Post, func() { file, err = exchange.Write(items, passphrase) }, func() { done(file, err) })
}

func (h handover) Read(r io.ReadCloser, done func(exchange.File, error)) {
	var file exchange.File
	var err error
	ui.InBackground(h.Post, func() {
		defer func() { _ = r.Close() }()
		file, err = exchange.Read(r)
	}, func() { done(file, err) })
}

func (h handover) Unlock(f exchange.File, passphrase string, done func(exchange.File, error)) {
	var open exchange.File
	var err error
	ui.InBackground(h.Post, func() { open, err = f.Unlock(passphrase) }, func() { done(open, err) })
}

func (h handover) Known(i exchange.Item) bool { return h.Connections.Knows(i.Connection) }

func (h handover) Import(items []exchange.Item, filters bool) (int, error) {
	return h.Connections.Import(items, filters)
}
