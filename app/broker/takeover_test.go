package broker

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

// silent opens a connection from an address and says nothing.
func silent(t *testing.T, b *Broker, from string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: time.Minute}
	c, err := d.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(b.Port())))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func boardAccount(t *testing.T, b *Broker, n int) (user, password string) {
	t.Helper()
	user = fmt.Sprint("lamp-", n)
	account(t, b, Account{User: user, Role: Board, Base: "class/" + user}, "secret")
	return user, "secret"
}

// Many half-open connections from one address locked everybody out.
func TestHostileHalfOpenConnectionsLockNobodyOut(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	for range maxClients + reserved + 30 {
		silent(t, b, "127.0.0.66")
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == Crowded && n.HolderAddr == "127.0.0.66" })
	for n := range 30 {
		user, password := boardAccount(t, b, n)
		if _, code := rawConnect(t, b, fmt.Sprint("127.0.1.", n+1), user, user, password); code != 0 {
			t.Fatalf("board %d: CONNACK %d", n, code)
		}
	}
	if _, code := rawConnect(t, b, "127.0.0.9", "p", "pupil", "secret"); code != 0 {
		t.Errorf("a pupil: CONNACK %d", code)
	}
	join(t, appOptions(b))
	if n := len(b.hook.conns.all()); n > maxClients+reserved {
		t.Errorf("%d connections", n)
	}
}

// Many logins from one address did so too.
func TestHostileLoginsOfOneAddressLockNobodyOut(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	const places = maxClients - boardPlaces
	for n := range places {
		if _, code := rawConnect(t, b, "127.0.0.66", fmt.Sprint("idle-", n), "pupil", "secret"); code != 0 {
			t.Fatalf("login %d: CONNACK %d", n, code)
		}
	}
	if _, code := rawConnect(t, b, "127.0.0.66", "one-more", "pupil", "secret"); code != connackBusy {
		t.Errorf("one more: CONNACK %d", code)
	}
	n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == Crowded })
	if n.HolderAddr != "127.0.0.66" {
		t.Errorf("%+v", n)
	}
	for n := range 20 { // other pupils take their part of the places, and keep it
		if _, code := rawConnect(t, b, fmt.Sprint("127.0.2.", n+1), fmt.Sprint("pupil-", n), "pupil", "secret"); code != 0 {
			t.Fatalf("pupil %d: CONNACK %d", n, code)
		}
	}
	for n := range 30 {
		user, password := boardAccount(t, b, n)
		if _, code := rawConnect(t, b, fmt.Sprint("127.0.1.", n+1), user, user, password); code != 0 {
			t.Fatalf("board %d: CONNACK %d", n, code)
		}
	}
	at := map[string]int{}
	for _, c := range b.hook.conns.all() {
		at[c.ip()]++
	}
	if at["127.0.0.66"] > places-20 || at["127.0.2.1"] != 1 || at["127.0.1.1"] != 1 {
		t.Errorf("connections: %v", at)
	}
}

func TestHostileLoginsOfOneBoardReplaceItsOwn(t *testing.T) {
	b, _ := begin(t, Options{})
	user, password := boardAccount(t, b, 1)
	for n := range 3 * maxOfBoard {
		if _, code := rawConnect(t, b, "127.0.0.66", fmt.Sprint("x", n), user, password); code != 0 {
			t.Fatalf("CONNACK %d", code)
		}
	}
	until(t, "the oldest to be gone", func() bool { return len(b.hook.conns.all()) == maxOfBoard })
}

func TestTakeoverOfALivingIDIsItsUsersAlone(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	boardAccount(t, b, 1)
	boardAccount(t, b, 2)
	app, password := b.App()
	passwords := map[string]string{app: password}
	enter := func(user, id string) byte {
		p := passwords[user]
		if p == "" {
			p = "secret"
		}
		_, code := rawConnect(t, b, "127.0.0.1", id, user, p)
		return code
	}
	for i, c := range []struct {
		first, second string
		code          byte
	}{
		{"lamp-1", "lamp-2", connackID},
		{"lamp-1", "pupil", connackID},
		{app, "lamp-1", connackID},
		{app, "pupil", connackID},
		{"lamp-1", "lamp-1", 0},
		{"pupil", "pupil", 0},
		{"pupil", "lamp-1", 0}, // who sits on a board's id must not lock it out
		{"lamp-2", app, 0},
	} {
		id := fmt.Sprint("id-", i)
		if code := enter(c.first, id); code != 0 {
			t.Fatalf("%s: CONNACK %d", c.first, code)
		}
		if code := enter(c.second, id); code != c.code {
			t.Errorf("%s after %s: CONNACK %d", c.second, c.first, code)
		}
		cl, ok := b.server.Clients.Get(id)
		want := c.first
		if c.code == 0 {
			want = c.second
		}
		if !ok || infoOf(cl).user != want {
			t.Errorf("%s after %s: the id is another's", c.second, c.first)
		}
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == IDTaken && n.User == "lamp-2" && n.ClientID == "id-0" })
	pk := connectAs("id-0", "lamp-2", "secret")
	c := dialRaw(t, b)
	write(t, c, pk)
	if _, body := readPacket(t, c); body[1] != packets.ErrClientIdentifierNotValid.Code {
		t.Errorf("version 5 is told % x", body)
	}
}

// Of two that log in at the same moment, neither must inherit the other's session.
func TestTakeoverAtTheSameMomentGivesAnIDToOne(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	boardAccount(t, b, 1)
	boardAccount(t, b, 2)
	for round := range 20 {
		id := fmt.Sprint("contested-", round)
		codes := make([]byte, 8)
		var all sync.WaitGroup
		for i := range codes {
			c := dialRaw(t, b)
			data := encode(t, connectAs(id, fmt.Sprint("lamp-", 1+i%2), "secret"))
			all.Go(func() {
				var ack [4]byte
				if _, err := c.Write(data); err != nil {
					t.Error(err)
				}
				if _, err := c.Read(ack[:]); err == nil {
					codes[i] = ack[3]
				}
			})
		}
		all.Wait()
		refused := [2]bool{}
		for i, code := range codes {
			refused[i%2] = refused[i%2] || code != 0
		}
		cl, ok := b.server.Clients.Get(id)
		if !ok || refused[0] && refused[1] {
			t.Fatalf("there %v, answers % x", ok, codes)
		}
		if winner := infoOf(cl).user == "lamp-2"; refused[map[bool]int{false: 0, true: 1}[winner]] {
			t.Errorf("a client of the winner was refused: % x", codes)
		}
	}
}
