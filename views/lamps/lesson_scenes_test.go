package lamps

import (
	"fmt"

	"lamplighter/app/broker"
	"lamplighter/app/lesson"
	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/viewtest"
)

// heldRoom has boards whose buttons can be held, all but one.
func heldRoom(r *lampRoom, n int, chinese bool) {
	classRoom(r, n, chinese)
	for i, l := range r.Lights() {
		if i == 0 || l.Source != lights.OwnBoard {
			continue
		}
		topics := device.LampTopics(l.Base)
		topics.Hold = l.Base + "/hold"
		_ = r.AddKnown(lights.Entry{Base: l.Base, Name: l.Name, Topics: topics})
		board := l.Base[len("class/"):]
		r.here(board, "", "on")
		r.kept(board+"/info", fmt.Sprintf(`{"name":%q,"held":true,"lost":"no-network"}`, l.Name))
	}
}

// chinese reports whether a picture is drawn in Chinese.
func chinese() bool { return i18n.Language() != "en" }

// lessonScenes are pictures of a lesson.
func lessonScenes() {
	held := func(_ *viewtest.Env, r *lampRoom) *lampRoom { heldRoom(r, 30, chinese()); return nil }
	away := func(e *viewtest.Env, r *lampRoom) *lampRoom {
		heldRoom(r, 30, chinese())
		e.Parts.Noticed = func() []broker.Notice {
			return []broker.Notice{{Kind: broker.DuplicateClient, User: "board-class/lamp-33", ClientID: "lamp-240ac4a1b2c3", Addr: "192.168.1.57", Count: 4, At: sceneTime}}
		}
		for _, board := range []string{"lamp-01", "lamp-31"} {
			r.says(board+"/status", "offline")
		}
		return nil
	}
	lampScene("attention-buttons", held, func(p *lampPage) {
		p.env.Lesson.SetAttentionOptions(settings.Attention{Dark: true, Buttons: true})
		p.env.Lesson.SetAttention(true)
	})
	lampScene("spotlight", held, func(p *lampPage) { p.env.Lesson.SetSpotlight("class/lamp-05") })
	lampScene("missing", away, func(p *lampPage) { p.lesson.missingDialog() })
	lampScene("again", held, func(p *lampPage) { p.lesson.startAgainDialog() })
	lampScene("again-done", held, func(p *lampPage) {
		p.env.Lesson.Plan(func(plan lesson.Plan) { p.env.Lesson.StartAgain(plan) })
	})
	lampScene("happened", away, func(p *lampPage) {
		p.last.ask(false, p.grid.lights)
		p.lesson.happenedDialog()
	})
	lampScene("projector", func(_ *viewtest.Env, r *lampRoom) *lampRoom { classRoom(r, 200, chinese()); return nil }, (*lampPage).project)
	lampScene("projector-seats", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		classRoom(r, 30, chinese())
		var pupils []roster.Pupil
		for i, l := range r.Lights()[:26] {
			pupils = append(pupils, roster.Pupil{Name: fmt.Sprint("Zoe ", i), Board: l.Base, Seat: roster.Seat{Row: i/6 + 1, Column: i%6 + 1}})
		}
		e.Parts.Class.Replace(pupils)
		return nil
	}, (*lampPage).project)
}
