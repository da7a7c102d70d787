package class

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2/theme"

	"lamplighter/app/lights"
	"lamplighter/app/roster/labels"
	"lamplighter/app/roster/table"
	"lamplighter/assets"
	"lamplighter/device/crash"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// exportList saves the class as a list that Excel opens.
func (d *dialog) exportList() {
	titles := table.Titles{
		Number: i18n.T("class.column.number"), Name: i18n.T("class.column.name"), Group: i18n.T("class.column.group"),
		Seat: i18n.T("class.column.seat"), Board: i18n.T("class.column.board"),
	}
	data := table.Write(d.rows, titles, func(i int) string { return cmp.Or(d.boards[d.rows[i].Board], d.rows[i].Planned) })
	d.env.SaveText(i18n.T("class.file")+".csv", data)
}

// labelsDialog asks what is to stand on the labels.
func (d *dialog) labelsDialog() {
	page := d.env.Pupils.Place()
	names := ui.NewCheck(i18n.T("class.labels.names"), nil)
	topics := ui.NewCheck(i18n.T("class.labels.topics"), nil)
	code := ui.NewCheck(i18n.T("class.labels.code"), nil)
	about := ui.Small(i18n.T("class.labels.code.text", "Address", page))
	for _, c := range []*ui.Check{names, topics, code} {
		c.SetQuietly(true)
	}
	ui.SetVisible(code, page != "")
	ui.SetVisible(about, page != "")
	if page == "" {
		code.SetQuietly(false)
	}
	wrong := ui.NewWrong()
	d.env.Ask(ui.Question{
		Title: i18n.T("class.labels.title"), Text: i18n.T("class.labels.text"), Content: ui.Rows(names, topics, code, about, wrong.Box), Yes: i18n.T("class.labels.yes"),
		Do: func() bool {
			all := d.labels(names.Checked, topics.Checked, code.Checked, page)
			if len(all) == 0 {
				return wrong.Set(nil, i18n.T("class.labels.none"))
			}
			d.saveLabels(all)
			return true
		},
	})
}

// labels are those of all boards in the order of their seats, then of their names.
func (d *dialog) labels(names, topics, code bool, page string) (all []labels.Label) {
	owners := d.env.Boards.Owners()
	lamps := slices.DeleteFunc(d.env.Lights.Lights(), func(l lights.Light) bool { return l.Unlisted || l.Source != lights.OwnBoard })
	order, _ := SeatCells(lamps, owners, d.class.Plan())
	slices.SortStableFunc(lamps, func(a, b lights.Light) int { return cmp.Compare(order[a.Base], order[b.Base]) })
	for _, l := range lamps {
		one := labels.Label{Board: l.Name}
		if names {
			one.Pupil = PupilNames(owners[l.Base])
		}
		if topics {
			one.Topic = l.Topics.State
		}
		if code {
			one.Page = "http://" + page + "/"
		}
		all = append(all, one)
	}
	return all
}

// saveLabels makes the sheets on a goroutine of its own, and asks where to.
func (d *dialog) saveLabels(all []labels.Label) {
	latin := theme.DefaultTextFont().Content()
	crash.Go(func() {
		var data []byte
		missing := 0
		fonts, err := labels.NewFonts(latin, assets.CJK)
		if err == nil {
			fonts.AddSystem()
			data, missing, err = labels.PDF(all, fonts)
		}
		d.env.Post(func() {
			if err != nil {
				problem.Show(d.env.Shell, err)
				return
			}
			d.env.SaveText(i18n.T("class.labels.file")+".pdf", data)
			if missing > 0 {
				d.env.ShowInformation(i18n.T("class.labels.title"), i18n.N("class.labels.missing", missing))
			}
		})
	})
}
