//go:build attack

package e2e

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"time"
)

// What an attacker writes by hand: MQTT 3.1.1 (level 4) and 5.

// text is a text with its length before it.
func text(s string) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...) }

// packet is a control packet: its first byte, its length, its parts.
func packet(first byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	return append(append([]byte{first}, varint(len(body))...), body...)
}

func varint(n int) (b []byte) {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// properties are those of version 5; version 4 has none.
func properties(level byte, all []byte) []byte {
	if level < 5 {
		return nil
	}
	return append(varint(len(all)), all...)
}

// will is a last will that is retained.
type will struct {
	topic, payload string
	delay          uint32 // seconds; of version 5
}

// connect is a CONNECT whose session stays, where keep is set.
func connect(level byte, id, user, password string, keep bool, w *will) []byte {
	flags := byte(0xC2)
	var own, last []byte
	if keep {
		flags &^= 2
		own = []byte{0x11, 0, 0, 2, 0x58} // for ten minutes
	}
	if w != nil {
		flags |= 0x24
		last = append(properties(level, binary.BigEndian.AppendUint32([]byte{0x18}, w.delay)), text(w.topic)...)
		last = append(last, text(w.payload)...)
		own = []byte{0x11, 0, 0, 2, 0x58}
	}
	return packet(0x10, text("MQTT"), []byte{level, flags, 0, 60}, properties(level, own), text(id), last, text(user), text(password))
}

// publish is a PUBLISH, of quality of service 1 where id is not 0.
func publish(level byte, topic, payload string, id uint16, retain bool, props []byte) []byte {
	first, number := byte(0x30), []byte(nil)
	if retain {
		first |= 1
	}
	if id != 0 {
		first, number = first|2, binary.BigEndian.AppendUint16(nil, id)
	}
	return packet(first, text(topic), number, properties(level, props), []byte(payload))
}

func subscribe(level byte, filter string, qos byte) []byte {
	return packet(0x82, []byte{0, 1}, properties(level, nil), text(filter), []byte{qos})
}

// dialFrom connects to a port of this computer from an address of it.
func dialFrom(port int, from string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 20 * time.Second}
	c, err := d.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err == nil {
		err = c.SetDeadline(time.Now().Add(5 * time.Minute))
	}
	return c, err
}

var errRefused = errors.New("refused")

// login connects and is let in, or errRefused.
func login(port int, from string, connect []byte) (net.Conn, error) {
	c, err := dialFrom(port, from)
	if err != nil {
		return nil, err
	}
	if _, err = c.Write(connect); err == nil {
		err = connackOf(c)
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func connackOf(c net.Conn) error {
	r := bufio.NewReaderSize(c, 16) // no more than a CONNACK is there
	first, err := r.ReadByte()
	if err != nil {
		return err
	}
	n, err := binary.ReadUvarint(r)
	if err != nil || first != 0x20 || n > 1024 {
		return errors.Join(errRefused, err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil || n < 2 || body[1] != 0 {
		return errors.Join(errRefused, err)
	}
	return nil
}
