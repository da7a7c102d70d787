package views

import (
	"net/netip"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/discover"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

func foundBroker(name, address string, port int, tls bool) discover.Broker {
	return discover.Broker{Name: name, Host: name + ".local", Addrs: []netip.Addr{netip.MustParseAddr(address)}, Port: port, TLS: tls}
}

func init() {
	scene := func(name string, then func(h *testHouse, f *brokerFinder)) {
		registerScene("wizard-platform-find-"+name, placeSetup, func(e *sceneEnv) fyne.CanvasObject {
			m := &stagedSetup{state: setup.Broker{Draft: platformDraft("own")}}
			w := m.wizard(deskOf(e.testWindow))
			e.then(func() {
				w.Shown()
				f := w.page.(*brokerPage).forms["own"].finder
				f.begin()
				then(e.parts.House.(*testHouse), f)
			})
			return w.Content()
		})
	}
	scene("looking", func(*testHouse, *brokerFinder) {})
	scene("none", func(_ *testHouse, f *brokerFinder) { f.quiet() })
	scene("some", func(h *testHouse, _ *brokerFinder) {
		h.report(foundBroker("Mosquitto on the library's computer by the window", "192.168.1.77", 1883, false))
		h.report(foundBroker("教室服务器", "192.168.1.20", 8883, true))
	})
	scene("failed", func(h *testHouse, _ *brokerFinder) {
		h.done(&device.Error{Fault: device.Unreachable, Op: "use multicast"})
	})
}

func finderPage(t *testing.T, id string) (*testWindow, *wizard, *stagedSetup, *brokerFinder, *testHouse) {
	t.Helper()
	win, w, m := stagedWizard(t, setup.Broker{Draft: platformDraft(id)})
	return win, w, m, w.page.(*brokerPage).forms[id].finder, win.parts.House.(*testHouse)
}

func TestABrokerThatAnswersIsTakenOverWithOneTap(t *testing.T) {
	for _, id := range []string{"own", "siot"} {
		_, w, m, f, h := finderPage(t, id)
		w.edit(func(a *setup.Answers) { a.Broker.Other.CA, a.Broker.Other.User = "another's", "class7" })
		test.Tap(f.button)
		h.report(foundBroker("One", "192.168.1.5", 1883, false))
		h.report(foundBroker("Two", "192.168.1.6", 8883, true))
		h.report(foundBroker("Two", "192.168.1.7", 8884, true)) // it is known better now
		if len(f.list.Objects) != 2 {
			t.Fatalf("%s: %d are listed", id, len(f.list.Objects))
		}
		test.Tap(f.list.Objects[1].(fyne.Tappable))
		got := m.state.Kept().Answers.Broker
		if got.Other.Host != "192.168.1.7" || got.Other.Port != 8884 || !got.Other.TLS || got.Other.CA != "" || got.Other.User != "class7" {
			t.Errorf("%s: %+v", id, got.Other.Host)
		}
		form := w.page.(*brokerPage).forms[id]
		if form.fields[presets.Host].in.Text != "192.168.1.7" || form.fields[presets.Port].in.Text != "8884" || !form.safety.tls.Checked {
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
		test.Tap(f.button)
		leave(w, m)
		h.report(foundBroker("Late", "192.168.1.5", 1883, false))
		if h.ended != 1 || len(f.list.Objects) != 0 || f.button.Disabled() {
			t.Errorf("%s: ended %d times, %d listed", name, h.ended, len(f.list.Objects))
		}
	}
}

func TestItIsSaidWhenNobodyAnswers(t *testing.T) {
	win, loop := newTestWindow(t, nil)
	f := newBrokerFinder(formHost{shell: win.shell, Strangers: win.parts.House}, nil)
	f.patience = time.Millisecond
	test.Tap(f.button)
	loop.RunUntil(func() bool { return f.remark.Text == i18n.T("find.none") }, "the words")
	h := win.parts.House.(*testHouse)
	h.report(foundBroker("One", "192.168.1.5", 1883, false)) // later, but still
	if f.remark.Text != i18n.T("find.choose") || len(f.list.Objects) != 1 {
		t.Errorf("%q", f.remark.Text)
	}
	h.done(nil)
	if f.button.Disabled() || len(f.list.Objects) != 1 || !f.remark.Visible() {
		t.Error("after it, what was found is gone")
	}
	test.Tap(f.button)
	h.done(&device.Error{Fault: device.Unreachable, Op: "use multicast"})
	if f.remark.Text != explain(&device.Error{Fault: device.Unreachable}).Title {
		t.Errorf("%q", f.remark.Text)
	}
}

func TestBrokersAreLookedForOnlyWhereAnAddressIsTyped(t *testing.T) {
	_, w, _ := stagedWizard(t, setup.Broker{Draft: wizardDraft()})
	page := w.page.(*brokerPage)
	for _, p := range presets.All() {
		test.Tap(page.others[p.ID])
		_, typed := p.Field(presets.Host)
		if got := page.forms[p.ID].finder != nil; got != typed {
			t.Errorf("%s: %v", p.ID, got)
		}
	}
}
