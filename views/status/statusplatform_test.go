package status

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lamplighter/app"
	"lamplighter/app/broker/presets"
	"lamplighter/app/expiry"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
	"lamplighter/app/settings"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/lampview"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func init() {
	scene := func(name string, change func(*app.Status), then func(*viewtest.Env)) {
		viewtest.RegisterScene("platform-status-"+name, ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
			*e.Status = viewtest.OnAdafruit()
			change(e.Status)
			envOf(e.Window).Settings.Update(func(v *settings.Values) { v.Boards = viewtest.ExpiringBoards(time.Now()) })
			if then != nil {
				e.Then(func() { then(e) })
			}
			return container.NewStack()
		})
	}
	throttled := func(st *app.Status) {
		st.PlatformMessage = outbox.PlatformMessage{Word: presets.Throttled, Text: "teacher data rate limit reached, 12 seconds until throttle released", At: time.Now()}
		st.Dropped = 4
	}
	read := func(e *viewtest.Env) { envOf(e.Window).showSaid(*e.Status, time.Now()) }
	scene("up", func(*app.Status) {}, nil)
	scene("paced", func(st *app.Status) { st.Paced, st.Wait = 29, 40*time.Second }, nil)
	scene("said", throttled, nil)
	scene("said-read", throttled, read)
	scene("complaint-read", func(st *app.Status) {
		st.PlatformMessage = outbox.PlatformMessage{Word: presets.Complaint, Text: "ERROR: lamp-07 feed does not exist \u202e\x1b[31m" + strings.Repeat(" and so on", 30), At: time.Now()}
	}, read)
	scene("dropped-read", func(st *app.Status) { st.Dropped = 2 }, read)
	scene("world", func(st *app.Status) {
		*st = app.Status{Link: link.Online, Broker: "Class 7b at the fair", Address: "broker-cn.emqx.io:1883", Preset: "public", IsPublic: true, Online: 28, Noticed: 3}
	}, nil)
	scene("world-down", func(st *app.Status) {
		*st = app.Status{
			Link: link.Waiting, Broker: "broker.hivemq.com", Address: "broker.hivemq.com:1883", Preset: "public", IsPublic: true,
			Err: &fault.Error{Fault: fault.Unreachable, Op: "connect"},
		}
	}, nil)
	scene("expiry", func(st *app.Status) {
		st.Preset, st.Expiry = "onenet", expiry.Summary{Name: "lamp-07", At: time.Now().AddDate(0, 0, 12), Count: 3}
	}, func(e *viewtest.Env) { lampview.ShowExpiry(e.Shell, envOf(e.Window).Settings.Values(), time.Now()) })
	scene("wrong-key", func(st *app.Status) {
		st.Link, st.Preset, st.Err = link.Waiting, "onenet", &fault.Error{Fault: fault.BadLogin, Op: "connect"}
	}, nil)
}

