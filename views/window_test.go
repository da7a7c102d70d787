package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/device"
)

func init() {
	registerScene("window-base", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		return scrolled(sections(720,
			title("Lamps 灯"),
			titledCard("A card 卡片", "What it is for, in a line that is long enough to be wrapped in a small window, so that wrapping is seen.",
				between(primaryButton("Primary", icon("check"), func() {}), nil, row(newButton("Plain", icon("copy"), nil), quietButton("Quiet", nil, nil))),
				newEntry("type here"), newPasswordEntry("password"), newChoice([]string{"One", "Two"}, nil), newTick("Tick", nil), code("192.168.1.23:1883  你好")),
			notice(remark, "A remark that is good to know."), notice(success, "It went well."),
			notice(warning, "Look at this.", newButton("Do", nil, nil)),
			problemView(e.shell, &device.Error{Fault: device.WiFiPassword, Op: "join"}, func() {}),
		))
	})
	registerScene("window-empty", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		e.status.Open = true
		return emptyPlace("lamp", "No lamp yet.", primaryButton("Set up a board", nil, nil), newButton("Try a practice board", nil, nil))
	})
	registerScene("window-problem", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		e.status.Err = &device.Error{Fault: device.Firewall, Op: "reach"}
		e.then(func() { e.shell.ShowProblem(e.status.Err) })
		return container.NewStack()
	})
	registerScene("window-confirm", placeLamps, func(e *sceneEnv) fyne.CanvasObject {
		e.then(func() {
			e.shell.confirm("Remove lamp-01?", "It goes off the panel.", "Remove", true, func() {})
		})
		e.then(func() { e.shell.toast("Copied") })
		return container.NewStack()
	})
}
