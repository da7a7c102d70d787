// Package locator lets boards find their broker again: it lists this PC's addresses
// that boards may use, and answers boards that ask by UDP where the broker is now.
//
// It answers only questions of its classrooms, signs every answer, and answers no
// more than a board needs. It never tells a secret, and sends nothing unasked.
package locator

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

// defaultFindPort is where boards ask for the broker, by UDP.
const defaultFindPort = 18830

// The datagrams of the locator. A board that has lost its broker sends the first
// as a broadcast; the app answers with the second:
//
//	LAMPLIGHTER? {"class":"…","nonce":"16 to 32 hex digits","id":"…"}
//	LAMPLIGHTER! {"host":"…","port":…,"nonce":"…","mac":"64 hex digits"}
//
// mac is HMAC-SHA-256 of class, nonce, host and port, joined by line feeds, under
// the secret of the board with that id (device.FindSecret). Boards of earlier
// versions have one secret in common: one that may be such a board is answered
// under both. The board's own nonce makes an old answer worthless; who has not
// the secret can't answer.
const (
	findQuestion = "LAMPLIGHTER? "
	findAnswer   = "LAMPLIGHTER! "
)

// Bounds of the locator.
const (
	maxQuestion   = 512  // bytes
	answersPerSec = 100  // to boards that nobody knows
	knownPerSec   = 1000 // to those of the roster: with perAsker, a flood takes 200 addresses
	perAsker      = 5    // a second, to one address
	findPorts     = 8    // tried one after another before any free one

	logPause = 5 * time.Second // between two lines of the log
)

// Options say how to answer boards.
type Options struct {
	Host       string          // "" = every interface; tests give 127.0.0.1
	Port       int             // UDP, wanted; 0 = 18830. One near it is taken where it is in use
	Classrooms []string        // whose boards are answered: a board keeps the classroom that it was given
	Master     string          // 32 hex digits: makes each board's own secret
	Secret     string          // 32 hex digits: what boards of earlier versions have in common; "" = there are none
	Boards     map[string]bool // the ids of the roster's boards, and whether they have secrets of their own
	BrokerPort int
	Log        *slog.Logger
}

// Locator answers boards that ask for the broker.
type Locator struct {
	conn *net.UDPConn
	done chan struct{}
	once sync.Once

	mu sync.Mutex
	o  Options // BrokerPort 0: there is no broker now, and no answer

	// These belong to run.
	second int64 // of the counts
	total  int   // answers to boards that nobody knows
	known  int   // to the others
	asked  map[netip.Addr]int
	logged time.Time // when an answer was written into the log last
	silent int       // answers since then
}

var errSecretForm = errors.New("the secret is not 32 hex digits")

// Start answers from now on. It fails with a *fault.Error.
func Start(o Options) (*Locator, error) {
	f := &Locator{done: make(chan struct{}), asked: map[netip.Addr]int{}}
	if err := f.Renew(o); err != nil {
		return nil, err
	}
	c, err := listenUDPNear(o.Host, o.Port)
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "answer boards", Err: err}
	}
	f.conn = c
	crash.Go(f.run)
	return f, nil
}

