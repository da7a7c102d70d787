package broker

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"lamplighter/app/broker/retained"
)

// dropped is how many messages the notices tell of.
func dropped(notices *heard[Notice], user string) (n int) {
	for _, x := range notices.list() {
		if x.Kind == TooSlow && x.User == user {
			n += x.Count
		}
	}
	return n
}

func TestAClientThatNeverAnswersIsToldOfOnceItsMessagesAreDropped(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c, code := rawConnect(t, b, "127.0.0.1", "deaf", "pupil", "secret")
	if code != 0 {
		t.Fatalf("CONNACK %d", code)
	}
	subscribe := append([]byte{0x82, 12, 0, 1, 0, 7}, "class/#\x01"...)
	if _, err := c.Write(subscribe); err != nil {
		t.Fatal(err)
	}
	app := join(t, appOptions(b))
	until(t, "the subscription", func() bool { return atomic.LoadInt64(&b.server.Info.Subscriptions) >= 1 })
	payload := strings.Repeat("x", 4<<20-100)
	for range maxConnectedBytes>>22 + 2 {
		app.send(t, "class/count", payload, 1, false)
	}
	until(t, "the notice", func() bool { return dropped(notices, "pupil") > 0 })
}

func TestForAClientThatIsAwayOnlySoManyMessagesAreKeptAndTheRestIsTold(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c, code := rawLogin(t, b, "127.0.0.1", "sleeper", "pupil", "secret", 0xC0) // keeps its session
	if code != 0 {
		t.Fatalf("CONNACK %d", code)
	}
	if _, err := c.Write(append([]byte{0x82, 12, 0, 1, 0, 7}, "class/#\x01"...)); err != nil {
		t.Fatal(err)
	}
	app := join(t, appOptions(b), "class/#")
	until(t, "the subscription", func() bool { return atomic.LoadInt64(&b.server.Info.Subscriptions) >= 2 })
	_ = c.Close()
	until(t, "its end", func() bool { return len(present(b)) == 1 })
	const size = 64 << 10
	const all = 2 * maxAwayBytes / size
	for i := range all {
		app.send(t, "class/count", fmt.Sprint(i, strings.Repeat(" ", size)), 1, false)
	}
	const kept = maxAwayBytes / (size + retained.MessageCost + 20)
	until(t, "the notice", func() bool { return dropped(notices, "pupil") == all-kept })
	c, _ = rawLogin(t, b, "127.0.0.1", "sleeper", "pupil", "secret", 0xC0)
	for i := range kept { // the oldest, in their order
		if p := readPublish(t, c); !strings.HasPrefix(p.payload, fmt.Sprint(i, " ")) {
			t.Fatalf("message %d is %.10q", i, p.payload)
		}
	}
}

// published is a PUBLISH that a client was sent (MQTT 3.1.1, 3.3).
type published struct {
	topic, payload string
	id             uint16
	dup, retain    bool
	props          string // as they were sent
}

// readPublish reads packets up to the next PUBLISH.
func readPublish(t *testing.T, c net.Conn) published {
	t.Helper()
	return readPublishOf(t, c, 4)
}

// readPublish5 reads packets of version 5 up to the next PUBLISH.
func readPublish5(t *testing.T, c net.Conn) published {
	t.Helper()
	return readPublishOf(t, c, 5)
}

func readPublishOf(t *testing.T, c net.Conn, version byte) (p published) {
	t.Helper()
	for {
		kind, body := readPacket(t, c)
		if kind>>4 != 3 {
			continue
		}
		n := 2 + binary.BigEndian.Uint16(body)
		p.topic, p.dup, body = string(body[2:n]), kind&8 != 0, body[n:]
		if kind&6 != 0 {
			p.id, body = binary.BigEndian.Uint16(body), body[2:]
		}
		if version == 5 {
			n, used := binary.Uvarint(body)
			p.props, body = string(body[used:used+int(n)]), body[used+int(n):]
		}
		p.payload, p.retain = string(body), kind&1 != 0
		return p
	}
}

// byteReader reads single bytes, and never ahead.
type byteReader struct{ io.Reader }

// ReadByte reads one.
func (r byteReader) ReadByte() (byte, error) {
	var b [1]byte
	_, err := io.ReadFull(r, b[:])
	return b[0], err
}

// readPacket reads one packet.
func readPacket(t *testing.T, c net.Conn) (kind byte, body []byte) {
	t.Helper()
	r := byteReader{c}
	kind, err := r.ReadByte()
	if err != nil {
		t.Fatal(err)
	}
	n, err := binary.ReadUvarint(r)
	if err != nil || n > MaxPacket {
		t.Fatal(n, err)
	}
	body = make([]byte, n)
	if _, err := io.ReadFull(c, body); err != nil {
		t.Fatal(err)
	}
	return kind, body
}
