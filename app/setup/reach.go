package setup

import (
	"net/netip"

	"lamplighter/app/endpoint"
	"lamplighter/device/fault"
)

// Ground is what this PC can tell when a board does not get through to the
// broker.
type Ground struct {
	BuiltIn   bool
	Host      string    // where the board looks for the broker
	Listening bool      // with BuiltIn: the broker takes connections on this PC itself
	Own       error     // what this PC gets at the very address that the board was given
	Board     bool      // the board answers this PC over the network
	BoardIP   string    // "" = not known
	Addresses []Address // this PC's
}

// Blame reports why a board, which got the fault Unreachable, Refused or
// NameNotFound, does not get through. Other faults stay as they are.
func Blame(f fault.Fault, g Ground) fault.Fault {
	switch {
	case !unreached(f):
		return f
	case endpoint.IsLoopback(g.Host) && g.Own == nil:
		return fault.OwnLoopback
	case f == fault.NameNotFound:
		return f
	case g.BuiltIn:
		return blameOwn(f, g)
	}
	return blameOther(f, g)
}

// blameOwn is for the broker in this PC.
func blameOwn(f fault.Fault, g Ground) fault.Fault {
	at, ours := g.ownNetwork()
	switch {
	case !g.Listening:
		return fault.BrokerDown
	case !ours:
		return fault.WrongAddress
	case g.Own != nil, g.Board, f == fault.Refused && g.near(at):
		// The two can talk, and yet this door is shut.
		return fault.Firewall
	case g.BoardIP != "" && !g.near(at):
		return fault.OtherNetwork
	case g.BoardIP == "":
		return f
	}
	return fault.Isolated
}

// blameOther is for a broker elsewhere.
func blameOther(f fault.Fault, g Ground) fault.Fault {
	host, err := netip.ParseAddr(g.Host)
	switch {
	case g.Own != nil: // not the board's fault: nobody gets through
		if own := FaultOf(g.Own); own != fault.Unknown {
			return own
		}
		return f
	case err != nil || !host.IsPrivate() || g.BoardIP == "":
		return f
	}
	for _, a := range g.Addresses {
		if a.Prefix.Contains(host) {
			if g.near(a.Prefix) {
				return fault.Isolated
			}
			return fault.OtherNetwork
		}
	}
	return f
}

// ownNetwork is the network of the address that the board was given.
func (g Ground) ownNetwork() (netip.Prefix, bool) {
	host, err := netip.ParseAddr(g.Host)
	for _, a := range g.Addresses {
		if err == nil && a.Prefix.Addr() == host {
			return a.Prefix, true
		}
	}
	return netip.Prefix{}, false
}

// near reports whether the board is in this network.
func (g Ground) near(p netip.Prefix) bool {
	ip, err := netip.ParseAddr(g.BoardIP)
	return err == nil && p.Contains(ip)
}
