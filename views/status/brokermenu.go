package status

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/settings"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/brokerform"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// brokerWords is the status line's text. A click on it lists the brokers.
type brokerWords struct {
	widget.Label
	tapped func()
}

func newBrokerWords(text string, tapped func()) *brokerWords {
	b := &brokerWords{tapped: tapped}
	b.Text, b.Truncation, b.SizeName = text, fyne.TextTruncateEllipsis, ui.SizeSmall
	b.ExtendBaseWidget(b)
	return b
}

// Tapped lists the brokers.
func (b *brokerWords) Tapped(*fyne.PointEvent) { b.tapped() }

// Cursor shows a hand.
func (b *brokerWords) Cursor() desktop.Cursor { return desktop.PointerCursor }

// brokerMenu lists the brokers that can be used, above what is clicked; one
// click uses another one.
func (d *env) brokerMenu(above fyne.CanvasObject) {
	v := d.Settings.Values()
	item := func(id, name string) *fyne.MenuItem {
		m := fyne.NewMenuItem(name, func() { d.useBroker(id) })
		m.Checked = id == v.Connection
		return m
	}
	items := []*fyne.MenuItem{item("", i18n.T("settings.this-computer"))}
	if d.Settings.Locked(settings.LockBroker) {
		items[0] = fyne.NewMenuItem(i18n.T("settings.policy-broker"), nil)
		items[0].Disabled = true
		v.Connections = nil
	}
	for _, c := range v.Connections {
		items = append(items, item(c.ID, format.MenuName(brokerform.ConnectionName(c))))
	}
	items = append(items, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(i18n.T("exchange.menu.settings"), func() { d.Visit(ui.PlaceSettings, cmp.Or(v.Connection, backend.NewBroker)) }))
	d.PopUpAbove(fyne.NewMenu("", items...), above)
}

// useBroker uses another broker, and says so: the lamps and topics are that
// one's from then on.
func (d *env) useBroker(id string) {
	if d.Settings.Values().Connection != id {
		d.Settings.Update(func(v *settings.Values) { v.Connection = id })
	}
}
