package wizard

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// lampForm asks which light on the board is the lamp: one that the board is known to
// have, or any other.
type lampForm struct {
	model  device.Model // of the board; the zero Model where it is not known
	which  *ui.Select
	lamps  []device.Lamp     // as the list has them; the last two are "other"
	own    fyne.CanvasObject // the fields for a lamp that no list has
	pin    *ui.Field
	count  *ui.Field
	button *ui.Field
	pins   *widget.Label // the pins that were typed, as the board has them printed
	cntBox fyne.CanvasObject
	low    *ui.Check
	blink  *ui.Button
	order  *ui.Select // of the bytes of a NeoPixel's colours
	red    fyne.CanvasObject
	box    fyne.CanvasObject
}

func newLampForm(w *wizard, s setup.Naming) *lampForm {
	f := &lampForm{pins: ui.Small("")}
	f.model, _ = device.ModelByKey(s.Board.Model)
	var names []string
	for _, l := range f.model.Lamps {
		f.lamps = append(f.lamps, l)
		names = append(names, f.lampWords(l))
	}
	f.lamps = append(f.lamps, device.Lamp{Kind: device.LampNeoPixel, Pin: "", Count: 1, Level: 30, Color: [3]int{255, 190, 90}}, device.Lamp{Kind: device.LampPin})
	names = append(names, i18n.T("wizard.name.own-neopixel"), i18n.T("wizard.name.own-pin"))
	f.which = ui.NewSelect(names, func(i int) {
		if i >= 0 && i < len(f.lamps) {
			w.edit(func(a *setup.Answers) { a.Lamp = f.lamps[i].InOrder(a.Lamp.Order) })
		}
	})
	lamp := s.Answers.Lamp
	edit := func(change func(*device.Lamp, string)) func(string) {
		return func(text string) { w.edit(func(a *setup.Answers) { change(&a.Lamp, text) }) }
	}
	f.pin = w.newField(ui.NewEntry(i18n.T("wizard.name.pin-hint")), lamp.Pin, edit(func(l *device.Lamp, t string) { l.Pin = f.model.Pin(strings.TrimSpace(t)) }))
	f.count = w.newField(ui.NewEntry("3"), strconv.Itoa(lamp.Count), edit(func(l *device.Lamp, t string) { l.Count, _ = strconv.Atoi(t) }))
	f.cntBox = ui.Labelled(i18n.T("wizard.name.count"), f.count.In)
	f.low = ui.NewCheck(i18n.T("wizard.name.low"), func(on bool) { w.edit(func(a *setup.Answers) { a.Lamp.ActiveLow = on }) })
	f.button = w.newField(ui.NewEntry(i18n.T("wizard.name.button-hint")), s.Answers.Button.Pin, func(text string) {
		w.edit(func(a *setup.Answers) { a.Button.Pin = f.model.Pin(strings.TrimSpace(text)) })
	})
	f.own = ui.Rows(ui.Grid(120, ui.Labelled(i18n.T("wizard.name.pin"), f.pin.In), f.cntBox, ui.Labelled(i18n.T("wizard.name.button"), f.button.In)), f.pins, f.low)
	f.order = ui.NewSelect([]string{i18n.T("wizard.name.order.grb"), i18n.T("wizard.name.order.rgb"), i18n.T("wizard.name.order.grbw")}, func(i int) {
		if all := device.Orders(); i >= 0 && i < len(all) {
			w.edit(func(a *setup.Answers) { a.Lamp = a.Lamp.InOrder(all[i]) })
		}
	})
	f.red = ui.Rows(ui.Small(i18n.T("wizard.name.red")), ui.Labelled(i18n.T("wizard.name.order"), f.order))
	f.blink = ui.NewButton(i18n.T("wizard.name.blink"), ui.Icon("lamp"), w.send(setup.Blink{}))
	f.box = ui.Card(ui.Rows(
		ui.Labelled(i18n.T("wizard.name.lamp"), f.which), f.own,
		ui.Row(f.blink), ui.Small(i18n.T("wizard.name.blink-why")), f.red,
	))
	return f
}

// lampWords name a lamp that the board is known to have.
func (f *lampForm) lampWords(l device.Lamp) string {
	if l.Kind == device.LampNeoPixel {
		return i18n.N("wizard.name.neopixel", l.Count, "Pin", f.pinWords(l.Pin))
	}
	return i18n.T("wizard.name.led", "Pin", f.pinWords(l.Pin))
}

// pinWords name a pin as it is printed on the board, where that is known.
func (f *lampForm) pinWords(pin string) string {
	if pad := f.model.Pad(pin); pad != "" {
		return i18n.T("wizard.name.pad", "Pad", pad, "Pin", pin)
	}
	if _, err := strconv.Atoi(pin); err != nil {
		return pin // a name, as LED
	}
	return i18n.T("wizard.name.gpio", "Pin", pin)
}

// padWords name the pins of a lamp and a button that the board has printed, or "".
func (f *lampForm) padWords(a setup.Answers) string {
	lamp, button := f.model.Pad(a.Lamp.Pin), f.model.Pad(a.Button.Pin)
	switch {
	case lamp == "" && button == "":
		return ""
	case button == "":
		return i18n.T("wizard.name.pads.lamp", "Lamp", f.pinWords(a.Lamp.Pin))
	case lamp == "":
		return i18n.T("wizard.name.pads.button", "Button", f.pinWords(a.Button.Pin))
	}
	return i18n.T("wizard.name.pads.both", "Lamp", f.pinWords(a.Lamp.Pin), "Button", f.pinWords(a.Button.Pin))
}

// chosenLamp is which entry of the list the answer is.
func (f *lampForm) chosenLamp(l device.Lamp) int {
	for i, known := range f.lamps[:len(f.lamps)-2] {
		if known.InOrder(l.Order) == l {
			return i
		}
	}
	if l.Kind == device.LampNeoPixel {
		return len(f.lamps) - 2
	}
	return len(f.lamps) - 1
}

func (f *lampForm) update(s setup.Naming) {
	a := s.Answers
	at := f.chosenLamp(a.Lamp)
	f.which.SetQuietly(at)
	ui.SetVisible(f.own, at >= len(f.lamps)-2)
	ui.SetVisible(f.cntBox, a.Lamp.Kind == device.LampNeoPixel)
	ui.SetVisible(f.red, a.Lamp.Kind == device.LampNeoPixel)
	f.order.SetQuietly(slices.Index(device.Orders(), a.Lamp.Order))
	ui.SetVisible(f.low, a.Lamp.Kind == device.LampPin)
	f.pin.Show(a.Lamp.Pin)
	f.count.Show(format.Port(a.Lamp.Count))
	f.button.Show(a.Button.Pin)
	ui.SetOrHide(f.pins, f.padWords(a))
	f.low.SetQuietly(a.Lamp.ActiveLow)
	ui.SetEnabled(f.blink, !s.Blinking)
	f.blink.SetText(i18n.T(ui.Either(s.Blinking, "wizard.name.blinking", "wizard.name.blink")))
}
