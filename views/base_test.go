package views

import (
	"testing"

	"lamplighter/i18n"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func TestEveryPlaceHasAPageAWordHelpAndAnIconInEveryLanguage(t *testing.T) {
	w, _ := viewtest.NewWindow(t, nil)
	lang := i18n.Language()
	t.Cleanup(func() { _ = i18n.Use(lang) })
	for _, l := range i18n.Languages() {
		if err := i18n.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, p := range w.Places {
			for _, key := range []string{"rail." + string(p.ID), "help." + string(p.ID)} {
				if !i18n.Has(key) {
					t.Errorf("%s has no text %q", l.Tag, key)
				}
			}
			ui.Icon(p.Icon) // panics where there is none
		}
	}
}
