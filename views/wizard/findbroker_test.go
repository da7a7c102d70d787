package wizard

import (
	"net/netip"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/discover"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func foundBroker(name, address string, port int, tls bool) discover.Broker {
	return discover.Broker{Name: name, Host: name + ".local", Addrs: []netip.Addr{netip.MustParseAddr(address)}, Port: port, TLS: tls}
}

func init() {
	scene := func(name string, then func(h *viewtest.App, f *brokerform.BrokerFinder)) {
		viewtest.RegisterScene("wizard-platform-find-"+name, ui.PlaceSetup, func(e *viewtest.Env) fyne.CanvasObject {
			m := &stagedSetup{state: setup.Broker{Draft: platformDraft("own")}}
			w := m.wizard(envOf(e.Window))
			e.Then(func() {
				w.Shown()
				f := w.page.(*brokerPage).forms["own"].Finder
				f.Begin()
				then(e.Parts.Broker.(*viewtest.App), f)
			})
			return w.Content()
		})
	}
	scene("looking", func(*viewtest.App, *brokerform.BrokerFinder) {})
	scene("none", func(_ *viewtest.App, f *brokerform.BrokerFinder) { f.ShowNoneFound() })
	scene("some", func(h *viewtest.App, _ *brokerform.BrokerFinder) {
		h.Found(foundBroker("Mosquitto on the library's computer by the window", "192.168.1.77", 1883, false))
		h.Found(foundBroker("教室服务器", "192.168.1.20", 8883, true))
	})
	scene("failed", func(h *viewtest.App, _ *brokerform.BrokerFinder) {
		h.Done(&fault.Error{Fault: fault.Unreachable, Op: "use multicast"})
	})
}

func finderPage(t *testing.T, id string) (*viewtest.Window, *wizard, *stagedSetup, *brokerform.BrokerFinder, *viewtest.App) {
	t.Helper()
	win, w, m := stagedWizard(t, setup.Broker{Draft: platformDraft(id)})
	return win, w, m, w.page.(*brokerPage).forms[id].Finder, win.Parts.Broker.(*viewtest.App)
}

func TestABrokerThatAnswersIsTakenOverWithOneTap(t *testing.T) {
	for _, id := range []string{"own", "siot"} {
		_, w, m, f, h := finderPage(t, id)
		w.edit(func(a *setup.Answers) { a.Broker.Other.CA, a.Broker.Other.User = "another's", "class7" })
		test.Tap(f.Button)
		h.Found(foundBroker("One", "192.168.1.5", 1883, false))
		h.Found(foundBroker("Two", "192.168.1.6", 8883, true))
		h.Found(foundBroker("Two", "192.168.1.7", 8884, true)) // it is known better now
		if len(f.List.Objects) != 2 {
			t.Fatalf("%s: %d are listed", id, len(f.List.Objects))
		}
		test.Tap(f.List.Objects[1].(fyne.Tappable))
		got := m.state.CurrentDraft().Answers.Broker
		if got.Other.Host != "192.168.1.7" || got.Other.Port != 8884 || !got.Other.TLS || got.Other.CA != "" || got.Other.User != "class7" {
			t.Errorf("%s: %+v", id, got.Other.Host)
		}
		form := w.page.(*brokerPage).forms[id]
		if form.Fields[presets.Host].In.Text != "192.168.1.7" || form.Fields[presets.Port].In.Text != "8884" || !form.Safety.TLS.Checked {
			t.Errorf("%s: it is not shown", id)
		}
	}
}

func TestASearchEndsWhenItsPageIsLeft(t *testing.T) {
	for name, leave := range map[string]func(*wizard, *stagedSetup){
		"another place":   func(w *wizard, _ *stagedSetup) { test.Tap(w.page.(*brokerPage).others["adafruit"]) },
		"this computer":   func(w *wizard, _ *stagedSetup) { test.Tap(w.page.(*brokerPage).own) },
		"the page before": func(_ *wizard, m *stagedSetup) { m.Handle(setup.Back{}) },
		"another page":    func(w *wizard, _ *stagedSetup) { w.Hidden() },
	} {
		_, w, m, f, h := finderPage(t, "own")
		test.Tap(f.Button)
		leave(w, m)
		h.Found(foundBroker("Late", "192.168.1.5", 1883, false))
		if h.Ended != 1 || len(f.List.Objects) != 0 || f.Button.Disabled() {
			t.Errorf("%s: ended %d times, %d listed", name, h.Ended, len(f.List.Objects))
		}
	}
}

func TestItIsSaidWhenNobodyAnswers(t *testing.T) {
	win, loop := viewtest.NewWindow(t, nil)
	f := brokerform.NewBrokerFinder(brokerform.Host{Shell: win.Shell, Probe: win.Parts.Connections}, nil)
	f.Patience = time.Millisecond
	test.Tap(f.Button)
	loop.RunUntil(func() bool { return f.Remark.Text == i18n.T("find.none") }, "the words")
	h := win.Parts.Broker.(*viewtest.App)
	h.Found(foundBroker("One", "192.168.1.5", 1883, false)) // later, but still
	if f.Remark.Text != i18n.T("find.choose") || len(f.List.Objects) != 1 {
		t.Errorf("%q", f.Remark.Text)
	}
	h.Done(nil)
	if f.Button.Disabled() || len(f.List.Objects) != 1 || !f.Remark.Visible() {
		t.Error("after it, what was found is gone")
	}
	test.Tap(f.Button)
	h.Done(&fault.Error{Fault: fault.Unreachable, Op: "use multicast"})
	if f.Remark.Text != problem.Explain(&fault.Error{Fault: fault.Unreachable}).Title {
		t.Errorf("%q", f.Remark.Text)
	}
}

func TestBrokersAreLookedForOnlyWhereAnAddressIsTyped(t *testing.T) {
	_, w, _ := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
	page := w.page.(*brokerPage)
	for _, p := range presets.All() {
		test.Tap(page.others[p.ID])
		_, typed := p.Field(presets.Host)
		if got := page.forms[p.ID].Finder != nil; got != typed {
			t.Errorf("%s: %v", p.ID, got)
		}
	}
}
