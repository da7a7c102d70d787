package views

import (
	"cmp"
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"lamplighter/app/settings"
	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// settingsWidth keeps the page's lines readable on a big screen.
const settingsWidth = 820

// settingsPage is where everything is chosen that is not chosen at a board.
type settingsPage struct {
	desk   *desk
	root   fyne.CanvasObject
	broker *brokerSection
	siot   *siotSection
	others *connectionSection
	stops  []func()
}

// NewPrefs builds the page of the settings.
func NewPrefs(s *shell, p *Parts) Page { return newSettingsPage(&desk{shell: s, Parts: p}) }

func newSettingsPage(d *desk) *settingsPage {
	p := &settingsPage{desk: d, broker: newBrokerSection(d), siot: newSIoTSection(d), others: newConnectionSection(d)}
	p.root = scrolled(sections(settingsWidth,
		title(i18n.T("rail.settings")),
		p.lookCard(),
		p.classroomCard(),
		p.broker.card,
		newPupilSection(d).card,
		p.siot.card,
		p.others.card,
		p.topicsCard(),
		p.keepingCard(),
		p.aboutCard(),
	))
	p.stops = []func(){d.Settings.Changed.Listen(p.update), d.House.Changed().Listen(p.update)}
	p.update()
	return p
}

func (p *settingsPage) Content() fyne.CanvasObject { return p.root }
func (p *settingsPage) Shown()                     {}
func (p *settingsPage) Hidden()                    {}

func (p *settingsPage) Close() {
	for _, stop := range p.stops {
		stop()
	}
}

func (p *settingsPage) update() {
	p.broker.update()
	p.siot.update()
	p.others.update()
}

// form puts names to the left of controls: name, control, name, control, …
func form(pairs ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewFormLayout(), pairs...)
}

// narrow is a control at most wide units wide.
func narrow(wide float32, o fyne.CanvasObject) fyne.CanvasObject {
	strut := canvas.NewRectangle(color.Transparent)
	strut.SetMinSize(fyne.NewSize(wide, 0))
	return container.NewHBox(container.NewStack(strut, o))
}

func (p *settingsPage) lookCard() fyne.CanvasObject {
	v := p.desk.Settings.Values()

	tags, names := []string{""}, []string{i18n.T("settings.language-system")}
	for _, l := range i18n.Languages() {
		tags, names = append(tags, l.Tag), append(names, l.Name)
	}
	language := newChoice(names, func(i int) {
		p.desk.Restyle(func(v *settings.Values) { v.Language = tags[i] })
	})
	language.setQuietly(indexOf(tags, v.Language))

	modes := []settings.Theme{settings.SystemTheme, settings.LightTheme, settings.DarkTheme}
	mode := newChoice([]string{i18n.T("settings.mode-system"), i18n.T("settings.mode-light"), i18n.T("settings.mode-dark")}, func(i int) {
		p.desk.Restyle(func(v *settings.Values) { v.Theme = modes[i] })
	})
	mode.setQuietly(indexOf(modes, v.Theme))

	percents := make([]string, len(textScales))
	for i, s := range textScales {
		percents[i] = i18n.T("settings.percent", "N", strconv.Itoa(int(s*100+0.5)))
	}
	scale := newChoice(percents, func(i int) {
		p.desk.Restyle(func(v *settings.Values) { v.TextScale = textScales[i] })
	})
	scale.setQuietly(indexOf(textScales, v.TextScale))

	motion := newTick(i18n.T("settings.motion"), func(on bool) {
		p.desk.Settings.Update(func(v *settings.Values) { v.NoMotion = !on })
	})
	motion.setQuietly(!v.NoMotion)

	return titledCard(i18n.T("settings.look"), "", form(
		label(i18n.T("settings.language")), narrow(280, language),
		label(i18n.T("settings.mode")), narrow(280, mode),
		label(i18n.T("settings.text-size")), narrow(280, scale),
		label(i18n.T("settings.movement")), motion,
	))
}

// indexOf is where v stands in list; 0 where it does not.
func indexOf[T comparable](list []T, v T) int {
	for i, o := range list {
		if o == v {
			return i
		}
	}
	return 0
}

func (p *settingsPage) classroomCard() fyne.CanvasObject {
	name := newEntry("")
	name.SetText(p.desk.Settings.Values().Classroom)
	wrong := notice(failure, i18n.T("settings.classroom-wrong"))
	wrong.Hide()
	save := newButton(i18n.T("settings.save"), nil, nil)
	save.Disable()
	keep := func() {
		if !isTopicWord(name.Text) {
			return
		}
		p.desk.Settings.Update(func(v *settings.Values) { v.Classroom = name.Text })
		save.Disable()
		p.desk.toast(i18n.T("settings.saved"))
	}
	save.OnTapped = keep
	name.OnSubmitted = func(string) { keep() }
	name.OnChanged = func(text string) {
		show(wrong, !isTopicWord(text))
		enable(save, isTopicWord(text) && text != p.desk.Settings.Values().Classroom)
	}
	return titledCard(i18n.T("settings.classroom"), i18n.T("settings.classroom-for"),
		container.NewHBox(narrow(280, name), save), wrong)
}

// maxWord bounds the classroom's name, in bytes.
const maxWord = 32

// isTopicWord tells whether text can be the classroom's topic level, as
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
	memory := newChoice(names, func(i int) {
		p.desk.Settings.Update(func(v *settings.Values) { v.Topics.Memory = topicMemory[i] })
	})
	memory.setQuietly(indexOf(topicMemory, cmp.Or(p.desk.Settings.Values().Topics.Memory, usualMemory)))
	return titledCard(i18n.T("settings.topics"), i18n.T("settings.topics-for"),
		form(label(i18n.T("settings.topics-memory")), narrow(280, memory)))
}

func (p *settingsPage) keepingCard() fyne.CanvasObject {
	secrets := i18n.T("settings.secrets-keyring")
	if p.desk.House.Protection() == settings.File {
		secrets = i18n.T("settings.secrets-file")
	}
	problems := rows()
	open := newButton(i18n.T("settings.folder-open"), icon("folder"), func() {
		p.desk.House.OpenFolder(func(err error) { p.desk.showIn(problems, err, nil) })
	})
	folder := code(p.desk.Settings.Dir())
	folder.Wrapping = fyne.TextWrapBreak
	copyIt := newButton(i18n.T("common.copy"), icon("copy"), func() { p.desk.copyText(p.desk.Settings.Dir()) })
	return titledCard(i18n.T("settings.keeping"), "",
		body(secrets), body(i18n.T("settings.folder")), folder, container.NewHBox(open, copyIt), problems)
}

func (p *settingsPage) aboutCard() fyne.CanvasObject {
	return titledCard(i18n.T("settings.about", "Version", p.desk.House.Version()), i18n.T("settings.about-for"),
		small(i18n.T("settings.licences")))
}

// showIn shows a problem in its place on the page, or clears the place where
// err is nil.
func (d *desk) showIn(place *fyne.Container, err error, retry func()) {
	place.RemoveAll()
	if err != nil {
		place.Add(problemView(d.shell, err, retry))
	}
	place.Refresh()
}
