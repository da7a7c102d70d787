package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lamplighter/device/devicetest"
	"lamplighter/device/practice"
)

// classroomFolder is a data folder in which boards are told a loopback address,
// so that the test stays on this computer.
func classroomFolder(t *testing.T) string {
	t.Helper()
	return folderWith(t, `{"language":"en","builtin":{"address":"127.0.0.1"}}`)
}

// freshFolder is that of a program which was never started: boards get this PC's own
// address, and until there is one on a cable the broker listens to this PC alone.
func freshFolder(t *testing.T) string {
	t.Helper()
	return folderWith(t, `{"language":"en"}`)
}

func folderWith(t *testing.T, settings string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// acceptTheRest takes the wizard from a typed password to the lit lamp, by Enter
// alone: every later answer is filled in.
func (w *window) acceptTheRest(picture string) {
	w.t.Helper()
	w.accept("Test and continue")
	w.find("Label", "Which broker")
	w.accept("Test and continue")
	w.find("Label", "Name the board")
	w.shot(picture + "-name")
	w.accept("Write to the board")
	w.find("Label", "“lamp-01” works")
	w.shot(picture + "-works")
	w.key("ctrl+1")
	w.find("lampCard", "On, confirmed")
}

// accept presses Enter once the page's button can be pressed: before, Enter does nothing.
func (w *window) accept(button string) {
	w.t.Helper()
	w.find("Button", button)
	w.key("Return")
}

func TestRealWindow(t *testing.T) {
	t.Run("from the practice board to a switched lamp, by mouse", func(t *testing.T) {
		w := newDesktop(t, 1440, 900).open(freshFolder(t))
		w.find("railItem", "Lamps")
		w.shot("mouse-1-empty")
		w.click("Button", "Try a practice board")
		w.click("PickRow", "Practice WiFi")
		w.click("Entry", "")
		w.typeText("wrong password")
		w.click("Button", "Test and continue")
		w.find("Label", "The WiFi password is wrong")
		w.shot("mouse-2-wrong-password")
		w.click("Entry", "")
		w.key("ctrl+a")
		w.typeText(practice.Password)
		w.click("Button", "Test and continue")
		w.find("Label", "Which broker")
		w.shot("mouse-3-broker")
		w.click("Button", "Test and continue")
		w.find("Label", "Name the board")
		w.shot("mouse-4-name")
		w.click("Button", "Write to the board")
		w.find("Label", "“lamp-01” works")
		w.shot("mouse-5-works")
		w.click("Button", "Show all lamps")
		w.find("lampCard", "On, confirmed")
		w.shot("mouse-6-on")
		w.click("Button", "All off")
		w.find("lampCard", "Off, confirmed")
		w.shot("mouse-7-off")
		w.menu("lampCard", "lamp-01")
		w.shot("mouse-8-menu")
		w.click("Text", "Unplug the practice board")
		w.find("lampCard", "Offline")
		w.menu("lampCard", "lamp-01")
		w.click("Text", "Plug the practice board in")
		w.find("lampCard", "confirmed")
	})
	t.Run("from the practice board to a switched lamp, by keyboard", func(t *testing.T) {
		w := newDesktop(t, 1024, 640).open(classroomFolder(t))
		w.find("railItem", "Lamps")
		w.key("ctrl+2")
		w.find("PickRow", "Practice board")
		w.focus("PickRow", "Practice board")
		w.key("space")
		w.key("Return")
		w.find("PickRow", "Practice WiFi")
		w.shot("keyboard-1-wifi")
		w.focus("PickRow", "Practice WiFi")
		w.key("space")
		w.focus("Entry", "")
		w.typeText(practice.Password)
		w.acceptTheRest("keyboard-2")
		w.key("space")
		w.find("lampCard", "Off, confirmed")
		w.shot("keyboard-3-off")
		w.key("Return")
		w.find("lampCard", "On, confirmed")
	})
}

func TestRealWindowFitsASmallScreenAndIsRaisedByASecondStartEvenWhenMinimised(t *testing.T) {
	d := newDesktop(t, 1024, 640)
	dir := classroomFolder(t)
	large := `{"language":"en","builtin":{"address":"127.0.0.1"},"text_scale":1.5}`
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(large), 0o600); err != nil {
		t.Fatal(err)
	}
	w := d.open(dir)
	if x := w.find("Label", "boards online"); x.Y+x.H > 640 {
		t.Errorf("the status line ends at %v", x.Y+x.H)
	}
	w.find("Button", "Try a practice board")
	w.xdotool("windowminimize", "--sync", w.id)
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	second := d.command(path, "--data", dir)
	if out, err := second.CombinedOutput(); err != nil {
		t.Fatalf("the second start: %v\n%s", err, out)
	}
	w.until("the raised window", func() bool {
		out, err := d.command("xdotool", "getactivewindow").Output()
		return err == nil && strings.TrimSpace(string(out)) == w.id
	})
}

func TestPlugToLitLampInTheRealWindowOnRealMicroPython(t *testing.T) {
	board := devicetest.StartMicroPython(t, devicetest.Options{})
	w := newDesktop(t, 1440, 900).open(classroomFolder(t))
	w.click("railItem", "Set up a board")
	w.click("Entry", "")
	w.typeText(board.Path())
	w.key("Return")
	w.click("PickRow", devicetest.TestSSID)
	w.click("Entry", "")
	w.typeText(devicetest.TestPassword)
	w.acceptTheRest("board-1")
	w.click("Button", "All off")
	board.WaitForPixels(false)
	w.find("lampCard", "Off, confirmed")
	w.click("Button", "All on")
	board.WaitForPixels(true)
	w.find("lampCard", "On, confirmed")
	board.PressButton("0")
	w.find("lampCard", "Off, confirmed")
	w.shot("board-3-button")
	w.slowMotion(board)
	board.PowerOff()
	w.find("lampCard", "Offline")
	w.shot("board-4-offline")
}

// slowMotion looks at the board's session on the live map by mouse, and at what it says
// after its button was pressed, station by station, by keyboard.
func (w *window) slowMotion(board *devicetest.MicroPython) {
	w.t.Helper()
	w.key("ctrl+4")
	w.find("picture", "lamp-01")
	w.click("Button", "Hold the next message")
	w.find("Label", "Waiting for the next message")
	board.PressButton("0")
	w.find("Label", "lamp-01 publishes on the topic")
	w.shot("board-4-slow")
	for _, says := range []string{"A board may publish on its own topic class/lamp-01", "Matches: class/", "From now on it keeps", "This window with QoS"} {
		w.key("Return")
		w.find("Label", says)
	}
	w.shot("board-5-delivered")
	w.key("Escape")
	w.find("Button", "Hold the next message")
	w.key("Down", "Up", "Return")
	w.find("Label", "After ")
	w.shot("board-6-session")
	w.key("ctrl+1")
	w.find("lampCard", "On, confirmed")
}
