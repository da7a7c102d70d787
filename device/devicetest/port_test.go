//go:build linux

package devicetest

import (
	"errors"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestAPortIsItsTestsAloneBetweenTwoServers(t *testing.T) {
	port := Port(t)
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for range 2 {
		if _, err := net.Dial("tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("before anybody listens: %v", err)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("somebody who shares with nobody: %v", err)
	}
}

func TestTheSystemGivesAPortThatIsHeldToNobodyElse(t *testing.T) {
	held := map[int]bool{}
	for range 500 {
		held[Port(t)] = true
	}
	if len(held) != 500 {
		t.Errorf("%d different ports", len(held))
	}
	for range 2000 { // one port in sixty is held
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if port := l.Addr().(*net.TCPAddr).Port; held[port] {
			t.Fatalf("port %d was given away", port)
		}
		l.Close()
	}
}

func TestAUDPPortThatIsHeldIsGivenToNobodyElseAndWhatComesIsForWhoListensThere(t *testing.T) {
	held := map[int]bool{}
	for range 500 {
		held[UDPPort(t)] = true
	}
	if len(held) != 500 {
		t.Errorf("%d different ports", len(held))
	}
	for range 2000 { // one port in sixty is held
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		if port := c.LocalAddr().(*net.UDPAddr).Port; held[port] {
			t.Fatalf("port %d was given away", port)
		}
		c.Close()
	}
	port := UDPPort(t)
	l, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := l.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.ReadFromUDP(make([]byte, 8)); err != nil {
		t.Error(err)
	}
}
