package locator

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// medium is what a network interface is, as far as its name tells.
type medium int

// The media.
const (
	onWiFi medium = iota
	onCable
	otherMedium
)

// String names the medium in English, for logs.
func (m medium) String() string { return [...]string{"WiFi", "cable", "other"}[m] }

// Address is one of this PC's addresses that boards may use.
type Address struct {
	Prefix netip.Prefix // the address with its network's length
	Name   string       // the system's name for the interface
	medium medium
	route  bool // the way to the internet goes through it
}

// netInterface describes a network interface; see [net.Interface].
type netInterface struct {
	Name     string
	Flags    net.Flags
	Hardware bool // it has a hardware address
	Prefixes []netip.Prefix
}

// Addresses lists this PC's addresses that boards may use, the best first. It
// takes a few milliseconds.
func Addresses() ([]Address, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var list []netInterface
	for _, i := range all {
		addrs, err := i.Addrs()
		if err != nil {
			continue // it went away
		}
		d := netInterface{Name: i.Name, Flags: i.Flags, Hardware: len(i.HardwareAddr) > 0}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				d.Prefixes = append(d.Prefixes, p)
			}
		}
		list = append(list, d)
	}
	return rank(list, sourceFor("192.0.2.1")), nil
}

// sourceFor is the address that this PC would use towards another, as the
// routes say. Nothing is sent: connecting a UDP socket only picks the route.
// 192.0.2.1 is kept for documentation (RFC 5737), so it stands for the internet.
func sourceFor(ip string) netip.Addr {
	c, err := (&net.Dialer{Timeout: time.Second}).Dial("udp4", net.JoinHostPort(ip, "9"))
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	a, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

// rank picks the addresses that boards may use and sorts them, the best first:
// private IPv4 addresses of real interfaces, that with the default route before
// others, WiFi before cable before what can't be told. Source is the address of
// the default route, or zero.
func rank(list []netInterface, source netip.Addr) []Address {
	var out []Address
	for _, i := range list {
		if !usable(i) {
			continue
		}
		for _, p := range i.Prefixes {
			ip := p.Addr().Unmap()
			if !ip.Is4() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || p.Bits() >= 31 {
				continue // a network of one or two has no room for boards
			}
			out = append(out, Address{Prefix: netip.PrefixFrom(ip, p.Bits()), Name: i.Name, medium: mediumOf(i.Name), route: ip == source})
		}
	}
	slices.SortStableFunc(out, func(a, b Address) int {
		return cmp.Or(
			order(b.route, a.route),
			order(b.Prefix.Addr().IsPrivate(), a.Prefix.Addr().IsPrivate()),
			cmp.Compare(a.medium, b.medium),
			cmp.Compare(a.Name, b.Name),
			a.Prefix.Addr().Compare(b.Prefix.Addr()),
		)
	})
	return out
}

// order compares no before yes.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func usable(i netInterface) bool {
	const need = net.FlagUp | net.FlagBroadcast
	if i.Flags&need != need || i.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 || !i.Hardware {
		return false
	}
	return !isVirtual(i.Name)
}

// virtualPrefixes begin the names of interfaces that no board can reach, on
// Linux and macOS. Digits follow them.
var virtualPrefixes = []string{
	"lo", "tun", "tap", "utun", "ipsec", "ppp", "wg", "tailscale", "zt", "docker", "br-", "veth", "virbr", "vnet", "lxc", "lxdbr",
	"cni", "flannel", "cali", "podman", "vmnet", "vboxnet", "bridge", "awdl", "llw", "anpi", "gif", "stf", "feth", "dummy",
	"nordlynx", "proton", "gpd", "cscotun",
}

// virtualWords are in the names of such interfaces on Windows, in lower case.
var virtualWords = []string{
	"vethernet", "wsl", "hyper-v", "virtualbox", "vmware", "vmnet", "docker", "vpn", "wireguard", "openvpn", "wintun", "tap-", "tailscale",
	"zerotier", "hamachi", "loopback", "npcap", "bluetooth", "蓝牙", "teredo", "isatap", "pseudo", "nordlynx", "anyconnect", "globalprotect",
	"fortinet", "radmin", "clash", "meta", "sing-box", "uu加速", "easyconnect", "sangfor",
}

func isVirtual(name string) bool {
	n := strings.ToLower(name)
	for _, p := range virtualPrefixes {
		rest, ok := strings.CutPrefix(n, p)
		if ok && (strings.HasSuffix(p, "-") || strings.Trim(rest, "0123456789-.") == "" || p == "veth" || p == "tailscale" || p == "cali" || p == "zt") {
			return true
		}
	}
	return slices.ContainsFunc(virtualWords, func(w string) bool { return strings.Contains(n, w) })
}

// mediumOf guesses from the name. On macOS en0 is WiFi on every notebook, and the
// cable on some desktop Macs: that can't be told by name.
func mediumOf(name string) medium {
	n := strings.ToLower(name)
	for _, w := range []string{"wi-fi", "wifi", "wlan", "wireless", "无线", "airport"} {
		if strings.Contains(n, w) {
			return onWiFi
		}
	}
	if strings.HasPrefix(n, "wl") {
		return onWiFi
	}
	for _, w := range []string{"ethernet", "以太网", "本地连接", "local area connection"} {
		if strings.Contains(n, w) {
			return onCable
		}
	}
	if strings.HasPrefix(n, "eth") || strings.HasPrefix(n, "eno") || strings.HasPrefix(n, "ens") || strings.HasPrefix(n, "enp") || strings.HasPrefix(n, "enx") {
		return onCable
	}
	return otherMedium
}
