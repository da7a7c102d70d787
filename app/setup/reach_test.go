package setup

import (
	"net/netip"
	"testing"

	"lamplighter/device"
)

func lan(prefixes ...string) (all []Address) {
	for _, p := range prefixes {
		all = append(all, Address{Prefix: netip.MustParsePrefix(p), Name: "WLAN"})
	}
	return all
}

func TestBlameTellsWhyABoardDoesNotGetThrough(t *testing.T) {
	own := Ground{BuiltIn: true, Host: "192.168.1.5", Listening: true, BoardIP: "192.168.1.77", Addresses: lan("192.168.1.5/24", "10.9.0.2/16")}
	other := Ground{Host: "192.168.1.200", BoardIP: "192.168.1.77", Addresses: lan("192.168.1.5/24")}
	refused := &device.Error{Fault: device.Refused}
	cases := []struct {
		name  string
		fault device.Fault
		base  Ground
		with  func(*Ground)
		want  device.Fault
	}{
		{"the broker does not run", device.Refused, own, func(g *Ground) { g.Listening = false }, device.BrokerDown},
		{"the PC's address has changed", device.Unreachable, own, func(g *Ground) { g.Addresses = lan("192.168.1.6/24") }, device.WrongAddress},
		{"the address is a word", device.Unreachable, own, func(g *Ground) { g.Host = "pc" }, device.WrongAddress},
		{"even the PC does not get through to itself", device.Unreachable, own, func(g *Ground) { g.Own = refused }, device.Firewall},
		{"the board answers the PC, but not the other way", device.Unreachable, own, func(g *Ground) { g.Board = true }, device.Firewall},
		{"a near board is refused", device.Refused, own, nil, device.Firewall},
		{"a near board and the PC don't hear each other", device.Unreachable, own, nil, device.Isolated},
		{"the board is in another network", device.Unreachable, own, func(g *Ground) { g.BoardIP = "192.168.43.9" }, device.OtherNetwork},
		{"the board is in the PC's other network", device.Unreachable, own, func(g *Ground) { g.BoardIP = "10.9.3.3" }, device.OtherNetwork},
		{"a routed board that answers the PC", device.Unreachable, own, func(g *Ground) { g.BoardIP, g.Board = "172.16.0.9", true }, device.Firewall},
		{"the board's address is not known", device.Unreachable, own, func(g *Ground) { g.BoardIP = "" }, device.Unreachable},
		{"another broker that the PC can't reach either", device.Unreachable, other, func(g *Ground) { g.Own = refused }, device.Refused},
		{"another broker whose name nobody knows", device.Unreachable, other, func(g *Ground) { g.Own = &device.Error{Fault: device.NameNotFound} }, device.NameNotFound},
		{"another broker in the same network", device.Unreachable, other, nil, device.Isolated},
		{"another broker in the PC's network only", device.Unreachable, other, func(g *Ground) { g.BoardIP = "10.0.0.8" }, device.OtherNetwork},
		{"another broker on the internet", device.Unreachable, other, func(g *Ground) { g.Host = "203.0.113.7" }, device.Unreachable},
		{"another broker by name", device.Unreachable, other, func(g *Ground) { g.Host = "mqtt.school" }, device.Unreachable},
		{"a wrong password is no matter of the network", device.BadLogin, own, nil, device.BadLogin},
	}
	for _, c := range cases {
		g := c.base
		if c.with != nil {
			c.with(&g)
		}
		if got := Blame(c.fault, g); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
