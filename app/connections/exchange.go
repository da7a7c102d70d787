package connections

import (
	"cmp"
	"errors"
	"slices"

	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/settings/exchange"
	"lamplighter/device"
	"lamplighter/device/fault"
)

// ErrMany tells that there is no room for so many connections.
var ErrMany = errors.New("too many connections")

// Items are all connections with their passwords, for exchange.Write.
func (b *Book) Items() []exchange.Item {
	var all []exchange.Item
	for _, c := range b.settings.Values().Connections {
		password := b.Password(c.ID)
		c.ID = ""
		all = append(all, exchange.Item{Connection: c, Password: password})
	}
	return all
}

// Knows reports whether a connection is kept already.
func (b *Book) Knows(c settings.Connection) bool {
	return idOf(b.settings.Values(), exchange.Item{Connection: c}, b.Password) != ""
}

// idOf is the ID of the connection that is the same as an item's; "" where there
// is none. Password tells the kept one of a connection.
func idOf(v settings.Values, item exchange.Item, password func(id string) string) string {
	i := slices.IndexFunc(v.Connections, func(o settings.Connection) bool {
		return exchange.Same(o, item.Connection) && SameSecret(o.Preset, password(o.ID), item.Password)
	})
	if i < 0 {
		return ""
	}
	return v.Connections[i].ID
}

// Import keeps what a file had, all of it or, with an error, nothing.
// A connection that is kept already is not doubled: it gets the password, where
// it had none. With filters, the topic browser subscribes to the file's topics
// too. It fails with ErrMany in a *fault.Error.
func (b *Book) Import(items []exchange.Item, filters bool) (added int, err error) {
	v := b.settings.Values()
	var fresh []settings.Connection
	passwords := map[string]string{}
	for _, i := range items {
		id := idOf(v, i, func(id string) string { return cmp.Or(passwords[id], b.Password(id)) })
		if id == "" {
			c := withTopicPrefix(i.Connection)
			c.ID = newID(v, c)
			fresh, id = append(fresh, c), c.ID
			v.Connections = append(v.Connections, c)
		}
		if i.Password != "" && passwords[id] == "" {
			passwords[id] = i.Password
		}
	}
	if len(v.Connections) > settings.MaxConnections {
		return 0, &fault.Error{Fault: fault.BadValue, Op: "import connections", Err: ErrMany}
	}
	reconnect := false
	for id, password := range passwords {
		if key := secrets.ConnectionKey(id); b.secrets.IsMissing(key) {
			b.secrets.Set(key, device.Text(password))
			reconnect = reconnect || id == v.Connection
		}
	}
	b.settings.Update(func(v *settings.Values) {
		v.Connections = append(v.Connections, fresh...)
		if filters {
			v.Topics.Subscriptions = withFilters(v.Topics.Subscriptions, items)
		}
	})
	if reconnect {
		b.renew() // the one in use has its password only now
	}
	return len(fresh), nil
}

func withFilters(have []settings.Subscription, items []exchange.Item) []settings.Subscription {
	for _, i := range items {
		for _, s := range i.Filters {
			if !slices.ContainsFunc(have, func(o settings.Subscription) bool { return o.Filter == s.Filter }) {
				have = append(have, s)
			}
		}
	}
	return have
}
