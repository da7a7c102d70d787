package views

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

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
	"lamplighter/device"
	"lamplighter/i18n"
)

// fakeTraffic is a connection that keeps what it is asked.
type fakeTraffic struct {
	changed   watch.Signal
	subs      []Subscription
	published []topics.Draft
	err       error
	world     bool
	platform  string // ID of a preset, "" = a broker without rules
	keeps     presets.Known
	browsed   []string // nil = the classroom's
}

func (f *fakeTraffic) Changed() *watch.Signal        { return &f.changed }
func (f *fakeTraffic) Subscriptions() []Subscription { return f.subs }
func (f *fakeTraffic) Online() bool                  { return f.err == nil }
func (f *fakeTraffic) World() bool                   { return f.world }

func (f *fakeTraffic) Platform() presets.Preset {
	return presets.ByID(f.platform).Keep(presets.Inputs{Keeps: f.keeps}).Preset
}

func (f *fakeTraffic) Browsed() []string {
	if f.browsed == nil {
		return []string{"class/#"}
	}
	return f.browsed
}

func (f *fakeTraffic) Subscribe(filter string, qos byte) error {
	f.subs = append(f.subs, Subscription{Filter: filter, QoS: qos, Granted: qos, Answered: true})
	f.changed.Raise()
	return nil
}

func (f *fakeTraffic) Unsubscribe(filter string) {
	var kept []Subscription
	for _, s := range f.subs {
		if s.Filter != filter {
			kept = append(kept, s)
		}
	}
	f.subs = kept
	f.changed.Raise()
}

func (f *fakeTraffic) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	if f.err == nil {
		f.published = append(f.published, topics.Draft{Topic: topic, Payload: payload, QoS: qos, Retained: retained})
	}
	return f.err
}

// topicRoom is a classroom's traffic.
type topicRoom struct {
	*topics.Tree
	at      time.Time
	traffic *fakeTraffic
}

func (r *topicRoom) hears(topic, payload string, retained bool) {
	r.at = r.at.Add(731 * time.Millisecond)
	r.Insert(topics.Message{Topic: topic, Payload: []byte(payload), Retained: retained, At: r.at})
}

