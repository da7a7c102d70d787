package wizard

import (
	"testing"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/viewtest"
)

func TestWhatToLookAtWithoutABoardIsForThisSystem(t *testing.T) {
	was := problem.System
	t.Cleanup(func() { problem.System = was })
	for system, want := range map[string]struct{ yes, no string }{
		"linux": {"linux", "driver"}, "windows": {"driver", "linux"}, "darwin": {"driver", "linux"},
	} {
		problem.System = system
		window, _ := viewtest.NewWindow(t, nil)
		m := &stagedSetup{state: setup.Choosing{Draft: setup.Draft{Ports: []device.Port{viewtest.PracticePort}}}}
		content := m.wizard(envOf(window)).Content()
		if said := i18n.T("wizard.board.check-numbered", "Number", 2, "What", i18n.T("wizard.board.check-"+want.yes)); !viewtest.Shows(content, said) {
			t.Errorf("on %s the second thing to look at is not %q", system, said)
		}
		for n := range 5 {
			if viewtest.Shows(content, i18n.T("wizard.board.check-numbered", "Number", n, "What", i18n.T("wizard.board.check-"+want.no))) {
				t.Errorf("on %s it speaks of another system", system)
			}
		}
	}
}
