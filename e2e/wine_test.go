//go:build wine

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lamplighter/app/atomicfile"
	"lamplighter/device/devicetest"
	"lamplighter/device/practice"
)

// The Windows program under Wine, in the prefix of WINEPREFIX, which packaging/test.sh
// prepares: go test -tags wine,x11 -run Wine ./e2e

// windowsProgram builds the Windows program with the list of widgets, as a portable
// one in a folder with Chinese characters and a space in its name.
func windowsProgram(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "U 盘 掌灯")
	path := filepath.Join(dir, "Lamplighter.exe")
	c := exec.Command("go", "build", "-trimpath", "-tags", "migrated_fynedo,no_emoji,uidebug,wine,x11", "-ldflags", "-H windowsgui", "-o", path, "lamplighter")
	c.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=1", "CC=x86_64-w64-mingw32-gcc", "CGO_LDFLAGS=-O2 -g -Wl,--no-insert-timestamp")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	marker, err := os.ReadFile("../packaging/windows/portable.txt")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "portable.txt"), marker, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// startPortable starts it with an empty data folder.
func startPortable(t *testing.T, path string) *window {
	t.Helper()
	data := filepath.Join(filepath.Dir(path), "data")
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(filepath.Join(data, "settings.json"), []byte(`{"language":"en","builtin":{"address":"127.0.0.1"},"welcomed":false}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesktop(t, 1440, 900)
	c := d.command(wine(t), path)
	c.Env = append(c.Env, "LANG=C.UTF-8") // for names of files
	return d.openCommand(c)
}

func wine(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"wine64", "/usr/lib/wine/wine64"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("Wine is missing")
	return ""
}

// serialPort gives the prefix a COM port that is a test's board.
func serialPort(t *testing.T, number int, board string) string {
	t.Helper()
	port := filepath.Join(os.Getenv("WINEPREFIX"), "dosdevices", fmt.Sprintf("com%d", number))
	_ = os.Remove(port) // Wine links the computer's own
	if err := os.Symlink(board, port); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(port) })
	return fmt.Sprintf("COM%d", number)
}

func TestWineWalksFromTheFirstStartToALitLamp(t *testing.T) {
	if os.Getenv("WINEPREFIX") == "" {
		t.Fatal("packaging/test.sh windows runs this")
	}
	path := windowsProgram(t)
	t.Run("with the practice board, on a Chinese path", func(t *testing.T) {
		w := startPortable(t, path)
		w.find("Button", "Set up a board")
		w.shot("wine-1-first")
		w.click("Button", "Try a practice board")
		w.click("PickRow", "Practice WiFi")
		w.click("Entry", "")
		w.typeText(practice.Password)
		w.acceptTheRest("wine-2")
		w.click("Button", "All off")
		w.find("lampCard", "Off, confirmed")
		w.shot("wine-3-off")
	})
	for _, number := range []int{5, 12} {
		t.Run(fmt.Sprintf("onto real MicroPython, by COM%d", number), func(t *testing.T) {
			board := devicetest.StartMicroPython(t, devicetest.Options{})
			port := serialPort(t, number, board.Path())
			w := startPortable(t, path)
			w.click("Button", "Set up a board")
			w.click("Entry", "")
			w.typeText(port)
			w.key("Return")
			w.click("PickRow", devicetest.TestSSID)
			if number != 5 {
				return // it has greeted and searched: the rest is the same
			}
			w.click("Entry", "")
			w.typeText(devicetest.TestPassword)
			w.acceptTheRest("wine-4")
			w.click("Button", "All off")
			board.WaitForPixels(false)
			w.find("lampCard", "Off, confirmed")
			w.shot("wine-5-com5")
		})
	}
}
