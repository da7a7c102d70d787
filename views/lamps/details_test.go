package lamps

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/viewtest"
)

func TestALampsDetailsSayUntilWhenItsPasswordIsValid(t *testing.T) {
	p, _ := lampWindow(t, func(r *lampRoom) {
		for i := range 4 {
			r.here(fmt.Sprintf("lamp-%02d", i+1), "", "off")
		}
	})
	p.env.Settings.Update(func(v *settings.Values) { v.Boards = viewtest.ExpiringBoards(sceneTime) })
	for base, want := range map[string]string{
		"class/lamp-01": "Its password is valid until 2028-03-05", "class/lamp-02": "Its password is valid until 2026-03-17",
		"class/lamp-03": "Its password expired on 2026-03-04", "class/lamp-04": "",
	} {
		p.menu.topicsDialog(base)
		got := ""
		for _, o := range test.LaidOutObjects(p.env.Window().Canvas().Overlays().Top()) {
			if l, ok := o.(*widget.Label); ok && strings.Contains(l.Text, "Its password") {
				got = l.Text
			}
		}
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
		p.env.LeaveDialog()
	}
	for base, want := range map[string]bool{"class/lamp-01": false, "class/lamp-02": true, "class/lamp-03": true, "class/lamp-04": false} {
		p.menu.cardMenu(base, fyne.NewPos(20, 20))
		menu := p.env.Window().Canvas().Overlays().Top()
		got := slices.ContainsFunc(test.LaidOutObjects(menu), func(o fyne.CanvasObject) bool {
			text, ok := o.(*canvas.Text)
			return ok && text.Text == i18n.T("expiry.menu")
		})
		if got != want {
			t.Errorf("%s warns %v", base, got)
		}
		menu.Hide()
	}
}
