package hosting

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"

	"lamplighter/app/discover"
	"lamplighter/app/locator"
	"lamplighter/app/settings"
)

// FindBrokers asks the local network for MQTT brokers until ctx ends, which
// is no error, and reports each that answers, as [discover.Network.Browse] does; this
// program's own broker is left out. It waits, and report runs on the caller's
// goroutine. It fails with a *fault.Error where there is no network
// to ask in.
func (g *Shared) FindBrokers(ctx context.Context, report func(discover.Broker)) error {
	where := g.nearby
	if where == nil {
		where = &discover.Network{Interfaces: ownNetworks}
	}
	return where.Browse(ctx, func(b discover.Broker) {
		if !g.isOwn(b) {
			report(b)
		}
	})
}

// isOwn reports whether a broker is the built-in one of this program.
func (g *Shared) isOwn(found discover.Broker) bool {
	b := g.Broker()
	if b == nil || b.Port() != found.Port {
		return false
	}
	own, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(own, func(o net.Addr) bool {
		p, err := netip.ParsePrefix(o.String())
		return err == nil && slices.Contains(found.Addrs, p.Addr())
	})
}

// nearby is where the built-in broker is announced; nil = nowhere, for it
// listens on one interface only.
func (o Options) nearby() *discover.Network {
	if o.Nearby == nil && o.Host == "" {
		return &discover.Network{Interfaces: ownNetworks}
	}
	return o.Nearby
}

// ownNetworks are the networks that boards may be in.
func ownNetworks() ([]discover.Interface, error) {
	all, err := locator.Addresses()
	if err != nil {
		return nil, err
	}
	var list []discover.Interface
	for _, x := range all {
		if i, err := net.InterfaceByName(x.Name); err == nil { // else it went away
			list = append(list, discover.Interface{Index: i.Index, Prefix: x.Prefix})
		}
	}
	return list, nil
}

// announced is the built-in broker as others see it: this PC's name and the
// classroom.
func announced(v settings.Values) string {
	pc, err := os.Hostname()
	if err != nil || pc == "" {
		pc = "Lamplighter"
	}
	return pc + " (" + v.Classroom + ")"
}