func newTopicRoom(e *sceneEnv) *topicRoom {
	r := &topicRoom{topics.New(64 << 20), time.Date(2026, 9, 7, 9, 40, 0, 0, time.Local), &fakeTraffic{}}
	e.parts.Topics, e.parts.Traffic = r.Tree, r.traffic
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

func topicScene(name string, fill func(*sceneEnv, *topicRoom), then ...func(*sceneEnv, *topicPage)) {
	registerScene("topics-"+name, placeTopics, func(e *sceneEnv) fyne.CanvasObject {
		r := newTopicRoom(e)
		if fill != nil {
			fill(e, r)
		}
		p := newTopicPage(deskOf(e.testWindow))
		p.now = func() time.Time { return r.at.Add(200 * time.Millisecond) }
		p.inView = true
		for _, f := range then {
			e.then(func() { f(e, p); p.view.settleNow(); p.view.update(); p.update() })
		}
		return p.Content()
	})
}

func lesson(_ *sceneEnv, r *topicRoom) { r.lesson() }

func openTopic(topic string, tab int) func(*sceneEnv, *topicPage) {
	return func(_ *sceneEnv, p *topicPage) {
		p.Target("class/lamp-03/light")
		p.Target(topic)
		p.right.choose(tab)
	}
}

func init() {
	topicScene("empty", nil)
	topicScene("lesson", lesson, func(_ *sceneEnv, p *topicPage) { p.Target("class/lamp-03"); p.Target("class/lamp-03/light") })
	topicScene("json", lesson, openTopic("class/weather", tabValue))
	topicScene("history", lesson, openTopic("class/weather/temperature", tabHistory), func(_ *sceneEnv, p *topicPage) { p.right.history.lines.moveTo(2) })
	topicScene("message", lesson, openTopic("class/weather", tabHistory), func(_ *sceneEnv, p *topicPage) {
		p.right.history.lines.moveTo(2)
		p.right.history.details()
	})
	topicScene("plot", lesson, openTopic("class/weather/temperature", tabPlot), func(_ *sceneEnv, p *topicPage) {
		p.right.plot.keepCurve()
		p.Target("class/weather")
		p.right.plot.what.SetSelectedIndex(1)
	})
	topicScene("plot-none", lesson, openTopic("class", tabPlot))
	topicScene("publish", func(e *sceneEnv, r *topicRoom) {
		r.lesson()
		e.parts.Settings.Update(func(v *settings.Values) {
			v.Topics.Saved = []settings.Publish{{ID: "1", Name: "All lamps on 全部开灯", Topic: "class/all/light/set", Payload: "on"}, {ID: "2", Name: "Party", Topic: "class/party", Payload: "1"}, {ID: "3", Name: "Reset", Topic: "class/reset", Payload: "1"}}
		})
	}, func(_ *sceneEnv, p *topicPage) {
		p.right.publishTo("class/lamp-03/light/set")
		p.right.publish.payload.SetText("on")
		p.right.publish.retained.SetChecked(true)
	})
	topicScene("publish-check", lesson, func(_ *sceneEnv, p *topicPage) {
		p.right.publishTo("class/lamp")
		p.right.publish.form.SetSelectedIndex(formJSON)
		p.right.publish.payload.SetText(`{"state": on}`)
	})
	topicScene("publish-offline", func(_ *sceneEnv, r *topicRoom) {
		r.lesson()
		r.traffic.err = &device.Error{Fault: device.Refused, Op: "publish"}
	}, func(_ *sceneEnv, p *topicPage) {
		p.right.publishTo("class/lamp-03/light/set")
		p.right.publish.publish()
	})
	topicScene("subscribe", func(_ *sceneEnv, r *topicRoom) {
		r.lesson()
		r.traffic.subs = []Subscription{
			{Filter: "school/+/temperature", QoS: 1, Granted: 1, Answered: true},
			{Filter: "secret/#", Answered: true, Err: &device.Error{Fault: device.TopicRefused, Op: "subscribe"}},
		}
	}, func(_ *sceneEnv, p *topicPage) { p.subs.filter.SetText("class/+/light/#") })
	topicScene("subscribe-wrong", lesson, func(_ *sceneEnv, p *topicPage) { p.subs.filter.SetText("class#") })
	topicScene("world", func(_ *sceneEnv, r *topicRoom) { r.traffic.world = true; r.lesson() }, func(_ *sceneEnv, p *topicPage) { p.subs.switchAll(true) })
	topicScene("found", lesson, func(_ *sceneEnv, p *topicPage) { p.find.SetText("off") })
	topicScene("not-found", lesson, func(_ *sceneEnv, p *topicPage) { p.find.SetText("zebra") })
	topicScene("paused", lesson, func(_ *sceneEnv, p *topicPage) {
		p.togglePause()
		p.tree.Insert(topics.Message{Topic: "class/x", At: p.now()})
	})
	topicScene("odd", oddTopics, func(_ *sceneEnv, p *topicPage) { p.tree.OpenAll(topics.Root, 100); p.settle(); p.view.moveTo(0) })
	topicScene("binary", oddTopics, func(_ *sceneEnv, p *topicPage) { p.Target("odd/binary") })
	topicScene("image", oddTopics, func(_ *sceneEnv, p *topicPage) { p.Target("odd/image") })
	topicScene("big", oddTopics, func(_ *sceneEnv, p *topicPage) { p.Target("odd/big") })
	topicScene("100000", func(_ *sceneEnv, r *topicRoom) {
		var batch []topics.Message
		for i := range 100_000 {
			batch = append(batch, topics.Message{Topic: fmt.Sprintf("school/room-%d/board-%d/t", i/1000, i%1000), Payload: []byte("21.5"), At: r.at})
		}
		r.Receive(batch, 12)
	}, func(_ *sceneEnv, p *topicPage) {
		p.tree.OpenAll(topics.Root, openLimit)
		p.settle()
		p.view.moveTo(77_777)
	})
	topicScene("menu", lesson, func(_ *sceneEnv, p *topicPage) { p.pageMenu() })
	topicScene("row-menu", lesson, func(_ *sceneEnv, p *topicPage) { p.Target("class/lamp-03/light"); p.rowMenu(fyne.NewPos(260, 300)) })
	topicScene("retained", lesson, func(_ *sceneEnv, p *topicPage) { p.retainedDialog("class") })
	topicScene("retained-done", lesson, func(e *sceneEnv, p *topicPage) {
		id, _ := p.tree.Find("class/lamp-03")
		list, _ := p.tree.Retained(id, 10)
		p.work.erase(list)
	})
	topicScene("export", lesson, func(_ *sceneEnv, p *topicPage) { p.exportDialog("class/weather") })
	topicScene("replay", lesson, func(_ *sceneEnv, p *topicPage) { p.replayDialog() })
	topicScene("clear", lesson, func(_ *sceneEnv, p *topicPage) { p.clearDialog() })
	forPictures(registerMoreTopics)
}

func registerMoreTopics() {
	topicScene("forget", lesson, func(_ *sceneEnv, p *topicPage) { p.forget("class/lamp-03") })
	topicScene("nothing-retained", lesson, func(_ *sceneEnv, p *topicPage) { p.retainedDialog("class/weather") })
	topicScene("starred", lesson, func(_ *sceneEnv, p *topicPage) {
		id, _ := p.tree.Find("class/weather/temperature")
		p.star(id)
		p.toggleStarred()
	}, openTopic("class/weather/temperature", tabValue))
	topicScene("no-star", lesson, func(_ *sceneEnv, p *topicPage) { p.toggleStarred() })
	topicScene("number", lesson, openTopic("class/weather/temperature", tabValue))
	topicScene("json-text", lesson, openTopic("class/weather", tabValue), showAs(topics.KindText))
	topicScene("json-hex", lesson, openTopic("class/weather", tabValue), showAs(topics.KindHex))
	topicScene("history-json", lesson, openTopic("class/weather", tabHistory))
	topicScene("rate", lesson, openTopic("class/weather", tabPlot), func(_ *sceneEnv, p *topicPage) {
		p.right.plot.what.SetSelectedIndex(len(p.right.plot.paths) - 1)
	})
	topicScene("publish-hex", lesson, writing(formHex, "48 65 6"))
	topicScene("publish-erases", lesson, writing(formText, ""), func(_ *sceneEnv, p *topicPage) { p.right.publish.retained.SetChecked(true) })
	topicScene("publish-file", lesson, writing(formText, ""), func(_ *sceneEnv, p *topicPage) { p.right.publish.setFile("picture.png", []byte("\x89PNG")) })
	topicScene("publish-sent", lesson, writing(formText, "hello"), func(_ *sceneEnv, p *topicPage) { p.right.publish.publish() })
	topicScene("publish-save", lesson, writing(formText, "hello"), func(_ *sceneEnv, p *topicPage) { p.right.publish.saveDialog() })
	topicScene("publish-forget", lesson, writing(formText, "hello"), func(_ *sceneEnv, p *topicPage) { p.right.publish.forgetDialog() })
	topicScene("recording", lesson, func(e *sceneEnv, p *topicPage) {
		r := topics.Record(noFile{})
		e.Cleanup(func() { r.Close(func(error) {}) })
		p.work.progress(taskRecord, func() string { return recordingWords(r) }, "topics.record.stop", p.work.stopRecording)
	})
	topicScene("recorded", lesson, func(_ *sceneEnv, p *topicPage) {
		p.work.finished(taskRecord, func() string { return i18n.T("topics.record.done", "Count", countWords(12345)) }, nil)
	})
	topicScene("no-recording", lesson, func(_ *sceneEnv, p *topicPage) { p.work.finished(taskPlay, nil, topics.ErrRecording) })
	topicScene("disk-full", lesson, func(_ *sceneEnv, p *topicPage) { p.work.finished(taskExport, nil, syscall.ENOSPC) })
	topicScene("memory", func(e *sceneEnv, r *topicRoom) {
		r.SetBudget(1 << 20)
		for i := range 40_000 {
			r.hears(fmt.Sprintf("school/room-%02d/board-%d/%d", i%30, i%1000, i), "a value that needs some room", true)
		}
	}, func(_ *sceneEnv, p *topicPage) { p.Target("school/room-07") })
}

// noFile takes what is recorded and keeps nothing.
type noFile struct{}

func (noFile) Write(b []byte) (int, error) { return len(b), nil }
func (noFile) Close() error                { return nil }

// showAs shows the open topic's value in a form of its own.
func showAs(kind topics.Kind) func(*sceneEnv, *topicPage) {
	return func(_ *sceneEnv, p *topicPage) { p.right.value.form.SetSelectedIndex(slices.Index(valueForms, kind)) }
}

// writing has a message begun.
func writing(form int, payload string) func(*sceneEnv, *topicPage) {
	return func(_ *sceneEnv, p *topicPage) {
		p.right.publishTo("class/party")
		p.right.publish.form.SetSelectedIndex(form)
		p.right.publish.payload.SetText(payload)
	}
}

func oddTopics(_ *sceneEnv, r *topicRoom) {
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
