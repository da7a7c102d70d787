// Package instance lets one program at a time use a data folder: a second start
// raises the first one's window and ends.
//
// The system's own file lock decides, which ends with its process, so a crash
// leaves nothing behind. Over a loopback connection the first is asked to raise
// its window, or to end; both sides prove that they can read the folder, and
// nothing else can be asked.
package instance

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"lamplighter/app/atomicfile"
	"lamplighter/device/crash"
	"lamplighter/device/random"
)

// The reasons for which a folder can't be had.
var (
	// ErrRunning tells that another program uses the folder, and that its window
	// was raised.
	ErrRunning = errors.New("already running")
	// ErrSilent tells that another program uses the folder, and does not answer,
	// or has no window that it could raise.
	ErrSilent = errors.New("already running, and does not answer")
	// ErrBusy tells that the other program can't end now: it is writing to a board.
	ErrBusy = errors.New("busy with a board")
)

// FolderError tells that a folder can't be used at all: most often it can't be
// written.
type FolderError struct {
	Dir string
	Err error
}

func (e *FolderError) Error() string { return "use the data folder " + e.Dir + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *FolderError) Unwrap() error { return e.Err }

const (
	lockFile = "instance.lock"
	callFile = "instance.json"
	callTime = 2 * time.Second       // one conversation
	waitTime = 10 * time.Second      // for a first instance that is still starting, or that ends
	pollTime = 50 * time.Millisecond // between two looks at its file
	maxCalls = 4                     // conversations at once with those who have proved nothing yet
	greeting = "LAMPLIGHTER "
)

// Answer is what becomes of what another start asks for.
type Answer string

// The answers.
const (
	NoAnswer   Answer = ""           // the program does not come to it
	Raised     Answer = "raised"     // the window
	Windowless Answer = "windowless" // there is no window
	Quitting   Answer = "quitting"   // the program begins to end
	Busy       Answer = "busy"       // the program must not end now
)

// Handler does what another start asks for, on goroutines of the lock's, within
// two seconds.
type Handler struct {
	Raise func() Answer // Raised or Windowless
	Quit  func() Answer // Quitting or Busy
}

// The verbs of a conversation.
const (
	verbRaise = "raise"
	verbQuit  = "quit"
)

// Lock is the use of a data folder.
type Lock struct {
	file       *flock.Flock // nil where the file system has no locks
	path       string
	listen     net.Listener
	token      []byte
	handle     Handler
	done       sync.WaitGroup
	calls      calls
	stopOnce   sync.Once
	unlockOnce sync.Once
}

