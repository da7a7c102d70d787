package topics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"syscall"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

// topicRoom is a classroom's traffic.
type topicRoom struct {
	*topics.Tree
	at      time.Time
	traffic *viewtest.Traffic
}

func (r *topicRoom) hears(topic, payload string, retained bool) {
	r.at = r.at.Add(731 * time.Millisecond)
	m := topics.Message{Topic: topic, Payload: []byte(payload), Retained: retained, At: r.at}
	r.Insert(m)
	if retained {
		r.traffic.Retained = append(r.traffic.Retained, m)
	}
}

func newTopicRoom(e *viewtest.Env) *topicRoom {
	r := &topicRoom{topics.New(64 << 20), time.Date(2026, 9, 7, 9, 40, 0, 0, time.Local), &viewtest.Traffic{}}
	e.Parts.Topics, e.Parts.Traffic = r.Tree, r.traffic
	return r
}

func (r *topicRoom) lesson() {
	for i := range 12 {
		base := fmt.Sprintf("class/lamp-%02d", i+1)
		r.hears(base+"/status", "online", true)
		r.hears(base+"/light", []string{"on", "off"}[i%2], true)
		r.hears(base+"/info", fmt.Sprintf(`{"id":"30aea4%06x","board":"mPython 掌控板","rssi":%d,"ip":"192.168.1.%d"}`, i*977, -50-i, 40+i), true)
	}
	for i := range 90 {
		v := 21 + 3*math.Sin(float64(i)/9)
		r.hears("class/weather", fmt.Sprintf(`{"temperature":%.2f,"humidity":%d,"sensor":{"name":"DHT11","ok":%v}}`, v, 40+i%7, i%30 != 0), false)
		r.hears("class/weather/temperature", fmt.Sprintf("%.1f", v), false)
	}
	r.hears("class/lamp-03/light/set", "on", false)
	r.hears("class/lamp-03/light", "on", false)
	r.hears("$SYS/broker/uptime", "4711 seconds", true)
}

func topicScene(name string, fill func(*viewtest.Env, *topicRoom), then ...func(*viewtest.Env, *topicPage)) {
	viewtest.RegisterScene("topics-"+name, ui.PlaceTopics, func(e *viewtest.Env) fyne.CanvasObject {
		r := newTopicRoom(e)
		if fill != nil {
			fill(e, r)
		}
		p := newTopicPage(envOf(e.Window))
		p.now = func() time.Time { return r.at.Add(200 * time.Millisecond) }
		p.inView = true
		for _, f := range then {
			e.Then(func() { f(e, p); p.view.updateRowsNow(); p.view.Update(); p.update() })
		}
		return p.Content()
	})
}

func lesson(_ *viewtest.Env, r *topicRoom) { r.lesson() }

func openTopic(topic string, tab int) func(*viewtest.Env, *topicPage) {
	return func(_ *viewtest.Env, p *topicPage) {
		p.Target("class/lamp-03/light")
		p.Target(topic)
		p.right.choose(tab)
	}
}

