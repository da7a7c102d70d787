package setup

import (
	"net/netip"
	"testing"

	"lamplighter/device/fault"
)

func lan(prefixes ...string) (all []Address) {
	for _, p := range prefixes {
		all = append(all, Address{Prefix: netip.MustParsePrefix(p), Name: "WLAN"})
	}
	return all
}

func TestBlameTellsWhyABoardDoesNotGetThrough(t *testing.T) {
	own := Reachability{BuiltIn: true, Host: "192.168.1.5", Listening: true, BoardIP: "192.168.1.77", Addresses: lan("192.168.1.5/24", "10.9.0.2/16")}
	other := Reachability{Host: "192.168.1.200", BoardIP: "192.168.1.77", Addresses: lan("192.168.1.5/24")}
	refused := &fault.Error{Fault: fault.Refused}
	cases := []struct {
		name  string
		fault fault.Fault
		base  Reachability
		with  func(*Reachability)
		want  fault.Fault
	}{
		{"the broker does not run", fault.Refused, own, func(g *Reachability) { g.Listening = false }, fault.BrokerDown},
		{"the PC's address has changed", fault.Unreachable, own, func(g *Reachability) { g.Addresses = lan("192.168.1.6/24") }, fault.WrongAddress},
		{"the address is a word", fault.Unreachable, own, func(g *Reachability) { g.Host = "pc" }, fault.WrongAddress},
		{"even the PC does not get through to itself", fault.Unreachable, own, func(g *Reachability) { g.Own = refused }, fault.Firewall},
		{"the board answers the PC, but not the other way", fault.Unreachable, own, func(g *Reachability) { g.Board = true }, fault.Firewall},
		{"a near board is refused", fault.Refused, own, nil, fault.Firewall},
		{"a near board and the PC don't hear each other", fault.Unreachable, own, nil, fault.Isolated},
		{"the board is in another network", fault.Unreachable, own, func(g *Reachability) { g.BoardIP = "192.168.43.9" }, fault.OtherNetwork},
		{"the board is in the PC's other network", fault.Unreachable, own, func(g *Reachability) { g.BoardIP = "10.9.3.3" }, fault.OtherNetwork},
		{"a routed board that answers the PC", fault.Unreachable, own, func(g *Reachability) { g.BoardIP, g.Board = "172.16.0.9", true }, fault.Firewall},
		{"the board's address is not known", fault.Unreachable, own, func(g *Reachability) { g.BoardIP = "" }, fault.Unreachable},
		{"another broker that the PC can't reach either", fault.Unreachable, other, func(g *Reachability) { g.Own = refused }, fault.Refused},
		{"another broker whose name nobody knows", fault.Unreachable, other, func(g *Reachability) { g.Own = &fault.Error{Fault: fault.NameNotFound} }, fault.NameNotFound},
		{"another broker in the same network", fault.Unreachable, other, nil, fault.Isolated},
		{"another broker in the PC's network only", fault.Unreachable, other, func(g *Reachability) { g.BoardIP = "10.0.0.8" }, fault.OtherNetwork},
		{"another broker on the internet", fault.Unreachable, other, func(g *Reachability) { g.Host = "203.0.113.7" }, fault.Unreachable},
		{"another broker by name", fault.Unreachable, other, func(g *Reachability) { g.Host = "mqtt.school" }, fault.Unreachable},
		{"another broker's address is the board's own", fault.Refused, other, func(g *Reachability) { g.Host = "127.0.0.1" }, fault.OwnLoopback},
		{"a name that is the board's own, and that it does not know", fault.NameNotFound, other, func(g *Reachability) { g.Host = "localhost" }, fault.OwnLoopback},
		{"a name that the board's network does not know", fault.NameNotFound, own, func(g *Reachability) { g.Host = "pc" }, fault.NameNotFound},
		{"a wrong password is no matter of the network", fault.BadLogin, own, nil, fault.BadLogin},
	}
	for _, c := range cases {
		g := c.base
		if c.with != nil {
			c.with(&g)
		}
		if got := Diagnose(c.fault, g); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
