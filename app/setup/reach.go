package setup

import (
	"net/netip"

	"lamplighter/app/endpoint"
	"lamplighter/device/fault"
)

// Reachability is what this PC can tell when a board does not get through to the
// broker.
type Reachability struct {
	BuiltIn   bool
	Host      string    // where the board looks for the broker
	Listening bool      // with BuiltIn: the broker takes connections on this PC itself
	Own       error     // what this PC gets at the very address that the board was given
	Board     bool      // the board answers this PC over the network
	BoardIP   string    // "" = not known
	Addresses []Address // this PC's
}

// Diagnose reports why a board, which got the fault Unreachable, Refused or
// NameNotFound, does not get through. Other faults stay as they are.
func Diagnose(f fault.Fault, g Reachability) fault.Fault {
	switch {
	case !unreached(f):
		return f
	case endpoint.IsLoopback(g.Host) && g.Own == nil:
		return fault.OwnLoopback
	case f == fault.NameNotFound:
		return f
	case g.BuiltIn:
		return diagnoseBuiltIn(f, g)
	}
	return diagnoseOther(f, g)
}

// diagnoseBuiltIn is for the broker in this PC.
func diagnoseBuiltIn(f fault.Fault, g Reachability) fault.Fault {
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

// diagnoseOther is for a broker elsewhere.
func diagnoseOther(f fault.Fault, g Reachability) fault.Fault {
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
func (g Reachability) ownNetwork() (netip.Prefix, bool) {
	host, err := netip.ParseAddr(g.Host)
	for _, a := range g.Addresses {
		if err == nil && a.Prefix.Addr() == host {
			return a.Prefix, true
		}
	}
	return netip.Prefix{}, false
}

// near reports whether the board is in this network.
func (g Reachability) near(p netip.Prefix) bool {
	ip, err := netip.ParseAddr(g.BoardIP)
	return err == nil && p.Contains(ip)
}
