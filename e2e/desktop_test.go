package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"lamplighter/device/devicetest"
)

// patience is how long a test waits for something on the screen before it is
// broken; it says nothing about speed.
const patience = 90 * time.Second

// markerKey is a key that the program with the list of widgets counts, and that
// reaches no widget.
const markerKey = "Pause"

// The program as people get it, but with the detector of wrong goroutines and
// the list of widgets, built once for all tests of the real window.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lamplighter-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "lamplighter")
	out, err := exec.Command("go", "build", "-race", "-tags", "uidebug,x11", "-o", path, "lamplighter").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// desktop is a screen of its own with a window manager.
type desktop struct {
	t       testing.TB
	display string
}

func newDesktop(t testing.TB, width, height int) *desktop {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// -r: keys do not repeat. On a busy machine a key that was only tapped is down
	// for so long that it would be typed twice.
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-r")
	server.ExtraFiles = []*os.File{write}
	startProcess(t, server)
	_ = write.Close()
	defer read.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	d := &desktop{t, ":" + strings.TrimSpace(number)}
	startProcess(t, d.command("openbox"))
	// A program that starts before the window manager believes that there is none,
	// and raises no window by it.
	for late := time.Now().Add(patience); d.command("xdotool", "get_num_desktops").Run() != nil; time.Sleep(30 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("openbox did not start")
		}
	}
	return d
}

func (d *desktop) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+d.display, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_US.UTF-8", "LC_ALL=", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	return c
}

