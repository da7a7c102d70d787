package install

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// The files on a board.
const (
	mainPath     = "/main.py"
	backupPath   = "/main.before-lamplighter.py"
	programPath  = "/lamplighter.py"
	programParts = "/lib/lamp/"
	helperPath   = "/classroom.py"
	settingsPath = "/lamplighter.json"
	bundlePath   = "/bundle.lamplighter"
	newSuffix    = ".lamplighter" // of a file that is not in place yet
)

const (
	headBytes   = 600       // of a file that is only recognised
	maxSettings = 16 << 10  // bytes of the settings file
	maxMain     = 512 << 10 // bytes of a main.py that is kept
)

// Greet interrupts whatever runs on the board and asks what it is. A board
// without WiFi comes with its identity and with the fault NoWiFi, another
// firmware than MicroPython with NoMicroPython.
func (b *Provisioner) Greet(ctx context.Context, p device.Port, report func(device.Progress)) (device.Identity, error) {
	var id device.Identity
	err := b.do(ctx, job{op: "greet", port: p, limit: greetTime, report: report}, func(ctx context.Context, r *repl.REPL) error {
		rest := repl.SmallPieceDelay
		err := greet(ctx, r, &id, rest)
		for range greetTries {
			if !misheard(err) {
				break
			}
			id, rest = device.Identity{}, 2*rest
			err = greet(ctx, r, &id, rest)
		}
		if err == nil && id.Settings != nil && b.keys != nil {
			err = b.renewKey(ctx, r, id.ID)
		}
		return err
	})
	return id, err
}

// renewKey gives a board its own secret in place of the old one. One that can't be
// written finds the broker by the old one, as before.
func (b *Provisioner) renewKey(ctx context.Context, r *repl.REPL, id string) error {
	old, own := b.keys(id)
	file, err := readBytes(ctx, r, settingsPath, maxSettings)
	var c device.Config
	if err != nil || old == "" || own == "" || json.Unmarshal(file, &c) != nil || c.Find.Secret != old {
		return err
	}
	b.hide.add(old, own)
	for name, value := range map[string]string{"p": settingsPath, "o": old, "n": own} {
		if err := r.Set(ctx, name, []byte(value)); err != nil {
			return err
		}
	}
	var done [1]int
	if err := r.Call(ctx, swap, &done); err != nil {
		if isScript(err) {
			return nil
		}
		return err
	}
	if done[0] == 1 {
		b.newKey(id)
	}
	return nil
}

// greetTries is how often a greeting is said again, each time more slowly.
const greetTries = 3

// misheard reports whether a greeting may have lost bytes on the way: its scripts
// catch what a healthy board can raise, and the raw REPL has no checksum.
func misheard(err error) bool {
	var script *repl.ScriptError
	return errors.As(err, &script) || isNoise(err)
}

// isNoise tells an answer that could not be understood.
func isNoise(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Fault == fault.LineNoise
}

func greet(ctx context.Context, r *repl.REPL, id *device.Identity, rest time.Duration) error {
	r.SetPieceDelay(rest) // whatever it is, as a micro:bit, whose UART keeps 64 bytes
	if err := askIdentity(ctx, r, id); err != nil {
		return err
	}
	if !id.HasWiFi {
		return found(fault.NoWiFi)
	}
	r.SetPieceDelay(0)
	if _, err := r.Exec(ctx, tools); err != nil {
		return err
	}
	head, err := readBytes(ctx, r, mainPath, headBytes)
	if err != nil {
		return err
	}
	id.Main = kindOfMain(head)
	backup, err := readBytes(ctx, r, backupPath, 1)
	if err != nil {
		return err
	}
	id.Backup = backup != nil
	if id.Program, err = askVersion(ctx, r); err != nil {
		return err
	}
	settings, err := readBytes(ctx, r, settingsPath, maxSettings)
	if err != nil {
		return err
	}
	id.Settings = blanked(settings)
	return nil
}

// askIdentity asks for what the firmware is and has.
func askIdentity(ctx context.Context, r *repl.REPL, id *device.Identity) error {
	var who [4]string
	if err := r.Call(ctx, askWho, &who); err != nil {
		return err
	}
	id.Version = who[1]
	id.Platform, id.Machine = unhex(who[2]), unhex(who[3])
	id.RawPaste = r.RawPaste()
	switch name := unhex(who[0]); name {
	case "micropython":
		id.Firmware = "MicroPython"
	case "circuitpython":
		id.Firmware = "CircuitPython"
		return found(fault.NoMicroPython)
	default:
		id.Firmware = name
	}
	var what struct {
		id          string
		wifi, umqtt int
		free        int64
	}
	if err := r.Call(ctx, askWhat, &[]any{&what.id, &what.wifi, &what.umqtt, &what.free}); err != nil {
		return err
	}
	id.ID, id.FreeBytes = what.id, what.free
	id.HasWiFi, id.HasUmqtt = what.wifi == 1, what.umqtt == 1
	return askModel(ctx, r, id)
}

