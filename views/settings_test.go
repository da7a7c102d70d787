package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/settings"
	"lamplighter/device"
)

func init() {
	registerScene("settings", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}}
		})
		return newSettingsPage(e.desk).content()
	})
	registerScene("settings-broker-open", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.status.Open = true
		e.desk.House.SetOpen(true)
		return settingsAt(e, 620)
	})
	registerScene("settings-broker-broken", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.House.(*testHouse).broker = BrokerState{Err: &device.Error{Fault: device.BrokerDown, Op: "listen"}}
		return settingsAt(e, 420)
	})
	registerScene("settings-pupils-others", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.House.(*testHouse).broker.Wanted = 1884
		e.parts.Settings.Update(func(v *settings.Values) {
			v.Connections = []settings.Connection{{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}, {ID: "b", Host: "192.168.1.77", Port: 1883}}
			v.Connection = "b"
		})
		return settingsAt(e, 1100)
	})
	registerScene("settings-end", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.parts.House.(*testHouse).kind = settings.File
		return settingsAt(e, 5000)
	})
	registerScene("settings-connection", placeSettings, func(e *sceneEnv) fyne.CanvasObject {
		e.then(func() {
			f := newConnectionForm(e.desk, settings.Connection{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}, "secret")
			f.open()
			f.try()
			e.parts.House.(*testHouse).answer(&device.Error{Fault: device.BadLogin, Op: "connect"})
		})
		return newSettingsPage(e.desk).content()
	})
}

// settingsAt is the page, scrolled down.
func settingsAt(e *sceneEnv, y float32) fyne.CanvasObject {
	page := newSettingsPage(e.desk).content().(*fyne.Container)
	e.then(func() { page.Objects[0].(*container.Scroll).ScrollToOffset(fyne.NewPos(0, y)) })
	return page
}
