package broker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lamplighter/device"
)

var (
	testMaster = strings.Repeat("ab", 16)
	testOld    = strings.Repeat("0f", 16)
)

// finderFor knows a board with its own secret, and one of an earlier version.
func finderFor(t *testing.T) *Locator {
	t.Helper()
	f, err := StartLocator(LocatorOptions{
		Host: "127.0.0.1", Classrooms: []string{"class"}, Master: testMaster, Secret: testOld, BrokerPort: 1884,
		Boards: map[string]bool{"aa": true, "bb": false},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// nextSecond forgets who was answered, as a second's end does.
func (f *Locator) nextSecond() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.second = 0
}

const findNonce = "abcdefabcdefabcd"

func questionOf(id string) string {
	return fmt.Sprintf(`LAMPLIGHTER? {"class":"class","nonce":%q,"id":%q}`, findNonce, id)
}

// signedBy asks as a board, and gives which of the secrets signed answers, until
// one of a board that is not asked for comes in vain.
func signedBy(t *testing.T, f *Locator, id string, secrets map[string]string) (signers []string) {
	t.Helper()
	c, err := net.Dial("udp4", f.conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const last = "LAMPLIGHTER? {\"class\":\"class\",\"nonce\":\"1111111111111111\",\"id\":\"aa\"}" // has one answer
	for _, q := range []string{questionOf(id), last} {
		if _, err := c.Write([]byte(q)); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 1024)
	for {
		if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("%s: after %v: %v", id, signers, err)
		}
		var a struct{ Host, Nonce, MAC string }
		if err := json.Unmarshal([]byte(strings.TrimPrefix(string(buf[:n]), findAnswer)), &a); err != nil {
			t.Fatal(err)
		}
		if a.Nonce != findNonce {
			return signers
		}
		for name, secret := range secrets {
			if a.MAC == findMAC(unhex(secret), "class", findNonce, a.Host, 1884) {
				signers = append(signers, name)
			}
		}
	}
}

func TestABoardIsAnsweredUnderTheSecretThatItHas(t *testing.T) {
	f := finderFor(t)
	for id, want := range map[string]string{"aa": "own", "bb": "own old", "cc": "own old"} {
		f.nextSecond()
		secrets := map[string]string{"own": device.FindSecret(testMaster, id), "old": testOld}
		if got := strings.Join(signedBy(t, f, id, secrets), " "); got != want {
			t.Errorf("%s: answers under %q, want %q", id, got, want)
		}
	}
	f.Know(map[string]bool{"bb": true})
	f.nextSecond()
	if got := signedBy(t, f, "bb", map[string]string{"old": testOld}); len(got) != 0 {
		t.Errorf("a board with a secret of its own is answered under %q", got)
	}
}

func TestHostileFloodOfQuestionsLeavesABoardItsAnswer(t *testing.T) {
	f := finderFor(t)
	flood := func(id string) {
		for range 50 {
			for i := range 37 {
				f.hear([]byte(questionOf(id)), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 1, 0, byte(i + 1)}), 9))
			}
		}
	}
	for _, id := range []string{"cc", "aa"} { // of a board that nobody knows, and of one of the roster
		flood(id)
		if got := signedBy(t, f, "aa", map[string]string{"own": device.FindSecret(testMaster, "aa")}); len(got) != 1 {
			t.Errorf("after a flood with the id %s: %q", id, got)
		}
	}
}

// A hundred lines a second wiped both logs in minutes.
func TestHostileFloodOfQuestionsLeavesTheLog(t *testing.T) {
	f := finderFor(t)
	var log bytes.Buffer
	f.o.Log = slog.New(slog.NewTextHandler(&log, nil))
	at := time.Now()
	for i := range 1000 {
		board := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
		f.log(board, board, at.Add(time.Duration(i)*time.Millisecond))
	}
	f.log(netip.Addr{}, netip.Addr{}, at.Add(noticePause))
	if lines := strings.Count(log.String(), "\n"); lines != 2 || !strings.Contains(log.String(), "answers=1000") {
		t.Errorf("%d lines: %s", lines, log.String())
	}
}

func TestAFinderNeedsASecretThatIsOne(t *testing.T) {
	for _, o := range []LocatorOptions{{}, {Master: "ab"}, {Master: testMaster, Secret: "x"}, {Secret: testOld + "00"}} {
		if f, err := StartLocator(o); err == nil {
			f.Close()
			t.Errorf("%+v was taken", o)
		}
	}
}
