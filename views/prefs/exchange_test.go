package prefs

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/app/settings/exchange"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// testExchange answers at once, and notes what was asked.
type testExchange struct {
	passphrases []string
	file        exchange.File // what Read finds
	unlocked    exchange.File
	known       string // host of the connection that is there already
	imported    []exchange.Item
	filters     bool
	err         error
	slow        bool // it answers only when a test calls answer
	answer      func()
}

// when answers at once, or later where it is slow.
func (x *testExchange) when(answer func()) {
	if x.answer = answer; !x.slow {
		answer()
	}
}

func (x *testExchange) Write(passphrase string, done func([]byte, error)) {
	x.passphrases = append(x.passphrases, passphrase)
	x.when(func() { done([]byte("{}"), x.err) })
}

func (x *testExchange) Read(_ io.ReadCloser, done func(exchange.File, error)) { done(x.file, x.err) }

func (x *testExchange) Unlock(f exchange.File, passphrase string, done func(exchange.File, error)) {
	x.when(func() {
		if passphrase != "correct horse" {
			done(f, exchange.ErrPassphrase)
			return
		}
		done(x.unlocked, nil)
	})
}

func (x *testExchange) Known(i exchange.Item) bool { return i.Connection.Host == x.known }

func (x *testExchange) Import(items []exchange.Item, filters bool) (int, error) {
	if x.err == nil {
		x.imported, x.filters = items, filters
	}
	return len(items), x.err
}

// someFile is what MQTTX may have written.
func someFile() exchange.File {
	return exchange.File{Source: exchange.MQTTX, Skipped: 3, Refused: []exchange.Refusal{{Name: "School 2", Reason: exchange.BadHost}}, Items: []exchange.Item{
		{
			Connection: settings.Connection{Name: "School 学校", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, Password: "secret",
			Left: exchange.AllLeft(), Filters: []settings.Subscription{{Filter: "class/#"}},
		},
		{Connection: settings.Connection{Endpoint: endpoint.Endpoint{Host: "192.168.1.5", Port: 8083, WebSocket: true, Path: "/mqtt"}}},
	}}
}

func exchangeScene(name string, do func(*env, *testExchange)) {
	viewtest.RegisterScene("exchange-"+name, ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
		x := &testExchange{file: someFile(), known: "192.168.1.5"}
		e.Parts.Exchange = x
		e.Parts.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}, {ID: "b", Endpoint: endpoint.Endpoint{Host: "192.168.1.77", Port: 1883}}}
		})
		e.Then(func() { do(envOf(e.Window), x) })
		return settingsAt(e, 1100)
	})
}

func init() {
	exchangeScene("buttons", func(*env, *testExchange) {})
	exchangeScene("export", func(d *env, _ *testExchange) { newExportDialog(d).open() })
	exchangeScene("export-locked", func(d *env, _ *testExchange) {
		s := newExportDialog(d)
		s.open()
		test.Tap(s.secrets)
		s.first.SetText("correct horse")
		s.do()
	})
	exchangeScene("unlock", func(d *env, x *testExchange) {
		x.file = exchange.File{Locked: true}
		d.importFile(nil, "brokers.lamplighter.json")
		d.Dialogs[0].Overlay.Refresh()
	})
	exchangeScene("export-differ", func(d *env, _ *testExchange) {
		s := newExportDialog(d)
		s.open()
		test.Tap(s.secrets)
		s.first.SetText("correct horse")
		s.again.SetText("correct hors")
		s.do()
	})
	exchangeScene("unlock-wait", func(d *env, x *testExchange) {
		x.file, x.slow = exchange.File{Locked: true}, true
		d.importFile(nil, "brokers.lamplighter.json")
		d.Window().Canvas().Focused().(*ui.Entry).OnSubmitted("")
	})
	exchangeScene("unlock-wrong", func(d *env, x *testExchange) {
		x.file = exchange.File{Locked: true}
		d.importFile(nil, "brokers.lamplighter.json")
		d.Window().Canvas().Focused().(*ui.Entry).OnSubmitted("")
	})
	exchangeScene("import", func(d *env, _ *testExchange) { d.importFile(nil, "data.json") })
	exchangeScene("import-wrong", func(d *env, x *testExchange) {
		x.err = exchange.ErrUnknown
		d.importFile(nil, "picture.png")
	})
}

