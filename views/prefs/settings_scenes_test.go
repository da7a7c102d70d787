package prefs

import (
	"fyne.io/fyne/v2"

	"lamplighter/app"
	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/lamps"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// statusScenes are what the status line says beside the platforms' own.
var statusScenes = map[string]app.Status{
	"own-connecting": {Link: link.Connecting, Address: "192.168.1.23:1883"},
	"own-down":       {Link: link.Waiting, Address: "192.168.1.23:1883"},
	"off":            {Link: link.Closed},
	"open":           {Link: link.Online, Address: "192.168.1.23:1883", Open: true, Online: 28, Noticed: 3},
	"siot":           {Link: link.Online, Address: "192.168.1.23:1883", SIoT: true, Online: 28, Noticed: 3},
	"moved":          {Link: link.Online, Address: "192.168.100.123:1883", Moved: "192.168.100.23", Online: 28, Noticed: 3},
	"connecting":     {Link: link.Connecting, Broker: "School 学校", Address: "mqtt.school.example:8883"},
	"down":           {Link: link.Waiting, Broker: "School 学校", Address: "mqtt.school.example:8883", Err: &fault.Error{Fault: fault.Unavailable, Op: "connect"}},
}

func init() {
	viewtest.ForPictures(func() {
		for name, st := range statusScenes {
			viewtest.RegisterScene("status-"+name, ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
				*e.Status = st
				p := lamps.New(e.Shell, e.Parts)
				e.Cleanup(p.Close)
				return p.Content()
			})
		}
	})
	settingsScene := func(name string, at float32, prepare func(*viewtest.Env, *viewtest.App), then func(*viewtest.Env, fyne.CanvasObject)) {
		viewtest.RegisterScene("settings-"+name, ui.PlaceSettings, func(e *viewtest.Env) fyne.CanvasObject {
			if prepare != nil {
				prepare(e, e.Parts.Broker.(*viewtest.App))
			}
			page := settingsAt(e, at)
			if then != nil {
				e.Then(func() { then(e, page) })
			}
			return page
		})
	}
	press := func(key string) func(*viewtest.Env, fyne.CanvasObject) {
		return func(e *viewtest.Env, page fyne.CanvasObject) { viewtest.PressNamed(e.T, page, i18n.T(key)) }
	}
	settingsScene("remove-sure", 1100, func(e *viewtest.Env, _ *viewtest.App) {
		e.Parts.Settings.Update(func(v *settings.Values) { viewtest.ThreeBrokers(v) })
	}, press("settings.other-remove"))
	settingsScene("local", 420, func(e *viewtest.Env, h *viewtest.App) {
		was := problem.System
		problem.System = "windows"
		e.Cleanup(func() { problem.System = was })
		h.State.Local = true
	}, nil)
	settingsScene("locked", 0, func(e *viewtest.Env, _ *viewtest.App) {
		v := e.Parts.Settings.Values()
		e.Parts.Settings.Apply(settings.Policy{
			Path: "policy.json", Language: v.Language, Classroom: "room-204", Broker: &settings.Connection{ID: settings.PolicyConnection, Name: "School 学校", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883}},
			Locked: []settings.Lock{settings.LockLanguage, settings.LockClassroom, settings.LockBroker},
		})
	}, nil)
	settingsScene("report", 3000, nil, press("report.open"))
	settingsScene("licences", 3000, nil, press("settings.licences-open"))
	viewtest.ForPictures(func() {
		settingsScene("pupils-shown", 800, nil, press("settings.pupils-show"))
		settingsScene("pupils-new-sure", 800, nil, press("settings.pupils-new"))
		settingsScene("open-sure", 620, nil, press("settings.open-begin"))
		settingsScene("broker-off", 420, func(e *viewtest.Env, h *viewtest.App) {
			h.State = backend.BrokerState{}
			*e.Status = app.Status{Link: link.Closed}
			e.Parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
		}, nil)
		settingsScene("no-network", 420, func(_ *viewtest.Env, h *viewtest.App) { h.Own = []setup.Address{} }, nil)
		settingsScene("siot-on", 1150, func(e *viewtest.Env, h *viewtest.App) {
			h.State.SIoT, h.State.SIoTPort = true, 8080
			e.Parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT = true })
		}, nil)
		settingsScene("siot-no-web", 1150, func(e *viewtest.Env, h *viewtest.App) {
			h.State.SIoT = true
			e.Parts.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT = true })
		}, nil)
		connection := func(name string, c settings.Connection, then func(*connectionForm, *viewtest.App)) {
			settingsScene("connection-"+name, 0, nil, func(e *viewtest.Env, _ fyne.CanvasObject) {
				f := newConnectionForm(envOf(e.Window), c, connections.Login{Password: "secret"})
				f.open()
				then(f, e.Parts.Broker.(*viewtest.App))
			})
		}
		school := settings.Connection{ID: "a", Name: "School", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}}
		connection("new", settings.Connection{}, func(*connectionForm, *viewtest.App) {})
		connection("wrong", settings.Connection{}, func(f *connectionForm, _ *viewtest.App) { f.save() })
		connection("testing", school, func(f *connectionForm, _ *viewtest.App) { f.try() })
		connection("good", school, func(f *connectionForm, h *viewtest.App) { f.try(); h.Answer(nil) })
		connection("advanced", school, func(f *connectionForm, _ *viewtest.App) { f.advanced.open(true) })
		connection("certificate-wanted", school, func(f *connectionForm, h *viewtest.App) {
			f.try()
			h.Answer(&fault.Error{Fault: fault.CertificateWanted, Op: "log in at", Where: "mqtt.school.example:8883"})
			f.dialog.Overlay.Layout.(*ui.DialogLayout).Inside.Scroll.ScrollToBottom()
		})
		for _, p := range presets.All() {
			connection("of-"+p.ID, settings.Connection{}, func(f *connectionForm, _ *viewtest.App) { f.pick(p) })
		}
	})
}
