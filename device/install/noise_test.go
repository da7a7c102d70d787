//go:build linux

package install

import (
	"bytes"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// A program's thread goes on after Ctrl-C, and its words may come in the middle
// of an answer.
func TestWordsInTheMiddleOfAnswersKeepNoBoardFromItsInstallation(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{Model: "esp32"})
	answers := 0
	m.Filter(devicetest.FromBoard, func(p []byte) []byte {
		var out []byte
		for _, c := range p {
			out = append(out, c)
			if c == '[' {
				answers++
				if answers%3 == 0 {
					out = append(out, "tick\r\n"...)
				}
			}
		}
		return out
	})
	if id := mustGreet(t, b); id.ID != m.ID() {
		t.Errorf("%+v", id)
	}
	mustInstall(t, b, device.Job{Config: config()})
	if head := onBoard(t, m, mainPath); !isOurs([]byte(head)) {
		t.Errorf("main.py begins with %q", head[:min(len(head), 80)])
	}
}

func TestATimerThatPrintsWithoutLineEndsKeepsNobodyFromScanning(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{Model: "esp32", Off: true})
	m.WriteFile(mainPath, []byte(`from machine import Timer
t = Timer(0)
t.init(period=20, mode=Timer.PERIODIC, callback=lambda t: print("21.5 ", end=""))
while True:
    pass
`))
	m.PowerOn()
	mustGreet(t, b)
	all, err := b.Scan(t.Context(), testPort)
	if err != nil || len(all) != 1 || !bytes.Equal([]byte(all[0].SSID), []byte(devicetest.TestSSID)) {
		t.Errorf("%v, %v", all, err)
	}
}
