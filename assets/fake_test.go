//go:build linux

package assets_test

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
)

// fake is a broker that does what a script says, for answers that no real one gives.
type fake struct{ port int }

// startFake runs script for every connection, n counting them from 0. The
// connection is closed when script returns.
func startFake(t *testing.T, script func(c net.Conn, n int)) fake {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				script(c, n)
			}()
		}
	}()
	return fake{l.Addr().(*net.TCPAddr).Port}
}

// readPacket reads one MQTT packet.
func readPacket(c io.Reader) (kind byte, body []byte, err error) {
	one := make([]byte, 1)
	if _, err := io.ReadFull(c, one); err != nil {
		return 0, nil, err
	}
	kind = one[0] & 0xF0
	n, shift := 0, 0
	for {
		if _, err := io.ReadFull(c, one); err != nil {
			return 0, nil, err
		}
		n |= int(one[0]&127) << shift
		shift += 7
		if one[0] < 128 {
			break
		}
	}
	body = make([]byte, n)
	_, err = io.ReadFull(c, body)
	return kind, body, err
}

// The packets that the scripts tell apart, with the flags masked out.
const (
	connect   = 0x10
	publish   = 0x30
	subscribe = 0x80
	pingreq   = 0xC0
)

var accepted = []byte{0x20, 2, 0, 0}

// greet lets a client in and takes its subscriptions until it publishes.
func greet(c net.Conn) bool {
	for {
		kind, body, err := readPacket(c)
		if err != nil {
			return false
		}
		switch kind {
		case connect:
			c.Write(accepted)
		case subscribe:
			c.Write([]byte{0x90, 3, body[0], body[1], 0})
		case publish:
			return true
		default:
			return false // as a broker does with what is no MQTT
		}
	}
}

// drain reads until the client goes away.
func drain(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// packet is a PUBLISH.
func packet(topic, payload string) []byte {
	body := binary.BigEndian.AppendUint16(nil, uint16(len(topic)))
	body = append(append(body, topic...), payload...)
	head := []byte{publish}
	for n := len(body); ; {
		b := byte(n & 127)
		if n >>= 7; n == 0 {
			return append(append(head, b), body...)
		}
		head = append(head, b|128)
	}
}
