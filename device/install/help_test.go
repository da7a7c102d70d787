//go:build linux

package install

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// boardFiles is the folder that goes onto boards.
func boardFiles() fs.FS { return os.DirFS("../../assets/board") }

var testPort = device.Port{Name: "ttyTEST", Kind: device.Typed}

// benchFor is a bench whose only port leads to m.
func benchFor(t testing.TB, m *devicetest.MicroPython) *Provisioner {
	t.Helper()
	b := New(boardFiles(), func(context.Context, device.Port) (Line, error) { return m.Conn(), nil }, nil)
	t.Cleanup(b.Close)
	return b
}

func board(t testing.TB, o devicetest.Options) (*devicetest.MicroPython, *Provisioner) {
	t.Helper()
	m := devicetest.StartMicroPython(t, o)
	return m, benchFor(t, m)
}

func config() device.Config {
	return device.Config{
		Format: device.ConfigFormat, Name: "灯 \"7\"", Language: "zh",
		WiFi:   device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword},
		Broker: device.Broker{Host: "192.168.4.1", Port: 1883, User: "lamp-07", Password: "broker-secret", KeepAlive: 30},
		Topics: device.LampTopics("class/lamp-07"),
		Lamp:   device.Lamp{Kind: device.LampNeoPixel, Pin: "17", Count: 3, Level: 30, Color: [3]int{255, 190, 90}},
		Button: device.Button{Pin: "0"},
	}
}

func noProgress(device.Progress) {}

func mustInstall(t testing.TB, b *Provisioner, j device.Job) {
	t.Helper()
	if err := b.Install(t.Context(), testPort, j, noProgress); err != nil {
		t.Fatal(err)
	}
}

func mustGreet(t testing.TB, b *Provisioner) device.Identity {
	t.Helper()
	id, err := b.Greet(t.Context(), testPort, noProgress)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func wantFault(t testing.TB, err error, want fault.Fault) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Fault != want {
		t.Errorf("got %v, want the fault %v", err, want)
	}
}

// onBoard reads a file of the board's flash that must be there.
func onBoard(t testing.TB, m *devicetest.MicroPython, name string) string {
	t.Helper()
	data, ok := m.ReadFile(name)
	if !ok {
		t.Fatalf("no %s on the board", name)
	}
	return string(data)
}

// leftovers lists files that an installation should have cleaned up.
func leftoversOn(t testing.TB, m *devicetest.MicroPython) []string {
	t.Helper()
	var left []string
	err := fs.WalkDir(os.DirFS(m.Root()), ".", func(name string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(name, newSuffix) {
			left = append(left, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// settingsOn reads the settings on the board as the board would.
func settingsOn(t testing.TB, m *devicetest.MicroPython) device.Config {
	t.Helper()
	var c device.Config
	if err := json.Unmarshal([]byte(onBoard(t, m, settingsPath)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}
