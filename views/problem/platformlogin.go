package problem

import (
	"errors"
	"slices"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
)

// atPlatform is an error of a connection to a platform, so that it can be told
// in the words of that platform's page, and with what helps on the internet.
type atPlatform struct {
	error
	preset presets.Preset
	broker device.Broker // where it was tried; zero = not known
}

func (e *atPlatform) Unwrap() error { return e.error }

// AtPlatform wraps the error of a connection to a broker where that is a platform's.
func AtPlatform(err error, p presets.Preset, b device.Broker) error {
	if err == nil || p.ID == presets.Free {
		return err
	}
	return &atPlatform{err, p, b}
}

// PlatformWords are what is said of an error where it is a platform's, if that
// is something of its own; and of a certificate that is not the trusted one.
func PlatformWords(err error) (Problem, bool) {
	if errors.Is(err, link.ErrOtherCertificate) {
		return words("other-certificate"), true
	}
	if p, ok := boardWords(err); ok {
		return p, true
	}
	var e *atPlatform
	if !errors.As(err, &e) {
		return Problem{}, false
	}
	switch f := setup.FaultOf(err); f {
	case fault.BadLogin, fault.NotAllowed, fault.BadClientID:
		return e.loginWords()
	case fault.Refused, fault.Unreachable, fault.NameNotFound:
		return e.netWords(f)
	}
	return Problem{}, false
}

// loginWords says which of a platform's fields to look at again: which part of
// MQTT's login they become, and so what a platform calls wrong, differs.
func (e *atPlatform) loginWords() (Problem, bool) {
	fields := slices.DeleteFunc(slices.Clone(e.preset.Fields), func(f presets.Field) bool {
		return f.Key.PerBoard() || f.Key == presets.Host || f.Key == presets.Port
	})
	if len(fields) == 0 {
		return Problem{}, false
	}
	return Problem{
		Title:  i18n.T("wizard.platform.login-wrong.title", "Platform", PresetName(e.preset)),
		Advice: i18n.T("wizard.platform.login-wrong.advice", "Fields", fieldNames(fields)),
	}, true
}
