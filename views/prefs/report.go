package prefs

import (
	"io"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/report"
	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// reportWidth has room for the lines of a log, of which each has at most reportLine
// characters.
const (
	reportWidth = 800
	reportLine  = 72
)

// reportDialog shows what would be given to somebody who helps, whole, before it is
// saved. Nothing is sent.
func (d *env) reportDialog() {
	files := d.About.Report()
	var text strings.Builder
	for _, f := range files {
		text.WriteString("— " + f.Name + "\n" + strings.TrimRight(f.Text, "\n") + "\n\n")
	}
	d.Ask(ui.Question{
		Title: i18n.T("report.title"), Text: i18n.T("report.text"), Width: reportWidth,
		Content: longText(text.String()), Yes: i18n.T("report.save"),
		Do: func() bool {
			now := time.Now()
			d.Post(func() { // the dialog for the file comes when this one is gone
				d.SaveFile("lamplighter-report-"+now.Format("20060102-1504")+".zip", func(w io.WriteCloser) {
					err := report.Zip(w, files, now)
					if e := w.Close(); err == nil {
						err = e
					}
					if err != nil {
						d.ShowProblem(err)
						return
					}
					d.Toast(i18n.T("report.saved"))
				})
			})
			return true
		},
	})
}

// longText shows a text of many lines, of which only those in view are drawn.
func longText(text string) fyne.CanvasObject {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, format.Pieces(format.SafeLine(device.Text(strings.TrimRight(line, "\r\n"))), reportLine)...)
	}
	list := ui.NewLineList(func() int { return len(lines) }, func() ui.ListLine { return ui.NewCodeLine(true) }, func(i int, l ui.ListLine, _ bool) {
		l.(*ui.CodeLine).Write(ui.CodeText{Text: lines[i]})
	})
	return ui.AtLeastHigh(ui.Unit*34, list)
}

// licencesDialog shows under which licences the parts come that the program is
// made of.
func (d *env) licencesDialog() {
	d.ShowWide(i18n.T("settings.licences-title"), "", longText(assets.Licences()), reportWidth)
}
