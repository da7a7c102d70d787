package locator

import (
	"net"
	"net/netip"
	"strings"
	"testing"
)

const lan = net.FlagUp | net.FlagBroadcast | net.FlagMulticast

func face(name, prefix string) netInterface {
	return netInterface{Name: name, Flags: lan, Hardware: true, Prefixes: []netip.Prefix{netip.MustParsePrefix(prefix)}}
}

func TestTheAddressForBoardsIsTheOneInTheClassroomsNetwork(t *testing.T) {
	for _, c := range []struct {
		name   string
		list   []netInterface
		source string
		want   string
	}{
		{"Windows, English", []netInterface{
			face("vEthernet (WSL)", "172.28.80.1/20"), face("VirtualBox Host-Only Network", "192.168.56.1/24"),
			face("Ethernet", "10.0.0.5/24"), face("Wi-Fi", "192.168.1.7/24"), face("VMware Network Adapter VMnet8", "192.168.88.1/24"),
			face("Local Area Connection* 10", "192.168.137.1/24"), face("Bluetooth Network Connection", "10.9.9.9/24"),
		}, "10.0.0.5", "10.0.0.5 Ethernet cable, 192.168.1.7 Wi-Fi WiFi, 192.168.137.1 Local Area Connection* 10 cable"},
		{"Windows, Chinese", []netInterface{
			face("以太网", "10.1.1.5/16"), face("WLAN", "192.168.31.20/24"), face("以太网 2", "169.254.10.1/16"), face("vEthernet (Default Switch)", "172.17.0.1/20"),
		}, "192.168.31.20", "192.168.31.20 WLAN WiFi, 10.1.1.5 以太网 cable"},
		{"no way to the internet", []netInterface{face("以太网", "10.1.1.5/16"), face("WLAN", "192.168.31.20/24")}, "", "192.168.31.20 WLAN WiFi, 10.1.1.5 以太网 cable"},
		{"Linux", []netInterface{
			{Name: "lo", Flags: net.FlagUp | net.FlagLoopback, Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8")}},
			face("docker0", "172.17.0.1/16"), face("br-0a1b2c3d4e5f", "172.18.0.1/16"), face("veth12ab", "172.19.0.1/16"), face("virbr0", "192.168.122.1/24"),
			{Name: "tun0", Flags: net.FlagUp | net.FlagPointToPoint, Prefixes: []netip.Prefix{netip.MustParsePrefix("10.8.0.2/24")}},
			face("wlp3s0", "192.168.1.23/24"), face("enp0s31f6", "192.168.1.22/24"), face("tailscale0", "100.64.0.3/32"),
		}, "10.8.0.2", "192.168.1.23 wlp3s0 WiFi, 192.168.1.22 enp0s31f6 cable"},
		{"macOS", []netInterface{
			face("en0", "192.168.0.4/24"), face("en5", "192.168.3.4/24"), face("awdl0", "192.168.9.9/24"), face("llw0", "192.168.9.8/24"),
			face("utun3", "10.7.0.2/24"), face("bridge100", "192.168.64.1/24"),
		}, "192.168.3.4", "192.168.3.4 en5 other, 192.168.0.4 en0 other"},
		{"a cable that is not plugged in", []netInterface{{Name: "eth0", Flags: net.FlagBroadcast, Hardware: true, Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}}}, "", ""},
		{"only IPv6", []netInterface{face("eth0", "fe80::1/64"), face("eth0", "2001:db8::1/64")}, "", ""},
		{"public before nothing, private first", []netInterface{face("eth0", "203.0.113.5/24"), face("eth1", "10.0.0.1/24")}, "", "10.0.0.1 eth1 cable, 203.0.113.5 eth0 cable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var source netip.Addr
			if c.source != "" {
				source = netip.MustParseAddr(c.source)
			}
			var got []string
			for _, a := range rank(c.list, source) {
				got = append(got, a.Prefix.Addr().String()+" "+a.Name+" "+a.medium.String())
				if a.route != (c.source == a.Prefix.Addr().String()) {
					t.Errorf("%v: route %v", a.Prefix, a.route)
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

func TestThisPCsAddressesCanBeListed(t *testing.T) {
	list, err := Addresses()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Prefix.Addr().IsLoopback() {
			t.Errorf("%v", a)
		}
	}
}
