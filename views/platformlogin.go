package views

import (
	"errors"
	"strings"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
)

// atPlatform is an error with what was typed for a platform, so that it can be
// told in the words of that platform's page.
type atPlatform struct {
	error
	preset presets.Preset
}

func (e *atPlatform) Unwrap() error { return e.error }

// ofLogin wraps the error of a login where its platform asked for fields of its own.
func ofLogin(err error, p presets.Preset) error {
	if err == nil || p.ID == presets.Free {
		return err
	}
	return &atPlatform{err, p}
}

// loginWords says which of a platform's fields to look at again: which part of
// MQTT's login they become, and so what a platform calls wrong, differs.
func loginWords(err error) (problem, bool) {
	var e *atPlatform
	if !errors.As(err, &e) {
		return problem{}, false
	}
	switch setup.FaultOf(err) {
	case device.BadLogin, device.NotAllowed, device.BadClientID:
	default:
		return problem{}, false
	}
	var names []string
	for _, f := range e.preset.Fields {
		if !f.Key.Each() && f.Key != presets.Host && f.Key != presets.Port {
			names = append(names, i18n.T("wizard.platform.field", "Field", inWords(f.Label)))
		}
	}
	if len(names) == 0 {
		return problem{}, false
	}
	return problem{
		Title:  i18n.T("wizard.platform.login-wrong.title", "Platform", inWords(e.preset.Name)),
		Advice: i18n.T("wizard.platform.login-wrong.advice", "Fields", strings.Join(names, i18n.T("topics.list.between"))),
	}, true
}
