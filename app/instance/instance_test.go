package instance

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// childVar makes the test program a first instance that is there to be killed.
const childVar = "LAMPLIGHTER_TEST_INSTANCE_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(childVar)
	if dir == "" {
		os.Exit(m.Run())
	}
	if _, err := Acquire(dir, raising(func() { fmt.Println("raised") })); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("running")
	select {}
}

// raising is a handler with a window.
func raising(f func()) Handler {
	return Handler{Raise: func() Answer { f(); return Raised }, Quit: func() Answer { return Busy }}
}

func acquire(t *testing.T, dir string) (*Lock, chan struct{}) {
	t.Helper()
	raised := make(chan struct{}, 100)
	l, err := Acquire(dir, raising(func() { raised <- struct{}{} }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Release)
	return l, raised
}

func TestASecondStartRaisesTheFirstAndEnds(t *testing.T) {
	dir := t.TempDir()
	first, raised := acquire(t, dir)
	for range 3 {
		if _, err := Acquire(dir, raising(func() { t.Error("the second was raised") })); !errors.Is(err, ErrRunning) {
			t.Errorf("got %v", err)
		}
		<-raised
	}
	acquire(t, t.TempDir()) // another folder is another matter
	first.Release()
	acquire(t, dir)
	if len(raised) != 0 {
		t.Error("raised after its end")
	}
}

func TestAStartWhileTheFirstEndsWaitsForItAndRuns(t *testing.T) {
	dir := t.TempDir()
	first, raised := acquire(t, dir)
	first.StopListening()
	if _, err := acquireLock(dir, Handler{}, 0); !errors.Is(err, ErrSilent) {
		t.Fatalf("got %v", err)
	}
	got := make(chan error, 1)
	go func() {
		second, err := Acquire(dir, raising(func() {}))
		if err == nil {
			second.Release()
		}
		got <- err
	}()
	first.Release()
	if err := <-got; err != nil || len(raised) != 0 {
		t.Errorf("got %v, raised %d times", err, len(raised))
	}
}

func TestOfManyStartsAtOnceExactlyOneRuns(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	locks := make(chan *Lock, 8)
	for range cap(locks) {
		all.Go(func() {
			l, err := Acquire(dir, raising(func() {}))
			if err == nil {
				locks <- l
			} else if !errors.Is(err, ErrRunning) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(locks) != 1 {
		t.Errorf("%d run", len(locks))
	}
	for len(locks) > 0 {
		(<-locks).Release()
	}
}

func TestACrashLeavesNoLock(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVar+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "running" {
		t.Fatal(lines.Text())
	}
	if _, err := Acquire(dir, Handler{}); !errors.Is(err, ErrRunning) {
		t.Fatalf("got %v", err)
	}
	if !lines.Scan() || lines.Text() != "raised" {
		t.Fatal(lines.Text())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if _, err := os.Stat(filepath.Join(dir, callFile)); err != nil {
		t.Fatalf("the crash left nothing to be misled by: %v", err)
	}
	_, raised := acquire(t, dir)
	if _, err := Acquire(dir, Handler{}); !errors.Is(err, ErrRunning) {
		t.Errorf("got %v", err)
	}
	<-raised
}

func TestOnlyWhoCanReadTheFolderIsBelieved(t *testing.T) {
	dir := t.TempDir()
	_, raised := acquire(t, dir)
	path := filepath.Join(dir, callFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var to call
	if err := json.Unmarshal(data, &to); err != nil {
		t.Fatal(err)
	}
	forged, err := json.Marshal(call{Port: to.Port, Token: strings.Repeat("00", 32)})
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), callFile)
	if err := os.WriteFile(other, forged, 0o600); err != nil {
		t.Fatal(err)
	}
	if ask(other, verbRaise) != NoAnswer {
		t.Error("a wrong token was answered")
	}
	for _, words := range []string{"", "\n", "GET / HTTP/1.1\r\n\r\n", "LAMPLIGHTER x\nLAMPLIGHTER y\n", strings.Repeat("x", 4000)} {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(to.Port)))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte(words))
		_ = c.Close()
	}
	// Comes after all of them, and is tried again while they take up the time.
	if _, err := Acquire(dir, raising(func() {})); !errors.Is(err, ErrRunning) {
		t.Fatalf("the right token was not answered: %v", err)
	}
	<-raised
	if len(raised) != 0 {
		t.Error("somebody else was believed")
	}
}

// Whoever holds the port keeps no start waiting: the first try is answered.
func TestAStartIsAnsweredAtOnceWhileOthersHoldThePort(t *testing.T) {
	dir := t.TempDir()
	first, raised := acquire(t, dir)
	for range 16 * maxCalls { // each has its conversation going, and says no more
		c, err := net.Dial("tcp", first.listen.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		writeLine(c, "nonce")
		if _, ok := readLine(bufio.NewReader(c)); !ok {
			t.Fatal("it was not answered")
		}
	}
	if _, err := acquireLock(dir, Handler{}, 0); !errors.Is(err, ErrRunning) {
		t.Fatalf("got %v", err)
	}
	<-raised
}

func TestAFolderThatCanNotBeUsedIsToldWithItsName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	locked := t.TempDir()
	if err := os.Mkdir(filepath.Join(locked, lockFile), 0o700); err != nil {
		t.Fatal(err)
	}
	taken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(taken, callFile, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(file, "data"), locked, taken} {
		var e *FolderError
		if _, err := Acquire(dir, Handler{}); !errors.As(err, &e) || e.Dir != dir {
			t.Errorf("%s: got %v", dir, err)
		}
	}
}

func TestAnotherProgramOnTheOldPortIsNotTakenForUs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		line, _ := bufio.NewReader(c).ReadString('\n')
		heard <- line
		_, _ = c.Write([]byte("LAMPLIGHTER " + strings.Repeat("0", 64) + " 00\n"))
	}()
	a, _ := l.Addr().(*net.TCPAddr)
	token := strings.Repeat("ab", 32)
	data, err := json.Marshal(call{Port: a.Port, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), callFile)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if ask(path, verbRaise) != NoAnswer {
		t.Error("it was taken for us")
	}
	if line := <-heard; strings.Contains(line, token) {
		t.Error("it was told the token")
	}
}

func TestASilentCallerDoesNotKeepTheLockFromItsEnd(t *testing.T) {
	l, _ := acquire(t, t.TempDir())
	c, err := net.Dial("tcp", l.listen.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ended := make(chan struct{})
	go func() { l.Release(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("it never ended")
	}
}
