package lamps

import (
	"fyne.io/fyne/v2"

	"lamplighter/app/lights"
	"lamplighter/i18n"
	"lamplighter/views/ui"
)

// sourceItems say where a lamp of another system comes from; there is nothing to
// choose.
func sourceItems(l lights.Light) []*fyne.MenuItem {
	lines := []string{i18n.T("lamps.from", "System", l.Source.String())}
	if l.ReadOnly {
		lines = append(lines, i18n.T("lamps.from.readonly"))
	}
	var items []*fyne.MenuItem
	for _, s := range lines {
		line := fyne.NewMenuItem(s, nil)
		line.Disabled = true
		items = append(items, line)
	}
	return append(items, fyne.NewMenuItemSeparator())
}

// systemWords name the system that a lamp belongs to, where it is another one.
func systemWords(l lights.Light) []string {
	if l.Source == lights.OwnBoard {
		return nil
	}
	all := []string{i18n.T("lamps.info.system", "Value", l.Source.String())}
	if l.ReadOnly {
		all = append(all, i18n.T("lamps.from.readonly"))
	}
	return all
}

// hideDialog takes a lamp of another system off this computer's panel. What that
// system keeps at the broker is its own.
func (m *lampMenu) hideDialog(base string) {
	l, ok := m.panel.Light(base)
	if !ok {
		return
	}
	wrong := ui.NewWrong()
	m.env.Ask(ui.Question{
		Title: i18n.T("lamps.hide.title", "Name", l.Name), Text: i18n.T("lamps.hide.text", "System", l.Source.String()),
		Content: wrong.Box, Yes: i18n.T("lamps.hide.yes"),
		Do: func() bool { return m.succeeds(m.panel.Remove(base), wrong, nil) },
	})
}

// hiddenItems bring hidden lamps back.
func (m *lampMenu) hiddenItems() []*fyne.MenuItem {
	n := m.panel.Hidden()
	if n == 0 {
		return nil
	}
	return []*fyne.MenuItem{fyne.NewMenuItemWithIcon(i18n.N("lamps.hidden.show", n), ui.Icon("eye"), func() {
		if err := m.panel.ShowHidden(); err != nil {
			m.env.ShowProblem(err)
		}
	})}
}
