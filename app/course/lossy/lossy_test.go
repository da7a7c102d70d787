package lossy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strconv"
	"testing"
	"time"
)

// packets of a client and of a broker.
var (
	qos0   = []byte{0x30, 4, 0, 1, 'a', 'x'}
	qos1   = []byte{0x32, 6, 0, 1, 'a', 0, 7, 'x'}
	ack    = []byte{0x40, 2, 0, 7}
	early  = []byte{0x50, 2, 0, 9} // PUBREC of nothing
	answer = []byte{0x90, 3, 0, 1, 0}
)

// line begins a line by a plan, and gives both its ends.
func line(t *testing.T, plan Plan) (l *Line, client, broker net.Conn) {
	t.Helper()
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	if l, err = Listen(target.Addr().String(), plan); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	if client, err = net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port()))); err != nil {
		t.Fatal(err)
	}
	if broker, err = target.Accept(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []net.Conn{client, broker} {
		t.Cleanup(func() { _ = c.Close() })
		if err := c.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	return l, client, broker
}

func send(t *testing.T, c net.Conn, all ...[]byte) {
	t.Helper()
	for _, p := range all {
		if _, err := c.Write(p); err != nil {
			t.Fatal(err)
		}
	}
}

func arrives(t *testing.T, c net.Conn, want ...[]byte) {
	t.Helper()
	for _, p := range want {
		got := make([]byte, len(p))
		if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, p) {
			t.Fatalf("% x came, not % x: %v", got, p, err)
		}
	}
}

func ends(t *testing.T, c net.Conn) {
	t.Helper()
	if rest, err := io.ReadAll(c); err == nil && len(rest) > 0 {
		t.Errorf("% x came", rest)
	}
}

func TestALostMessageBreaksTheLineAfterThoseBeforeItArrived(t *testing.T) {
	l, client, broker := line(t, func(n int) Fate {
		if n == 2 {
			return LosesIt
		}
		return Passes
	})
	send(t, client, qos0, qos1, qos0, qos0)
	arrives(t, broker, qos0, qos1)
	ends(t, broker)
	_ = broker.Close()
	ends(t, client)
	if n, _ := l.Published(); n != 3 || l.Lost() != (Lost{Messages: 1}) {
		t.Errorf("%d carried, %+v lost", n, l.Lost())
	}
}

func TestALostReplyBreaksTheLineAfterTheMessageArrived(t *testing.T) {
	l, client, broker := line(t, func(int) Fate { return LosesReply })
	send(t, client, qos1)
	arrives(t, broker, qos1)
	send(t, broker, early, answer, ack)
	arrives(t, client, answer)
	ends(t, client)
	ends(t, broker)
	if l.Lost() != (Lost{Replies: 1}) {
		t.Errorf("%+v", l.Lost())
	}
}

func TestWhatIsNoPacketBreaksTheLine(t *testing.T) {
	for _, bad := range [][]byte{{0x30, 0xFF, 0xFF, 0xFF, 0xFF}, {0x30, 0xFF, 0xFF, 0x7F}} {
		_, client, broker := line(t, Every)
		send(t, client, bad)
		ends(t, broker)
		_ = broker.Close()
		ends(t, client)
	}
}

func FuzzPacketID(f *testing.F) {
	f.Add(qos1)
	f.Add([]byte{0x32, 0x80, 0x80, 1, 0xFF})
	f.Fuzz(func(_ *testing.T, data []byte) {
		if p, err := readPacket(bufio.NewReader(bytes.NewReader(data))); err == nil {
			packetID(p)
		}
	})
}