// call is how to reach the first instance.
type call struct {
	Port  int    `json:"port"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}

// Acquire takes the folder, which is made if it is missing. It fails with
// ErrRunning when another program has the folder and raised its window, and with
// ErrSilent when that neither does so nor ends within 10 s. It fails with a
// *FolderError where the folder can't be written.
func Acquire(dir string, h Handler) (*Lock, error) { return acquireLock(dir, h, waitTime) }

func acquireLock(dir string, h Handler, patience time.Duration) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &FolderError{dir, err}
	}
	path := filepath.Join(dir, callFile)
	f, err := lock(filepath.Join(dir, lockFile))
	for end := time.Now().Add(patience); errors.Is(err, errLocked); f, err = lock(filepath.Join(dir, lockFile)) {
		if ask(path, verbRaise) == Raised {
			return nil, ErrRunning
		}
		if !time.Now().Before(end) {
			return nil, ErrSilent
		}
		time.Sleep(pollTime)
	}
	switch {
	case errors.Is(err, errNoLocks):
		// Some network file systems have none; then who answers has the folder.
		if ask(path, verbRaise) == Raised {
			return nil, ErrRunning
		}
	case err != nil:
		return nil, &FolderError{dir, err}
	}
	l := &Lock{file: f, path: path, handle: h, token: random.Bytes(32)}
	if err := l.serve(); err != nil {
		unlock(f)
		return nil, err
	}
	return l, nil
}

// serve listens for a second start, and says where.
func (l *Lock) serve() error {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for another start: %w", err)
	}
	l.listen = listen
	a, _ := listen.Addr().(*net.TCPAddr)
	data, err := json.Marshal(call{Port: a.Port, Token: hex.EncodeToString(l.token), PID: os.Getpid()})
	if err == nil {
		err = atomicfile.Write(l.path, data, 0o600)
	}
	if err != nil {
		_ = listen.Close()
		return &FolderError{filepath.Dir(l.path), err}
	}
	l.done.Add(1)
	crash.Go(l.accept)
	return nil
}

func (l *Lock) accept() {
	defer l.done.Done()
	for {
		c, err := l.listen.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(pollTime)
			continue
		}
		l.calls.begin(c)
		l.done.Add(1)
		crash.Go(func() {
			defer l.done.Done()
			defer l.calls.proved(c)
			l.answer(c)
		})
	}
}

// calls are the conversations with those who have proved nothing yet. Any program
// can call, so that of too many the oldest ends: a start that can read the folder
// has proved it within a moment.
type calls struct {
	mu  sync.Mutex
	all []net.Conn // the oldest first
}

func (s *calls) begin(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all = append(s.all, c); len(s.all) > maxCalls {
		_ = s.all[0].Close()
		s.all = slices.Delete(s.all, 0, 1)
	}
}

// proved takes a conversation out of those that may be ended.
func (s *calls) proved(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, func(o net.Conn) bool { return o == c })
}

// answer proves that we are the first instance, and believes a caller that
// proves it can read the folder:
//
//	caller: LAMPLIGHTER <nonce>
//	we:     LAMPLIGHTER <HMAC(token, "first " nonce)> <nonce of ours>
//	caller: LAMPLIGHTER <HMAC(token, verb " " nonce of ours)>
//	we:     LAMPLIGHTER <what became of it>
func (l *Lock) answer(c net.Conn) {
	defer c.Close()
	if c.SetDeadline(time.Now().Add(callTime)) != nil {
		return
	}
	r := bufio.NewReader(io.LimitReader(c, 1024))
	nonce, ok := readLine(r)
	if !ok {
		return
	}
	mine := random.Hex(16)
	if !writeLine(c, prove(l.token, "first "+nonce)+" "+mine) {
		return
	}
	proof, ok := readLine(r)
	if !ok {
		return
	}
	for verb, do := range map[string]func() Answer{verbRaise: l.handle.Raise, verbQuit: l.handle.Quit} {
		if hmac.Equal([]byte(proof), []byte(prove(l.token, verb+" "+mine))) {
			l.calls.proved(c)
			writeLine(c, string(do()))
		}
	}
}

// ask asks the first instance to do something, and returns its answer.
func ask(path, verb string) Answer {
	to, token, ok := readCall(path)
	if !ok {
		return NoAnswer
	}
	c, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(to.Port)), callTime)
	if err != nil {
		return NoAnswer
	}
	defer c.Close()
	if c.SetDeadline(time.Now().Add(callTime)) != nil {
		return NoAnswer
	}
	return Answer(converse(c, token, verb))
}

func readCall(path string) (to call, token []byte, ok bool) {
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &to)
	}
	if err == nil {
		token, err = hex.DecodeString(to.Token)
	}
	return to, token, err == nil && len(token) == 32
}

func converse(c net.Conn, token []byte, verb string) string {
	r := bufio.NewReader(io.LimitReader(c, 1024))
	nonce := random.Hex(16)
	if !writeLine(c, nonce) {
		return ""
	}
	line, ok := readLine(r)
	proof, theirs, two := strings.Cut(line, " ")
	if !ok || !two || !hmac.Equal([]byte(proof), []byte(prove(token, "first "+nonce))) {
		return ""
	}
	if !writeLine(c, prove(token, verb+" "+theirs)) {
		return ""
	}
	answer, _ := readLine(r)
	return answer
}

func prove(token []byte, what string) string {
	h := hmac.New(sha256.New, token)
	h.Write([]byte(what))
	return hex.EncodeToString(h.Sum(nil))
}

func writeLine(c net.Conn, s string) bool {
	_, err := io.WriteString(c, greeting+s+"\n")
	return err == nil
}

func readLine(r *bufio.Reader) (string, bool) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(strings.TrimSuffix(line, "\n"), greeting)
}

// StopListening ends the answers, for a program that ends: who starts it again waits for
// Release, and has a window of its own then. When it returns, raise is not
// called any more.
func (l *Lock) StopListening() {
	l.stopOnce.Do(func() {
		_ = l.listen.Close()
		l.done.Wait()
		_ = os.Remove(l.path)
	})
}

// Release lets another program have the folder.
func (l *Lock) Release() {
	l.StopListening()
	l.unlockOnce.Do(func() { unlock(l.file) })
}
