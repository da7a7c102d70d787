package class

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/apptest"
	"lamplighter/app/lights"
	"lamplighter/app/roster/table"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/frame"
	"lamplighter/views/status"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// lampsOf is a panel of so many lamps, whose boards are online.
func lampsOf(t testing.TB, loop *apptest.Loop, n int) *lights.Panel {
	t.Helper()
	now := time.Date(2026, 3, 5, 9, 41, 0, 0, time.UTC)
	p := lights.New(lights.Options{Now: func() time.Time { return now }, Post: loop.Post, Classroom: "class"})
	t.Cleanup(p.Close)
	p.SetConnected(true)
	for i := range n {
		base := fmt.Sprintf("class/lamp-%02d", i+1)
		p.Receive(base+"/status", []byte("online"), true, now)
		p.Receive(base+"/light", []byte("on"), false, now)
	}
	return p
}

func init() {
	viewtest.Status = func(s *ui.Shell, p *backend.Parts) frame.StatusLine { return status.New(s, p) }
	scene := func(name string, pupils int, show func(*dialog)) {
		viewtest.RegisterScene("lamps-class"+name, ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
			e.Parts.Lights = lampsOf(e.T, e.Loop, 30)
			viewtest.Enrol(e.Parts, pupils)
			e.Then(func() {
				d := newDialog(&env{Shell: e.Shell, Parts: e.Parts}, &Past{}, func() {})
				d.open()
				show(d)
			})
			return ui.Padded(ui.PagePadding, ui.Rows(ui.Title(i18n.T("rail.lamps"))))
		})
	}
	preview := func(text string) func(*dialog) {
		return func(d *dialog) {
			t, err := table.Read([]byte(text))
			if err != nil {
				panic(err)
			}
			newListPreview(d, t).open()
		}
	}
	scene("", 30, func(*dialog) {})
	scene("-seats", 30, func(d *dialog) { d.show(true); d.plan.current = 8; d.plan.press() })
	scene("-import", 0, preview("三年二班名单\n学号,姓名,小组,座位,板子编号,备注\n2023001,李小明,一组,1-2,7,\n2023002,欧阳娜娜,二组,2排3列,lamp-08,班长\n,,二组,,,\n2023003,Zoë Müller,二组,后面,,\n2023001,李小明,一组,1-2,7,\n2023005,张伟,一组,1-2,9,\n2023006,韩梅梅,一组,3-2,9,\n"))
	viewtest.ForPictures(func() {
		scene("-empty", 0, func(*dialog) {})
		scene("-edit", 30, func(d *dialog) { d.edit(d.rows[0]) })
		scene("-labels", 30, (*dialog).labelsDialog)
		scene("-menu", 30, (*dialog).menu)
	})
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }
