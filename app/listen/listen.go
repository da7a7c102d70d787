// Package listen opens TCP ports and bounds who holds their connections: what every
// server of this program needs, whatever it serves. It reads and writes nothing.
package listen

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// nearPorts is how many ports after the wanted one are tried before any: so a program
// that has the port again and again leads to the same other one.
const nearPorts = 8

// Near listens on the first of these ports that is free (0 is none), on one of the
// eight after the last of them, or on any. An empty host is every interface.
func Near(host string, ports ...int) (net.Listener, error) {
	last := ports[len(ports)-1]
	for p := last + 1; p <= min(last+nearPorts, 65535); p++ {
		ports = append(ports, p)
	}
	for _, p := range ports {
		if p != 0 && IsFree(p) {
			if l, err := listen(host, p); err == nil {
				return l, nil
			}
		}
	}
	l, err := listen(host, 0)
	if err != nil {
		return nil, fmt.Errorf("no port to listen on: %w", err)
	}
	return l, nil
}

func listen(host string, port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}

// IsFree reports whether nobody listens on a port of this PC's loopback address.
// Windows lets a second program listen on every interface while a first one listens on
// loopback, and then gives our own connections to the first.
func IsFree(port int) bool {
	l, err := listen("127.0.0.1", port)
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// Port is the port of a TCP address, or 0 of another one.
func Port(a net.Addr) int {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.Port
	}
	return 0
}

// Host is the IP address of "host:port", an IPv4 address as such and without a zone;
// what can't be read is the zero address.
func Host(hostport string) netip.Addr {
	a, _ := netip.ParseAddrPort(hostport)
	return a.Addr().Unmap().WithZone("")
}
