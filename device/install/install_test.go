//go:build linux

package install

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

func TestGreetTellsWhatEachBoardIs(t *testing.T) {
	t.Parallel()
	for model, tt := range map[string]struct{ platform, version string }{
		"mpython-2": {"esp32", "1.12.0"},
		"mpython-3": {"esp32", "1.24.1"},
		"pico-w":    {"rp2", "1.27.0"},
		"pico-2-w":  {"rp2", "1.27.0"},
		"esp8266":   {"esp8266", "1.27.0"},
		"esp32":     {"esp32", "1.27.0"},
		"esp32-s2":  {"esp32", "1.27.0"},
		"esp32-s3":  {"esp32", "1.27.0"},
		"esp32-c2":  {"esp32", "1.27.0"},
		"esp32-c3":  {"esp32", "1.27.0"},
		"esp32-c5":  {"esp32", "1.27.0"},
		"esp32-c6":  {"esp32", "1.27.0"},
	} {
		t.Run(model, func(t *testing.T) {
			m, b := board(t, devicetest.Options{Model: model})
			id := mustGreet(t, b)
			if id.Model != model || id.Platform != tt.platform || id.Version != tt.version || id.Firmware != "MicroPython" {
				t.Errorf("greeted as %+v", id)
			}
			if id.ID != m.ID() || !id.HasWiFi || id.FreeBytes <= 0 || id.HasUmqtt != (tt.platform != "rp2") {
				t.Errorf("greeted as %+v", id)
			}
			if id.Main != device.NoMain || id.Backup || id.Program != "" || id.Settings != nil {
				t.Errorf("an empty board has %+v", id)
			}
		})
	}
}

func TestABoardWithoutWiFiIsGreetedAndRefused(t *testing.T) {
	t.Parallel()
	_, b := board(t, devicetest.Options{Model: "esp32", Setup: func(s *devicetest.Setup) { s.HasWiFi, s.Umqtt = false, false }})
	id, err := b.Greet(t.Context(), testPort, noProgress)
	wantFault(t, err, fault.NoWiFi)
	if id.Firmware != "MicroPython" || id.Machine == "" {
		t.Errorf("greeted as %+v", id)
	}
}

func TestTheMicrobitsOldFirmwareIsRecognisedAndRefused(t *testing.T) {
	t.Parallel()
	line := devicetest.StartMicrobit(t)
	b := New(boardFiles(), func(context.Context, device.Port) (Line, error) { return line, nil }, nil)
	t.Cleanup(b.Close)
	id, err := b.Greet(t.Context(), testPort, noProgress)
	wantFault(t, err, fault.NoWiFi)
	if id.Firmware != "MicroPython" || id.Version != "1.9.2" || id.Platform != "microbit" || id.HasWiFi || id.FreeBytes != -1 {
		t.Errorf("greeted as %+v", id)
	}
}

func TestTheBeginningOfMainTellsWhoseItIs(t *testing.T) {
	t.Parallel()
	demo := "from mpython import oled\nimport uos\ntry:\n with open(\".build_date\", \"r\") as f:\n  d = f.read()\nexcept Exception:\n d = ''\n"
	m, b := board(t, devicetest.Options{})
	for main, want := range map[string]device.Main{
		"print('mine')\n": device.OtherMain, demo: device.DefaultMain, "# Lamplighter: starts\n": device.OurMain, "": device.OtherMain,
	} {
		m.WriteFile(mainPath, []byte(main))
		if id := mustGreet(t, b); id.Main != want {
			t.Errorf("%q is %v, want %v", main, id.Main, want)
		}
	}
}

