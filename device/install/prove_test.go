//go:build linux

package install

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// stagesUntil proves until the stage comes, and gives all that came.
func stagesUntil(t testing.TB, b *Provisioner, name string) []device.Stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var all []device.Stage
	err := b.Prove(ctx, testPort, func(s device.Stage) {
		if all = append(all, s); s.Name == name {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 || all[len(all)-1].Name != name {
		t.Fatalf("no stage %s; the board said %+v", name, all)
	}
	return all
}

// refusing is a setting whose broker is a closed port of this machine.
func refusing(s *devicetest.Setup) { s.Hosts["192.168.4.1"], s.Ports[1883] = "127.0.0.1", 1 }

func TestProveRestartsTheBoardAndFollowsItsStages(t *testing.T) {
	t.Parallel()
	_, b := board(t, devicetest.Options{Setup: refusing})
	mustInstall(t, b, device.Job{Config: config()})
	all := stagesUntil(t, b, device.StageReached)
	var names []string
	for _, s := range all {
		if s.Name != "" {
			names = append(names, s.Name)
		}
	}
	if got := strings.Join(names, " "); got != "start found joined reached" {
		t.Errorf("stages %s", got)
	}
	if kind, bad := all[len(all)-1].Fault(); !bad || kind != fault.Refused {
		t.Errorf("a closed port is %v", kind)
	}
	if id := mustGreet(t, b); id.Main != device.OurMain { // the line is still open, the program runs: it is interrupted
		t.Errorf("greeted as %+v", id)
	}
}

func TestTheProofOfSettingsRunsTheHelperAndReportsWhileItRuns(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{Setup: refusing})
	m.WriteFile(mainPath, []byte("print('mine')\n"))
	mustInstall(t, b, device.Job{Goal: device.SettingsOnly, Config: config()})
	all := stagesUntil(t, b, device.StageReached)
	if all[0].Name != device.StageStart {
		t.Errorf("began with %+v", all[0])
	}
}

func TestLinesThatAreNoStagesAreShownPrintableCutAndWithoutSecrets(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	mustInstall(t, b, device.Job{Config: config()})
	m.WriteFile(programPath, []byte("def run():\n print('key=chalk&cheese \\x1b[31m\\x00!')\n print('x' * 5000)\n print('done')\n"))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var lines []string
	err := b.Prove(ctx, testPort, func(s device.Stage) {
		if lines = append(lines, s.Detail); s.Detail == "done" {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(lines, "\n")
	if !strings.Contains(all, "key=*** [31m!") {
		t.Errorf("shown: %q", lines)
	}
	for _, line := range lines {
		if len([]rune(line)) > maxShown+1 {
			t.Errorf("a line of %d characters", len(line))
		}
	}
}

func TestAProofThatTakesHalfAnHourGotNoAnswer(t *testing.T) {
	t.Parallel()
	_, b := board(t, devicetest.Options{Setup: refusing})
	b.prove = 15 * time.Second // enough for a busy computer to start the program
	mustInstall(t, b, device.Job{Config: config()})
	wantFault(t, b.Prove(t.Context(), testPort, func(device.Stage) {}), fault.NoAnswer)
}

func TestASettingsProofTellsABoardWithoutPowerFromOneThatGotNoAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cut  func(*devicetest.MicroPython)
		want fault.Fault
	}{
		"power off": {(*devicetest.MicroPython).PowerOff, fault.PortGone},
		"reset":     {(*devicetest.MicroPython).Reset, fault.PortGone},
		"no answer": {func(*devicetest.MicroPython) {}, fault.NoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, b := board(t, devicetest.Options{Setup: func(s *devicetest.Setup) { s.WiFi.Mode = devicetest.WiFiHang }})
			m.WriteFile(mainPath, []byte("print('mine')\n"))
			mustInstall(t, b, device.Job{Goal: device.SettingsOnly, Config: config()})
			b.helper = 15 * time.Second // less than joining takes, and enough for a busy computer's board to begin
			err := b.Prove(t.Context(), testPort, func(s device.Stage) {
				if s.Name == device.StageStart {
					go c.cut(m)
				}
			})
			wantFault(t, err, c.want)
		})
	}
}

func TestSecretsThatWereTypedAreInNoErrorWhateverTheBoardPrints(t *testing.T) {
	t.Parallel()
	const password = "chalk&\tcheese"
	var h secretFilter
	h.add(password, "abc", "")
	board := &fault.Error{Fault: fault.NoMicroPython, Err: &repl.UnexpectedOutput{Text: "cheese? chalk&cheese or " + password + " abc"}}
	script := &repl.ScriptError{Type: "OSError", Traceback: "OSError: " + password, Out: []byte(password)}
	cut := &repl.UnexpectedOutput{Text: "lk&cheese and so on"}
	for _, err := range []error{board, script, cut} {
		text := job{op: "join"}.fail(h.redactError(err)).Error()
		if strings.Contains(text, "lk&") {
			t.Errorf("%s", text)
		}
	}
	if text := script.Traceback + string(script.Out); strings.Contains(text, "lk&") {
		t.Errorf("%s", text)
	}
	if !strings.Contains(board.Error(), "abc") {
		t.Error("what is in every text was taken out")
	}
	for i := range 100 {
		h.add(fmt.Sprint("another ", i))
	}
	if len(h) != maxSecret {
		t.Errorf("%d secrets are kept", len(h))
	}
}

func TestThePasswordThatIsTriedIsHiddenFromThenOn(t *testing.T) {
	t.Parallel()
	_, b := board(t, devicetest.Options{})
	if _, err := b.Join(t.Context(), testPort, device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword}); err != nil {
		t.Fatal(err)
	}
	if got := b.hide.redact("x " + devicetest.TestPassword); got != "x ***" {
		t.Errorf("%q", got)
	}
}

