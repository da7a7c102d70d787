package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/device/fault"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	viewtest.RegisterScene("window-base", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		return ui.Scrolled(ui.Sections(720,
			ui.Title("Lamps 灯"),
			ui.TitledCard("A card 卡片", "What it is for, in a line that is long enough to be wrapped in a small window, so that wrapping is seen.",
				ui.Between(ui.PrimaryButton("Primary", ui.Icon("check"), func() {}), nil, ui.Row(ui.NewButton("Plain", ui.Icon("copy"), nil), ui.QuietButton("Quiet", nil, nil))),
				ui.NewEntry("type here"), ui.NewPasswordEntry("password"), ui.NewSelect([]string{"One", "Two"}, nil), ui.NewCheck("Tick", nil), ui.Code("192.168.1.23:1883  你好")),
			ui.Notice(ui.Remark, "A remark that is good to know."), ui.Notice(ui.Success, "It went well."),
			ui.Notice(ui.Warning, "Look at this.", ui.NewButton("Do", nil, nil)),
			problem.View(e.Shell, &fault.Error{Fault: fault.WiFiPassword, Op: "join"}, func() {}),
		))
	})
	viewtest.RegisterScene("window-empty", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Open = true
		return ui.EmptyPlace("lamp", "No lamp yet.", ui.PrimaryButton("Set up a board", nil, nil), ui.NewButton("Try a practice board", nil, nil))
	})
	viewtest.RegisterScene("window-problem", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Status.Err = &fault.Error{Fault: fault.Firewall, Op: "reach"}
		e.Then(func() { e.Shell.ShowProblem(e.Status.Err) })
		return container.NewStack()
	})
	viewtest.RegisterScene("window-confirm", ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		e.Then(func() {
			e.Shell.Confirm("Remove lamp-01?", "It goes off the panel.", "Remove", true, func() {})
		})
		e.Then(func() { e.Shell.Toast("Copied") })
		return container.NewStack()
	})
}
