package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/expiry"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
)

// onAdafruit is a status there.
func onAdafruit() Status {
	return Status{Link: LinkUp, Broker: "io.adafruit.com", Address: "io.adafruit.com:1883", Preset: "adafruit", Online: 3}
}

func init() {
	scene := func(name string, change func(*Status), then func(*sceneEnv)) {
		registerScene("platform-status-"+name, placeLamps, func(e *sceneEnv) fyne.CanvasObject {
			*e.status = onAdafruit()
			change(e.status)
			deskOf(e.testWindow).Settings.Update(func(v *settings.Values) { v.Boards = expiringBoards(time.Now()) })
			if then != nil {
				e.then(func() { then(e) })
			}
			return container.NewStack()
		})
	}
	throttled := func(st *Status) {
		st.Said = Said{Word: presets.Throttled, Text: "teacher data rate limit reached, 12 seconds until throttle released", At: time.Now()}
		st.Dropped = 4
	}
	read := func(e *sceneEnv) { deskOf(e.testWindow).showSaid(*e.status, time.Now()) }
	scene("up", func(*Status) {}, nil)
	scene("paced", func(st *Status) { st.Paced, st.Wait = 29, 40*time.Second }, nil)
	scene("said", throttled, nil)
	scene("said-read", throttled, read)
	scene("complaint-read", func(st *Status) {
		st.Said = Said{Word: presets.Complaint, Text: "ERROR: lamp-07 feed does not exist \u202e\x1b[31m" + strings.Repeat(" and so on", 30), At: time.Now()}
	}, read)
	scene("dropped-read", func(st *Status) { st.Dropped = 2 }, read)
	scene("world", func(st *Status) {
		*st = Status{Link: LinkUp, Broker: "Class 7b at the fair", Address: "broker-cn.emqx.io:1883", Preset: "public", World: true, Online: 28, Noticed: 3}
	}, nil)
	scene("world-down", func(st *Status) {
		*st = Status{
			Link: LinkDown, Broker: "broker.hivemq.com", Address: "broker.hivemq.com:1883", Preset: "public", World: true,
			Err: &device.Error{Fault: device.Unreachable, Op: "connect"},
		}
	}, nil)
	scene("expiry", func(st *Status) {
		st.Preset, st.Expiry = "onenet", expiry.Summary{Name: "lamp-07", At: time.Now().AddDate(0, 0, 12), Count: 3}
	}, func(e *sceneEnv) { showExpiry(e.shell, deskOf(e.testWindow).Settings.Values(), time.Now()) })
	scene("wrong-key", func(st *Status) {
		st.Link, st.Preset, st.Err = LinkDown, "onenet", &device.Error{Fault: device.BadLogin, Op: "connect"}
	}, nil)
}

