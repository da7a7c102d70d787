//go:build !windows && !darwin

package filedialog

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

// portal is a desktop's portal on a real bus, which answers as a test says.
type portal struct {
	conn    *dbus.Conn
	code    uint32
	results map[string]dbus.Variant
	asked   chan []any // method, title, options
}

// OpenFile is the portal's.
func (p *portal) OpenFile(m dbus.Message, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return p.answer("OpenFile", m, title, options)
}

// SaveFile is the portal's.
func (p *portal) SaveFile(m dbus.Message, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return p.answer("SaveFile", m, title, options)
}

// answer sends its answer before the call returns, as a portal without a dialog may.
func (p *portal) answer(method string, m dbus.Message, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	p.asked <- []any{method, title, options}
	sender := m.Headers[dbus.FieldSender].Value().(string)
	token := options["handle_token"].Value().(string)
	handle := dbus.ObjectPath(portalPath + "/request/" + strings.ReplaceAll(sender[1:], ".", "_") + "/" + token)
	if err := p.conn.Emit(handle, request+".Response", p.code, p.results); err != nil {
		return "", dbus.MakeFailedError(err)
	}
	return handle, nil
}

// startBus gives the test a session bus of its own.
func startBus(t *testing.T) {
	t.Helper()
	c := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

func startPortal(t *testing.T, code uint32, results map[string]dbus.Variant) *portal {
	t.Helper()
	startBus(t)
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &portal{conn: conn, code: code, results: results, asked: make(chan []any, 1)}
	if err := conn.Export(p, portalPath, chooser); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(portalName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheDesktopsDialogGivesTheFileThatWasChosen(t *testing.T) {
	p := startPortal(t, chosen, map[string]dbus.Variant{"uris": dbus.MakeVariant([]string{"file:///home/li/%E7%81%AF%20a+b.jsonl"})})
	path, err := Ask(t.Context(), Question{Save: true, Title: "Save", Name: "a.jsonl"})
	if err != nil || path != "/home/li/灯 a+b.jsonl" {
		t.Fatalf("%q, %v", path, err)
	}
	asked := <-p.asked
	if name := asked[2].(map[string]dbus.Variant)["current_name"].Value(); asked[0] != "SaveFile" || asked[1] != "Save" || name != "a.jsonl" {
		t.Errorf("the portal was asked %v", asked)
	}
}

func TestTheDesktopsDialogThatIsLeftChoosesNothing(t *testing.T) {
	p := startPortal(t, cancelled, nil)
	if path, err := Ask(t.Context(), Question{Title: "Open"}); err != nil || path != "" {
		t.Fatalf("%q, %v", path, err)
	}
	if asked := <-p.asked; asked[0] != "OpenFile" {
		t.Errorf("the portal was asked %v", asked)
	}
}

func TestWhereTheDesktopHasNoDialogThatIsSaid(t *testing.T) {
	for name, begin := range map[string]func(*testing.T){
		"no bus":               func(t *testing.T) { t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus") },
		"no portal":            startBus,
		"a portal that failed": func(t *testing.T) { startPortal(t, 2, nil) },
		"no file":              func(t *testing.T) { startPortal(t, chosen, nil) },
		"a file elsewhere": func(t *testing.T) {
			startPortal(t, chosen, map[string]dbus.Variant{"uris": dbus.MakeVariant([]string{"sftp://host/a"})})
		},
	} {
		t.Run(name, func(t *testing.T) {
			begin(t)
			if path, err := Ask(t.Context(), Question{}); !errors.Is(err, ErrNone) {
				t.Errorf("%q, %v", path, err)
			}
		})
	}
}

func TestADialogEndsWithTheProgram(t *testing.T) {
	startBus(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if path, err := Ask(ctx, Question{}); err == nil {
		t.Errorf("%q without an error", path)
	}
}

func TestOnlyARegularFileIsOpened(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, t.TempDir()} {
		if _, err := Open(path); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", path, err)
		}
	}
	file := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}
