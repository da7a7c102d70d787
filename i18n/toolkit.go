package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// The words of Fyne's own dialogs, menus and calendars. Fyne speaks the
// computer's language and can't be told another; but texts that are added for
// the language which it believes to speak take the place of its own.
//
//go:embed toolkit
var toolkit embed.FS

// probe is a word by which the toolkit's present language is told.
const probe = "Cancel"

// overrideToolkit makes Fyne speak the language with this tag. Where it does so
// already nothing is touched: each addition makes Fyne ask the system for its
// languages again, which it logs as an error where LANG is C.
func overrideToolkit(tag string) error {
	data, err := toolkit.ReadFile("toolkit/" + tag + ".json")
	if err != nil {
		return fmt.Errorf("the toolkit's words: %w", err)
	}
	var words map[string]any
	if err := json.Unmarshal(data, &words); err != nil {
		return fmt.Errorf("the toolkit's words: %w", err)
	}
	for _, locale := range []fyne.Locale{"en", "zh-Hans", fyne.Locale(systemTag())} {
		if lang.L(probe) == words[probe] {
			return nil
		}
		if err := lang.AddTranslationsForLocale(data, locale); err != nil {
			return fmt.Errorf("the toolkit's words: %w", err)
		}
	}
	return nil
}

// systemTag is the computer's language. The C locale has none; asking Fyne for
// it would be logged as an error.
func systemTag() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := os.Getenv(name)
		if v == "" {
			continue
		}
		if v == "C" || v == "POSIX" || strings.HasPrefix(v, "C.") {
			return "en"
		}
		break
	}
	return string(lang.SystemLocale())
}