// Renew answers as o says from now on, at the same host and port as before.
// With the BrokerPort 0 nobody is answered: a broker that is started anew must
// not give the locator's port up, for boards know no other.
func (f *Locator) Renew(o Options) error {
	for _, s := range []string{o.Master, o.Secret} {
		if key, err := hex.DecodeString(s); err != nil || s != "" && len(key) != 16 || o.Master+o.Secret == "" {
			return &fault.Error{Fault: fault.BadValue, Op: "answer boards", Err: errSecretForm}
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.o = o
	return nil
}

// SetBoards sets the boards of the roster: see Options.Boards.
func (f *Locator) SetBoards(boards map[string]bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.o.Boards = boards
}

// Pause answers nobody until Renew.
func (f *Locator) Pause() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.o.BrokerPort = 0
}

func listenUDPNear(host string, port int) (*net.UDPConn, error) {
	if port == 0 {
		port = defaultFindPort
	}
	var first error
	for i := range findPorts + 1 {
		p := port + i
		if i == findPorts {
			p = 0
		}
		a, err := net.ResolveUDPAddr("udp4", net.JoinHostPort(host, strconv.Itoa(p)))
		if err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		c, err := net.ListenUDP("udp4", a)
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, fmt.Errorf("listen: %w", first)
}

// Port is where boards must ask.
func (f *Locator) Port() int {
	if a, ok := f.conn.LocalAddr().(*net.UDPAddr); ok {
		return a.Port
	}
	return 0
}

// Close ends the answers.
func (f *Locator) Close() {
	f.once.Do(func() { _ = f.conn.Close() })
	<-f.done
}

func (f *Locator) run() {
	defer close(f.done)
	buf := make([]byte, maxQuestion+1)
	for {
		n, from, err := f.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || n > maxQuestion {
			continue // Windows reports a port that an answer did not reach, here
		}
		f.handle(buf[:n], from)
	}
}

// handle answers a datagram, if it is a question of these classrooms.
func (f *Locator) handle(datagram []byte, from netip.AddrPort) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q, ok := parseQuestion(datagram)
	ip := from.Addr().Unmap()
	if !ok || f.o.BrokerPort == 0 || !slices.Contains(f.o.Classrooms, q.Class) {
		return
	}
	allows := f.allows
	if _, known := f.o.Boards[q.ID]; known {
		allows = f.allowsKnown
	}
	if !allows(ip, time.Now().Unix()) {
		return
	}
	// Of two networks that hold the board, as a VPN's large one around the room's,
	// the routes know which is meant.
	host := sourceFor(ip.String())
	if !host.IsValid() {
		return
	}
	for _, secret := range f.secrets(q.ID) {
		if _, err := f.conn.WriteToUDPAddrPort(f.answer(q, secret, host.String()), from); err != nil {
			f.o.Log.Debug("a board's question could not be answered", "board", ip, "err", err)
			return
		}
	}
	f.log(ip, host, time.Now())
}

// log notes an answer, one in logPause: a flood of questions must not fill the
// log.
func (f *Locator) log(board, host netip.Addr, now time.Time) {
	if f.silent++; now.Sub(f.logged) < logPause {
		return
	}
	f.o.Log.Info("a board asked for the broker", "board", board, "answer", host, "answers", f.silent)
	f.logged, f.silent = now, 0
}

// secrets are those that the board of an id may have.
func (f *Locator) secrets(id string) (all [][]byte) {
	if f.o.Master != "" {
		all = append(all, unhex(device.FindSecret(f.o.Master, id)))
	}
	if f.o.Secret != "" && !f.o.Boards[id] {
		all = append(all, unhex(f.o.Secret))
	}
	return all
}

// unhex reads hex digits that Renew has checked.
func unhex(s string) []byte {
	b, _ := hex.DecodeString(s)
	return b
}

// question is what a board asks.
type question struct {
	Class string `json:"class"`
	Nonce string `json:"nonce"`
	ID    string `json:"id"`
}

// parseQuestion reads a question. Everything else is none.
func parseQuestion(b []byte) (question, bool) {
	rest, ok := bytes.CutPrefix(b, []byte(findQuestion))
	if !ok || len(b) > maxQuestion {
		return question{}, false
	}
	var q question
	if json.Unmarshal(rest, &q) != nil || len(q.Nonce) < 16 || len(q.Nonce) > 32 {
		return question{}, false
	}
	for _, c := range q.Nonce {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return question{}, false
		}
	}
	return q, true
}

// answer is the datagram that tells where the broker is.
func (f *Locator) answer(q question, secret []byte, host string) []byte {
	port := f.o.BrokerPort
	body, err := json.Marshal(struct {
		Host  string `json:"host"`
		Port  int    `json:"port"`
		Nonce string `json:"nonce"`
		MAC   string `json:"mac"`
	}{host, port, q.Nonce, findMAC(secret, q.Class, q.Nonce, host, port)})
	if err != nil {
		return nil
	}
	return append([]byte(findAnswer), body...)
}

// findMAC signs an answer.
func findMAC(secret []byte, class, nonce, host string, port int) string {
	h := hmac.New(sha256.New, secret)
	_, _ = io.WriteString(h, class+"\n"+nonce+"\n"+host+"\n"+strconv.Itoa(port))
	return hex.EncodeToString(h.Sum(nil))
}

// allows counts what was answered in this second to boards that nobody knows.
func (f *Locator) allows(ip netip.Addr, second int64) bool {
	return f.counts(ip, second, &f.total, answersPerSec)
}

// allowsKnown counts what was answered to boards of the roster. They have an
// account of their own, which a flood of other ids does not empty.
func (f *Locator) allowsKnown(ip netip.Addr, second int64) bool {
	return f.counts(ip, second, &f.known, knownPerSec)
}

func (f *Locator) counts(ip netip.Addr, second int64, count *int, most int) bool {
	if second != f.second {
		f.second, f.total, f.known = second, 0, 0
		clear(f.asked)
	}
	if *count >= most || f.asked[ip] >= perAsker {
		return false
	}
	*count++
	f.asked[ip]++
	return true
}