func TestTheStatusLineSaysThePlatformByItsName(t *testing.T) {
	w, _ := newTestWindow(t, nil)
	down, called, own := onAdafruit(), onAdafruit(), onAdafruit()
	down.Link, down.Err = LinkDown, &device.Error{Fault: device.BadLogin, Op: "connect"}
	called.Broker = "Class 7b"
	own.Preset = presets.Free
	for want, st := range map[string]Status{
		"Adafruit IO · io.adafruit.com:1883":                               onAdafruit(),
		"Class 7b · Adafruit IO · io.adafruit.com:1883":                    called,
		"OneNET thing · mqtts.heclouds.com:1883":                           {Link: LinkUp, Broker: "OneNET thing", Address: "mqtts.heclouds.com:1883", Preset: "onenet"},
		"Class 7b · OneNET · mqtts.heclouds.com:1883":                      {Link: LinkUp, Broker: "Class 7b", Address: "mqtts.heclouds.com:1883", Preset: "onenet"},
		"No connection to my easy iot · iot.dfrobot.com:1883":              {Link: LinkDown, Broker: "my easy iot", Address: "iot.dfrobot.com:1883", Preset: "easyiot"},
		"Broker: io.adafruit.com:1883":                                     own,
		explain(toldError(down)).Title:                                     down,
		"No connection to Adafruit IO · io.adafruit.com:1883":              {Link: LinkDown, Broker: "io.adafruit.com", Address: "io.adafruit.com:1883", Preset: "adafruit"},
		"Connecting to Public test broker · test.mosquitto.org:1883…":      {Link: LinkConnecting, Broker: "test.mosquitto.org", Address: "test.mosquitto.org:1883", Preset: "public"},
		"3 messages wait, about 40 s: Adafruit IO allows 30 a minute":      {Link: LinkUp, Broker: "x", Address: "x:1", Preset: "adafruit", Paced: 3, Wait: 40 * time.Second},
		"Adafruit IO: 2 messages were not sent":                            {Link: LinkUp, Broker: "x", Address: "x:1", Preset: "adafruit", Dropped: 2},
		"School: 2 messages were not sent":                                 {Link: LinkUp, Broker: "School", Address: "x:1", Preset: presets.Free, Dropped: 2},
		"The password of lamp-07 was valid until 2026-09-01":               {Link: LinkUp, Preset: "onenet", Broker: "x", Address: "x:1", Expiry: expiry.Summary{Name: "lamp-07", At: time.Date(2026, 9, 1, 12, 0, 0, 0, time.Local), Over: true, Count: 1}},
		"The password of a is valid until 2026-09-01, and 2 more end soon": {Link: LinkUp, Preset: "onenet", Broker: "x", Address: "x:1", Expiry: expiry.Summary{Name: "a", At: time.Date(2026, 9, 1, 12, 0, 0, 0, time.Local), Count: 3}},
	} {
		if got := statusOf(w).describe(st).text; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatAPlatformSaysIsHarmlessAndForgottenOnceItIsRead(t *testing.T) {
	st := onAdafruit()
	st.Said = Said{Word: presets.Complaint, Text: "no\u202e\x1b[31m\nfeed " + strings.Repeat("x", 256), At: time.Now()}
	w, _ := newTestWindow(t, func(p *Parts) {
		p.Status = func() Status { return st }
		p.ForgetSaid = func() { st.Said, st.Dropped = Said{}, 0 }
	})
	text := statusOf(w).words.Text
	if !strings.HasPrefix(text, "Adafruit IO says: no") || strings.ContainsAny(text, "\u202e\x1b\n") || len([]rune(text)) > 100 {
		t.Errorf("the line says %q", text)
	}
	for _, part := range []*button{statusOf(w).what, statusOf(w).brokers} {
		if !part.Visible() {
			t.Fatal("no button says what to do")
		}
	}
	pressed := statusOf(w).what
	st.Paced, st.Wait = 2, 5*time.Second
	w.parts.StatusChanged.Raise()
	if !shows(statusOf(w).content, "2 messages wait, about 5 s: Adafruit IO allows 30 a minute") || statusOf(w).what != pressed {
		t.Error("the line was built anew, or does not say what waits")
	}
	test.Tap(pressed)
	read := findButton(w.window.Canvas().Overlays().Top(), i18n.T("said.read"))
	if read == nil {
		t.Fatal("it can't be said that it was read")
	}
	test.Tap(read)
	st.Paced = 0
	w.parts.StatusChanged.Raise()
	if got := statusOf(w).words.Text; got != "Adafruit IO · io.adafruit.com:1883" {
		t.Errorf("afterwards the line says %q", got)
	}
}

// findButton finds a button by its text.
func findButton(o fyne.CanvasObject, text string) *button {
	for _, x := range test.LaidOutObjects(o) {
		if b, ok := x.(*button); ok && b.Text == text {
			return b
		}
	}
	return nil
}

func TestAPublicBrokerIsMarkedInRedWhateverElseThereIsToSay(t *testing.T) {
	st := Status{}
	w, _ := newTestWindow(t, func(p *Parts) { p.Status = func() Status { return st } })
	mark := statusOf(w).world
	for _, world := range []bool{true, false} {
		for _, c := range []Status{
			{Link: LinkUp},
			{Link: LinkDown},
			{Link: LinkConnecting},
			{Link: LinkUp, Paced: 4},
			{Link: LinkUp, Noticed: 3, Online: 30},
			{Link: LinkDown, Err: &device.Error{Fault: device.BadLogin, Op: "connect"}},
		} {
			c.Broker, c.Address, c.Preset, c.World = "broker.emqx.io", "broker.emqx.io:1883", "public", world
			st = c
			w.parts.StatusChanged.Raise()
			if statusOf(w).world != mark || mark.Visible() != world || mark.Text != "Anyone can read and switch this" {
				t.Errorf("%+v: marked %v", c, mark.Visible())
			}
		}
	}
}

// expiringBoards are three boards: one whose password is over, one with twelve
// days left, and one that has time.
func expiringBoards(now time.Time) []settings.Board {
	return []settings.Board{
		{ID: "a1", Base: "class/lamp-01", Name: "lamp-01", Expires: now.AddDate(2, 0, 0)},
		{ID: "a2", Base: "class/lamp-02", Name: "lamp-02", Expires: now.AddDate(0, 0, 12)},
		{ID: "a3", Base: "class/lamp-03", Name: "lamp-03", Expires: now.AddDate(0, 0, -1)},
		{ID: "a4", Base: "class/lamp-04", Name: "lamp-04"},
		{ID: "a5", Base: "class/lamp-05", Name: "lamp-05", Expires: now, Connection: "another"},
	}
}

func TestALampsDetailsSayUntilWhenItsPasswordIsValid(t *testing.T) {
	p, _ := lampWindow(t, func(r *lampRoom) {
		for i := range 4 {
			r.here(fmt.Sprintf("lamp-%02d", i+1), "", "off")
		}
	})
	p.desk.Settings.Update(func(v *settings.Values) { v.Boards = expiringBoards(sceneTime) })
	for base, want := range map[string]string{
		"class/lamp-01": "Its password is valid until 2028-03-05", "class/lamp-02": "Its password is valid until 2026-03-17",
		"class/lamp-03": "Its password was valid until 2026-03-04", "class/lamp-04": "",
	} {
		p.topicsDialog(base)
		got := ""
		for _, o := range test.LaidOutObjects(p.desk.window().Canvas().Overlays().Top()) {
			if l, ok := o.(*widget.Label); ok && strings.Contains(l.Text, "Its password") {
				got = l.Text
			}
		}
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
		p.desk.leaveDialog()
	}
	for base, want := range map[string]bool{"class/lamp-01": false, "class/lamp-02": true, "class/lamp-03": true, "class/lamp-04": false} {
		p.cardMenu(base, fyne.NewPos(20, 20))
		menu := p.desk.window().Canvas().Overlays().Top()
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
