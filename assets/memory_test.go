//go:build linux

package assets_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lamplighter/device"
)

// smallHeap is what an ESP8266 has for everything, in bytes.
const smallHeap = 36 << 10

// roomToWork is what must be left of it once the lamp program is there: for a
// packet, the JSON of what the board is, and the driver's own objects.
const roomToWork = 8 << 10

func TestTheProgramCompilesAndRunsInAnESP8266sMemory(t *testing.T) {
	t.Parallel()
	c := testConfig("esp8266")
	c.Broker.Password = device.Text(strings.Repeat("x", 220))
	c.Topics = dataStream()
	c.Lamp = device.Lamp{Kind: device.LampNeoPixel, Pin: "4", Count: 3} // the larger of the two
	settings, err := c.File()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lamplighter.json")
	if err := os.WriteFile(path, settings, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("node", filepath.Join("..", "device", "devicetest", "micropython", "memory.mjs"), "board", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Live  int
		Files map[string]struct{ Code, Compile int }
	}
	if err := json.Unmarshal(out, &m); err != nil || len(m.Files) == 0 {
		t.Fatalf("%s: %v", out, err)
	}
	t.Logf("%s", out)
	if m.Live > smallHeap-roomToWork {
		t.Errorf("the program takes %d bytes", m.Live)
	}
	for name, f := range m.Files {
		most := m.Live - f.Code + f.Compile
		if name == "lamplighter.py" { // the first: nothing else is there yet
			most = f.Compile
		}
		if most > smallHeap {
			t.Errorf("%s: up to %d bytes while it is compiled", name, most)
		}
	}
}
