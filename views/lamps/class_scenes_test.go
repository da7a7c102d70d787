package lamps

import (
	"fmt"
	"strings"

	"lamplighter/app/roster"
	"lamplighter/app/roster/table"
	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/viewtest"
)

// classNames are a class, in the window's language.
func classNames() []string {
	if i18n.Language() != "en" {
		return strings.Fields("王小明 欧阳娜娜 李雷 韩梅梅 赵一诺 张伟 刘子涵 陈思宇 杨洋 黄晓彤 周杰 吴桐 徐若溪 孙浩然 马超 朱迪 胡悦 郭靖 林黛 何洁 高远 罗兰 郑爽 梁博 谢安琪 宋佳 唐嫣 许仙 邓超 韩寒")
	}
	return strings.Split("Ada Lovelace,Ben,Zoe,Maximilian Alexander von Hohenstein,Li Na,Tom,Sara,Omar,Eva,Noah,Mia,Leo,Ida,Paul,Nina,Emil,Lena,Max,Anna,Theo,Clara,Finn,Maja,Oskar,Ella,Hugo,Ruth,Karl,Vera,Jan", ",")
}

// enrol makes a class of so many, with a board each of those that are here.
func enrol(e *viewtest.Env, n int) {
	var all []roster.Pupil
	group := i18n.T("class.part.group", "Group", "%d")
	for i, name := range classNames()[:n] {
		p := roster.Pupil{Name: name, Number: fmt.Sprint(20260101 + i), Group: fmt.Sprintf(group, i/6+1), Seat: roster.Seat{Row: i/6 + 1, Column: (i*5)%6 + 1}}
		if i%7 != 6 {
			p.Board = fmt.Sprintf("class/lamp-%02d", i+1)
		} else {
			p.Seat, p.Planned = roster.Seat{}, fmt.Sprint(i+1)
		}
		all = append(all, p)
	}
	e.Parts.Class.SetPlan(roster.Plan{Rows: 5, Columns: 6})
	e.Parts.Class.Replace(all)
}

// boards are thirty lamps of a class.
func boards(r *lampRoom) {
	for i := range 30 {
		r.here(fmt.Sprintf("lamp-%02d", i+1), "", []string{"on", "off", "on"}[i%3])
	}
	r.says("lamp-04/status", "offline")
}

func init() {
	class := func(n int) func(*viewtest.Env, *lampRoom) *lampRoom {
		return func(e *viewtest.Env, r *lampRoom) *lampRoom {
			boards(r)
			enrol(e, n)
			return nil
		}
	}
	seated := func(n int) func(*viewtest.Env, *lampRoom) *lampRoom {
		return func(e *viewtest.Env, r *lampRoom) *lampRoom {
			class(n)(e, r)
			e.Parts.Settings.Update(func(v *settings.Values) { v.Seats = true })
			return nil
		}
	}
	lampScene("class-empty", class(0), (*lampPage).classDialog)
	lampScene("class", class(30), (*lampPage).classDialog)
	lampScene("class-seats", class(30), func(p *lampPage) {
		d := newClassDialog(p)
		d.open()
		d.show(true)
		d.plan.current = 8
		d.plan.press()
	})
	lampScene("class-names", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		r.here("lamp-01", "", "on")
		r.here("lamp-02", "", "off")
		r.here("lamp-03", "Door 门口", "on")
		enrol(e, 2)
		return nil
	})
	lampScene("class-plan", seated(30), func(p *lampPage) { p.desk.Window().Canvas().Focus(p.grid); p.grid.moveTo(7) })
	lampScene("class-wide-plan", func(e *viewtest.Env, r *lampRoom) *lampRoom {
		seated(30)(e, r)
		e.Parts.Class.SetPlan(roster.Plan{Rows: 5, Columns: 9})
		return nil
	})
	preview := func(text string) func(p *lampPage) {
		return func(p *lampPage) {
			t, err := table.Read([]byte(text))
			if err != nil {
				panic(err)
			}
			d := newClassDialog(p)
			d.open()
			newListPreview(d, t).open()
		}
	}
	lampScene("class-import", class(0), preview("三年二班名单\n学号,姓名,小组,座位,板子编号,备注\n2023001,李小明,一组,1-2,7,\n2023002,欧阳娜娜,二组,2排3列,lamp-08,班长\n,,二组,,,\n2023003,Zoë Müller,二组,后面,,\n2023001,李小明,一组,1-2,7,\n2023005,张伟,一组,1-2,9,\n2023006,韩梅梅,一组,3-2,9,\n"))
	lampScene("class-edit", class(30), func(p *lampPage) { d := newClassDialog(p); d.open(); d.edit(d.rows[0]) })
	lampScene("class-labels", class(30), func(p *lampPage) { d := newClassDialog(p); d.open(); d.labelsDialog() })
	viewtest.ForPictures(func() {
		lampScene("class-menu", class(30), func(p *lampPage) { d := newClassDialog(p); d.open(); d.menu() })
	})
}
