package views

import (
	"fyne.io/fyne/v2"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// statusScenes are what the status line says beside the platforms' own.
var statusScenes = map[string]Status{
	"own-connecting": {Link: LinkConnecting, Address: "192.168.1.23:1883"},
	"own-down":       {Link: LinkDown, Address: "192.168.1.23:1883"},
	"off":            {Link: LinkOff},
	"open":           {Link: LinkUp, Address: "192.168.1.23:1883", Open: true, Online: 28, Noticed: 3},
	"siot":           {Link: LinkUp, Address: "192.168.1.23:1883", SIoT: true, Online: 28, Noticed: 3},
	"moved":          {Link: LinkUp, Address: "192.168.100.123:1883", Moved: "192.168.100.23", Online: 28, Noticed: 3},
	"connecting":     {Link: LinkConnecting, Broker: "School 学校", Address: "mqtt.school.example:8883"},
	"down":           {Link: LinkDown, Broker: "School 学校", Address: "mqtt.school.example:8883", Err: &device.Error{Fault: device.Unavailable, Op: "connect"}},
}

func init() {
	forPictures(func() {
		for name, st := range statusScenes {
			registerScene("status-"+name, placeLamps, func(e *sceneEnv) fyne.CanvasObject {
				*e.status = st
				p := NewLamps(e.shell, e.parts)
				e.Cleanup(p.Close)
				return p.Content()
			})
		}
	})
	settingsScene := func(name string, at float32, prepare func(*sceneEnv, *testHouse), then func(*sceneEnv, fyne.CanvasObject)) {
		registerScene("settings-"+name, placeSettings, func(e *sceneEnv) fyne.CanvasObject {
			if prepare != nil {
				prepare(e, e.parts.House.(*testHouse))
			}
			page := settingsAt(e, at)
			if then != nil {
				e.then(func() { then(e, page) })
			}
			return page
		})
	}
	press := func(key string) func(*sceneEnv, fyne.CanvasObject) {
		return func(e *sceneEnv, page fyne.CanvasObject) { pressNamed(e.T, page, i18n.T(key)) }
	}
	settingsScene("remove-sure", 1100, func(e *sceneEnv, _ *testHouse) {
		e.parts.Settings.Update(func(v *settings.Values) { threeBrokers(v) })
	}, press("settings.other-remove"))
	forPictures(func() {
		settingsScene("pupils-shown", 800, nil, press("settings.pupils-show"))
		settingsScene("pupils-new-sure", 800, nil, press("settings.pupils-new"))
		settingsScene("open-sure", 620, nil, press("settings.open-begin"))
		settingsScene("broker-off", 420, func(e *sceneEnv, h *testHouse) {
			h.broker = BrokerState{}
			*e.status = Status{Link: LinkOff}
			e.parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
		}, nil)
		settingsScene("no-network", 420, func(_ *sceneEnv, h *testHouse) { h.addresses = []setup.Address{} }, nil)
		settingsScene("siot-on", 1150, func(e *sceneEnv, h *testHouse) {
			h.broker.SIoT, h.broker.SIoTPort = true, 8080
			e.parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT = true })
		}, nil)
		settingsScene("siot-no-web", 1150, func(e *sceneEnv, h *testHouse) {
			h.broker.SIoT = true
			e.parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT = true })
		}, nil)
		connection := func(name string, c settings.Connection, then func(*connectionForm, *testHouse)) {
			settingsScene("connection-"+name, 0, nil, func(e *sceneEnv, _ fyne.CanvasObject) {
				f := newConnectionForm(deskOf(e.testWindow), c, "secret")
				f.open()
				then(f, e.parts.House.(*testHouse))
			})
		}
		school := settings.Connection{ID: "a", Name: "School", Host: "mqtt.school.example", Port: 8883, TLS: true}
		connection("new", settings.Connection{}, func(*connectionForm, *testHouse) {})
		connection("wrong", settings.Connection{}, func(f *connectionForm, _ *testHouse) { f.save() })
		connection("testing", school, func(f *connectionForm, _ *testHouse) { f.try() })
		connection("good", school, func(f *connectionForm, h *testHouse) { f.try(); h.answer(nil) })
		connection("advanced", school, func(f *connectionForm, _ *testHouse) { f.advanced.open(true) })
		for _, p := range presets.All() {
			connection("of-"+p.ID, settings.Connection{}, func(f *connectionForm, _ *testHouse) { f.pick(p) })
		}
	})
}