// askModel finds the board's model by the firmware's words, or else by
// mPython's module.
func askModel(ctx context.Context, r *repl.REPL, id *device.Identity) error {
	m, _ := device.ModelOf(id.Platform, id.Machine, false)
	if id.Platform == "esp32" && !m.MPython {
		var has [1]int
		if err := r.Call(ctx, askMpython, &has); err != nil {
			return err
		}
		m, _ = device.ModelOf(id.Platform, id.Machine, has[0] == 1)
	}
	id.Model = m.Key
	return nil
}

// kindOfMain tells whose a main.py is by its beginning; nil = there is none.
func kindOfMain(head []byte) device.Main {
	switch {
	case head == nil:
		return device.NoMain
	case isOurs(head):
		return device.OurMain
	case bytes.Contains(head, []byte(".build_date")) && bytes.Contains(head, []byte("mpython")):
		// mPython's demonstration shows the dates of firmware and file system.
		return device.DefaultMain
	}
	return device.OtherMain
}

// isOurs tells by its first line whether a main.py is Lamplighter's.
func isOurs(head []byte) bool { return bytes.HasPrefix(head, []byte("# Lamplighter:")) }

// askVersion finds the version of the lamp program, "" where it is not there.
// The helper module carries it for both.
func askVersion(ctx context.Context, r *repl.REPL) (string, error) {
	program, err := readBytes(ctx, r, programPath, 1)
	if err != nil || program == nil {
		return "", err
	}
	helper, err := readBytes(ctx, r, helperPath, 2*headBytes)
	return versionIn(helper), err
}

var version = regexp.MustCompile(`(?m)^VERSION = ["']([0-9A-Za-z.+-]{1,32})["']`)

// versionIn finds the version in the beginning of a module.
func versionIn(program []byte) string {
	if m := version.FindSubmatch(program); m != nil {
		return string(m[1])
	}
	return ""
}

// blanked reads a settings file and leaves its secrets out; nil where it can't
// be read.
func blanked(file []byte) *device.Config {
	var c device.Config
	if file == nil || json.Unmarshal(file, &c) != nil || c.Format != device.ConfigFormat {
		return nil
	}
	c.WiFi.Password, c.Broker.Password, c.Find.Secret = "", "", ""
	if c.Broker.SecretID() {
		c.Broker.ClientID = ""
	}
	return &c
}

// same tells by its first line whether a file on the board is some version of f.
func (f file) same(head []byte) bool {
	first, _, _ := bytes.Cut(f.data, []byte("\n"))
	if f.path == mainPath {
		return isOurs(head)
	}
	return bytes.HasPrefix(head, first)
}

// readTries is how often a file is read that something else printed into.
const readTries = 3

// readBytes gives the beginning of a file on the board, up to limit bytes; nil
// where there is no such file. tools must have run.
func readBytes(ctx context.Context, r *repl.REPL, path string, limit int) (data []byte, err error) {
	for range readTries {
		data, err = readOnce(ctx, r, path, limit)
		if !isNoise(err) {
			break
		}
	}
	return data, err
}

func readOnce(ctx context.Context, r *repl.REPL, path string, limit int) ([]byte, error) {
	if err := r.Set(ctx, "p", []byte(path)); err != nil {
		return nil, err
	}
	out, err := r.Exec(ctx, "n="+strconv.Itoa(limit)+"\n"+readFile)
	if err != nil {
		return nil, err
	}
	data, size := []byte{}, [1]int{-2}
	for line := range bytes.Lines(out) {
		var piece string
		switch line = bytes.TrimSpace(line); {
		case json.Unmarshal(line, &piece) == nil && len(line) > 2:
			b, err := hex.DecodeString(piece)
			if err != nil {
				continue
			}
			data = append(data, b...)
		case json.Unmarshal(line, &size) == nil:
		}
	}
	if size[0] == -1 {
		return nil, nil
	}
	if size[0] != len(data) {
		return nil, found(fault.LineNoise)
	}
	return data, nil
}

func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0xFFFD {
			return -1
		}
		return c
	}, string(b))
}