func init() {
	topicScene("empty", nil)
	topicScene("lesson", lesson, func(_ *viewtest.Env, p *topicPage) { p.Target("class/lamp-03"); p.Target("class/lamp-03/light") })
	topicScene("json", lesson, openTopic("class/weather", tabValue))
	topicScene("history", lesson, openTopic("class/weather/temperature", tabHistory), func(_ *viewtest.Env, p *topicPage) { p.right.history.lines.MoveTo(2) })
	topicScene("message", lesson, openTopic("class/weather", tabHistory), func(_ *viewtest.Env, p *topicPage) {
		p.right.history.lines.MoveTo(2)
		p.right.history.details()
	})
	topicScene("plot", lesson, openTopic("class/weather/temperature", tabPlot), func(_ *viewtest.Env, p *topicPage) {
		p.right.plot.keepCurve()
		p.Target("class/weather")
		p.right.plot.choice.SetSelectedIndex(1)
	})
	topicScene("plot-none", lesson, openTopic("class", tabPlot))
	topicScene("publish", func(e *viewtest.Env, r *topicRoom) {
		r.lesson()
		e.Parts.Settings.Update(func(v *settings.Values) {
			v.Topics.Saved = []settings.Publish{{ID: "1", Name: "All lamps on 全部开灯", Topic: "class/all/light/set", Payload: "on"}, {ID: "2", Name: "Party", Topic: "class/party", Payload: "1"}, {ID: "3", Name: "Reset", Topic: "class/reset", Payload: "1"}}
		})
	}, func(_ *viewtest.Env, p *topicPage) {
		p.right.publishTo("class/lamp-03/light/set")
		p.right.publish.payload.SetText("on")
		p.right.publish.retained.SetChecked(true)
	})
	topicScene("publish-check", lesson, func(_ *viewtest.Env, p *topicPage) {
		p.right.publishTo("class/lamp")
		p.right.publish.form.SetSelectedIndex(formJSON)
		p.right.publish.payload.SetText(`{"state": on}`)
	})
	topicScene("publish-offline", func(_ *viewtest.Env, r *topicRoom) {
		r.lesson()
		r.traffic.Err = &fault.Error{Fault: fault.Refused, Op: "publish"}
	}, func(_ *viewtest.Env, p *topicPage) {
		p.right.publishTo("class/lamp-03/light/set")
		p.right.publish.publish()
	})
	topicScene("subscribe", func(_ *viewtest.Env, r *topicRoom) {
		r.lesson()
		r.traffic.Subs = []uplink.Subscription{
			{Filter: "school/+/temperature", QoS: 1, Granted: 1, Answered: true},
			{Filter: "secret/#", Answered: true, Err: &fault.Error{Fault: fault.TopicRefused, Op: "subscribe"}},
		}
	}, func(_ *viewtest.Env, p *topicPage) { p.subs.filter.SetText("class/+/light/#") })
	topicScene("subscribe-wrong", lesson, func(_ *viewtest.Env, p *topicPage) { p.subs.filter.SetText("class#") })
	topicScene("world", func(_ *viewtest.Env, r *topicRoom) { r.traffic.Public = true; r.lesson() }, func(_ *viewtest.Env, p *topicPage) { p.subs.switchAll(true) })
	topicScene("found", lesson, func(_ *viewtest.Env, p *topicPage) { p.find.SetText("off") })
	topicScene("not-found", lesson, func(_ *viewtest.Env, p *topicPage) { p.find.SetText("zebra") })
	topicScene("paused", lesson, func(_ *viewtest.Env, p *topicPage) {
		p.togglePause()
		p.tree.Insert(topics.Message{Topic: "class/x", At: p.now()})
	})
	topicScene("odd", oddTopics, func(_ *viewtest.Env, p *topicPage) {
		p.tree.OpenAll(topics.Root, 100)
		p.updateRowsNow()
		p.view.MoveTo(0)
	})
	topicScene("binary", oddTopics, func(_ *viewtest.Env, p *topicPage) { p.Target("odd/binary") })
	topicScene("image", oddTopics, func(_ *viewtest.Env, p *topicPage) { p.Target("odd/image") })
	topicScene("big", oddTopics, func(_ *viewtest.Env, p *topicPage) { p.Target("odd/big") })
	topicScene("100000", func(_ *viewtest.Env, r *topicRoom) {
		var batch []topics.Message
		for i := range 100_000 {
			batch = append(batch, topics.Message{Topic: fmt.Sprintf("school/room-%d/board-%d/t", i/1000, i%1000), Payload: []byte("21.5"), At: r.at})
		}
		r.Receive(batch, 12)
	}, func(_ *viewtest.Env, p *topicPage) {
		p.tree.OpenAll(topics.Root, openLimit)
		p.updateRowsNow()
		p.view.MoveTo(77_777)
	})
	topicScene("menu", lesson, func(_ *viewtest.Env, p *topicPage) { p.pageMenu() })
	topicScene("row-menu", lesson, func(_ *viewtest.Env, p *topicPage) { p.Target("class/lamp-03/light"); p.rowMenu(fyne.NewPos(260, 300)) })
	topicScene("retained", lesson, func(_ *viewtest.Env, p *topicPage) { p.retainedDialog("class") })
	topicScene("retained-done", lesson, func(e *viewtest.Env, p *topicPage) {
		p.work.eraser.Erase(retained("class/lamp-03", 3))
	})
	topicScene("export", lesson, func(_ *viewtest.Env, p *topicPage) { p.exportDialog("class/weather") })
	topicScene("replay", lesson, func(_ *viewtest.Env, p *topicPage) { p.replayDialog() })
	topicScene("clear", lesson, func(_ *viewtest.Env, p *topicPage) { p.clearDialog() })
	viewtest.ForPictures(registerMoreTopics)
}

