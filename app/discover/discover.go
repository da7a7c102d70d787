// Package discover finds MQTT brokers in the local network, and lets them be
// found: multicast DNS (RFC 6762) with DNS service discovery (RFC 6763), over
// IPv4, as Avahi, Bonjour and Home Assistant speak it.
//
// It speaks only while somebody looks or a broker is announced, only on the
// interfaces that it is given, never answers beyond them, and believes nothing
// that comes from beyond them. Everything that it keeps is bounded.
//
// The names of services may have dots in them, which the DNS library at hand
// (golang.org/x/net/dns/dnsmessage) refuses to read; so wire.go reads messages.
package discover

import (
	"cmp"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"lamplighter/device/fault"

	"golang.org/x/net/ipv4"
)

// Broker is a broker that was found.
type Broker struct {
	Name  string       // as its owner named it; without control characters, at most 63 bytes
	Host  string       // the name that it has in this network, "mqtt.local". Boards can't look it up
	Addrs []netip.Addr // at least one, the best for boards first: IPv4 in this PC's own network
	Port  int
	TLS   bool
}

// Interface is a network interface to speak on.
type Interface struct {
	Index  int          // see net.Interface
	Prefix netip.Prefix // its IPv4 address, with its network's length
}

// Network is where brokers are looked for and announced.
type Network struct {
	Interfaces func() ([]Interface, error) // asked again from time to time
	Port       int                         // UDP; 0 = 5353, which every other program uses
}

// mDNS's own numbers (RFC 6762, 3).
const mdnsPort = 5353

var mdnsGroup = netip.AddrFrom4([4]byte{224, 0, 0, 251})

// The services (RFC 6763, 7; registered with IANA).
var (
	plainService = name{"_mqtt", "_tcp", "local"}
	tlsService   = name{"_secure-mqtt", "_tcp", "local"}
	allServices  = name{"_services", "_dns-sd", "_udp", "local"}
)

// Bounds.
const (
	maxInterfaces = 16
	maxPacket     = 9000 // bytes (RFC 6762, 17)
	maxBrokers    = 64
	maxAddrs      = 8 // of one broker
	maxNameBytes  = 63
	writeTime     = time.Second
)

var errNoInterface = errors.New("no network interface for multicast")

func (n Network) port() int { return cmp.Or(n.Port, mdnsPort) }

func (n Network) group() *net.UDPAddr {
	return &net.UDPAddr{IP: mdnsGroup.AsSlice(), Port: n.port()}
}

// interfaces asks for them, and bounds them.
func (n Network) interfaces() ([]Interface, error) {
	list, err := n.Interfaces()
	if err == nil && len(list) == 0 {
		err = errNoInterface
	}
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unreachable, Op: "use multicast", Err: err}
	}
	return list[:min(len(list), maxInterfaces)], nil
}

// on finds the interface in whose network an address is.
func on(list []Interface, ip netip.Addr) (Interface, bool) {
	ip = ip.Unmap()
	i := slices.IndexFunc(list, func(i Interface) bool { return i.Prefix.Contains(ip) })
	if i < 0 {
		return Interface{}, false
	}
	return list[i], true
}

// speakOn makes what is sent to a group go out on an interface, to this PC's own
// programs as well. 255 is what receivers may ask for (RFC 6762, 11).
func speakOn(c *ipv4.PacketConn, i Interface) error {
	return errors.Join(
		c.SetMulticastInterface(&net.Interface{Index: i.Index}), c.SetMulticastTTL(255), c.SetMulticastLoopback(true),
	)
}

// rank sorts addresses, the best for boards first, and leaves out those that
// lead nowhere from here.
func rank(list []Interface, addrs []netip.Addr) []netip.Addr {
	var out []netip.Addr
	place := func(a netip.Addr) int {
		_, near := on(list, a)
		switch {
		case near && a.Is4():
			return 0
		case a.Is4() && a.IsPrivate():
			return 1
		case a.Is4() && !a.IsLinkLocalUnicast():
			return 2
		case a.Is6():
			return 3
		}
		return 4
	}
	for _, a := range addrs {
		_, near := on(list, a)
		lost := a.IsUnspecified() || a.IsMulticast() || a.IsLoopback() && !near || a.Is6() && a.IsLinkLocalUnicast()
		if !lost && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b netip.Addr) int { return cmp.Or(cmp.Compare(place(a), place(b)), a.Compare(b)) })
	return out
}

// clean is a text of the network that can be shown: without what turns or hides
// other text, and not longer than a label.
func clean(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
	return cut(s, maxNameBytes)
}

// cut shortens text to so many bytes, at the end of a rune.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xC0 == 0x80 {
		most--
	}
	return s[:most]
}
