// Package startup sees to it that a start never fails in silence: it finds out
// whether this computer can show a window, and says what is wrong in the system's
// own message box, which needs no OpenGL.
package startup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/go-gl/glfw/v3.4/glfw"

	"lamplighter/device/crash"
)

const (
	probeVar  = "LAMPLIGHTER_PROBE" // makes a start the probe of another one
	probeTime = time.Minute         // for a driver that is slow, or hangs
	holdTime  = time.Second         // for its output, which may be held open for ever
	maxReason = 500                 // bytes of what a probe says
)

// NoWindowError says why this computer can't show the program's window.
type NoWindowError struct{ Reason string }

func (e *NoWindowError) Error() string { return "no window can be shown: " + e.Reason }

// ServeProbe ends the process when it was started by Check or Begin, after it has tried
// what a window needs. Call it first in main, on the main goroutine.
func ServeProbe() {
	if os.Getenv(probeVar) == "" {
		return
	}
	runtime.LockOSThread()
	log.SetFlags(0)
	log.SetOutput(os.Stdout) // where the library says what it does not return
	if err := tryWindow(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// tryWindow makes a hidden window as the toolkit will, with a context that can
// be drawn with.
func tryWindow() (err error) {
	defer func() { // the library panics for what it does not expect
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	if err := glfw.Init(); err != nil {
		return fmt.Errorf("start the window system: %w", err)
	}
	hint()
	glfw.WindowHint(glfw.Visible, glfw.False)
	w, err := glfw.CreateWindow(16, 16, "", nil, nil)
	if err != nil {
		return fmt.Errorf("make a window: %w", err)
	}
	if w == nil {
		return errors.New("make a window: refused without a reason")
	}
	w.MakeContextCurrent()
	w.SwapBuffers()
	return nil
}

// Check tries to show a window, and returns a *NoWindowError where that can't
// be.
func Check() error {
	p := begin()
	defer p.stop()
	return p.wait()
}

// probe is a try, in a process of its own, to show a window: a driver that
// crashes or hangs takes nothing else with it.
type probe struct {
	done   chan struct{}
	err    error
	cancel context.CancelFunc
}

func begin() *probe {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	p := &probe{done: make(chan struct{}), cancel: cancel}
	crash.Go(func() {
		defer close(p.done)
		path, err := os.Executable()
		if err != nil {
			return // it is the window itself that shows it, see Start.Watch
		}
		p.err = run(ctx, exec.CommandContext(ctx, path))
	})
	return p
}

// wait returns after at most probeTime.
func (p *probe) wait() error {
	<-p.done
	return p.err
}

// stop ends the probe's process.
func (p *probe) stop() {
	p.cancel()
	<-p.done
}

func run(ctx context.Context, c *exec.Cmd) error {
	c.Env = append(os.Environ(), probeVar+"=1")
	out := &head{}
	c.Stdout, c.Stderr = out, io.Discard
	// A process that the graphics system starts for the probe inherits its output,
	// and outlives it: Wine's desktop does.
	c.WaitDelay = holdTime
	err := c.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err == nil || !ended && ctx.Err() == nil {
		return nil // a probe that could not be started says nothing of the window
	}
	if ctx.Err() != nil {
		return &NoWindowError{Reason: "the graphics driver does not answer"}
	}
	if first, _, _ := strings.Cut(strings.TrimSpace(string(out.b)), "\n"); first != "" {
		return &NoWindowError{Reason: strings.ToValidUTF8(first, "?")}
	}
	return &NoWindowError{Reason: "the graphics driver crashed: " + err.Error()}
}

// head keeps the first bytes that are written.
type head struct{ b []byte }

func (h *head) Write(p []byte) (int, error) {
	h.b = append(h.b, p[:min(len(p), maxReason-len(h.b))]...)
	return len(p), nil
}
