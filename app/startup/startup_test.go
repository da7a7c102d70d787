//go:build linux

package startup

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lamplighter/app/instance"
)

// hungVar makes the test program an instance that never answers.
const hungVar = "LAMPLIGHTER_TEST_HUNG_DIR"

func TestMain(m *testing.M) {
	ServeProbe()
	if dir := os.Getenv(hungVar); dir != "" {
		hang := func() instance.Answer { select {} }
		if _, err := instance.Acquire(dir, instance.Handler{Raise: hang, Quit: hang}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("running")
		select {}
	}
	os.Exit(m.Run())
}

// screen starts an X server of its own, and has the test's processes draw on it.
func screen(t *testing.T, args ...string) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp"}, args...)...)
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("LIBGL_ALWAYS_SOFTWARE", "1")
}

func TestAProbeFindsOutWhetherAWindowCanBeShown(t *testing.T) {
	t.Run("on a screen with OpenGL", func(t *testing.T) {
		screen(t)
		if err := Check(); err != nil {
			t.Error(err)
		}
	})
	t.Run("on a screen without OpenGL", func(t *testing.T) {
		screen(t, "-extension", "GLX")
		wantReason(t, "GLX")
	})
	t.Run("where the driver is missing", func(t *testing.T) {
		screen(t)
		t.Setenv("LIBGL_DRIVERS_PATH", "/nonexistent")
		wantReason(t, "GLX")
	})
	t.Run("without a screen", func(t *testing.T) {
		t.Setenv("DISPLAY", "")
		wantReason(t, "isplay")
	})
}

func wantReason(t *testing.T, part string) {
	t.Helper()
	err := Check()
	var none *NoWindowError
	if !errors.As(err, &none) || !strings.Contains(none.Reason, part) {
		t.Errorf("got %v", err)
	}
}

func TestADriverThatCrashesOrHangsTakesOnlyTheProbeWithIt(t *testing.T) {
	err := run(t.Context(), exec.Command("sh", "-c", "kill -SEGV $$"))
	var none *NoWindowError
	if !errors.As(err, &none) || !strings.Contains(none.Reason, "crashed") {
		t.Errorf("a crash: %v", err)
	}
	p := &probe{done: make(chan struct{}), cancel: func() {}}
	close(p.done)
	p.stop() // of a probe that has ended
	if err := run(t.Context(), exec.Command("/nonexistent/probe")); err != nil {
		t.Errorf("a probe that could not be started: %v", err)
	}
	out := &head{}
	for range 100 {
		if n, err := out.Write([]byte("a reason\n")); n != 9 || err != nil {
			t.Fatal(n, err)
		}
	}
	if len(out.b) != maxReason {
		t.Errorf("%d bytes are kept", len(out.b))
	}
}

func TestAProbeIsOverThoughWhatItStartedHoldsItsOutput(t *testing.T) {
	note := filepath.Join(t.TempDir(), "pid")
	holder := exec.Command("sh", "-c", `sleep 3600 & echo $! >"$1"`, "sh", note)
	if err := run(t.Context(), holder); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("it was waited for: %v", err)
	}
}

func TestAStartProbesUnlessTheLastOneHadAWindow(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	try := func(version string) (*Start, error) {
		s := Begin(dir, version)
		t.Cleanup(s.Stop)
		return s, s.Check()
	}
	first, err := try("1")
	if err == nil {
		t.Fatal("the first start does not probe")
	}
	first.Shown()
	first.Shown()
	first.Stop()
	if _, err := try("1"); err != nil {
		t.Errorf("after a window it probes: %v", err)
	}
	third, err := try("1")
	if err == nil {
		t.Error("after a start without a window it does not probe")
	}
	third.Shown()
	third.Stop()
	if _, err := try("2"); err == nil {
		t.Error("another version does not probe")
	}
}

func TestOnlyAWindowThatDoesNotComeIsLate(t *testing.T) {
	came, late := &Start{path: filepath.Join(t.TempDir(), shownFile), settled: make(chan struct{})}, make(chan string, 2)
	came.Shown()
	came.Stop()
	came.Watch(time.Hour, func() { late <- "came" })
	failed := &Start{settled: make(chan struct{})}
	if err := failed.Fail(); err != nil {
		t.Error(err)
	}
	failed.Watch(time.Hour, func() { late <- "failed" })
	(&Start{settled: make(chan struct{})}).Watch(0, func() { late <- "missing" })
	if who := <-late; who != "missing" {
		t.Error(who)
	}
}

// messageBox puts a program into the PATH that notes what it is told to show.
func messageBox(t *testing.T, name string, code int) (shown func() string) {
	t.Helper()
	dir := t.TempDir()
	note := filepath.Join(dir, "note")
	script := fmt.Sprintf("#!/bin/sh\nprintf '%%s\\n' \"$@\" >%q\nexit %d\n", note, code)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir) // the real ones would wait for somebody
	t.Setenv("DISPLAY", ":0")
	return func() string {
		b, _ := os.ReadFile(note)
		return string(b)
	}
}

func TestAMessageIsShownInBothLanguagesByWhatThereIs(t *testing.T) {
	text := NoWindow(&NoWindowError{Reason: "GLX: no; rm -rf $HOME `x`"})
	for _, b := range boxes {
		shown := messageBox(t, b.name, 0)
		ShowMessage(text)
		for _, part := range []string{"OpenGL 2.1", "显卡驱动", "GLX: no; rm -rf $HOME `x`"} {
			if part == "显卡驱动" && b.name == "xmessage" {
				continue // which has no letters for it
			}
			if !strings.Contains(shown(), part) {
				t.Errorf("%s does not show %q: %s", b.name, part, shown())
			}
		}
	}
}

func TestAQuestionIsAnsweredOnlyByThePerson(t *testing.T) {
	for _, b := range boxes {
		for code, want := range map[int]bool{b.yes: true, 1: false, 255: false} {
			messageBox(t, b.name, code)
			if got := Ask(AskToEnd()); got != want {
				t.Errorf("%s with exit code %d: %v", b.name, code, got)
			}
		}
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if Ask(AskToEnd()) {
		t.Error("nobody said yes")
	}
}

func TestAnInstanceWithoutAWindowIsEndedWhenThePersonSaysSo(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), hungVar+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = child.Wait(); close(ended) }()
	t.Cleanup(func() { _ = child.Process.Kill(); <-ended })
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "running\n" {
		t.Fatal(line)
	}
	asked := 0
	no := func(string) bool { asked++; return false }
	if _, err := acquire(dir, instance.Handler{}, no, 0); !errors.Is(err, instance.ErrSilent) || asked != 1 {
		t.Fatalf("asked %d times, got %v", asked, err)
	}
	lock, err := acquire(dir, instance.Handler{}, func(string) bool { return true }, 0)
	if err != nil {
		t.Fatal(err)
	}
	lock.Release()
	<-ended
}
