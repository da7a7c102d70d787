package prefs

import (
	"cmp"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/connections"
	"lamplighter/app/settings/exchange"
	"lamplighter/i18n"
	"lamplighter/views/brokerform"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// exchangeButtons are what the settings page has for files.
func exchangeButtons(d *env) []fyne.CanvasObject {
	if d.Exchange == nil {
		return nil
	}
	return []fyne.CanvasObject{
		ui.NewButton(i18n.T("exchange.export"), ui.Icon("save"), func() { newExportDialog(d).open() }),
		ui.NewButton(i18n.T("exchange.import"), ui.Icon("open"), d.importConnections),
	}
}

// exchangeProblem puts what is wrong with a file into words.
func exchangeProblem(err error) string {
	return cmp.Or(problem.Words(err, exchangeProblemTexts), i18n.T("exchange.wrong.file"))
}

var exchangeProblemTexts = []problem.Text{
	{Err: exchange.ErrTooBig, Key: "exchange.wrong.big"},
	{Err: exchange.ErrExcel, Key: "exchange.wrong.excel"},
	{Err: exchange.ErrUnknown, Key: "exchange.wrong.unknown"},
	{Err: exchange.ErrNewer, Key: "exchange.wrong.newer"},
	{Err: exchange.ErrEmpty, Key: "exchange.wrong.empty"},
	{Err: exchange.ErrPassphrase, Key: "exchange.wrong.passphrase"},
	{Err: exchange.ErrShort, Key: "exchange.short"},
	{Err: connections.ErrMany, Key: "exchange.wrong.many"},
}

// exportDialog asks what goes into the file.
type exportDialog struct {
	env          *env
	secrets      *ui.Check
	first, again *ui.Entry
	fields       fyne.CanvasObject
	outcome      *fyne.Container
	flaw         *ui.Wrong
	modal        *ui.Dialog
	busy         bool
}

func newExportDialog(d *env) *exportDialog {
	s := &exportDialog{env: d, first: ui.NewPasswordEntry(""), again: ui.NewPasswordEntry(""), outcome: ui.Rows(), flaw: ui.NewWrong()}
	s.secrets = ui.NewCheck(i18n.T("exchange.secrets"), func(on bool) {
		ui.SetVisible(s.fields, on)
		s.clear()
		if on {
			d.Window().Canvas().Focus(s.first)
		}
	})
	for _, e := range []*ui.Entry{s.first, s.again} {
		e.OnSubmitted = func(string) { s.do() }
	}
	s.fields = ui.Rows(
		ui.Body(i18n.T("exchange.passphrase.why")),
		ui.Form(ui.Label(i18n.T("exchange.passphrase")), s.first, ui.Label(i18n.T("exchange.passphrase.again")), s.again),
	)
	s.fields.Hide()
	return s
}

func (s *exportDialog) open() {
	n := len(s.env.Settings.Values().Connections)
	if n == 0 {
		s.env.ShowInformation(i18n.T("exchange.export.title"), i18n.T("exchange.nothing"))
		return
	}
	s.modal = s.env.Ask(ui.Question{
		Title: i18n.T("exchange.export.title"), Text: i18n.N("exchange.export.text", n),
		Content: ui.Rows(s.secrets, s.fields), Outcome: s.outcome, Yes: i18n.T("exchange.export.yes"), Do: s.do,
	})
}

// clear tells nothing any more.
func (s *exportDialog) clear() { s.showNotice(ui.Remark, "") }

func (s *exportDialog) showNotice(kind ui.NoticeKind, text string) {
	s.flaw.Set(nil, "")
	s.outcome.RemoveAll()
	if text != "" {
		s.outcome.Add(ui.Notice(kind, text))
	}
	if s.modal != nil {
		s.modal.Fit()
	}
}

// wrong tells what is wrong with a passphrase, which the next key types anew.
func (s *exportDialog) wrong(e *ui.Entry, text string) bool {
	s.clear()
	s.outcome.Add(s.flaw.Box)
	s.flaw.Refuse(e, text)
	s.modal.Fit()
	return false
}

// do makes the file, and asks where to. The dialog stays until it is made.
func (s *exportDialog) do() bool {
	passphrase := ""
	if s.secrets.Checked {
		passphrase = s.first.Text
		switch {
		case len([]rune(passphrase)) < exchange.MinPassphrase:
			return s.wrong(s.first, i18n.T("exchange.short"))
		case passphrase != s.again.Text:
			return s.wrong(s.again, i18n.T("exchange.differ"))
		}
	}
	if s.busy {
		return false
	}
	s.busy = true
	if passphrase != "" {
		s.showNotice(ui.Remark, i18n.T("exchange.wait.export"))
	}
	s.env.Exchange.Write(passphrase, func(data []byte, err error) {
		s.busy = false
		if err != nil {
			s.showNotice(ui.Failure, exchangeProblem(err))
			return
		}
		s.modal.Close()
		s.env.SaveText(i18n.T("exchange.file")+exchange.Ext, data)
	})
	return false
}

// importConnections asks for a file, and shows what is in it.
func (d *env) importConnections() {
	d.OpenFile(d.importFile)
}

func (d *env) importFile(r io.ReadCloser, name string) {
	d.Exchange.Read(r, func(f exchange.File, err error) {
		switch {
		case err != nil:
			d.ShowInformation(i18n.T("exchange.import.title"), exchangeProblem(err))
		case f.Locked:
			d.unlockDialog(f, name)
		default:
			newImportDialog(d, f).open(name)
		}
	})
}

// unlockDialog asks for a file's passphrase until it is the right one.
func (d *env) unlockDialog(f exchange.File, name string) {
	field, outcome, wrong := ui.NewPasswordEntry(""), ui.Rows(), ui.NewWrong()
	var m *ui.Dialog
	busy, left := false, false
	say := func(o fyne.CanvasObject) {
		wrong.Set(nil, "")
		outcome.Objects = []fyne.CanvasObject{o}
		m.Fit()
	}
	do := func() bool {
		if busy {
			return false
		}
		busy = true
		say(ui.Notice(ui.Remark, i18n.T("exchange.wait.unlock")))
		d.Exchange.Unlock(f, field.Text, func(open exchange.File, err error) {
			busy = false
			if left {
				return
			}
			if err != nil {
				say(wrong.Box)
				wrong.Refuse(field, exchangeProblem(err))
				m.Fit()
				return
			}
			m.Close()
			newImportDialog(d, open).open(name)
		})
		return false
	}
	field.OnSubmitted = func(string) { do() }
	m = d.Ask(ui.Question{
		Title: i18n.T("exchange.unlock.title"), Text: i18n.T("exchange.unlock.text", "File", name),
		Content: ui.Form(ui.Label(i18n.T("exchange.passphrase")), field), Outcome: outcome,
		Yes: i18n.T("exchange.unlock.yes"), Do: do, Cancelled: func() { left = true },
	})
}

// importDialog shows what a file has before any of it is kept.
type importDialog struct {
	env     *env
	file    exchange.File
	filters *ui.Check
	outcome *fyne.Container
	modal   *ui.Dialog
	fresh   int
}

func newImportDialog(d *env, f exchange.File) *importDialog {
	return &importDialog{env: d, file: f, outcome: ui.Rows()}
}

// sourceName is the name of the program that wrote a file.
func sourceName(s exchange.Source) string {
	switch s {
	case exchange.MQTTExplorer:
		return "MQTT Explorer"
	case exchange.MQTTX:
		return "MQTTX"
	}
	return i18n.T("app.name")
}

// leftKeys are the texts of what can't be taken over.
var leftKeys = map[exchange.Left]string{
	exchange.ClientCertificate: "exchange.left.client", exchange.Unchecked: "exchange.left.unchecked", exchange.CAElsewhere: "exchange.left.ca",
}

// refusedKeys are the texts of why a connection can't be taken over.
var refusedKeys = map[exchange.Reason]string{
	exchange.BadHost: "exchange.refused.host", exchange.BadPort: "exchange.refused.port", exchange.BadCA: "exchange.refused.ca",
	exchange.TooLong: "exchange.refused.long", exchange.BadText: "exchange.refused.text",
}

func (s *importDialog) open(name string) {
	list := container.New(&ui.StackLayout{Gap: ui.Unit})
	topics := 0
	for _, i := range s.file.Items {
		list.Add(s.line(i))
		topics += len(i.Filters)
	}
	parts := ui.Rows(list)
	for _, r := range s.file.Refused {
		parts.Add(ui.Small(i18n.T(refusedKeys[r.Reason], "Name", format.ClientText(r.Name))))
	}
	if more := s.file.Skipped - len(s.file.Refused); more > 0 {
		parts.Add(ui.Small(i18n.N("exchange.skipped", more)))
	}
	s.filters = ui.NewCheck(i18n.N("exchange.filters", topics), nil)
	if topics > 0 {
		parts.Add(s.filters)
	}
	text := i18n.T("exchange.preview", "File", name, "From", sourceName(s.file.Source))
	q := ui.Question{Title: i18n.T("exchange.import.title"), Text: text, Content: parts, Outcome: s.outcome, Yes: i18n.N("exchange.import.yes", s.fresh), Do: s.do}
	if s.fresh == 0 && topics == 0 {
		q.Yes = i18n.T("exchange.import.again")
	}
	s.modal = s.env.Ask(q)
}

// line is one connection: its name, where it is and what there is to know.
func (s *importDialog) line(i exchange.Item) fyne.CanvasObject {
	c := i.Connection
	known := s.env.Exchange.Known(i)
	var words []string
	if c.TLS {
		words = append(words, i18n.T("exchange.mark.tls"))
	}
	if c.WebSocket {
		words = append(words, i18n.T("exchange.mark.websocket"))
	}
	if i.Password != "" {
		words = append(words, i18n.T("exchange.mark.password"))
	}
	if known {
		words = append(words, i18n.T("exchange.mark.known"))
	} else {
		s.fresh++
	}
	name := ui.OneLine(brokerform.ConnectionName(c))
	name.TextStyle = fyne.TextStyle{Bold: true}
	where := ui.OneLine(c.Address())
	lines := container.New(&ui.StackLayout{Gap: -ui.Unit}, container.NewGridWithColumns(2, ui.Rows(name), where))
	for _, w := range words {
		lines.Add(ui.Small(w))
	}
	for _, l := range i.Left {
		lines.Add(ui.Small(i18n.T(leftKeys[l])))
	}
	return ui.NewSurface(ui.ColorNotice, ui.Unit, lines)
}

func (s *importDialog) do() bool {
	n, err := s.env.Exchange.Import(s.file.Items, s.filters.Checked)
	if err != nil {
		s.outcome.RemoveAll()
		s.outcome.Add(ui.Notice(ui.Failure, exchangeProblem(err)))
		s.modal.Fit()
		return false
	}
	s.env.Toast(i18n.N("exchange.imported", n))
	return true
}
