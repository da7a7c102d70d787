package locator

import (
	"bytes"
	"encoding/hex"
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
	f, err := Start(Options{
		Host: "127.0.0.1", Classrooms: []string{"class"}, Master: testMaster, Secret: testOld, BrokerPort: 1884,
		Boards: map[string]bool{"aa": true, "bb": false},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// addr is where boards of this PC ask.
func (f *Locator) addr() string { return f.conn.LocalAddr().String() }

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
	c, err := net.Dial("udp4", f.addr())
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
	f.SetBoards(map[string]bool{"bb": true})
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
				f.handle([]byte(questionOf(id)), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 1, 0, byte(i + 1)}), 9))
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
	f.log(netip.Addr{}, netip.Addr{}, at.Add(logPause))
	if lines := strings.Count(log.String(), "\n"); lines != 2 || !strings.Contains(log.String(), "answers=1000") {
		t.Errorf("%d lines: %s", lines, log.String())
	}
}

func TestAFinderNeedsASecretThatIsOne(t *testing.T) {
	for _, o := range []Options{{}, {Master: "ab"}, {Master: testMaster, Secret: "x"}, {Secret: testOld + "00"}} {
		if f, err := Start(o); err == nil {
			f.Close()
			t.Errorf("%+v was taken", o)
		}
	}
}

func beginFinder(t *testing.T, port int) *Locator {
	t.Helper()
	f, err := Start(Options{Host: "127.0.0.1", Port: port, Classrooms: []string{"room", "class"}, Secret: strings.Repeat("0f", 16), BrokerPort: 1884})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func ask(t *testing.T, f *Locator, questions ...string) (answers []string) {
	t.Helper()
	c, err := net.Dial("udp4", f.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, q := range questions {
		if _, err := c.Write([]byte(q)); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 2048)
	for {
		if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("after %q: %v", answers, err)
		}
		answers = append(answers, string(buf[:n]))
		if strings.Contains(answers[len(answers)-1], "abcdefabcdefabcd") {
			return answers // the last question's
		}
	}
}

const lastQuestion = `LAMPLIGHTER? {"class":"class","nonce":"abcdefabcdefabcd","id":"24"}`

func TestABoardFindsTheBrokerAgainAndCanProveTheAnswer(t *testing.T) {
	f := beginFinder(t, 0)
	answers := ask(t, f, lastQuestion)
	body, ok := strings.CutPrefix(answers[0], "LAMPLIGHTER! ")
	var a struct {
		Host, Nonce, MAC string
		Port             int
	}
	if !ok || json.Unmarshal([]byte(body), &a) != nil || len(answers) != 1 {
		t.Fatalf("%q", answers)
	}
	if a.Host != "127.0.0.1" || a.Port != 1884 || a.Nonce != "abcdefabcdefabcd" {
		t.Errorf("%+v", a)
	}
	secret, err := hex.DecodeString(strings.Repeat("0f", 16))
	if err != nil {
		t.Fatal(err)
	}
	if a.MAC != findMAC(secret, "class", "abcdefabcdefabcd", "127.0.0.1", 1884) || a.MAC == findMAC(secret[1:], "class", "abcdefabcdefabcd", "127.0.0.1", 1884) {
		t.Error("the answer does not prove itself")
	}
	// The same by hand: printf 'class\nabcdefabcdefabcd\n127.0.0.1\n1884' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0f0f…
	if a.MAC != knownMAC {
		t.Errorf("mac %s", a.MAC)
	}
}

func TestTheFinderIgnoresEverythingElse(t *testing.T) {
	f := beginFinder(t, 0)
	answers := ask(t, f,
		"", "LAMPLIGHTER?", "LAMPLIGHTER? {", "LAMPLIGHTER? []", "\x00\xff", strings.Repeat("x", 2000),
		`LAMPLIGHTER? {"class":"other","nonce":"0123456789abcdef"}`,
		`LAMPLIGHTER? {"class":"class","nonce":"0123456789abcde"}`,
		`LAMPLIGHTER? {"class":"class","nonce":"0123456789abcdeg"}`,
		`LAMPLIGHTER? {"class":"class","nonce":"`+strings.Repeat("0", 33)+`"}`,
		`LAMPLIGHTER! {"class":"class","nonce":"0123456789abcdef"}`,
		lastQuestion)
	if len(answers) != 1 {
		t.Errorf("%q", answers)
	}
}

func TestAFinderThatRestsAnswersNobodyAndThenTellsTheNewPort(t *testing.T) {
	f := beginFinder(t, 0)
	f.Pause()
	f.handle([]byte(lastQuestion), netip.MustParseAddrPort("127.0.0.1:9"))
	if f.total != 0 {
		t.Error("it answered without a broker")
	}
	o := f.o
	o.BrokerPort = 1999
	if err := f.Renew(Options{Secret: "short"}); err == nil {
		t.Error("a secret that is none was taken")
	}
	if err := f.Renew(o); err != nil {
		t.Fatal(err)
	}
	if answers := ask(t, f, lastQuestion); !strings.Contains(answers[len(answers)-1], `"port":1999`) {
		t.Errorf("%q", answers)
	}
}

func TestTheFinderAnswersNobodyTooOften(t *testing.T) {
	f := &Locator{asked: map[netip.Addr]int{}}
	ip := netip.MustParseAddr("192.168.1.2")
	yes := 0
	for range 100 {
		if f.allows(ip, 7) {
			yes++
		}
	}
	for i := range 1000 {
		if f.allows(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 7) {
			yes++
		}
	}
	if yes != answersPerSec || len(f.asked) > answersPerSec {
		t.Errorf("%d answers", yes)
	}
	if !f.allows(ip, 8) {
		t.Error("not even in the next second")
	}
}

func TestTheFinderTakesAPortNearby(t *testing.T) {
	a := beginFinder(t, 0)
	b := beginFinder(t, a.Port())
	if a.Port() == b.Port() || b.Port() == 0 {
		t.Errorf("ports %d and %d", a.Port(), b.Port())
	}
}

func FuzzQuestion(f *testing.F) {
	f.Add([]byte(lastQuestion))
	f.Add([]byte("LAMPLIGHTER? {}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if q, ok := parseQuestion(b); ok && (len(q.Nonce) < 16 || len(q.Nonce) > 32) {
			t.Errorf("%q", q.Nonce)
		}
	})
}

// knownMAC was made with openssl.
const knownMAC = "3277ae69898d7f48bd73ec6b54f04160dc64f3ef71e749f2a9ffc3a8dec82e2c"
