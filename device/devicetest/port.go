//go:build linux

package devicetest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Port is a TCP port of 127.0.0.1 at which nobody listens, and which the system
// gives to nobody else who asks for a free one until the test ends: a server may
// listen there, end, and listen there again.
//
// It is held by a socket that is bound with SO_REUSEADDR and never listens.
// Servers that set SO_REUSEADDR, as Go's and mosquitto do, may bind beside it;
// Linux passes it by when it chooses a port by itself.
func Port(t testing.TB) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return at.(*unix.SockaddrInet4).Port
}

// UDPPort is a UDP port that the system gives to nobody else who asks for a free
// one until the test ends. Sockets that set SO_REUSEADDR, as Go's do for a
// multicast address, may be bound to it meanwhile, on every interface, and what
// is sent there is theirs: of several the system takes the youngest.
func UDPPort(t testing.TB) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{}); err != nil {
		t.Fatal(err)
	}
	// Only now: two that are chosen as sharers might be the same.
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return at.(*unix.SockaddrInet4).Port
}
