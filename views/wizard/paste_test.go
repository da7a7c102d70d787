package wizard

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/views/ui"
)

// paste puts a text into a field as Ctrl+V does.
func paste(e *ui.Entry, text string) {
	board := test.NewClipboard()
	board.SetContent(text)
	e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: board})
}

func TestTheEndOfACopiedLineIsNoPartOfAPassword(t *testing.T) {
	test.NewTempApp(t)
	for pasted, want := range map[string]string{
		"chalk & cheese\r\n": "chalk & cheese", "\nchalk\n": "chalk", " chalk ": " chalk ", "two\nlines": "two lines",
	} {
		e := ui.NewPasswordEntry("")
		paste(e, pasted)
		if e.Text != want {
			t.Errorf("%q became %q", pasted, e.Text)
		}
	}
	if e := ui.NewTextEntry(""); true {
		paste(e, "a line\n")
		if e.Text != "a line\n" {
			t.Errorf("a field of several lines has %q", e.Text)
		}
	}
}

func TestALessonPastedByMistakeIsCutToWhatAFieldMayNeed(t *testing.T) {
	test.NewTempApp(t)
	lesson := strings.Repeat("课a", 50_000)
	name, password := ui.NewEntry(""), ui.NewPasswordEntry("")
	paste(name, lesson)
	paste(password, lesson)
	if got := []rune(name.Text); len(got) != 513 || got[512] != '…' || string(got[:2]) != "课a" {
		t.Errorf("a name has %d characters", len(got))
	}
	if got := []rune(password.Text); len(got) != 4097 {
		t.Errorf("a password has %d characters", len(got))
	}
	if e := ui.NewEntry(""); true {
		whole := strings.Repeat("灯", 512)
		paste(e, whole)
		if e.Text != whole {
			t.Errorf("what fits has %d bytes", len(e.Text))
		}
	}
}

func TestAKeyMayBePastedWithWhatStandsAroundIt(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Broker{Draft: platformDraft("adafruit")})
	form := w.page.(*brokerPage).form(presets.ByID("adafruit"), m.state.CurrentDraft().Answers.Broker)
	paste(form.Fields[presets.User].In, " ｔｅａｃｈｅｒ ")
	paste(form.Fields[presets.Password].In, "\taio_1234567890\r\n")
	if got := m.state.CurrentDraft().Answers.Broker.Other; got.User != "teacher" || got.Password != "aio_1234567890" {
		t.Errorf("%q and %q", got.User, got.Password)
	}
}

func TestSpacesAroundAPastedNameAreNoPartOfIt(t *testing.T) {
	_, w, m := stagedWizard(t, setup.Naming{Draft: wizardDraft()})
	in := w.page.(*namePage).name.In
	in.SetText("")
	paste(in, " 小明的灯 靠窗 ")
	if got := m.state.CurrentDraft().Answers.Name; got != "小明的灯 靠窗" {
		t.Errorf("it is %q", got)
	}
}