func TestAnInstallationIsCompleteAndTheNextOneSendsNothing(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"mpython-2", "pico-w"} {
		t.Run(model, func(t *testing.T) {
			m, b := board(t, devicetest.Options{Model: model})
			m.WriteFile(mainPath, []byte("print('mine')\n"))
			mustGreet(t, b)
			var kept []string
			var last device.Progress
			job := device.Job{Config: config(), Keep: func(name string, old []byte) error {
				kept = append(kept, name+": "+string(old))
				return nil
			}}
			if err := b.Install(t.Context(), testPort, job, func(p device.Progress) {
				if p.Done < last.Done {
					t.Errorf("progress went back from %+v to %+v", last, p)
				}
				last = p
			}); err != nil {
				t.Fatal(err)
			}
			if last.Done != last.Total || last.Total == 0 {
				t.Errorf("progress ended with %+v", last)
			}
			if len(kept) != 1 || kept[0] != "main.py: print('mine')\n" || onBoard(t, m, backupPath) != "print('mine')\n" {
				t.Errorf("kept %q", kept)
			}
			files, err := b.payload(job)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if f.path == umqttPath && model != "pico-w" {
					if _, ok := m.ReadFile(umqttPath); ok {
						t.Error("umqtt was written although the firmware has it")
					}
					continue
				}
				if got := onBoard(t, m, f.path); got != string(f.data) {
					t.Errorf("%s is not what was sent", f.path)
				}
			}
			if left := leftoversOn(t, m); len(left) != 0 {
				t.Errorf("left over: %q", left)
			}
			sent := m.Sent(devicetest.ToBoard)
			mustInstall(t, b, job)
			if again := m.Sent(devicetest.ToBoard) - sent; again > 6000 {
				t.Errorf("the second installation sent %d bytes", again)
			}
			id := mustGreet(t, b)
			if id.Main != device.OurMain || !id.Backup || id.Program == "" || id.Settings == nil {
				t.Fatalf("greeted as %+v", id)
			}
			want := config()
			want.WiFi.Password, want.Broker.Password = "", ""
			if *id.Settings != want {
				t.Errorf("settings %+v", id.Settings)
			}
		})
	}
}

func TestOnlySettingsLeaveMainAlone(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile(mainPath, []byte("print('mine')\n"))
	mustInstall(t, b, device.Job{Goal: device.SettingsOnly, Config: config()})
	if onBoard(t, m, mainPath) != "print('mine')\n" {
		t.Error("main.py was changed")
	}
	if _, ok := m.ReadFile(programPath); ok {
		t.Error("the lamp program was written")
	}
	if settingsOn(t, m) != config() || onBoard(t, m, helperPath) == "" {
		t.Error("settings or helper are not there")
	}
}

func TestAFileOfSomebodyElseIsKeptBeforeItIsReplaced(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile(helperPath, []byte("pupils = 30\n"))
	kept := ""
	mustInstall(t, b, device.Job{Config: config(), Keep: func(name string, old []byte) error {
		kept = name + ": " + string(old)
		return nil
	}})
	if kept != "classroom.py: pupils = 30\n" {
		t.Errorf("kept %q", kept)
	}
	if err := b.Remove(t.Context(), testPort, noProgress); err != nil {
		t.Fatal(err)
	}
	if onBoard(t, m, helperPath) != "pupils = 30\n" {
		t.Error("it was not given back")
	}
}

func TestAKeepThatFailsStopsTheInstallationBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile(mainPath, []byte("print('mine')\n"))
	full := errors.New("the PC's disk is full")
	err := b.Install(t.Context(), testPort, device.Job{Config: config(), Keep: func(string, []byte) error { return full }}, noProgress)
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{programPath, settingsPath, backupPath} {
		if _, ok := m.ReadFile(name); ok {
			t.Errorf("%s was written", name)
		}
	}
}

func TestRestoreAndRemoveGiveBackWhatWasThere(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{Model: "pico-w"})
	wantFault(t, b.Restore(t.Context(), testPort, noProgress), fault.NoBackup)
	m.WriteFile(mainPath, []byte("print('mine')\n"))
	mustInstall(t, b, device.Job{Config: config()})
	if err := b.Restore(t.Context(), testPort, noProgress); err != nil {
		t.Fatal(err)
	}
	if onBoard(t, m, mainPath) != "print('mine')\n" {
		t.Error("not restored")
	}
	if id := mustGreet(t, b); id.Main != device.OtherMain || id.Backup || id.Settings == nil {
		t.Errorf("greeted as %+v", id)
	}
	mustInstall(t, b, device.Job{Config: config()})
	if err := b.Remove(t.Context(), testPort, noProgress); err != nil {
		t.Fatal(err)
	}
	if onBoard(t, m, mainPath) != "print('mine')\n" {
		t.Error("not restored")
	}
	for _, name := range []string{programPath, settingsPath, helperPath, umqttPath, backupPath, "/lib"} {
		if _, ok := m.ReadFile(name); ok {
			t.Errorf("%s is still there", name)
		}
	}
}

func TestRemoveFromABoardThatWasEmptyLeavesItEmpty(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	mustInstall(t, b, device.Job{Config: config()})
	if err := b.Remove(t.Context(), testPort, noProgress); err != nil {
		t.Fatal(err)
	}
	if id := mustGreet(t, b); id.Main != device.NoMain || id.Settings != nil || id.Program != "" {
		t.Errorf("greeted as %+v", id)
	}
	if _, ok := m.ReadFile(mainPath); ok {
		t.Error("main.py is still there")
	}
}

func TestABoardWithoutRoomIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{Setup: func(s *devicetest.Setup) { s.FlashBytes = 64 << 10 }})
	err := b.Install(t.Context(), testPort, device.Job{Config: config()}, noProgress)
	wantFault(t, err, fault.DiskFull)
	if _, ok := m.ReadFile(settingsPath); ok {
		t.Error("something was written")
	}
}

func TestADiskThatFillsMeanwhileIsToldAndCleanedUp(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile(mainPath, []byte("print('mine')\n"))
	err := b.Install(t.Context(), testPort, device.Job{Config: config()}, func(p device.Progress) {
		if p.Done > 0 {
			m.Set(func(s *devicetest.Setup) { s.FlashBytes = 8 << 10 })
		}
	})
	wantFault(t, err, fault.DiskFull)
	if left := leftoversOn(t, m); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
	if onBoard(t, m, mainPath) != "print('mine')\n" {
		t.Error("main.py was changed")
	}
}

// flip damages one byte in the middle of so many windows to come. It makes no
// Ctrl-C and no Ctrl-D, which would end the script.
func flip(m *devicetest.MicroPython, windows int) {
	m.Filter(devicetest.ToBoard, func(b []byte) []byte {
		if len(b) < 90 || windows == 0 {
			return b
		}
		windows--
		damaged, at := append([]byte(nil), b...), len(b)/2
		for damaged[at]^1 == 3 || damaged[at]^1 == 4 {
			at++
		}
		damaged[at] ^= 1
		return damaged
	})
}

func TestBytesThatWereDamagedOnTheWayAreSentAgain(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	starts, damaged := 0, false
	err := b.Install(t.Context(), testPort, device.Job{Config: config()}, func(p device.Progress) {
		switch {
		case p.Done == 0:
			starts++
		case !damaged:
			damaged = true
			flip(m, 1)
		}
	})
	if err != nil || starts != 2 {
		t.Fatalf("sent %d times: %v", starts, err)
	}
	if settingsOn(t, m) != config() {
		t.Error("settings differ")
	}
}

// fakeHash is a boot.py that replaces the board's hash module.
func fakeHash(module string) []byte {
	return []byte("import sys\n" + module + "\nsys.modules['uhashlib'] = M\n")
}

func TestABoardThatNeverStoresWhatWasSentIsToldSo(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile("/boot.py", fakeHash("class H:\n def update(self, d): pass\n def digest(self): return bytes(32)\nclass M: sha256 = H"))
	wantFault(t, b.Install(t.Context(), testPort, device.Job{Config: config()}, noProgress), fault.VerifyFailed)
	if _, ok := m.ReadFile(mainPath); ok {
		t.Error("main.py was written all the same")
	}
}

func TestABoardWithoutSHA256OrInflateTakesThePlainFiles(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile("/boot.py", fakeHash("class M: pass\nsys.modules['deflate'] = M"))
	sent := 0
	job := device.Job{Config: config()}
	if err := b.Install(t.Context(), testPort, job, func(p device.Progress) { sent = p.Total }); err != nil {
		t.Fatal(err)
	}
	files, err := b.payload(job)
	if err != nil {
		t.Fatal(err)
	}
	program := (&work{files: files}).file(programPath).data
	if got := onBoard(t, m, programPath); got != string(program) {
		t.Error("the program differs")
	}
	if sent < len(program) {
		t.Errorf("only %d bytes were sent: it was not plain", sent)
	}
	mustInstall(t, b, job) // nothing differs, found by reading back
}

func TestABoardWithTheOldInflateModuleIsSentCompressedFiles(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	m.WriteFile("/uzlib.py", []byte(`import deflate
def DecompIO(f, bits):
    open('/inflated', 'w').close()
    return deflate.DeflateIO(f, deflate.RAW, -bits)
`))
	mustInstall(t, b, device.Job{Config: config()})
	if _, ok := m.ReadFile("/inflated"); !ok {
		t.Error("the old module was not used")
	}
}

func TestEveryScriptFitsASmallBoard(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"askWho": askWho, "askWhat": askWhat, "askMpython": askMpython, "tools": tools, "readFile": readFile, "askFiles": askFiles,
		"redo": redo, "sweep": sweep, "room": room, "unpack": unpack, "copyFile": copyFile, "commit": commit, "move": move, "remove": remove, "dropFormer": dropFormer, "radio": radio, "scan": scan,
		"connect": connect, "look": look, "dial": dial, "blinkPin": blinkPin, "blinkPixels": blinkPixels,
	} {
		if len(script) > 1000 || strings.Contains(script, "\t") {
			t.Errorf("%s has %d bytes", name, len(script))
		}
	}
}