func startProcess(t testing.TB, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatalf("start %s: %v", c.Path, err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
}

// window is the running program as a person has it before them.
type window struct {
	*desktop
	id    string
	debug string
	log   *lockedBuffer
	cmd   *exec.Cmd
}

// widget is one line of the program's own list of what is on the screen.
type widget struct {
	Type, Text       string
	X, Y, W, H       float64
	Focused, Enabled bool
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// open starts the program on the data folder.
func (d *desktop) open(data string) *window {
	d.t.Helper()
	path, err := program()
	if err != nil {
		d.t.Fatal(err)
	}
	return d.openProgram(path, data)
}

// openProgram starts one build of the program on the data folder.
func (d *desktop) openProgram(path, data string) *window {
	d.t.Helper()
	return d.openCommand(d.command(path, "--data", data))
}

// openCommand starts a program that has the list of widgets.
func (d *desktop) openCommand(c *exec.Cmd) *window {
	t := d.t
	t.Helper()
	debug := net.JoinHostPort("127.0.0.1", strconv.Itoa(devicetest.Port(t)))
	w := &window{desktop: d, debug: debug, log: &lockedBuffer{}, cmd: c}
	w.cmd.Env = append(w.cmd.Env, "LAMPLIGHTER_UI_DEBUG="+debug, "GORACE=halt_on_error=1")
	w.cmd.Stdout, w.cmd.Stderr = w.log, w.log
	startProcess(t, w.cmd)
	t.Cleanup(w.checkLog)
	w.until("the window", func() bool {
		out, err := d.command("xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(w.cmd.Process.Pid)).Output()
		w.id = strings.TrimSpace(strings.Split(string(out), "\n")[0])
		return err == nil && w.id != ""
	})
	w.until("the list of widgets", func() bool { return len(w.widgets()) > 0 })
	w.until("the window to have the keyboard", w.active)
	w.input() // counts from here on
	return w
}

// active reports whether keys go to the window.
func (w *window) active() bool {
	for _, ask := range []string{"getactivewindow", "getwindowfocus"} {
		out, err := w.command("xdotool", ask).Output()
		if err != nil || strings.TrimSpace(string(out)) != w.id {
			return false
		}
	}
	return true
}

// checkLog fails the test when the program called a widget from a wrong
// goroutine, or raced.
func (w *window) checkLog() {
	for _, bad := range []string{"Error in Fyne call thread", "DATA RACE", "panic:"} {
		if strings.Contains(w.log.String(), bad) {
			w.t.Errorf("the program said %q:\n%s", bad, w.log.String())
		}
	}
}

func (w *window) until(what string, done func() bool) {
	w.t.Helper()
	late := time.Now().Add(patience)
	for !done() {
		if time.Now().After(late) {
			w.shot("failed")
			var at struct{ Focus string }
			w.ask("input", &at)
			w.t.Fatalf("waited in vain for %s\non the screen: %v\nthe keyboard is at: %s\nlog: %s", what, w.texts(), at.Focus, w.log)
		}
		time.Sleep(30 * time.Millisecond) // polls another process
	}
}

// ask gets one of the program's own reports, and reports whether the program is there
// and not too busy to give it.
func (w *window) ask(what string, into any) bool {
	r, err := http.Get("http://" + w.debug + "/" + what)
	if err != nil {
		return false
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode == http.StatusServiceUnavailable {
		return false
	}
	if err := json.Unmarshal(b, into); err != nil {
		w.t.Fatalf("%s: %v in %.200s", what, err, b)
	}
	return true
}

// widgets gives what can be seen, or nothing while the program is not there yet
// or too busy to tell.
func (w *window) widgets() (all []widget) {
	w.ask("widgets", &all)
	return all
}

// focused is the widget that has the keyboard, if it can be seen.
func (w *window) focused() (found widget, ok bool) {
	w.t.Helper()
	var all []widget
	w.until("the list of widgets", func() bool { return w.ask("widgets", &all) })
	i := slices.IndexFunc(all, func(x widget) bool { return x.Focused })
	if i < 0 {
		return widget{}, false
	}
	return all[i], true
}

// input is how many marker keys and clicks the program has handled.
func (w *window) input() (n struct{ Markers, Clicks int }) {
	w.t.Helper()
	w.until("the count of keys and clicks", func() bool { return w.ask("input", &n) })
	return n
}

func (w *window) texts() []string {
	var all []string
	for _, x := range w.widgets() {
		if x.Text != "" {
			all = append(all, x.Type+":"+x.Text)
		}
	}
	return all
}

// find waits for a widget whose text holds text and whose type ends in kind
// ("" = any), enabled.
func (w *window) find(kind, text string) widget {
	w.t.Helper()
	var found widget
	w.until(fmt.Sprintf("%s %q", kind, text), func() bool {
		for _, x := range w.widgets() {
			if x.Enabled && strings.Contains(x.Text, text) && strings.HasSuffix(x.Type, kind) {
				found = x
				return true
			}
		}
		return false
	})
	return found
}

func (w *window) xdotool(args ...string) {
	w.t.Helper()
	if out, err := w.command("xdotool", args...).CombinedOutput(); err != nil {
		w.t.Fatalf("xdotool %v: %v %s", args, err, out)
	}
}

func (w *window) click(kind, text string) { w.press("1", kind, text) }

// menu opens the menu of a widget, with the right button.
func (w *window) menu(kind, text string) { w.press("3", kind, text) }

func (w *window) press(button, kind, text string) {
	w.t.Helper()
	x := w.find(kind, text)
	for late := time.Now().Add(patience); ; { // the page may still be settling under the mouse
		w.xdotool("mousemove", "--window", w.id, num(x.X+x.W/2), num(x.Y+x.H/2))
		now := w.find(kind, text)
		if now.X == x.X && now.Y == x.Y && now.W == x.W && now.H == x.H || time.Now().After(late) {
			break
		}
		x = now
	}
	before := w.input().Clicks
	w.xdotool("click", button)
	w.until("the click to be handled", func() bool { return w.input().Clicks > before })
}

// focus waits for the widget, and presses Tab until it has the focus, as a person
// without a mouse does.
func (w *window) focus(kind, text string) {
	w.t.Helper()
	w.find(kind, text)
	w.tabTo(kind, text)
}

// tabTo presses Tab until the focus is on a widget that may be out of sight before.
func (w *window) tabTo(kind, text string) {
	w.t.Helper()
	for range 60 {
		if x, ok := w.focused(); ok && strings.Contains(x.Text, text) && strings.HasSuffix(x.Type, kind) {
			return
		}
		w.key("Tab")
	}
	w.shot("failed")
	w.t.Fatalf("Tab does not reach %s %q; on the screen: %v", kind, text, w.texts())
}

func num(f float64) string { return strconv.Itoa(int(f)) }

// key presses keys, and waits until the program has handled them: what it shows
// afterwards is not from before them.
func (w *window) key(keys ...string) {
	w.t.Helper()
	before := w.input().Markers
	w.xdotool(append([]string{"key", "--clearmodifiers", "--delay", "40"}, append(keys, markerKey)...)...)
	w.until("the keys to be handled", func() bool { return w.input().Markers > before })
}

// typeText types into the field that has the keyboard, or gets it by what was done
// before, and waits until the text can be seen there.
func (w *window) typeText(text string) {
	w.t.Helper()
	w.until("a field that has the keyboard", w.inField)
	w.xdotool("type", "--delay", "25", text)
	w.key() // the marker alone
	w.until("what was typed", func() bool {
		x, _ := w.focused()
		return strings.Contains(x.Text, text) || strings.HasSuffix(x.Text, strings.Repeat("•", utf8.RuneCountInString(text)))
	})
}

// inField reports whether what is typed goes into a field.
func (w *window) inField() bool {
	x, ok := w.focused()
	return ok && strings.HasSuffix(x.Type, "Entry")
}

// shot keeps a picture of the whole screen, where the test is told to keep any.
func (w *window) shot(name string) {
	dir := os.Getenv("LAMPLIGHTER_PICTURES")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	path := filepath.Join(dir, "window-"+name+".png")
	if out, err := w.command("import", "-window", "root", path).CombinedOutput(); err != nil {
		w.t.Errorf("picture %s: %v %s", path, err, out)
	}
}

// noFileHolds fails the test for every file below dir that holds text.
func noFileHolds(t *testing.T, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), text) {
			t.Errorf("%s holds a secret", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
