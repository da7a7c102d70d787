package lamps

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// sceneTime is the time on the lamps' pictures.
var sceneTime = time.Date(2026, 3, 5, 9, 41, 0, 0, time.UTC)

// lampRoom is a panel with boards that say what a test has them say.
type lampRoom struct {
	*lights.Panel
	loop   *apptest.Loop
	sent   []string
	refuse error
	paced  bool // commands wait for their turn
	queue  []string
	count  func(lights.Event) // what a lesson counts
	link   link.Phase         // to the broker
}

func (r *lampRoom) Publish(topic string, payload []byte, _ bool) (queued bool, err error) {
	r.Withdraw(topic)
	switch {
	case r.refuse != nil:
		return false, r.refuse
	case r.paced:
		r.queue = append(r.queue, topic)
		return true, nil
	}
	r.sent = append(r.sent, topic+" "+string(payload))
	return false, nil
}

func (r *lampRoom) Withdraw(topic string) {
	r.queue = slices.DeleteFunc(r.queue, func(t string) bool { return t == topic })
}

func (r *lampRoom) Turns() map[string]lights.Turn {
	all := map[string]lights.Turn{}
	for i, topic := range r.queue {
		all[topic] = lights.Turn{Ahead: i, Wait: time.Duration(i/4+1) * 5 * time.Second}
	}
	return all
}

func newLampRoom(t testing.TB, loop *apptest.Loop) *lampRoom {
	r := &lampRoom{loop: loop, count: func(lights.Event) {}}
	r.Panel = lights.New(lights.Options{
		Now:       func() time.Time { return sceneTime },
		Publisher: r, Post: loop.Post, Classroom: "class", Answer: time.Hour,
		Observe: func(n lights.Event) { r.count(n) },
		Clear:   func(topic string) error { r.sent = append(r.sent, topic+" cleared"); return nil },
	})
	t.Cleanup(r.Close)
	r.SetConnected(true)
	return r
}

func (r *lampRoom) says(topic, payload string) {
	r.Receive("class/"+topic, []byte(payload), false, sceneTime)
}

func (r *lampRoom) kept(topic, payload string) {
	r.Receive("class/"+topic, []byte(payload), true, sceneTime)
}

// here is a lamp whose board is online and has confirmed.
func (r *lampRoom) here(board, name, state string) {
	r.kept(board+"/status", "online")
	r.kept(board+"/light", "off")
	r.says(board+"/light", "on")
	r.says(board+"/light", state)
	if name != "" {
		r.kept(board+"/info", fmt.Sprintf(`{"id":"a4cf12%s","name":%q,"board":"mPython","firmware":"MicroPython 1.12","program":"1.0","ip":"192.168.1.40","rssi":-58}`, board, name))
	}
}

// mixedRoom has a lamp in every state that there is.
func mixedRoom(r *lampRoom, chinese bool) {
	name := func(en, zh string) string {
		if chinese {
			return zh
		}
		return en
	}
	r.here("lamp-01", name("Window", "窗边"), "on")
	r.here("lamp-02", name("Door", "门口"), "off")
	r.here("lamp-03", name("Board", "黑板"), "off")
	_ = r.Switch("class/lamp-03", true)
	r.here("lamp-04", name("Li Ming", "李明"), "off")
	r.says("lamp-04/status", "offline")
	r.here("lamp-05", name("Green corner", "绿色角落"), "on")
	r.says("lamp-05/light/rgb", "0,200,80")
	r.kept("lamp-06/light", "on") // nobody says that its board lives
	r.here("lamp-07", "", "on")
	r.says("lamp-07/light/rgb", "80,80,255")
	r.says("lamp-07/light/set", "off")
	r.says("lamp-07/light", "off")
	_ = r.AddKnown(lights.Entry{Base: "class/mei", Name: name("Mei's own program", "小梅自己的程序"), Topics: device.Topics{Set: "class/mei"}})
	_ = r.Switch("class/mei", true)
	_ = r.AddKnown(lights.Entry{Base: "class/practice", Name: name("Practice lamp", "练习灯"), Practice: true})
	r.here("practice", "", "on")
	r.says("practice/light/rgb", "255,255,255")
	_ = r.AddKnown(lights.Entry{Base: "class/lamp-11", Name: name("New one", "新来的")})
	r.here("lamp-12", name("Reading lamp", "阅读灯"), "on")
	r.says("lamp-12/light/rgb", "60,0,10")
}