func exchangeWindow(t *testing.T) (*viewtest.Window, *testExchange) {
	x := &testExchange{file: someFile()}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Exchange = x
		p.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Endpoint: endpoint.Endpoint{Host: "h", Port: 1883}}}
		})
	})
	return w, x
}

func TestAFileWithPasswordsNeedsItsPassphraseTwice(t *testing.T) {
	w, x := exchangeWindow(t)
	for _, c := range []struct{ first, again, said string }{
		{"short", "short", "exchange.short"},
		{"correct horse", "correct horsf", "exchange.differ"},
		{"correct horse", "correct horse", ""},
	} {
		s := newExportDialog(envOf(w))
		s.open()
		test.Tap(s.secrets)
		s.first.SetText(c.first)
		s.again.SetText(c.again)
		before := len(x.passphrases)
		s.do()
		if made := len(x.passphrases) > before; made != (c.said == "") {
			t.Errorf("%+v: made %v", c, made)
		}
		if c.said != "" {
			if !viewtest.Shows(s.outcome, i18n.T(c.said)) {
				t.Errorf("%+v is not told", c)
			}
			s.modal.Cancel()
		} else if x.passphrases[before] != c.first {
			t.Errorf("passphrase %q", x.passphrases[before])
		}
	}
	s := newExportDialog(envOf(w))
	s.open()
	s.first.SetText("left over")
	s.do()
	if got := x.passphrases[len(x.passphrases)-1]; got != "" {
		t.Errorf("without passwords: passphrase %q", got)
	}
}

func TestNothingIsImportedBeforeItWasShown(t *testing.T) {
	w, x := exchangeWindow(t)
	envOf(w).importFile(io.NopCloser(bytes.NewReader(nil)), "data.json")
	if x.imported != nil || len(w.Shell.Dialogs) != 1 {
		t.Fatal("imported at once, or not shown")
	}
	seen := w.Shell.Dialogs[0].Overlay
	for _, want := range []string{"School 学校", "mqtt.school.example:8883", "192.168.1.5:8083"} {
		if !viewtest.Shows(seen, want) {
			t.Errorf("%s is not shown", want)
		}
	}
	if viewtest.Shows(seen, "secret") {
		t.Error("a password is shown")
	}
	w.Escape()
	if x.imported != nil {
		t.Error("imported after Esc")
	}
	envOf(w).importFile(nil, "data.json")
	viewtest.Press(w, fyne.KeyTab)
	for _, o := range test.LaidOutObjects(w.Shell.Dialogs[0].Overlay) {
		if b, ok := o.(*ui.Button); ok && strings.HasPrefix(b.Text, "Import") {
			test.Tap(b)
		}
	}
	if len(x.imported) != 2 || x.filters || len(w.Shell.Dialogs) != 0 {
		t.Errorf("imported %d, filters %v, %d dialogs", len(x.imported), x.filters, len(w.Shell.Dialogs))
	}
}

func TestAWrongPassphraseIsToldAndCanBeTypedAgain(t *testing.T) {
	w, x := exchangeWindow(t)
	x.file, x.unlocked = exchange.File{Locked: true}, someFile()
	envOf(w).importFile(nil, "brokers.lamplighter.json")
	field := w.Win.Canvas().Focused().(*ui.Entry)
	field.SetText("wrong horse")
	field.OnSubmitted(field.Text)
	if len(w.Shell.Dialogs) != 1 || !viewtest.Shows(w.Shell.Dialogs[0].Overlay, i18n.T("exchange.wrong.passphrase")) {
		t.Fatal("a wrong passphrase is not told")
	}
	field.SetText("correct horse")
	field.OnSubmitted(field.Text)
	if len(w.Shell.Dialogs) != 1 || !viewtest.Shows(w.Shell.Dialogs[0].Overlay, "mqtt.school.example:8883") {
		t.Error("the file was not opened")
	}
	if x.imported != nil {
		t.Error("imported without a question")
	}
}