func TestTheStatusLineSaysThePlatformByItsName(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	down, called, own := viewtest.OnAdafruit(), viewtest.OnAdafruit(), viewtest.OnAdafruit()
	down.Link, down.Err = link.Waiting, &fault.Error{Fault: fault.BadLogin, Op: "connect"}
	called.Broker = "Class 7b"
	own.Preset = presets.Free
	for want, st := range map[string]app.Status{
		"Adafruit IO · io.adafruit.com:1883":                                  viewtest.OnAdafruit(),
		"Class 7b · Adafruit IO · io.adafruit.com:1883":                       called,
		"OneNET thing · mqtts.heclouds.com:1883":                              {Link: link.Online, Broker: "OneNET thing", Address: "mqtts.heclouds.com:1883", Preset: "onenet"},
		"Class 7b · OneNET · mqtts.heclouds.com:1883":                         {Link: link.Online, Broker: "Class 7b", Address: "mqtts.heclouds.com:1883", Preset: "onenet"},
		"Not connected to my easy iot · iot.dfrobot.com:1883":                 {Link: link.Waiting, Broker: "my easy iot", Address: "iot.dfrobot.com:1883", Preset: "easyiot"},
		"Broker: io.adafruit.com:1883":                                        own,
		problem.Explain(ExplainableError(down)).Title:                         down,
		"Not connected to Adafruit IO · io.adafruit.com:1883":                 {Link: link.Waiting, Broker: "io.adafruit.com", Address: "io.adafruit.com:1883", Preset: "adafruit"},
		"Connecting to Public test broker · test.mosquitto.org:1883…":         {Link: link.Connecting, Broker: "test.mosquitto.org", Address: "test.mosquitto.org:1883", Preset: "public"},
		"3 messages queued, about 40 s (Adafruit IO allows 30 a minute)":      {Link: link.Online, Broker: "x", Address: "x:1", Preset: "adafruit", Paced: 3, Wait: 40 * time.Second},
		"Adafruit IO: 2 messages were not sent":                               {Link: link.Online, Broker: "x", Address: "x:1", Preset: "adafruit", Dropped: 2},
		"School: 2 messages were not sent":                                    {Link: link.Online, Broker: "School", Address: "x:1", Preset: presets.Free, Dropped: 2},
		"The password of lamp-07 expired on 2026-09-01":                       {Link: link.Online, Preset: "onenet", Broker: "x", Address: "x:1", Expiry: expiry.Summary{Name: "lamp-07", At: time.Date(2026, 9, 1, 12, 0, 0, 0, time.Local), Expired: true, Count: 1}},
		"The password of a is valid until 2026-09-01, and 2 more expire soon": {Link: link.Online, Preset: "onenet", Broker: "x", Address: "x:1", Expiry: expiry.Summary{Name: "a", At: time.Date(2026, 9, 1, 12, 0, 0, 0, time.Local), Count: 3}},
	} {
		if got := statusOf(w).Describe(st).Text; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatAPlatformSaysIsHarmlessAndForgottenOnceItIsRead(t *testing.T) {
	st := viewtest.OnAdafruit()
	st.PlatformMessage = outbox.PlatformMessage{Word: presets.Complaint, Text: "no\u202e\x1b[31m\nfeed " + strings.Repeat("x", 256), At: time.Now()}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) {
		p.Status = func() app.Status { return st }
		p.MarkRead = func() { st.PlatformMessage, st.Dropped = outbox.PlatformMessage{}, 0 }
	})
	text := statusOf(w).words.Text
	if !strings.HasPrefix(text, "Adafruit IO says: no") || strings.ContainsAny(text, "\u202e\x1b\n") || len([]rune(text)) > 100 {
		t.Errorf("the line says %q", text)
	}
	for _, part := range []*ui.Button{statusOf(w).action, statusOf(w).brokers} {
		if !part.Visible() {
			t.Fatal("no button says what to do")
		}
	}
	pressed := statusOf(w).action
	st.Paced, st.Wait = 2, 5*time.Second
	w.Parts.StatusChanged.Raise()
	if !viewtest.Shows(statusOf(w).content, "2 messages queued, about 5 s (Adafruit IO allows 30 a minute)") || statusOf(w).action != pressed {
		t.Error("the line was built anew, or does not say what waits")
	}
	test.Tap(pressed)
	read := viewtest.FindButton(w.Win.Canvas().Overlays().Top(), i18n.T("said.read"))
	if read == nil {
		t.Fatal("it can't be said that it was read")
	}
	test.Tap(read)
	st.Paced = 0
	w.Parts.StatusChanged.Raise()
	if got := statusOf(w).words.Text; got != "Adafruit IO · io.adafruit.com:1883" {
		t.Errorf("afterwards the line says %q", got)
	}
}

func TestAPublicBrokerIsMarkedInRedWhateverElseThereIsToSay(t *testing.T) {
	st := app.Status{}
	w, _ := viewtest.NewWindow(t, func(p *backend.Parts) { p.Status = func() app.Status { return st } })
	mark := statusOf(w).world
	for _, world := range []bool{true, false} {
		for _, c := range []app.Status{
			{Link: link.Online},
			{Link: link.Waiting},
			{Link: link.Connecting},
			{Link: link.Online, Paced: 4},
			{Link: link.Online, Noticed: 3, Online: 30},
			{Link: link.Waiting, Err: &fault.Error{Fault: fault.BadLogin, Op: "connect"}},
		} {
			c.Broker, c.Address, c.Preset, c.IsPublic = "broker.emqx.io", "broker.emqx.io:1883", "public", world
			st = c
			w.Parts.StatusChanged.Raise()
			if statusOf(w).world != mark || mark.Visible() != world || mark.Text != "Anyone can read and switch this" {
				t.Errorf("%+v: marked %v", c, mark.Visible())
			}
		}
	}
}
