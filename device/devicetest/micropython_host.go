//go:build linux

package devicetest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// The kinds of frame between this process and Node: see micropython/host.mjs.
const (
	kindData = 'd'
	kindJSON = 'j'
)

const headBytes = 7

type command struct {
	Cmd  string `json:"cmd"`
	N    int    `json:"n"`
	Root string `json:"root,omitempty"`
	Cfg  *Setup `json:"cfg,omitempty"`
}

// host is the Node process that holds the boards.
type host struct {
	in    io.WriteCloser
	ended chan struct{}

	mu     sync.Mutex
	boards map[int]*MicroPython
	calls  map[int]chan struct{}
	last   int

	write sync.Mutex
}

func startHost(t testing.TB) *host {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(here), "micropython")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("these tests run real MicroPython and need Node 20 or later: run `make test`, or install nodejs and npm")
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "@micropython")); err != nil {
		t.Fatalf("these tests run real MicroPython: run `make test`, or `npm ci` in %s", dir)
	}
	cmd := exec.Command(node, filepath.Join(dir, "host.mjs"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := &host{in: in, ended: make(chan struct{}), boards: map[int]*MicroPython{}, calls: map[int]chan struct{}{}}
	go func() {
		h.read(bufio.NewReaderSize(out, 1<<16))
		close(h.ended)
	}()
	t.Cleanup(func() {
		in.Close()
		kill := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		<-h.ended
		_ = cmd.Wait()
		kill.Stop()
		if stderr.Len() > 0 {
			t.Logf("the test boards' process said: %s", stderr.Bytes())
		}
	})
	return h
}

func (h *host) add(m *MicroPython) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.boards[m.id] = m
}

func (h *host) send(board int, kind byte, body []byte) {
	frame := make([]byte, headBytes, headBytes+len(body))
	binary.LittleEndian.PutUint16(frame, uint16(board))
	frame[2] = kind
	binary.LittleEndian.PutUint32(frame[3:], uint32(len(body)))
	h.write.Lock()
	defer h.write.Unlock()
	_, _ = h.in.Write(append(frame, body...)) // its end shows in ended
}

// call sends a command and waits until it is done.
func (h *host) call(t testing.TB, board int, c command) {
	t.Helper()
	done := make(chan struct{})
	h.mu.Lock()
	h.last++
	c.N = h.last
	h.calls[c.N] = done
	h.mu.Unlock()
	b, err := json.Marshal(c)
	if err != nil {
		t.Error(err)
		return
	}
	h.send(board, kindJSON, b)
	select {
	case <-done:
	case <-h.ended:
	case <-time.After(waitLimit):
		t.Errorf("the test board does not carry out %q", c.Cmd)
	}
}

// read takes frames until the process ends.
func (h *host) read(r io.Reader) {
	head := make([]byte, headBytes)
	for {
		if _, err := io.ReadFull(r, head); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head[3:]))
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		h.mu.Lock()
		m := h.boards[int(binary.LittleEndian.Uint16(head))]
		h.mu.Unlock()
		if head[2] == kindData {
			m.line.fromBoard(body)
			continue
		}
		h.event(m, body)
	}
}

func (h *host) event(m *MicroPython, body []byte) {
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		m.t.Errorf("event %s: %v", body, err)
		return
	}
	if e.Type != "done" {
		m.record(e)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if done, ok := h.calls[e.Done]; ok {
		close(done)
		delete(h.calls, e.Done)
	}
}