func TestWhileAPassphraseIsTriedThatIsSaidAndAWrongOneIsTypedAnew(t *testing.T) {
	w, x := exchangeWindow(t)
	x.file, x.unlocked, x.slow = exchange.File{Locked: true}, someFile(), true
	envOf(w).importFile(nil, "brokers.lamplighter.json")
	field := w.Win.Canvas().Focused().(*ui.Entry)
	field.SetText("wrong horse")
	open := viewtest.FindButton(w.Shell.Dialogs[0].Overlay, i18n.T("exchange.unlock.yes"))
	clickOn(w, open)
	if !viewtest.Shows(w.Shell.Dialogs[0].Overlay, i18n.T("exchange.wait.unlock")) {
		t.Error("nobody says that it takes a while")
	}
	x.answer()
	if viewtest.Shows(w.Shell.Dialogs[0].Overlay, i18n.T("exchange.wait.unlock")) || !viewtest.Shows(w.Shell.Dialogs[0].Overlay, i18n.T("exchange.wrong.passphrase")) {
		t.Error("a wrong passphrase is not told in its place")
	}
	if w.Win.Canvas().Focused() != field || field.SelectedText() != "wrong horse" {
		t.Errorf("the keyboard is at %T, chosen is %q", w.Win.Canvas().Focused(), field.SelectedText())
	}
	s := newExportDialog(envOf(w))
	s.open()
	test.Tap(s.secrets)
	s.first.SetText("correct horse")
	s.again.SetText("correct hors")
	save := viewtest.FindButton(s.modal.Overlay, i18n.T("exchange.export.yes"))
	clickOn(w, save)
	if w.Win.Canvas().Focused() != s.again || s.again.SelectedText() != "correct hors" {
		t.Errorf("the keyboard is at %T", w.Win.Canvas().Focused())
	}
	s.again.SetText("correct horse")
	clickOn(w, save)
	if !viewtest.Shows(s.outcome, i18n.T("exchange.wait.export")) {
		t.Error("nobody says that it takes a while")
	}
	x.err = exchange.ErrShort
	x.answer()
	if viewtest.Shows(s.outcome, i18n.T("exchange.wait.export")) {
		t.Error("it still says so")
	}
}

// clickOn does what the mouse does: a button takes the keyboard before it is
// pressed.
func clickOn(w *viewtest.Window, b *ui.Button) {
	w.Win.Canvas().Focus(b)
	test.Tap(b)
}

func TestAnImportThatFailsKeepsItsDialogAndSaysWhy(t *testing.T) {
	w, x := exchangeWindow(t)
	s := newImportDialog(envOf(w), someFile())
	s.open("data.json")
	x.err = connections.ErrMany
	if s.do() || !viewtest.Shows(s.outcome, i18n.T("exchange.wrong.many")) {
		t.Error("the failure is not told")
	}
}

func TestEverythingThatIsLeftAndEveryProblemHasItsText(t *testing.T) {
	for _, l := range exchange.AllLeft() {
		if leftKeys[l] == "" {
			t.Errorf("no text for %v", l)
		}
	}
	for _, why := range exchange.AllReasons() {
		if refusedKeys[why] == "" {
			t.Errorf("no text for %v", why)
		}
	}
	seen := map[string]bool{}
	for _, err := range []error{
		exchange.ErrTooBig, exchange.ErrExcel, exchange.ErrUnknown, exchange.ErrNewer, exchange.ErrEmpty, exchange.ErrPassphrase, exchange.ErrShort,
		connections.ErrMany, io.ErrUnexpectedEOF,
	} {
		text := exchangeProblem(err)
		if seen[text] || text == "" {
			t.Errorf("%v: %q", err, text)
		}
		seen[text] = true
	}
}
