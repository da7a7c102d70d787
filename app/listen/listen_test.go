package listen_test

import (
	"net"
	"net/http"
	"testing"

	"lamplighter/app/listen"
)

func TestAPortThatIsTakenOnLoopbackOnlyIsTaken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if listen.IsFree(listen.Port(l.Addr())) {
		t.Error("free")
	}
}

func TestWhereAPortIsTakenAnotherIsListenedOn(t *testing.T) {
	t.Parallel()
	taken, err := listen.Near("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, ports := range [][]int{{listen.Port(taken.Addr())}, {0, listen.Port(taken.Addr())}, {65535}} {
		l, err := listen.Near("127.0.0.1", ports...)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if p := listen.Port(l.Addr()); p == listen.Port(taken.Addr()) || p == 0 {
			t.Errorf("port %d for %v", p, ports)
		}
	}
}

func TestAnAddressIsTheSameHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for hostport, want := range map[string]string{
		"10.0.0.7:80": "10.0.0.7", "[::ffff:10.0.0.7]:80": "10.0.0.7", "[fe80::1%eth0]:80": "fe80::1", "pipe": "invalid IP", "": "invalid IP",
	} {
		if got := listen.Host(hostport).String(); got != want {
			t.Errorf("%s: %s, want %s", hostport, got, want)
		}
	}
}

func TestTheConnectionThatEndsIsTheOldestOfTheAddressThatHasMost(t *testing.T) {
	t.Parallel()
	const most = 64
	l := listen.Limit{Most: most}
	var first net.Conn
	closed := map[string]int{}
	open := func(ip string) {
		c := &addressed{ip: ip, closed: func() { closed[ip]++ }}
		if first == nil {
			first = c
		}
		l.Track(c, http.StateNew)
	}
	open("10.0.0.1")
	open("10.0.0.2")
	for range 3 * most {
		open("10.0.0.66")
	}
	if closed["10.0.0.1"]+closed["10.0.0.2"] > 0 || closed["10.0.0.66"] != 2*most+2 {
		t.Errorf("ended: %v", closed)
	}
	l.Track(first, http.StateHijacked)
	if n := l.Len(); n != most-1 {
		t.Errorf("%d are left", n)
	}
}

// addressed is a connection from an address.
type addressed struct {
	net.Conn
	ip     string
	closed func()
}

// RemoteAddr is where it comes from.
func (a *addressed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(a.ip), Port: 1} }

// Close notes it.
func (a *addressed) Close() error { a.closed(); return nil }
