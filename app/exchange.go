package app

import (
	"cmp"
	"errors"
	"slices"

	"lamplighter/app/settings"
	"lamplighter/app/settings/exchange"
	"lamplighter/device"
)

// ErrManyConnections tells that there is no room for so many connections.
var ErrManyConnections = errors.New("too many connections")

// ConnectionItems are all connections with their passwords, for exchange.Write.
func (a *App) ConnectionItems() []exchange.Item {
	var all []exchange.Item
	for _, c := range a.Settings.Values().Connections {
		password := a.ConnectionPassword(c.ID)
		c.ID = ""
		all = append(all, exchange.Item{Connection: c, Password: password})
	}
	return all
}

// KnownConnection tells whether a connection is kept already.
func (a *App) KnownConnection(c settings.Connection) bool {
	return idOf(a.Settings.Values(), exchange.Item{Connection: c}, a.ConnectionPassword) != ""
}

// idOf is the ID of the connection that is the same as an item's; "" where there
// is none. Password tells the kept one of a connection.
func idOf(v settings.Values, item exchange.Item, password func(id string) string) string {
	i := slices.IndexFunc(v.Connections, func(o settings.Connection) bool {
		return exchange.Same(o, item.Connection) && sameSecret(o.Preset, password(o.ID), item.Password)
	})
	if i < 0 {
		return ""
	}
	return v.Connections[i].ID
}

// ImportConnections keeps what a file had, all of it or, with an error, nothing.
// A connection that is kept already is not doubled: it gets the password, where
// it had none. With filters, the topic browser subscribes to the file's topics
// too. It fails with ErrManyConnections in a *device.Error.
func (a *App) ImportConnections(items []exchange.Item, filters bool) (added int, err error) {
	v := a.Settings.Values()
	var fresh []settings.Connection
	passwords := map[string]string{}
	for _, i := range items {
		id := idOf(v, i, func(id string) string { return cmp.Or(passwords[id], a.ConnectionPassword(id)) })
		if id == "" {
			c := inRoom(i.Connection)
			c.ID = newConnectionID(v, c)
			fresh, id = append(fresh, c), c.ID
			v.Connections = append(v.Connections, c)
		}
		if i.Password != "" && passwords[id] == "" {
			passwords[id] = i.Password
		}
	}
	if len(v.Connections) > settings.MaxConnections {
		return 0, &device.Error{Fault: device.BadValue, Op: "import connections", Err: ErrManyConnections}
	}
	reconnect := false
	for id, password := range passwords {
		if key := settings.ConnectionKey(id); a.secrets.Lacks(key) {
			a.secrets.Set(key, device.Text(password))
			reconnect = reconnect || id == v.Connection
		}
	}
	a.Settings.Update(func(v *settings.Values) {
		v.Connections = append(v.Connections, fresh...)
		if filters {
			v.Topics.Subscriptions = withFilters(v.Topics.Subscriptions, items)
		}
	})
	if reconnect {
		a.connect() // the one in use has its password only now
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
