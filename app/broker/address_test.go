package broker

import (
	"encoding/hex"
	"encoding/json"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
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

func beginFinder(t *testing.T, port int) *Locator {
	t.Helper()
	f, err := StartLocator(LocatorOptions{Host: "127.0.0.1", Port: port, Classrooms: []string{"room", "class"}, Secret: strings.Repeat("0f", 16), BrokerPort: 1884})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func ask(t *testing.T, f *Locator, questions ...string) (answers []string) {
	t.Helper()
	c, err := net.Dial("udp4", f.conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, q := range questions {
		if _, err := c.Write([]byte(q)); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 2048)
	for {
		if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("after %q: %v", answers, err)
		}
		answers = append(answers, string(buf[:n]))
		if strings.Contains(answers[len(answers)-1], "abcdefabcdefabcd") {
			return answers // the last question's
		}
	}
}

const lastQuestion = `LAMPLIGHTER? {"class":"class","nonce":"abcdefabcdefabcd","id":"24"}`

func TestABoardFindsTheBrokerAgainAndCanProveTheAnswer(t *testing.T) {
	f := beginFinder(t, 0)
	answers := ask(t, f, lastQuestion)
	body, ok := strings.CutPrefix(answers[0], "LAMPLIGHTER! ")
	var a struct {
		Host, Nonce, MAC string
		Port             int
	}
	if !ok || json.Unmarshal([]byte(body), &a) != nil || len(answers) != 1 {
		t.Fatalf("%q", answers)
	}
	if a.Host != "127.0.0.1" || a.Port != 1884 || a.Nonce != "abcdefabcdefabcd" {
		t.Errorf("%+v", a)
	}
	secret, err := hex.DecodeString(strings.Repeat("0f", 16))
	if err != nil {
		t.Fatal(err)
	}
	if a.MAC != findMAC(secret, "class", "abcdefabcdefabcd", "127.0.0.1", 1884) || a.MAC == findMAC(secret[1:], "class", "abcdefabcdefabcd", "127.0.0.1", 1884) {
		t.Error("the answer does not prove itself")
	}
	// The same by hand: printf 'class\nabcdefabcdefabcd\n127.0.0.1\n1884' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0f0f…
	if a.MAC != knownMAC {
		t.Errorf("mac %s", a.MAC)
	}
}

func TestTheFinderIgnoresEverythingElse(t *testing.T) {
	f := beginFinder(t, 0)
	answers := ask(t, f,
		"", "LAMPLIGHTER?", "LAMPLIGHTER? {", "LAMPLIGHTER? []", "\x00\xff", strings.Repeat("x", 2000),
		`LAMPLIGHTER? {"class":"other","nonce":"0123456789abcdef"}`,
		`LAMPLIGHTER? {"class":"class","nonce":"0123456789abcde"}`,
		`LAMPLIGHTER? {"class":"class","nonce":"0123456789abcdeg"}`,
		`LAMPLIGHTER? {"class":"class","nonce":"`+strings.Repeat("0", 33)+`"}`,
		`LAMPLIGHTER! {"class":"class","nonce":"0123456789abcdef"}`,
		lastQuestion)
	if len(answers) != 1 {
		t.Errorf("%q", answers)
	}
}

func TestAFinderThatRestsAnswersNobodyAndThenTellsTheNewPort(t *testing.T) {
	f := beginFinder(t, 0)
	f.Rest()
	f.hear([]byte(lastQuestion), netip.MustParseAddrPort("127.0.0.1:9"))
	if f.total != 0 {
		t.Error("it answered without a broker")
	}
	o := f.o
	o.BrokerPort = 1999
	if err := f.Renew(LocatorOptions{Secret: "short"}); err == nil {
		t.Error("a secret that is none was taken")
	}
	if err := f.Renew(o); err != nil {
		t.Fatal(err)
	}
	if answers := ask(t, f, lastQuestion); !strings.Contains(answers[len(answers)-1], `"port":1999`) {
		t.Errorf("%q", answers)
	}
}

func TestTheFinderAnswersNobodyTooOften(t *testing.T) {
	f := &Locator{asked: map[netip.Addr]int{}}
	ip := netip.MustParseAddr("192.168.1.2")
	yes := 0
	for range 100 {
		if f.allows(ip, 7) {
			yes++
		}
	}
	for i := range 1000 {
		if f.allows(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 7) {
			yes++
		}
	}
	if yes != answersPerSec || len(f.asked) > answersPerSec {
		t.Errorf("%d answers", yes)
	}
	if !f.allows(ip, 8) {
		t.Error("not even in the next second")
	}
}

func TestTheFinderTakesAPortNearby(t *testing.T) {
	a := beginFinder(t, 0)
	b := beginFinder(t, a.Port())
	if a.Port() == b.Port() || b.Port() == 0 {
		t.Errorf("ports %d and %d", a.Port(), b.Port())
	}
}

func FuzzQuestion(f *testing.F) {
	f.Add([]byte(lastQuestion))
	f.Add([]byte("LAMPLIGHTER? {}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if q, ok := parseQuestion(b); ok && (len(q.Nonce) < 16 || len(q.Nonce) > 32) {
			t.Errorf("%q", q.Nonce)
		}
	})
}

// knownMAC was made with openssl.
const knownMAC = "3277ae69898d7f48bd73ec6b54f04160dc64f3ef71e749f2a9ffc3a8dec82e2c"
