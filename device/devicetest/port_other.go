//go:build !linux

package devicetest

import (
	"net"
	"testing"
)

// Port is a TCP port of 127.0.0.1 at which nobody listened a moment ago. Only on
// Linux is it held until the test ends.
func Port(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// UDPPort is a UDP port that nobody had a moment ago. Only on Linux is it held
// until the test ends.
func UDPPort(t testing.TB) int {
	t.Helper()
	c, err := net.ListenUDP("udp4", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}
