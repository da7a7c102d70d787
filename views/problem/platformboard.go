package problem

import (
	"errors"
	"strings"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
	"lamplighter/i18n"
)

// atBoard is the error of a board that was told what its platform asks for each
// board: the program's own login was good, so it is there that one looks first.
type atBoard struct {
	error
	preset presets.Preset
	scheme presets.TopicScheme
	choice setup.BrokerChoice
}

func (e *atBoard) Unwrap() error { return e.error }

// AtBoard wraps the error of a board at the broker that was chosen for it.
func AtBoard(err error, c setup.BrokerChoice) error {
	if err == nil || c.BuiltIn {
		return err
	}
	p := PresetOf(c)
	err = AtPlatform(err, p, c.Other)
	way := p.TopicScheme(c.TopicScheme)
	if len(p.FieldsOf(way, true)) > 0 || refusesCA(err, c) {
		return &atBoard{err, p, way, c}
	}
	return err
}

// refusesCA reports whether a board refuses a certificate for which a CA was chosen:
// this computer was let in with it before, so it is the board that can't check.
func refusesCA(err error, c setup.BrokerChoice) bool {
	return setup.FaultOf(err) == fault.BadCertificate && c.Other.TLS && c.Other.CA != ""
}

// boardWords say which of a board's own fields to look at.
func boardWords(err error) (Problem, bool) {
	var e *atBoard
	if !errors.As(err, &e) {
		return Problem{}, false
	}
	if refusesCA(err, e.choice) {
		return words("board-certificate"), true
	}
	fields := i18n.T("wizard.platform.board-fields", "Fields", fieldNames(e.preset.FieldsOf(e.scheme, true)), "Platform", PresetName(e.preset))
	switch setup.FaultOf(err) {
	case fault.BadLogin, fault.NotAllowed, fault.BadClientID:
		if e.preset.HasBoardLogin() {
			return Problem{Title: i18n.T("wizard.platform.board-refused.title", "Platform", PresetName(e.preset)), Advice: fields}, true
		}
	case fault.TopicRefused:
		return Problem{Title: i18n.T("wizard.platform.board-topic.title", "Platform", PresetName(e.preset)), Advice: fields}, true
	case fault.NoAnswer:
		return Problem{Title: i18n.T("problem.no-answer.title"), Advice: fields}, true
	}
	return Problem{}, false
}

// fieldNames are the names of a platform's fields, in one list.
func fieldNames(all []presets.Field) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = i18n.T("wizard.platform.field", "Field", InLanguage(f.Label))
	}
	return strings.Join(names, i18n.T("topics.list.between"))
}
