package problem

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"lamplighter/app/instance"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/device/fault"
	"lamplighter/i18n"
)

func TestEveryFaultHasATitleAndAdviceInEveryLanguage(t *testing.T) {
	was, lang := System, i18n.Language()
	t.Cleanup(func() {
		System = was
		_ = i18n.SetLanguage(lang)
	})
	for _, f := range fault.Faults() {
		if faultKeys[f] == "" {
			t.Errorf("fault %q has no key in faultKeys", f)
		}
	}
	for _, l := range i18n.Languages() {
		if err := i18n.SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, System = range []string{"linux", "windows", "darwin"} {
			seen := map[string]fault.Fault{}
			for _, f := range fault.Faults() {
				p := Explain(&fault.Error{Fault: f, Op: "try"})
				for _, text := range []string{p.Title, p.Advice} {
					if text == "" || strings.HasPrefix(text, "problem.") {
						t.Errorf("%s, %s: kind %v has no text: %q", l.Tag, System, f, text)
					}
				}
				if other, taken := seen[p.Title]; taken {
					t.Errorf("%s: faults %v and %v have the same title %q", l.Tag, f, other, p.Title)
				}
				seen[p.Title] = f
			}
		}
	}
}

func TestAKeyringThatIsGoneIsNotTakenForAFolder(t *testing.T) {
	gone := &fault.Error{Fault: fault.Unknown, Op: "keep a password", Err: fmt.Errorf("%w: %w", secrets.ErrKeyring, fs.ErrNotExist)}
	if told, folder := Explain(gone), Explain(fs.ErrNotExist); told.Title == folder.Title || told.Title != i18n.T("problem.keyring-gone.title") {
		t.Errorf("it is told as %q", told.Title)
	}
}

func TestAFolderThatCanNotBeWrittenIsToldWithItsNameAndAdvice(t *testing.T) {
	lang := i18n.Language()
	t.Cleanup(func() { _ = i18n.SetLanguage(lang) })
	for _, l := range i18n.Languages() {
		if err := i18n.SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, cause := range []error{syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.ENOTDIR} {
			err := &instance.FolderError{Dir: "/media/stick/data", Err: &fs.PathError{Op: "open", Path: "/media/stick/data/instance.lock", Err: cause}}
			if p := Explain(fmt.Errorf("start: %w", err)); p.Title != i18n.T("problem.folder-read-only.title") || !strings.Contains(p.Advice, "/media/stick/data") {
				t.Errorf("%s, %v: %+v", l.Tag, cause, p)
			}
		}
		full := &instance.FolderError{Dir: "/data", Err: syscall.ENOSPC}
		if p := Explain(full); p.Title != i18n.T("problem.computer-full.title") {
			t.Errorf("%s, a full disk: %q", l.Tag, p.Title)
		}
		if p := Explain(&fs.PathError{Op: "open", Path: "settings.json", Err: syscall.EROFS}); p.Title != i18n.T("problem.file-forbidden.title") {
			t.Errorf("%s, while it runs: %q", l.Tag, p.Title)
		}
	}
}

func TestExplainNeverLosesTheErrorsOwnText(t *testing.T) {
	err := &fault.Error{Fault: fault.WiFiPassword, Op: "join", Err: errors.New("status 202")}
	if got := Explain(err).Detail; got != err.Error() {
		t.Errorf("%q", got)
	}
}

func TestTheAnswerToAWebSocketIsToldByItsNumber(t *testing.T) {
	for kind, status := range map[fault.Fault]int{fault.WrongPath: 404, fault.WebLogin: 401, fault.WebDown: 502} {
		err := &fault.Error{Fault: kind, Op: "connect to", Err: &link.UpgradeError{Status: status}}
		if p := Explain(err); !strings.Contains(p.Title, strconv.Itoa(status)) || p.Advice == "" {
			t.Errorf("%v: %+v", kind, p)
		}
	}
}

func TestAnAdministratorIsGivenTheCommandForWindowsFirewall(t *testing.T) {
	was := System
	t.Cleanup(func() { System = was })
	blocked := &fault.Error{Fault: fault.Firewall, Op: "reach"}
	System = "windows"
	if p := Explain(blocked); !strings.HasPrefix(p.command, "netsh advfirewall firewall add rule ") || !strings.Contains(p.command, `program="`) {
		t.Errorf("it is %q", p.command)
	}
	if p := Explain(&fault.Error{Fault: fault.Isolated, Op: "reach"}); p.command != "" {
		t.Error("another fault has a command")
	}
	System = "linux"
	if p := Explain(blocked); p.command != "" {
		t.Error("Linux has Windows' command")
	}
}
