package crash_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lamplighter/device/crash"
)

// journal is a log in memory.
type journal struct {
	mu    sync.Mutex
	text  bytes.Buffer
	lines chan struct{} // one for each line
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer func() { j.lines <- struct{}{} }()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// logged has the log written into memory until the test ends.
func logged(t *testing.T) *journal {
	t.Helper()
	j := &journal{lines: make(chan struct{}, 100)}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(j, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return j
}

func TestAPanicEndsItsGoroutineAndIsReported(t *testing.T) {
	log, over := logged(t), make(chan struct{})
	crash.Go(func() {
		defer close(over)
		var none []int
		_ = none[len(none)]
	})
	<-over
	<-log.lines
	err := crash.Catch(func() { panic(strings.Repeat("x", 1000)) })
	var e *crash.Error
	if !errors.As(err, &e) || len(e.Value) > 210 {
		t.Errorf("%v", err)
	}
	if err := crash.Catch(func() {}); err != nil {
		t.Errorf("without a panic: %v", err)
	}
	if s := log.String(); !strings.Contains(s, "crash_test.go") || strings.Contains(s, strings.Repeat("x", 300)) {
		t.Errorf("the log: %s", s)
	}
}

// The child of this test ends in a panic that nothing catches.
func TestTheReportOfAPanicThatNobodyCatchesIsKept(t *testing.T) {
	if dir := os.Getenv("CRASH_DIR"); dir != "" {
		if err := crash.Output(dir); err != nil {
			t.Fatal(err)
		}
		over := make(chan struct{})
		go func() { panic("a library's") }()
		<-over
	}
	dir, log := t.TempDir(), logged(t)
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	child.Env = append(os.Environ(), "CRASH_DIR="+dir)
	if out, err := child.CombinedOutput(); err == nil {
		t.Fatalf("it did not end: %s", out)
	}
	for range 2 { // the next start keeps it, and the one after does not lose it
		if err := crash.Output(dir); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "crash.1.txt"))
		if err != nil || !strings.Contains(string(data), "a library's") {
			t.Errorf("%v: %s", err, data)
		}
	}
	if strings.Count(log.String(), "crash.1.txt") != 1 {
		t.Errorf("the log: %s", log)
	}
}
