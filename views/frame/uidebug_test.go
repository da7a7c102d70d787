//go:build uidebug

package frame

import (
	"testing"

	"lamplighter/views/ui"
)

func TestAPasswordIsNotTold(t *testing.T) {
	e := ui.NewPasswordEntry("")
	e.Text = "secret"
	if got := textOf(e); got != "••••••" {
		t.Errorf("told %q", got)
	}
}