func TestAPulledCableEndsTheProof(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	mustInstall(t, b, device.Job{Config: config()})
	pulled := make(chan struct{})
	err := b.Prove(t.Context(), testPort, func(s device.Stage) {
		if s.Name == device.StageStart {
			go func() { m.Unplug(); close(pulled) }()
		}
	})
	wantFault(t, err, fault.PortGone)
	<-pulled // the line is gone before the power is
	m.PowerOn()
	mustGreet(t, b) // the bench opens the line anew
}

// closing tells when the line is closed.
type closing struct {
	Line
	closed chan struct{}
}

func (c closing) Close() error {
	close(c.closed)
	return c.Line.Close()
}

func TestReleaseLetsTheProgramRunAgainAndTheLineGo(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	closed := make(chan struct{})
	b.open = func(context.Context, device.Port) (Line, error) { return closing{m.Conn(), closed}, nil }
	mustGreet(t, b)
	m.WriteFile(mainPath, []byte("import machine\nmachine.Pin(5, machine.Pin.OUT).value(1)\n"))
	b.Release()
	m.WaitFor(func(e devicetest.Event) bool { return e.Type == "pin" && e.Pin == "5" && e.Value == 1 })
	<-closed
}

func TestAPortThatCantBeOpenedKeepsItsFault(t *testing.T) {
	t.Parallel()
	busy := &fault.Error{Fault: fault.PortBusy, Op: "open", Where: testPort.Name, Err: errors.New("held by Mind+")}
	b := New(boardFiles(), func(context.Context, device.Port) (Line, error) { return nil, busy }, nil)
	_, err := b.Greet(t.Context(), testPort, noProgress)
	wantFault(t, err, fault.PortBusy)
	if !errors.Is(err, busy) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestWorkEndsWithItsContext(t *testing.T) {
	t.Parallel()
	_, b := board(t, devicetest.Options{})
	mustGreet(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	err := b.Install(ctx, testPort, device.Job{Config: config()}, func(p device.Progress) {
		if p.Done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	mustInstall(t, b, device.Job{Config: config()}) // the line is as good as before
}

func TestOddValuesArriveExactlyOrAreRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	m, b := board(t, devicetest.Options{})
	mustGreet(t, b)
	for _, odd := range oddNames {
		c := config()
		c.WiFi.SSID, c.WiFi.Password = odd, odd+"12345678"
		c.Broker.User, c.Broker.Password = odd+odd, odd
		c.Name = string(odd)
		c.Topics.Set = "class/" + string(odd)
		sent := m.Sent(devicetest.ToBoard)
		if err := b.Install(t.Context(), testPort, device.Job{Config: c}, noProgress); err != nil {
			wantFault(t, err, fault.BadValue)
			var why *device.ValueError
			if !errors.As(err, &why) {
				t.Errorf("%q is refused without a reason: %v", odd, err)
			}
			if got := m.Sent(devicetest.ToBoard); got != sent {
				t.Errorf("%q: %d bytes were sent before it was refused", odd, got-sent)
			}
			c.Name, c.Topics.Set = config().Name, config().Topics.Set // these are refused; the rest must arrive
			mustInstall(t, b, device.Job{Config: c})
		}
		if got := settingsOn(t, m); got != c {
			t.Errorf("%q arrived as %+v", odd, got)
		}
	}
}

func TestTheBoardReadsOddValuesAsTheyWere(t *testing.T) {
	t.Parallel()
	odd := oddNames[7] // 32 bytes that are no UTF-8
	_, b := board(t, devicetest.Options{Setup: func(s *devicetest.Setup) {
		refusing(s)
		s.WiFi.Networks = []devicetest.AP{{SSID: odd, Password: "\xffpass\xfe\x80word", RSSI: -40, Auth: device.AuthWPA2}}
	}})
	c := config()
	c.WiFi = device.WiFi{SSID: odd, Password: "\xffpass\xfe\x80word"}
	mustInstall(t, b, device.Job{Config: c})
	stagesUntil(t, b, device.StageReached) // so it has joined
}
