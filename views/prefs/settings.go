package prefs

import (
	"cmp"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/connections"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/app/watch"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// settingsWidth keeps the page's lines readable on a big screen.
const settingsWidth = 820

// settingsPage is where everything is chosen that is not chosen at a board.
type settingsPage struct {
	env    *env
	root   fyne.CanvasObject
	broker *brokerSection
	siot   *siotSection
	others *connectionSection
	stops  watch.Stops
}

// New builds the page of the settings.
func New(s *ui.Shell, p *backend.Parts) ui.Page { return newSettingsPage(&env{Shell: s, Parts: p}) }

func newSettingsPage(d *env) *settingsPage {
	p := &settingsPage{env: d, broker: newBrokerSection(d), siot: newSIoTSection(d), others: newConnectionSection(d)}
	p.root = ui.Scrolled(ui.Sections(settingsWidth,
		ui.Title(i18n.T("rail.settings")),
		p.appearanceCard(),
		p.classroomCard(),
		p.broker.card,
		newPupilSection(d).card,
		p.siot.card,
		p.others.card,
		p.topicsCard(),
		p.keepingCard(),
		p.aboutCard(),
	))
	p.stops = watch.Stops{d.Settings.Changed.Listen(p.update), d.Broker.Changed().Listen(p.update)}
	p.update()
	return p
}

func (p *settingsPage) Content() fyne.CanvasObject { return p.root }

func (p *settingsPage) Shown() {}

func (p *settingsPage) Hidden() {}

func (p *settingsPage) Close() {
	p.stops.Stop()
}

// Target opens the form of the connection with this id, or of one to be added.
func (p *settingsPage) Target(id string) {
	v := p.env.Settings.Values()
	if c, ok := v.ConnectionByID(id); ok {
		p.others.editKnown(c)
	} else if id == backend.NewBroker {
		p.others.edit(settings.Connection{}, connections.Login{})
	}
}

func (p *settingsPage) update() {
	p.broker.update()
	p.siot.update()
	p.others.update()
}

func (p *settingsPage) appearanceCard() fyne.CanvasObject {
	v := p.env.Settings.Values()

	tags, names := []string{""}, []string{i18n.T("settings.language-system")}
	for _, l := range i18n.Languages() {
		tags, names = append(tags, l.Tag), append(names, l.Name)
	}
	language := ui.NewSelect(names, func(i int) {
		p.env.Restyle(func(v *settings.Values) { v.Language = tags[i] })
	})
	language.SetQuietly(max(slices.Index(tags, v.Language), 0))
	languageRow := ui.Narrow(280, language)
	if p.env.Settings.Locked(settings.LockLanguage) {
		language.Disable()
		languageRow = ui.Rows(languageRow, ui.Small(i18n.T("settings.policy")))
	}

	modes := []settings.Theme{settings.SystemTheme, settings.LightTheme, settings.DarkTheme}
	mode := ui.NewSelect([]string{i18n.T("settings.mode-system"), i18n.T("settings.mode-light"), i18n.T("settings.mode-dark")}, func(i int) {
		p.env.Restyle(func(v *settings.Values) { v.Theme = modes[i] })
	})
	mode.SetQuietly(max(slices.Index(modes, v.Theme), 0))

	percents := make([]string, len(ui.TextScales))
	for i, s := range ui.TextScales {
		percents[i] = i18n.T("settings.percent", "N", strconv.Itoa(int(s*100+0.5)))
	}
	scale := ui.NewSelect(percents, func(i int) {
		p.env.Restyle(func(v *settings.Values) { v.TextScale = ui.TextScales[i] })
	})
	scale.SetQuietly(max(slices.Index(ui.TextScales, v.TextScale), 0))

	motion := ui.NewCheck(i18n.T("settings.motion"), func(on bool) {
		p.env.Settings.Update(func(v *settings.Values) { v.NoMotion = !on })
	})
	motion.SetQuietly(!v.NoMotion)

	large := ui.NewCheck(i18n.T("settings.large-targets"), func(on bool) {
		p.env.Restyle(func(v *settings.Values) { v.LargeTargets = on })
	})
	large.SetQuietly(v.LargeTargets)

	return ui.TitledCard(i18n.T("settings.look"), "", ui.Form(
		ui.Label(i18n.T("settings.language")), languageRow,
		ui.Label(i18n.T("settings.mode")), ui.Narrow(280, mode),
		ui.Label(i18n.T("settings.text-size")), ui.Narrow(280, scale),
		ui.Label(i18n.T("settings.targets")), large,
		ui.Label(i18n.T("settings.movement")), motion,
	))
}

func (p *settingsPage) classroomCard() fyne.CanvasObject {
	name := ui.NewEntry("")
	name.SetText(p.env.Settings.Values().Classroom)
	wrong := ui.NewWrong()
	save := ui.NewButton(i18n.T("settings.save"), nil, nil)
	save.Disable()
	keep := func() {
		if !isTopicWord(name.Text) {
			return
		}
		p.env.Settings.Update(func(v *settings.Values) { v.Classroom = name.Text })
		save.Disable()
		p.env.Toast(i18n.T("settings.saved"))
	}
	save.OnTapped = keep
	name.OnSubmitted = func(string) { keep() }
	name.OnChanged = func(text string) {
		said := ui.Either(isTopicWord(text), "", i18n.T("settings.classroom-wrong"))
		wrong.Set(name, said)
		ui.SetEnabled(save, isTopicWord(text) && text != p.env.Settings.Values().Classroom)
	}
	locked := ui.Small(i18n.T("settings.policy"))
	locked.Hide()
	if p.env.Settings.Locked(settings.LockClassroom) {
		name.Disable()
		save.Hide()
		locked.Show()
	}
	return ui.TitledCard(i18n.T("settings.classroom"), i18n.T("settings.classroom-for"),
		container.NewHBox(ui.Narrow(280, name), save), wrong.Box, locked)
}

// maxWord bounds the classroom's name, in bytes.
const maxWord = 32

// isTopicWord reports whether text can be the classroom's topic level, as
// settings keeps it: 1 to 32 ASCII letters, digits, - and _.
func isTopicWord(text string) bool {
	if text == "" || len(text) > maxWord {
		return false
	}
	for _, r := range text {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
		if !ok {
			return false
		}
	}
	return true
}

// topicMemory is what the topics' memory may be, in MB, and usualMemory what it
// is until somebody chooses.
var topicMemory = []int{64, 128, usualMemory, 512, 1024, 2048}

const usualMemory = topics.DefaultBudget >> 20

func (p *settingsPage) topicsCard() fyne.CanvasObject {
	names := make([]string, len(topicMemory))
	for i, mb := range topicMemory {
		names[i] = i18n.T("settings.topics-mb", "N", mb)
	}
	memory := ui.NewSelect(names, func(i int) {
		p.env.Settings.Update(func(v *settings.Values) { v.Topics.Memory = topicMemory[i] })
	})
	memory.SetQuietly(max(slices.Index(topicMemory, cmp.Or(p.env.Settings.Values().Topics.Memory, usualMemory)), 0))
	return ui.TitledCard(i18n.T("settings.topics"), i18n.T("settings.topics-for"),
		ui.Form(ui.Label(i18n.T("settings.topics-memory")), ui.Narrow(280, memory)))
}

func (p *settingsPage) keepingCard() fyne.CanvasObject {
	where := ui.Either(p.env.About.Protection() == secrets.File, i18n.T("settings.secrets-file"), i18n.T("settings.secrets-keyring"))
	problems := ui.Rows()
	open := ui.NewButton(i18n.T("settings.folder-open"), ui.Icon("folder"), func() {
		p.env.showIn(problems, p.env.About.OpenFolder(), nil)
	})
	folder := ui.Code(p.env.Settings.Dir())
	folder.Wrapping = fyne.TextWrapBreak
	return ui.TitledCard(i18n.T("settings.keeping"), "",
		ui.Body(where), ui.Body(i18n.T("settings.folder")), folder, container.NewHBox(open, p.env.CopyButton(p.env.Settings.Dir())), problems)
}

func (p *settingsPage) aboutCard() fyne.CanvasObject {
	return ui.TitledCard(i18n.T("settings.about", "Version", p.env.About.Version()), i18n.T("settings.about-for"),
		ui.Small(i18n.T("settings.licences")), ui.Row(
			ui.NewButton(i18n.T("report.open"), ui.Icon("help"), p.env.reportDialog),
			ui.NewButton(i18n.T("settings.licences-open"), nil, p.env.licencesDialog)))
}

// toCopy is a text that is typed elsewhere, with a button that copies it.
func (d *env) toCopy(text string) fyne.CanvasObject {
	return container.NewHBox(ui.Code(text), d.CopyButton(text))
}

// showIn shows a problem in its place on the page, or clears the place where
// err is nil.
func (d *env) showIn(place *fyne.Container, err error, retry func()) {
	place.RemoveAll()
	if err != nil {
		place.Add(problem.View(d.Shell, err, retry))
	}
	place.Refresh()
}
