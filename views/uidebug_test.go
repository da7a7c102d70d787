//go:build uidebug

package views

import (
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"time"

	"lamplighter/views/frame"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"

	"fyne.io/fyne/v2"
)

// seen is a widget as the window tells it.
type seen struct {
	Type, Text       string
	X, Y, W, H       int
	Focused, Enabled bool
}

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
	t.Setenv(frame.DebugVariable, address)
	w, loop := viewtest.NewWindow(t, nil)
	w.Win.Resize(fyne.NewSize(1024, 640))
	w.Visit(ui.PlaceSettings, "")
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

	item := find(ask(), "frame.railItem", "Settings")
	if item == nil || !item.Enabled || item.X > 20 || item.W < 90 {
		t.Fatalf("the rail's Settings: %+v", item)
	}
	w.Shell.Confirm("Sure?", "Text", "Do it", false, func() {})
	all := ask()
	yes := find(all, "ui.Button", "Do it")
	if yes == nil || !yes.Enabled || !yes.Focused {
		t.Errorf("the dialog's button: %+v", yes)
	}
	if item = find(all, "frame.railItem", "Settings"); item == nil || item.Enabled {
		t.Errorf("the rail under a dialog: %+v", item)
	}
}

func TestOnlyLoopbackIsServed(t *testing.T) {
	_, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"0.0.0.0", "", "::", "localhost"} {
		t.Setenv(frame.DebugVariable, net.JoinHostPort(host, port))
		viewtest.NewWindow(t, nil)
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = c.Close()
			t.Errorf("%q is served", host)
		}
	}
}
