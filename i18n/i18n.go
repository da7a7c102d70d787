// Package i18n gives every text that a person sees, in the chosen language. It
// never guesses, glues or compares texts.
//
// The texts lie in translations/<language>/<area>.json, flat, with keys such as
// "area.thing"; a new file needs no code. Like every model it belongs to the
// UI goroutine.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed translations
var files embed.FS

const folder = "translations"

// Lang is a language that the program speaks.
type Lang struct {
	Tag  string // BCP 47, as "zh-Hans"
	Name string // in the language itself
}

// Languages lists the languages that the program speaks. The first is the one
// for everybody whose own is not there.
func Languages() []Lang {
	return []Lang{{"en", "English"}, {"zh-Hans", "简体中文"}}
}

var (
	localizer *i18n.Localizer // see reader
	current   = Languages()[0].Tag
	plain     = map[string]string{} // texts without blanks, already looked up

	others = map[string]loaded{} // languages of In
)

// loaded is a language whose texts were read.
type loaded struct {
	localizer *i18n.Localizer
	plain     map[string]string
}

// reader reads the current language's texts when the first is asked for: a start in
// Chinese need not read English ones before.
func reader() *i18n.Localizer {
	if localizer == nil {
		if err := choose(current); err != nil {
			panic(err) // the files are part of the program, so this is found by any test
		}
	}
	return localizer
}

// SetLanguage chooses the language for everything that T and N give from now on, and
// for the toolkit's own words (OK, Cancel, the days). The empty tag is the
// computer's language; one that the program doesn't speak becomes the closest
// that it does. A tag that is no BCP 47 is an error and changes nothing.
func SetLanguage(tag string) error {
	if tag == "" {
		tag = systemTag()
	}
	want, err := language.Parse(tag)
	if err != nil {
		return fmt.Errorf("language %q: %w", tag, err)
	}
	if err := choose(closest(want.String())); err != nil {
		return err
	}
	return overrideToolkit(current)
}

// In runs f with the texts of another of Languages, for words that others read, as
// on a page in their browser. The window's language and the toolkit's words stay.
func In(tag string, f func()) error {
	was, wasPlain, wasTag := localizer, plain, current
	defer func() { localizer, plain, current = was, wasPlain, wasTag }()
	if l, ok := others[tag]; ok {
		localizer, plain, current = l.localizer, l.plain, tag
	} else if err := choose(tag); err != nil {
		return err
	}
	others[tag] = loaded{localizer, plain}
	f()
	return nil
}

// Language is the tag of the language in use, one of Languages.
func Language() string { return current }

// T gives the text with this key. Blanks are names and values in turn, as
// T("lamps.on", "Time", "09:41"). A key that is not there is given back itself.
func T(key string, blanks ...any) string {
	if len(blanks) > 0 {
		return localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: pairs(blanks)})
	}
	text, ok := plain[key]
	if !ok {
		text = localize(&i18n.LocalizeConfig{MessageID: key})
		plain[key] = text
	}
	return text
}

// N gives the text with this key for n things. The blank {{.N}} is n; more may
// be given as for T. The text has the forms "one" and "other" in English, and
// "other" in Chinese.
func N(key string, n int, blanks ...any) string {
	data := pairs(blanks)
	data["N"] = n
	return localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: n, TemplateData: data})
}

// Has reports whether there is a text with this key.
func Has(key string) bool {
	_, _, err := reader().LocalizeWithTag(&i18n.LocalizeConfig{MessageID: key})
	return err == nil
}

func localize(c *i18n.LocalizeConfig) string {
	text, err := reader().Localize(c)
	if err != nil {
		slog.Warn("text is missing", "key", c.MessageID, "language", current, "err", err)
		return c.MessageID
	}
	return closeUp(text)
}

func pairs(blanks []any) map[string]any {
	data := make(map[string]any, len(blanks)/2+1)
	for i := 0; i+1 < len(blanks); i += 2 {
		name, _ := blanks[i].(string)
		data[name] = fenced(blanks[i+1])
	}
	return data
}

// closest is the spoken language nearest to a wanted one.
func closest(want string) string {
	spoken := Languages()
	tags := make([]language.Tag, len(spoken))
	for i, l := range spoken {
		tags[i] = language.MustParse(l.Tag)
	}
	_, i, _ := language.NewMatcher(tags).Match(language.Make(want))
	return spoken[i].Tag
}

// choose loads one language alone: a text that is missing in it must not come
// up in another.
func choose(tag string) error {
	if tag == current && localizer != nil {
		return nil
	}
	bundle := i18n.NewBundle(language.MustParse(tag))
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	dir := path.Join(folder, tag)
	entries, err := files.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("texts: %w", err)
	}
	for _, e := range entries {
		data, err := files.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return fmt.Errorf("texts: %w", err)
		}
		// The file's name gives go-i18n the language.
		if _, err := bundle.ParseMessageFileBytes(data, tag+".json"); err != nil {
			return fmt.Errorf("texts %s/%s: %w", tag, e.Name(), err)
		}
	}
	localizer, current, plain = i18n.NewLocalizer(bundle, tag), tag, map[string]string{}
	return nil
}

// BoardLanguage is the language of the words on a board's display: "zh" or "en".
func BoardLanguage() string {
	if strings.HasPrefix(Language(), "zh") {
		return "zh"
	}
	return "en"
}
