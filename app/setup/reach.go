package setup

import (
	"net/netip"

	"lamplighter/device"
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

// Blame tells why a board, which got the fault Unreachable or Refused, does not
// get through. Other faults stay as they are.
func Blame(f device.Fault, g Ground) device.Fault {
	if !unreached(f) {
		return f
	}
	if g.BuiltIn {
		return blameOwn(f, g)
	}
	return blameOther(f, g)
}

// blameOwn is for the broker in this PC.
func blameOwn(f device.Fault, g Ground) device.Fault {
	at, ours := g.ownNetwork()
	switch {
	case !g.Listening:
		return device.BrokerDown
	case !ours:
		return device.WrongAddress
	case g.Own != nil, g.Board, f == device.Refused && g.near(at):
		// The two can talk, and yet this door is shut.
		return device.Firewall
	case g.BoardIP != "" && !g.near(at):
		return device.OtherNetwork
	case g.BoardIP == "":
		return f
	}
	return device.Isolated
}

// blameOther is for a broker elsewhere.
func blameOther(f device.Fault, g Ground) device.Fault {
	host, err := netip.ParseAddr(g.Host)
	switch {
	case g.Own != nil: // not the board's fault: nobody gets through
		if own := FaultOf(g.Own); own != device.Unknown {
			return own
		}
		return f
	case err != nil || !host.IsPrivate() || g.BoardIP == "":
		return f
	}
	for _, a := range g.Addresses {
		if a.Prefix.Contains(host) {
			if g.near(a.Prefix) {
				return device.Isolated
			}
			return device.OtherNetwork
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

// near tells whether the board is in this network.
func (g Ground) near(p netip.Prefix) bool {
	ip, err := netip.ParseAddr(g.BoardIP)
	return err == nil && p.Contains(ip)
}