func registerMoreTopics() {
	topicScene("forget", lesson, func(_ *viewtest.Env, p *topicPage) { p.forget("class/lamp-03") })
	topicScene("nothing-retained", lesson, func(_ *viewtest.Env, p *topicPage) { p.retainedDialog("class/weather") })
	topicScene("starred", lesson, func(_ *viewtest.Env, p *topicPage) {
		id, _ := p.tree.Find("class/weather/temperature")
		p.star(id)
		p.toggleStarred()
	}, openTopic("class/weather/temperature", tabValue))
	topicScene("no-star", lesson, func(_ *viewtest.Env, p *topicPage) { p.toggleStarred() })
	topicScene("number", lesson, openTopic("class/weather/temperature", tabValue))
	topicScene("json-text", lesson, openTopic("class/weather", tabValue), showAs(topics.KindText))
	topicScene("json-hex", lesson, openTopic("class/weather", tabValue), showAs(topics.KindHex))
	topicScene("history-json", lesson, openTopic("class/weather", tabHistory))
	topicScene("rate", lesson, openTopic("class/weather", tabPlot), func(_ *viewtest.Env, p *topicPage) {
		p.right.plot.choice.SetSelectedIndex(len(p.right.plot.paths) - 1)
	})
	topicScene("publish-hex", lesson, writing(formHex, "48 65 6"))
	topicScene("publish-erases", lesson, writing(formText, ""), func(_ *viewtest.Env, p *topicPage) { p.right.publish.retained.SetChecked(true) })
	topicScene("publish-file", lesson, writing(formText, ""), func(_ *viewtest.Env, p *topicPage) { p.right.publish.setFile("picture.png", []byte("\x89PNG")) })
	topicScene("publish-sent", lesson, writing(formText, "hello"), func(_ *viewtest.Env, p *topicPage) { p.right.publish.publish() })
	topicScene("publish-save", lesson, writing(formText, "hello"), func(_ *viewtest.Env, p *topicPage) { p.right.publish.saveDialog() })
	topicScene("publish-forget", lesson, writing(formText, "hello"), func(_ *viewtest.Env, p *topicPage) { p.right.publish.forgetDialog() })
	topicScene("recording", lesson, func(e *viewtest.Env, p *topicPage) {
		p.work.recording.Start(noFile{})
		e.Cleanup(p.work.recording.Stop)
	})
	topicScene("recorded", lesson, func(_ *viewtest.Env, p *topicPage) {
		p.work.finished(taskRecord, func() string {
			return i18n.T("topics.record.done", "Count", countWords(12345), "Where", `D:\Lessons\lamplighter-20260907.jsonl`)
		}, nil)
	})
	topicScene("no-recording", lesson, func(_ *viewtest.Env, p *topicPage) { p.work.finished(taskPlay, nil, topics.ErrRecording) })
	topicScene("disk-full", lesson, func(_ *viewtest.Env, p *topicPage) { p.work.finished(taskExport, nil, syscall.ENOSPC) })
	topicScene("memory", func(e *viewtest.Env, r *topicRoom) {
		r.SetBudget(1 << 20)
		for i := range 40_000 {
			r.hears(fmt.Sprintf("school/room-%02d/board-%d/%d", i%30, i%1000, i), "a value that needs some room", true)
		}
	}, func(_ *viewtest.Env, p *topicPage) { p.Target("school/room-07") })
}

// noFile takes what is recorded and keeps nothing.
type noFile struct{}

func (noFile) Write(b []byte) (int, error) { return len(b), nil }

func (noFile) Close() error { return nil }

// showAs shows the open topic's value in a form of its own.
func showAs(kind topics.Kind) func(*viewtest.Env, *topicPage) {
	return func(_ *viewtest.Env, p *topicPage) {
		p.right.value.form.SetSelectedIndex(slices.Index(valueForms, kind))
	}
}

// writing has a message begun.
func writing(form int, payload string) func(*viewtest.Env, *topicPage) {
	return func(_ *viewtest.Env, p *topicPage) {
		p.right.publishTo("class/party")
		p.right.publish.form.SetSelectedIndex(form)
		p.right.publish.payload.SetText(payload)
	}
}

func oddTopics(_ *viewtest.Env, r *topicRoom) {
	for _, topic := range []string{"//", "/leading", "odd/\x00\x07\x1b[31m", "odd/\xff\xfe", "odd/שלום עולם", "odd/evil\u202etxt.exe", "odd/🙂👩‍👩‍👧", "odd/" + strings.Repeat("long", 200)} {
		r.hears(topic, "value\nwith\tcontrol\x00 characters \u202e and 中文", true)
	}
	r.hears("odd/empty", "", false)
	var binary []byte
	for i := range 700 {
		binary = append(binary, byte(i*7))
	}
	r.hears("odd/binary", string(binary), false)
	img := image.NewNRGBA(image.Rect(0, 0, 120, 80))
	for i := range 120 * 80 {
		img.Set(i%120, i/120, color.NRGBA{uint8(i), uint8(i / 120 * 3), 90, 255})
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	r.hears("odd/image", b.String(), false)
	text, _ := json.Marshal(strings.Repeat("big value ", 20_000))
	r.hears("odd/big", string(text), false)
}
