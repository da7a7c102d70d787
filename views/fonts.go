package views

import (
	"io"
	"log"

	"github.com/go-text/typesetting/fontscan"

	"lamplighter/device/crash"
)

// FindFonts begins to look for the system's fonts, beside all else that a start does.
// Fyne asks the same package for them before it measures the first text, and waits
// for as long as this still takes. An error is told there.
func FindFonts() {
	crash.Go(func() {
		_ = fontscan.NewFontMap(log.New(io.Discard, "", 0)).UseSystemFonts("")
	})
}
