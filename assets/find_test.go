//go:build linux

package assets_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

const (
	room7      = "教室 7"
	roomSecret = "000102030405060708090a0b0c0d0e0f"
	findPort   = 18830
)

// answer is what the classroom says to a question with this nonce.
func answer(secret, nonce, host string, port int) string {
	key, _ := hex.DecodeString(secret)
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s\n%s\n%s\n%d", room7, nonce, host, port)
	return fmt.Sprintf(`LAMPLIGHTER! {"host":%q,"port":%d,"nonce":%q,"mac":"%x"}`, host, port, nonce, h.Sum(nil))
}

// classroom answers every question with what say gives for its nonce, and
// gives its UDP port.
func classroom(t *testing.T, say func(nonce string) []string) int {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		b := make([]byte, 2048)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			text, ok := strings.CutPrefix(string(b[:n]), "LAMPLIGHTER? ")
			var q struct{ Class, Nonce, ID string }
			if !ok || json.Unmarshal([]byte(text), &q) != nil || q.Class != room7 || len(q.Nonce) != 16 || q.ID == "" {
				t.Errorf("a question of another form: %q", b[:n])
				continue
			}
			for _, a := range say(q.Nonce) {
				_, _ = c.WriteTo([]byte(a), from)
			}
		}
	}()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// moved is a board whose broker has gone from its old address.
func moved(udp int) opts {
	return opts{
		setup:  func(s *devicetest.Setup) { s.Ports[findPort] = udp },
		config: func(c *device.Config) { c.Find = device.Find{Classroom: room7, Secret: roomSecret, Port: findPort} },
		// the attempts that come before the question go by quickly
		preface: "lamplighter.jitter = lambda ms: 20\n",
	}
}

func (r *room) savedHost() string {
	b, _ := r.ReadFile("/lamplighter.json")
	var c device.Config
	if err := json.Unmarshal(b, &c); err != nil {
		r.t.Fatalf("%s: %v", b, err)
	}
	return net.JoinHostPort(c.Broker.Host, fmt.Sprint(c.Broker.Port))
}

func TestABoardFindsABrokerThatMoved(t *testing.T) {
	t.Parallel()
	b := devicetest.StartMosquitto(t, users)
	other := "00000000000000000000000000000000"
	o := moved(classroom(t, func(nonce string) []string {
		return []string{ // the true answer comes after all that a liar could say
			"LAMPLIGHTER! {", "LAMPLIGHTER! 7", "LAMPLIGHTER! {}", `LAMPLIGHTER! {"host":"h","port":1e999}`, `LAMPLIGHTER! {"host":"h","port":-1e999,"mac":"0"}`, "\xff\xfe", strings.Repeat("x", 1400),
			answer(other, nonce, "127.0.0.9", 1), answer(roomSecret, "0123456789abcdef", "127.0.0.9", 2),
			strings.Replace(answer(roomSecret, nonce, "127.0.0.1", 3), "127.0.0.1", "127.0.0.9", 1),
			answer(roomSecret, nonce, "127.0.0.1", b.Port()),
		}
	}))
	o.port = devicetest.Port(t)
	r := start(t, o)
	r.stage(device.StageSubscribed)
	e := devicetest.Listen(t, b)
	e.Expect(base+"/status", "online")
	if got := r.savedHost(); got != b.Addr() {
		t.Errorf("the board keeps %s, want %s", got, b.Addr())
	}
	if b, _ := r.ReadFile("/lamplighter.json"); !strings.Contains(string(b), devicetest.TestPassword) {
		t.Errorf("the settings lost something: %s", b)
	}
	r.Reset()
	r.stage(device.StageSubscribed)
}

func TestAnAddressThatDoesNotLetTheBoardInIsNotKept(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 100)
	nobody := devicetest.Port(t)
	o := moved(classroom(t, func(nonce string) []string {
		asked <- nonce
		return []string{answer(roomSecret, nonce, "127.0.0.1", nobody)}
	}))
	o.port = devicetest.Port(t)
	r := start(t, o)
	var first string
	for range 2 {
		select {
		case nonce := <-asked:
			if nonce == first {
				t.Error("the same nonce twice")
			}
			first = nonce
		case <-time.After(limit):
			t.Fatalf("nobody asks; the board printed:\n%s", r.printed())
		}
	}
	if got := r.savedHost(); got != net.JoinHostPort(brokerName, fmt.Sprint(brokerPort)) {
		t.Errorf("the board keeps %s", got)
	}
}
