package broker

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"

	"lamplighter/app/link"
)

// subscribe is a SUBSCRIBE of one filter (MQTT 3.1.1, 3.8), at QoS 0.
func subscribe(t *testing.T, c net.Conn, filter string) {
	t.Helper()
	body := append([]byte{0, 1, byte(len(filter) >> 8), byte(len(filter))}, filter...)
	body = append(body, 0)
	head := []byte{0x82}
	for n := len(body); ; n >>= 7 {
		if n < 128 {
			head = append(head, byte(n))
			break
		}
		head = append(head, byte(n&127|128))
	}
	if _, err := c.Write(append(head, body...)); err != nil {
		t.Fatal(err)
	}
}

// A newcomer whose predecessor ends later than it begins would be taken off
// mochi's list, and be connected but deaf.
func TestWhoTakesAClientIDOverBeginsWhenItsPredecessorHasEnded(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	var before *conn
	for n := range 40 {
		_, code := rawConnect(t, b, "127.0.0."+strconv.Itoa(1+n%2), "lamp-1", "lamp", "secret")
		if code != 0 {
			t.Fatalf("CONNACK %d", code)
		}
		if before != nil {
			select {
			case <-before.done:
			default:
				t.Fatalf("at take-over %d the old connection is still ending", n)
			}
		}
		cl, ok := b.server.Clients.Get("lamp-1")
		if !ok {
			t.Fatal("the broker does not know its client")
		}
		before = connOf(cl)
	}
}

// A client that takes nothing holds up its own SUBACK, and nobody else.
func TestAClientThatReadsNothingKeepsNoBoardFromSayingItsState(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	app := join(t, appOptions(b))
	for n := range 5 {
		cl := stuck(t, b, app, "stuck-"+strconv.Itoa(n))
		for cl.State.Subscriptions.Len() < 2 && !cl.Closed() {
			time.Sleep(time.Millisecond)
		}
		free := b.hook.retaining.TryLock()
		if free {
			b.hook.retaining.Unlock()
		}
		switch {
		case cl.Closed(): // a computer so busy that the write's time was over: once more
		case !free:
			t.Fatal("nobody can retain a message while one client takes nothing")
		default:
			return
		}
	}
	t.Fatal("no client was ever stuck")
}

// stuck is a client that reads nothing, has more waiting than the network takes,
// and asks for another subscription.
func stuck(t *testing.T, b *Broker, app *client, id string) *mqtt.Client {
	t.Helper()
	c, _ := rawConnect(t, b, "127.0.0.1", id, "pupil", "secret")
	if err := c.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	subscribe(t, c, "class/much")
	cl, ok := b.server.Clients.Get(id)
	if !ok {
		t.Fatal("no client")
	}
	held := 0
	until(t, "a write that is held up", func() bool {
		_ = app.Publish("class/much", make([]byte, 500_000), 0, false)
		held++
		if cl.TryLock() { // the client's writes hold it
			cl.Unlock()
			held = 0
		}
		return held == 10
	})
	subscribe(t, c, "class/more")
	return cl
}

func TestTopicsOfVeryManyLevelsHoldNobodyUp(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	deep := "class" + strings.Repeat("/", 60_000)
	pupil := join(t, options(b, "pupil", "secret"))
	if err := pupil.Subscribe(deep, 0); err != nil {
		t.Fatal(err)
	}
	pupil.subs.wait(t, "a refusal", func(s link.SubState) bool { return s.Filter == deep && s.Err != nil })
	pupil.send(t, deep, "x", 1, true)
	notices.wait(t, "a denied publish", func(n Notice) bool { return n.Kind == Denied && strings.HasPrefix(n.Topic, "class///") })
	if !pupil.stayed() {
		t.Error("the pupil's program was thrown off")
	}
}

// A SUBSCRIBE of version 5 whose last filter has no options (MQTT 5, 3.8.3)
// makes mochi panic.
func TestAPacketThatIsCutShortEndsItsOwnConnectionOnly(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	app := join(t, appOptions(b), "class/ok")
	for range 3 {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(b.Port())))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		connect := "\x10\x1f\x00\x04MQTT\x05\xc2\x00\x3c\x00\x00\x03odd\x00\x05pupil\x00\x06secret"
		good := "\x82\x0c\x00\x01\x00\x00\x06class/\x00"
		cut := "\x82\x0d\x00\x02\x00\x00\x08class/aa"
		if _, err := c.Write([]byte(connect + good + cut)); err != nil {
			t.Fatal(err)
		}
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Fatalf("the connection goes on: %v", err)
		}
	}
	notices.wait(t, "its end", func(n Notice) bool { return n.Kind == Disconnected && n.ClientID == "odd" })
	until(t, "the end of its session", func() bool {
		_, ok := b.server.Clients.Get("odd")
		return !ok
	})
	app.send(t, "class/ok", "1", 1, true)
	app.hears(t, "class/ok", "1")
	if !app.stayed() {
		t.Error("the program itself was thrown off")
	}
}

// Wrong passwords of one laptop stood in line before a board's, whose connections
// had ended long ago: a login took as long as hashing all of them.
func TestHostileWrongPasswordsOfOneAddressHoldNoBoardUp(t *testing.T) {
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	account(t, b, Account{User: "slow", Role: Pupil}, "secret")
	b.accounts.mu.Lock()
	b.accounts.entries["slow"].Rounds = 500_000
	b.accounts.mu.Unlock()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.66")}, Timeout: time.Minute}
	for i := range 40 {
		c, err := d.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.Port()))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write(connectPacket("MQTT", 4, 2|64|128, fmt.Sprint(i), "slow", fmt.Sprint(i)))
		_ = c.Close()
	}
	until(t, "the first to be hashed", func() bool { return len(b.accounts.slots) > 0 })
	if _, code := rawConnect(t, b, "127.0.0.1", "lamp", "lamp", "secret"); code != 0 {
		t.Errorf("CONNACK %d", code)
	}
	b.accounts.mu.RLock()
	defer b.accounts.mu.RUnlock()
	if n := len(b.accounts.checked); n > 8 {
		t.Errorf("%d passwords were hashed before the board's", n-1)
	}
}
