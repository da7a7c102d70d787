package app

import (
	"context"
	"slices"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/settings"
)

// addressPause is how often this PC's addresses are looked at.
const addressPause = 5 * time.Second

// watchAddresses notices when this PC joins another network.
func (a *App) watchAddresses(ctx context.Context, last []broker.Address) {
	tick := time.NewTicker(addressPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := broker.Addresses()
		if err != nil || slices.Equal(now, last) {
			continue
		}
		last = now
		a.gate.Post(func() {
			a.addresses = now
			a.Changed.Raise()
		})
	}
}

// Addresses are this PC's addresses that boards may use, the best first.
func (a *App) Addresses() []broker.Address { return slices.Clone(a.addresses) }

// boardAddress is what boards are told: the user's choice, or the best there is.
func (a *App) boardAddress(v settings.Values) string {
	if v.BuiltIn.Address != "" {
		return v.BuiltIn.Address
	}
	if len(a.addresses) == 0 {
		return ""
	}
	return a.addresses[0].Prefix.Addr().String()
}

// moved lists the addresses, with their ports, under which boards look for the
// built-in broker and it is no more, as long as they have not found it.
func (a *App) moved(v settings.Values, port int) []string {
	var all []string
	for _, b := range v.Boards {
		if b.Connection != "" || b.Practice || b.Host == "" || len(a.addresses) == 0 {
			continue
		}
		has := b.Host == v.BuiltIn.Address || slices.ContainsFunc(a.addresses, func(x broker.Address) bool { return x.Prefix.Addr().String() == b.Host })
		was := endpoint.Join(b.Host, b.Port)
		if has && b.Port == port || slices.Contains(all, was) {
			continue
		}
		if l, known := a.Lights.Light(b.Base); !known || l.Presence != lights.Here {
			all = append(all, was)
		}
	}
	return all
}
