package link

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// pieces is a socket on which bytes come a few at a time.
type pieces struct {
	net.Conn
	data string
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.data == "" {
		return 0, io.EOF
	}
	n := copy(b, p.data[:min(len(p.data), p.size)])
	p.data = p.data[n:]
	return n, nil
}

func packet(kind byte, body string) string {
	head := []byte{kind}
	n := len(body)
	for ; n > 0x7F; n >>= 7 {
		head = append(head, byte(n)|0x80)
	}
	return string(append(head, byte(n))) + body
}

func text(s string) string { return string([]byte{byte(len(s) >> 8), byte(len(s))}) + s }

const accepted = "\x20\x02\x00\x00"

// readAll reads a stream as Paho does. It tells what was taken on the way, what
// Paho got, and why it ended; handed says whether Paho gives its messages back.
func readAll(in *pieces, handed bool) (taken, others []string, err error) {
	w := newPacketConn(in, func(m Message) {
		taken = append(taken, fmt.Sprintf("%s=%d bytes retained=%v", m.Topic, len(m.Payload), m.Retained))
	})
	for {
		p, err := packets.ReadPacket(w)
		if err != nil {
			return taken, others, err
		}
		name := fmt.Sprintf("%T", p)
		if m, ok := p.(*packets.PublishPacket); ok {
			name = m.TopicName
			if handed {
				w.handed.Add(1)
			}
		}
		others = append(others, strings.TrimPrefix(name, "*packets."))
	}
}

func TestMessagesOfQoS0AreTakenOnTheWayAndAllElseIsPahos(t *testing.T) {
	stream := accepted + packet(0x30, text("a")+"small") + packet(0x90, "\x00\x01\x00") +
		packet(0x31, text("a/b")+strings.Repeat("x", 300_000)) + packet(0x30, text("c")) + packet(0xD0, "") +
		packet(0x32, text("one")+"\x00\x07x") + packet(0x30, text("e")+"last")
	for _, size := range []int{1, 3, 7, 4096, 1 << 20} {
		taken, others, err := readAll(&pieces{data: stream, size: size}, true)
		if !errors.Is(err, io.EOF) {
			t.Errorf("in pieces of %d: %v", size, err)
		}
		if want := []string{"a=5 bytes retained=false", "a/b=300000 bytes retained=true", "c=0 bytes retained=false", "e=4 bytes retained=false"}; !slices.Equal(taken, want) {
			t.Errorf("in pieces of %d: taken %q, want %q", size, taken, want)
		}
		if want := []string{"ConnackPacket", "SubackPacket", "PingrespPacket", "one"}; !slices.Equal(others, want) {
			t.Errorf("in pieces of %d: Paho got %q, want %q", size, others, want)
		}
	}
}

func TestAMessageNeverOvertakesAnOlderOneThatPahoStillHas(t *testing.T) {
	stream := accepted + packet(0x30, text("first")) + packet(0x32, text("one")+"\x00\x07x") + packet(0x30, text("later"))
	taken, others, _ := readAll(&pieces{data: stream, size: 1 << 20}, false)
	if len(taken) != 1 || !slices.Equal(others, []string{"ConnackPacket", "one", "later"}) {
		t.Errorf("taken %q, Paho got %q", taken, others)
	}
}

func TestAStreamThatIsNoMQTTEndsTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		stream string
		want   error
	}{
		"a web server":            {"HTTP/1.1 400 Bad Request\r\n\r\n", errNotMQTT},
		"a message too early":     {packet(0x30, text("a")), errNotMQTT},
		"a length without end":    {accepted + "\x30\xFF\xFF\xFF\xFF\x01", errNotMQTT},
		"no topic":                {accepted + packet(0x30, "\x00"), errNotMQTT},
		"a topic beyond the end":  {accepted + packet(0x30, "\x00\x05ab"), errNotMQTT},
		"cut in a message":        {accepted + packet(0x30, text("a")+"payload")[:6], io.ErrUnexpectedEOF},
		"cut in a fixed header":   {accepted + "\x30", io.ErrUnexpectedEOF},
		"cut between two packets": {accepted, io.EOF},
	} {
		if taken, _, err := readAll(&pieces{data: c.stream, size: 1 << 20}, true); !errors.Is(err, c.want) || len(taken) > 0 {
			t.Errorf("%s: %v, want %v; taken %q", name, err, c.want, taken)
		}
	}
}

func FuzzAnyStreamIsRead(f *testing.F) {
	f.Add([]byte(accepted+packet(0x30, text("a")+"small")+packet(0x32, text("one")+"\x00\x07x")), 3)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		if len(data) > 4096 {
			return
		}
		all, _, _ := readAll(&pieces{data: string(data), size: 1 << 20}, true)
		some, _, _ := readAll(&pieces{data: string(data), size: max(1, size)}, true)
		if !slices.Equal(all, some) {
			t.Errorf("whole %q, in pieces %q", all, some)
		}
	})
}

// flow is a socket on which ten bytes come every pause. A read takes all that
// has come, and waits where there is nothing.
type flow struct {
	pause time.Duration
	began time.Time
	got   int
	reads int
	worst time.Duration // from a byte's coming to its being read
}

func (s *flow) Read(p []byte) (int, error) {
	s.reads++
	due := s.began.Add(time.Duration(s.got/10) * s.pause)
	time.Sleep(time.Until(due)) // in the bubble's time
	s.worst = max(s.worst, time.Since(due))
	n := 10 * (1 + int(time.Since(due)/s.pause))
	s.got += n
	return n, nil
}

func TestAFloodIsReadInBiggerPiecesAndALoneMessageAtOnce(t *testing.T) {
	for _, c := range []struct {
		pause, worst time.Duration
		most         int // reads for a thousand messages
	}{
		{50 * time.Microsecond, readPause, 60},
		{20 * time.Millisecond, 0, 1000},
	} {
		synctest.Test(t, func(*testing.T) {
			s := &flow{pause: c.pause, began: time.Now()}
			g := &gatherer{in: s}
			for s.got < 10_000 {
				if _, err := g.Read(make([]byte, readAhead)); err != nil {
					t.Fatal(err)
				}
			}
			if s.reads > c.most || s.worst > c.worst {
				t.Errorf("a message each %v: %d reads, one waited for %v", c.pause, s.reads, s.worst)
			}
		})
	}
}
