package views

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// stillPage is a page that only tells something: a failure, a pulled plug, a
// board that was restored.
type stillPage struct {
	w    *wizard
	all  fyne.CanvasObject
	feet foot
}

func (p *stillPage) content() fyne.CanvasObject { return p.all }
func (p *stillPage) update(setup.State)         {}
func (p *stillPage) focus() fyne.Focusable      { return nil }
func (p *stillPage) foot(setup.State) foot      { return p.feet }

func (w *wizard) stillPage(iconName, name, text string, more ...fyne.CanvasObject) *stillPage {
	t := titleWrapped(name)
	t.Alignment = fyne.TextAlignCenter
	b := body(text)
	b.Alignment = fyne.TextAlignCenter
	all := append([]fyne.CanvasObject{container.NewCenter(iconImage(tinted(iconName, theme.ColorNamePrimary), unit*9)), t, b}, more...)
	return &stillPage{w: w, all: container.New(middleLayout{}, rows(all...)), feet: w.backFoot()}
}

// newFailedPage tells what went wrong, and tries it again where it happened.
func newFailedPage(w *wizard, s setup.Failed) wizardPage {
	p := explain(s.Err)
	if key := valueKey(s.Err); key != "" {
		p.Advice = i18n.T(key)
	}
	details := container.NewCenter(quietButton(i18n.T("common.details"), nil, func() { showDetail(w.desk.shell, p) }))
	page := w.stillPage("warning", p.Title, p.Advice, details)
	page.feet.next, page.feet.onNext = i18n.T("common.retry"), w.send(setup.Retry{})
	return page
}

// newUnpluggedPage waits for the plug, kindly. A port that was typed is in no
// list, so that nobody sees it come back: a person has to say so.
func newUnpluggedPage(w *wizard, s setup.Unplugged) wizardPage {
	text, typed := "wizard.unplugged.text", s.Port.Kind == device.Typed
	if typed {
		text = "wizard.unplugged.typed"
	}
	page := w.stillPage("usb", i18n.T("wizard.unplugged.title"), i18n.T(text))
	page.feet.back = i18n.T("wizard.unplugged.other")
	if typed {
		page.feet.next, page.feet.onNext = i18n.T("common.retry"), w.send(setup.Retry{})
	} else {
		page.feet.extra, page.feet.onExtra = i18n.T("common.retry"), w.send(setup.Retry{})
	}
	return page
}

// newRestoredPage tells that the board is as it was.
func newRestoredPage(w *wizard, s setup.Restored) wizardPage {
	key := "wizard.restored.program"
	if s.Removed {
		key = "wizard.restored.removed"
	}
	page := w.stillPage("check", i18n.T("wizard.restored.title"), i18n.T(key))
	page.feet = foot{next: i18n.T("wizard.finish.next"), onNext: w.send(setup.NextBoard{})}
	return page
}

// valueTexts tell what is wrong with an answer, by its field in the settings
// file and the reason that no board can take it.
var valueTexts = map[device.ValueError]string{
	{Field: "wifi.ssid", Reason: device.Missing}:        "wizard.value.ssid-missing",
	{Field: "wifi.ssid", Reason: device.TooLong}:        "wizard.value.ssid-long",
	{Field: "wifi.ssid", Reason: device.BadCharacter}:   "wizard.value.ssid-character",
	{Field: "wifi.pass", Reason: device.Missing}:        "wizard.value.password-missing",
	{Field: "wifi.pass", Reason: device.TooShort}:       "wizard.value.password-short",
	{Field: "wifi.pass", Reason: device.TooLong}:        "wizard.value.password-long",
	{Field: "wifi.pass", Reason: device.BadCharacter}:   "wizard.value.password-character",
	{Field: "broker.host", Reason: device.Missing}:      "wizard.value.host-missing",
	{Field: "broker.host", Reason: device.TooLong}:      "wizard.value.host-long",
	{Field: "broker.host", Reason: device.NotASCII}:     "wizard.value.host-character",
	{Field: "broker.host", Reason: device.BadCharacter}: "wizard.value.host-character",
	{Field: "broker.host", Reason: device.Malformed}:    "wizard.value.host-malformed",
	{Field: "broker.port", Reason: device.OutOfRange}:   "wizard.value.port",
	{Field: "broker.user", Reason: device.Missing}:      "wizard.value.user-missing",
	{Field: "broker.user", Reason: device.TooLong}:      "wizard.value.login-long",
	{Field: "broker.pass", Reason: device.TooLong}:      "wizard.value.login-long",
	{Field: "broker.ca", Reason: device.Malformed}:      "wizard.value.ca",
	{Field: "broker.ca", Reason: device.TooLong}:        "wizard.value.ca-long",
	{Field: "name", Reason: device.Missing}:             "wizard.value.name-missing",
	{Field: "name", Reason: device.TooLong}:             "wizard.value.name-long",
	{Field: "name", Reason: device.BadCharacter}:        "wizard.value.name-character",
	{Field: "topics.set", Reason: device.TooLong}:       "wizard.value.topic",
	{Field: "lamp.pin", Reason: device.Missing}:         "wizard.value.pin-missing",
	{Field: "lamp.pin", Reason: device.Malformed}:       "wizard.value.pin",
	{Field: "lamp.count", Reason: device.OutOfRange}:    "wizard.value.count",
	{Field: "button.pin", Reason: device.Malformed}:     "wizard.value.button",
	{Field: "lamp.pin", Reason: device.OutOfRange}:      "wizard.value.pin-none",
	{Field: "button.pin", Reason: device.OutOfRange}:    "wizard.value.button-none",
}

// valueKey is the text about an answer that no board can take, or "" where the
// error is another.
func valueKey(err error) string {
	var v *device.ValueError
	if !errors.As(err, &v) {
		return ""
	}
	return valueTexts[*v]
}