// lateRoom has wishes that came to nothing.
func lateRoom(t testing.TB, loop *apptest.Loop) *lampRoom {
	r := newLampRoom(t, loop)
	r.here("lamp-01", "Window", "on")
	r.here("lamp-02", "Door", "off")
	r.here("lamp-03", "Corridor", "off")
	r.SetConfirmTimeout(time.Nanosecond)
	_ = r.Switch("class/lamp-01", false)
	_ = r.Switch("class/lamp-02", true)
	_ = r.Switch("class/lamp-03", true)
	r.says("lamp-02/light", "off")
	loop.RunUntil(func() bool {
		for _, l := range r.Lights() {
			if l.Waiting {
				return false
			}
		}
		return true
	})
	r.SetConnected(false)
	_ = r.Switch("class/lamp-03", true)
	return r
}

func lampScene(name string, fill func(*viewtest.Env, *lampRoom) *lampRoom, then ...func(*lampPage)) {
	viewtest.RegisterScene("lamps-"+name, ui.PlaceLamps, func(e *viewtest.Env) fyne.CanvasObject {
		room := newLampRoom(e.T, e.Loop)
		if other := fill(e, room); other != nil {
			room = other
		}
		e.Parts.Lights = room.Panel
		now := func() time.Time { return sceneTime.Add(2 * time.Minute) }
		e.Parts.Lesson = viewtest.NewLesson(e.Loop, room.Panel, e.Parts.Pupils, now, topics.RetainedMessage{Topic: "class/scores", Payload: []byte("7")}, topics.RetainedMessage{Topic: "class/lamp-05/light/set", Payload: []byte("on")})
		room.count = e.Parts.Lesson.Observe
		p := newLampPage(envOf(e.Window))
		p.now = now
		p.Shown()
		for _, f := range then {
			e.Then(func() { f(p) })
		}
		e.Cleanup(p.Close)
		return p.Content()
	})
}

// queuedRoom is in the middle of "all on": some lamps are on, one was asked, the
// others wait for their turn.
func queuedRoom(r *lampRoom) {
	for i := range 30 {
		r.here(fmt.Sprintf("lamp-%02d", i+1), "", "off")
	}
	r.paced = true
	r.SwitchAll(true, nil)
	for i := range 8 {
		topic := r.queue[0]
		r.queue = r.queue[1:]
		r.Sent(topic, []byte("on"))
		if i < 7 {
			r.says(strings.TrimSuffix(strings.TrimPrefix(topic, "class/"), "/set"), "on")
		}
	}
}

// classRoom has a class's lamps, most of them well.
func classRoom(r *lampRoom, n int, chinese bool) {
	mixedRoom(r, chinese)
	pupils := []string{"Wang Xiaoming", "Zoe", "Maximilian Alexander", "Li Na"}
	if chinese {
		pupils = []string{"王小明", "欧阳娜娜", "李雷", "赵一诺的灯"}
	}
	for i := len(r.Lights()); i < n; i++ {
		name := ""
		if i%3 == 0 {
			name = pupils[i/3%len(pupils)]
		}
		r.here(fmt.Sprintf("lamp-%02d", i+20), name, []string{"on", "off"}[i%2])
	}
	r.says("lamp-30/status", "offline")
}

