//go:build uidebug

package views

import (
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestTheWidgetsAreToldAsTheyAreOnTheScreen(t *testing.T) {
	address := freeAddress(t)
	t.Setenv(debugVariable, address)
	w, loop := newTestWindow(t, nil)
	w.window.Resize(fyne.NewSize(1024, 640))
	w.visit(placeSettings, "")
	done := make(chan []seen, 1)
	ask := func() []seen {
		go func() {
			c := http.Client{Timeout: 30 * time.Second}
			r, err := c.Get("http://" + address + "/widgets")
			if err != nil {
				t.Error(err)
				done <- nil
				return
			}
			defer r.Body.Close()
			var all []seen
			if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
				t.Error(err)
			}
			done <- all
		}()
		var all []seen
		loop.RunUntil(func() bool {
			select {
			case all = <-done:
				return true
			default:
				return false
			}
		}, "the list of widgets")
		return all
	}
	find := func(all []seen, typ, text string) *seen {
		for i := range all {
			if all[i].Type == typ && all[i].Text == text {
				return &all[i]
			}
		}
		return nil
	}

	item := find(ask(), "views.railItem", "Settings")
	if item == nil || !item.Enabled || item.X > 20 || item.W < 90 {
		t.Fatalf("the rail's Settings: %+v", item)
	}
	w.shell.confirm("Sure?", "Text", "Do it", false, func() {})
	all := ask()
	yes := find(all, "views.button", "Do it")
	if yes == nil || !yes.Enabled || !yes.Focused {
		t.Errorf("the dialog's button: %+v", yes)
	}
	if item = find(all, "views.railItem", "Settings"); item == nil || item.Enabled {
		t.Errorf("the rail under a dialog: %+v", item)
	}
}

func TestAPasswordIsNotTold(t *testing.T) {
	e := newPasswordEntry("")
	e.Text = "secret"
	if got := textOf(e); got != "" {
		t.Errorf("told %q", got)
	}
}

func TestOnlyLoopbackIsServed(t *testing.T) {
	_, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"0.0.0.0", "", "::", "localhost"} {
		t.Setenv(debugVariable, net.JoinHostPort(host, port))
		newTestWindow(t, nil)
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = c.Close()
			t.Errorf("%q is served", host)
		}
	}
}
