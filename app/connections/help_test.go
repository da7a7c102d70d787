package connections_test

import (
	"testing"

	"lamplighter/app/connections"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
)

// book is a program's list of connections, and what it is kept in.
type book struct {
	*connections.Book
	settings *settings.Store
	secrets  *secrets.Cache
	renewed  int
}

// open is a list of connections with nothing in it.
func open(t *testing.T) *book {
	t.Helper()
	dir := t.TempDir()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := settings.Open(dir, kept)
	if err != nil {
		t.Fatal(err)
	}
	b := &book{settings: store, secrets: secrets.NewCache(kept, nil, func() {})}
	b.Book = connections.New(store, b.secrets, func() { b.renewed++ })
	t.Cleanup(func() {
		_ = b.secrets.Close()
		_ = store.Close()
	})
	return b
}
