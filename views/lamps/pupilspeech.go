package lamps

import (
	"log/slog"
	"strings"
	"time"

	"lamplighter/app/lights"
	"lamplighter/i18n"
	"lamplighter/views/lampview"
)

// webTexts are the pupils' page's own; it knows them by what follows webArea.
var webTexts = []string{
	"pupilpage.web.title", "pupilpage.web.name", "pupilpage.web.code", "pupilpage.web.code-wrong", "pupilpage.web.join",
	"pupilpage.web.change", "pupilpage.web.change-end", "pupilpage.web.choose", "pupilpage.web.own", "pupilpage.web.pick", "pupilpage.web.pick-why",
	"pupilpage.web.pick-none", "pupilpage.web.others", "pupilpage.web.all", "pupilpage.web.empty", "pupilpage.web.on", "pupilpage.web.off",
	"pupilpage.web.cannot", "pupilpage.web.attention", "pupilpage.web.attention-short", "pupilpage.web.rule", "pupilpage.web.rule-look",
	"pupilpage.web.lost", "pupilpage.web.connecting", "pupilpage.web.over", "pupilpage.web.busy", "pupilpage.web.fast", "pupilpage.web.full",
	"pupilpage.web.rule-group", "pupilpage.web.gone", "pupilpage.web.taken", "pupilpage.web.is-taken", "pupilpage.web.away", "pupilpage.web.malformed",
}

const webArea = "pupilpage.web."

// PupilSpeech is the words of the pupils' page: its own, and for lamps those of the
// panel.
type PupilSpeech struct{ Now func() time.Time }

// Languages are all that the program speaks.
func (PupilSpeech) Languages() (all []string) {
	for _, l := range i18n.Languages() {
		all = append(all, l.Tag)
	}
	return all
}

// Texts are the page's own, by name.
func (PupilSpeech) Texts(language string) map[string]string {
	all := map[string]string{}
	in(language, func() {
		for _, key := range webTexts {
			all[strings.TrimPrefix(key, webArea)] = i18n.T(key, "Lamp", "{lamp}") // the page fills it in
		}
	})
	return all
}

// Lamp is how a lamp is, as its card on the panel says it.
func (s PupilSpeech) Lamp(language string, l lights.Light) (word, truth string) {
	in(language, func() {
		words := lampview.Describe(l, s.Now())
		word, truth = words.Word, words.Truth
	})
	return word, truth
}

// Seat is a lamp's name with the seat where it is.
func (PupilSpeech) Seat(language, name string, row, column int) (words string) {
	in(language, func() { words = i18n.T("pupilpage.seat", "Lamp", name, "Row", row, "Column", column) })
	return words
}

func in(language string, f func()) {
	if err := i18n.In(language, f); err != nil { // its texts are part of the program
		slog.Error("the pupils' page lacks words", "language", language, "err", err)
	}
}
