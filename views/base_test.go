package views

import (
	"fmt"
	"image/color"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/i18n"
)

func TestEveryFaultHasATitleAndAdviceInEveryLanguage(t *testing.T) {
	was, lang := system, i18n.Language()
	t.Cleanup(func() {
		system = was
		_ = i18n.Use(lang)
	})
	for _, f := range device.Faults() {
		if faultKeys[f] == "" {
			t.Errorf("fault %q has no key in faultKeys", f)
		}
	}
	for _, l := range i18n.Languages() {
		if err := i18n.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, system = range []string{"linux", "windows", "darwin"} {
			seen := map[string]device.Fault{}
			for _, f := range device.Faults() {
				p := explain(&device.Error{Fault: f, Op: "try"})
				for _, text := range []string{p.Title, p.Advice} {
					if text == "" || strings.HasPrefix(text, "problem.") {
						t.Errorf("%s, %s: fault %v has no text: %q", l.Tag, system, f, text)
					}
				}
				if other, taken := seen[p.Title]; taken {
					t.Errorf("%s: faults %v and %v have the same title %q", l.Tag, f, other, p.Title)
				}
				seen[p.Title] = f
			}
		}
	}
}

func TestEveryPlaceHasAPageAWordHelpAndAnIconInEveryLanguage(t *testing.T) {
	lang := i18n.Language()
	t.Cleanup(func() { _ = i18n.Use(lang) })
	for _, l := range i18n.Languages() {
		if err := i18n.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		for _, p := range places {
			if !p.built() {
				t.Errorf("%s: no page is registered", p.id)
			}
			for _, key := range []string{"rail." + string(p.id), "help." + string(p.id)} {
				if !i18n.Has(key) {
					t.Errorf("%s has no text %q", l.Tag, key)
				}
			}
			icon(p.icon) // panics where there is none
		}
	}
}

// contrast is the WCAG 2.2 contrast ratio of two opaque colours.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	line := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*line(r) + 0.7152*line(g) + 0.0722*line(b)
}

func TestTextIsReadableOnWhatItStandsOnInLightAndDark(t *testing.T) {
	const text, shape = 4.5, 3 // WCAG 2.2, 1.4.3 and 1.4.11
	on := func(least float64, front fyne.ThemeColorName, backs ...fyne.ThemeColorName) {
		for _, mode := range []settings.Theme{settings.LightTheme, settings.DarkTheme} {
			l := newLook(mode, 1)
			for _, back := range backs {
				c := contrast(l.Color(front, theme.VariantLight), l.Color(back, theme.VariantLight))
				if c < least {
					t.Errorf("%s: %s on %s has contrast %.2f, less than %.1f", mode, front, back, c, least)
				}
			}
		}
	}
	papers := []fyne.ThemeColorName{theme.ColorNameBackground, colorCard, colorRail, theme.ColorNameInputBackground, theme.ColorNameOverlayBackground}
	on(text, theme.ColorNameForeground, append(papers, colorChosen, colorNotice, colorAlert, colorFail, colorGood, theme.ColorNameButton)...)
	on(text, colorSoft, papers...)
	on(text, theme.ColorNamePlaceHolder, theme.ColorNameInputBackground, colorCard)
	on(text, theme.ColorNameDisabled, colorCard) // small remarks have this colour
	on(text, theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary)
	on(text, theme.ColorNameForegroundOnError, theme.ColorNameError)
	on(text, theme.ColorNameHyperlink, colorCard)
	on(text, theme.ColorNameError, colorCard, colorFail)
	on(shape, theme.ColorNameWarning, colorAlert, colorCard)
	on(shape, theme.ColorNameSuccess, colorGood, colorCard, colorRail)
	on(shape, theme.ColorNamePrimary, colorCard, theme.ColorNameOverlayBackground)
	on(shape, theme.ColorNameInputBorder, colorCard, theme.ColorNameInputBackground)
}

func TestTheFocusIsScrolledIntoView(t *testing.T) {
	w, _ := newTestWindow(t, func(p *Parts) { p.Status = func() Status { return Status{Link: LinkUp} } })
	w.window.Resize(smallScreen)
	w.visit(placeSettings, "")
	c := w.window.Canvas()
	limit := smallScreen.Height - w.status.Size().Height
	seen := map[fyne.Focusable]bool{}
	for range 60 {
		c.FocusNext()
		f := c.Focused()
		if f == nil || seen[f] {
			continue
		}
		seen[f] = true
		o := f.(fyne.CanvasObject)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		inLine := at.Y >= limit-unit && at.Y+o.Size().Height <= smallScreen.Height+1 // the status line's own
		if at.Y < 0 || at.Y+o.Size().Height > limit+1 && !inLine {
			t.Errorf("%T is at %v with height %.0f, out of view", f, at, o.Size().Height)
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d things have had the focus", len(seen))
	}
}

func TestAKeyringThatIsGoneIsNotTakenForAFolder(t *testing.T) {
	gone := &device.Error{Fault: device.Unknown, Op: "keep a password", Err: fmt.Errorf("%w: %w", settings.ErrKeyring, fs.ErrNotExist)}
	if told, folder := explain(gone), explain(fs.ErrNotExist); told.Title == folder.Title || told.Title != i18n.T("problem.keyring-gone.title") {
		t.Errorf("it is told as %q", told.Title)
	}
}

func TestTheAnswerToAWebSocketIsToldByItsNumber(t *testing.T) {
	for fault, status := range map[device.Fault]int{device.WrongPath: 404, device.WebLogin: 401, device.WebDown: 502} {
		err := &device.Error{Fault: fault, Op: "connect to", Err: &link.UpgradeError{Status: status}}
		if p := explain(err); !strings.Contains(p.Title, strconv.Itoa(status)) || p.Advice == "" {
			t.Errorf("%v: %+v", fault, p)
		}
	}
}
