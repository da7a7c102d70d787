package hosting

import (
	"context"
	"slices"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/locator"
)

// addressPause is how often this PC's addresses are looked at.
const addressPause = 5 * time.Second

// watchAddresses notices when this PC joins another network.
func (h *Host) watchAddresses(ctx context.Context, last []locator.Address) {
	tick := time.NewTicker(addressPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := locator.Addresses()
		if err != nil || slices.Equal(now, last) {
			continue
		}
		last = now
		h.o.Post(func() {
			h.addresses = now
			h.Changed.Raise()
		})
	}
}

// Addresses are this PC's addresses that boards may use, the best first.
func (h *Host) Addresses() []locator.Address { return slices.Clone(h.addresses) }

// BoardAddress is what boards are told: the user's choice, or the best there is.
func (h *Host) BoardAddress() string {
	v := h.o.Settings.Snapshot()
	if v.BuiltIn.Address != "" {
		return v.BuiltIn.Address
	}
	if len(h.addresses) == 0 {
		return ""
	}
	return h.addresses[0].Prefix.Addr().String()
}

// StaleAddresses lists the addresses, with their ports, under which boards look for the
// built-in broker and it is no more, as long as they have not found it: here
// reports whether the board with a base is connected.
func (h *Host) StaleAddresses(here func(base string) bool) []string {
	own := h.shared.Broker()
	if own == nil {
		return nil
	}
	v, port := h.o.Settings.Snapshot(), own.Port()
	var all []string
	for _, b := range v.Boards {
		if b.Connection != "" || b.Practice || b.Host == "" || len(h.addresses) == 0 {
			continue
		}
		has := b.Host == v.BuiltIn.Address || slices.ContainsFunc(h.addresses, func(x locator.Address) bool { return x.Prefix.Addr().String() == b.Host })
		was := endpoint.Join(b.Host, b.Port)
		if has && b.Port == port || slices.Contains(all, was) {
			continue
		}
		if !here(b.Base) {
			all = append(all, was)
		}
	}
	return all
}