func init() {
	pupils := func(open bool) func(*viewtest.Env, *lampRoom) *lampRoom {
		return func(e *viewtest.Env, r *lampRoom) *lampRoom {
			mixedRoom(r, i18n.Language() != "en")
			if open {
				e.Parts.Pupils.Open(PupilSpeech{time.Now})
			}
			return nil
		}
	}
	lampScene("pupils-closed", pupils(false), (*lampPage).pupilsDialog)
	lampScene("pupils-open", pupils(true), (*lampPage).pupilsDialog)
	lampScene("attention", pupils(true), func(p *lampPage) { p.env.Lesson.SetAttention(true) })
	lessonScenes()
	lampScene("unlisted", func(_ *viewtest.Env, r *lampRoom) *lampRoom {
		r.SetRosterOnly(true)
		_ = r.AddKnown(lights.Entry{Base: "class/lamp-01", Name: "Window 窗边"})
		r.says("lamp-01/light", "off")
		r.says("lamp-01\u200b/light", "on")
		r.says("aaa/light", "off")
		return nil
	})
	lampScene("empty", func(*viewtest.Env, *lampRoom) *lampRoom { return nil })
	lampScene("one", func(_ *viewtest.Env, r *lampRoom) *lampRoom { r.here("lamp-01", "Window 窗边", "on"); return nil })
	lampScene("two", func(_ *viewtest.Env, r *lampRoom) *lampRoom {
		r.here("lamp-01", "Window 窗边", "off")
		r.here("lamp-02", "Door 门口", "on")
		r.says("lamp-02/light/rgb", "255,0,120")
		return nil
	})
	lampScene("mixed", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		mixedRoom(r, strings.Contains(e.Name(), "zh-Hans"))
		return nil
	}, func(p *lampPage) { p.env.Window().Canvas().Focus(p.grid); p.grid.moveTo(1) })
	lampScene("trouble", func(e *viewtest.Env, _ *lampRoom) *lampRoom {
		e.Status.Link, e.Status.Online = link.Waiting, 0
		return lateRoom(e.T, e.Loop)
	})
	lampScene("200", func(_ *viewtest.Env, r *lampRoom) *lampRoom {
		for i := range 200 {
			r.here(fmt.Sprintf("lamp-%d", i+1), "", []string{"on", "off", "on"}[i%3])
		}
		r.says("lamp-4/status", "offline")
		return nil
	}, func(p *lampPage) { p.last.ask(true, p.grid.lights) })
	lampScene("thirty", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		classRoom(r, 30, strings.Contains(e.Name(), "zh-Hans"))
		return nil
	}, func(p *lampPage) { p.env.Window().Canvas().Focus(p.grid); p.grid.moveTo(7) })
	lampScene("sixty", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		classRoom(r, 60, strings.Contains(e.Name(), "zh-Hans"))
		return nil
	}, func(p *lampPage) { p.last.ask(false, p.grid.lights) })
	lampScene("queued", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		*e.Status = viewtest.OnAdafruit()
		e.Status.Broker, e.Status.Address, e.Status.Preset, e.Status.Known, e.Status.Online = "Easy IoT", "iot.dfrobot.com.cn:1883", "easyiot", 30, 30
		e.Status.Paced, e.Status.Wait = 22, 30*time.Second
		queuedRoom(r)
		return nil
	}, func(p *lampPage) { p.last.at = p.now(); p.update() })
	lampScene("long-names", func(_ *viewtest.Env, r *lampRoom) *lampRoom {
		r.here("lamp-01", strings.Repeat("W", 64), "on")
		r.here("lamp-02", strings.Repeat("教室里最靠近窗户的灯", 6), "off")
		r.here("lamp-03", "An unusually long name that a pupil typed to see what happens 🙂", "on")
		_ = r.Switch("class/lamp-03", false)
		r.here("lamp-04", "x", "off")
		return nil
	})
	lampScene("found", func(_ *viewtest.Env, r *lampRoom) *lampRoom {
		for i := range 20 {
			r.here(fmt.Sprintf("lamp-%02d", i+1), "", "off")
		}
		return nil
	}, func(p *lampPage) { p.tools.find.SetText("lamp-1") })
	lampScene("not-found", func(_ *viewtest.Env, r *lampRoom) *lampRoom { mixedRoom(r, false); return nil },
		func(p *lampPage) { p.tools.find.SetText("zebra") })
	viewtest.ForPictures(func() {
		lampScene("trouble-all", func(e *viewtest.Env, _ *lampRoom) *lampRoom { return lateRoom(e.T, e.Loop) }, func(p *lampPage) { p.last.ask(false, p.grid.lights) })
		lampScene("retained-commands", func(_ *viewtest.Env, r *lampRoom) *lampRoom {
			r.here("lamp-01", "Window 窗边", "on")
			r.kept("lamp-01/light/set", "on")
			return nil
		}, func(p *lampPage) { p.grid.current = 0; p.grid.menu() })
		lampScene("refused", func(e *viewtest.Env, r *lampRoom) *lampRoom {
			*e.Status = viewtest.OnAdafruit()
			r.here("lamp-01", "Window 窗边", "on")
			r.refuse = &fault.Error{Fault: fault.AgainstRules, Op: "publish", Err: &presets.RuleError{Preset: "adafruit", Rule: presets.RateRule, Limit: 30, Wait: 12 * time.Second}}
			_ = r.Switch("class/lamp-01", false)
			return nil
		}, func(p *lampPage) { p.grid.current = 0; p.grid.menu() })
		practised := func(e *viewtest.Env, r *lampRoom, plugged bool) {
			_ = r.AddKnown(lights.Entry{Base: "class/practice", Name: "Practice 练习", Practice: true})
			r.here("practice", "", "on")
			if !plugged {
				r.says("practice/status", "offline")
			}
			e.Parts.Practice = func(string) (backend.PracticeBoard, bool) { return &stillPractice{plugged}, true }
		}
		for name, plugged := range map[string]bool{"practice": true, "practice-unplugged": false} {
			lampScene(name, func(e *viewtest.Env, r *lampRoom) *lampRoom { practised(e, r, plugged); return nil },
				func(p *lampPage) { p.grid.current = 0; p.grid.menu() })
		}
	})
	dialogs := map[string]func(*lampPage){
		"menu":             func(p *lampPage) { p.grid.current = p.grid.find("class/lamp-05"); p.grid.menu() },
		"rename":           func(p *lampPage) { p.menu.renameDialog("class/lamp-01") },
		"color":            func(p *lampPage) { p.menu.colorDialog("class/lamp-05") },
		"topics":           func(p *lampPage) { p.menu.topicsDialog("class/lamp-05") },
		"retained-command": func(p *lampPage) { p.menu.retainedCommandDialog("class/lamp-05") },
		"remove":           func(p *lampPage) { p.menu.removeDialog("class/lamp-04") },
		"add":              func(p *lampPage) { p.menu.addDialog() },
		"pagemenu":         func(p *lampPage) { p.pageMenu() },
	}
	viewtest.ForPictures(func() {
		dialogs["offline"] = func(p *lampPage) { p.grid.current = p.grid.find("class/lamp-04"); p.grid.menu() }
		dialogs["here"] = func(p *lampPage) { p.menu.removeDialog("class/lamp-01") }
		dialogs["result"] = func(p *lampPage) { p.last.ask(true, p.grid.lights) }
	})
	for name, open := range dialogs {
		lampScene(name, func(e *viewtest.Env, r *lampRoom) *lampRoom {
			mixedRoom(r, strings.Contains(e.Name(), "zh-Hans"))
			return nil
		}, open)
	}
}

// stillPractice is a practice board that nobody moves.
type stillPractice struct{ plugged bool }

func (b *stillPractice) Plugged() bool { return b.plugged }

func (b *stillPractice) Plug() {}

func (b *stillPractice) Unplug() {}

func (b *stillPractice) PressButton() {}
