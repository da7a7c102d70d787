package ui

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/settings"
)

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

func TestContrastOfTextAndShapesIsEnoughInLightAndDark(t *testing.T) {
	const text, shape = 4.5, 3 // WCAG 2.2, 1.4.3 and 1.4.11
	on := func(least float64, front fyne.ThemeColorName, backs ...fyne.ThemeColorName) {
		for _, mode := range []settings.Theme{settings.LightTheme, settings.DarkTheme} {
			l := NewLook(mode, 1, false)
			for _, back := range backs {
				c := contrast(l.Color(front, theme.VariantLight), l.Color(back, theme.VariantLight))
				if c < least {
					t.Errorf("%s: %s on %s has contrast %.2f, less than %.1f", mode, front, back, c, least)
				}
			}
		}
	}
	papers := []fyne.ThemeColorName{theme.ColorNameBackground, ColorCard, ColorRail, theme.ColorNameInputBackground, theme.ColorNameOverlayBackground}
	on(text, theme.ColorNameForeground, append(papers, ColorChosen, ColorNotice, ColorAlert, ColorFail, ColorGood, theme.ColorNameButton)...)
	on(text, ColorSoft, papers...)
	on(text, theme.ColorNamePlaceHolder, theme.ColorNameInputBackground, ColorCard)
	on(text, theme.ColorNameDisabled, ColorCard) // small remarks have this colour
	on(text, theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary)
	on(text, theme.ColorNameForegroundOnError, theme.ColorNameError)
	on(text, theme.ColorNameHyperlink, ColorCard)
	on(text, theme.ColorNameError, ColorCard, ColorFail)
	on(shape, theme.ColorNameWarning, ColorAlert, ColorCard)
	on(shape, theme.ColorNameSuccess, ColorGood, ColorCard, ColorRail)
	on(shape, theme.ColorNamePrimary, ColorCard, theme.ColorNameOverlayBackground)
	on(shape, theme.ColorNameInputBorder, ColorCard, theme.ColorNameInputBackground, theme.ColorNameOverlayBackground, theme.ColorNameBackground)
	on(shape, ColorRing, append(papers, ColorChosen, ColorNotice, ColorAlert, ColorFail, ColorGood, theme.ColorNameButton)...)
	for _, curve := range CurveColors {
		on(text, curve, ColorCard) // the legend has its curve's colour
	}
	on(text, ColorSoft, ColorChosen)
	on(text, ColorSoft, ColorFail)
	on(shape, theme.ColorNamePrimary, theme.ColorNameBackground)
}
