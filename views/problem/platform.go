package problem

import (
	"errors"
	"slices"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/i18n"
	"lamplighter/views/format"
)

// InLanguage is a preset's text in the window's language.
func InLanguage(w presets.Words) string { return w.In(i18n.Language()) }

// PresetName is what a preset is called within a sentence.
func PresetName(p presets.Preset) string {
	if short := InLanguage(p.Short); short != "" {
		return short
	}
	return InLanguage(p.Name)
}

// ServerOf is which of a preset's servers a choice is at, or -1.
func ServerOf(p presets.Preset, b device.Broker) int {
	return slices.IndexFunc(p.Servers, func(s presets.Server) bool {
		host, _, _ := s.Secure()
		return s.Host == b.Host || host == b.Host
	})
}

// FieldText is the text about a platform's field that is not as it must be, and
// names the field; "" where the error is another.
func FieldText(err error, p presets.Preset) (key presets.Key, words string) {
	var e *presets.FieldError
	if !errors.As(err, &e) {
		return "", ""
	}
	field, ok := p.Field(e.Key)
	if !ok {
		return "", ""
	}
	if e.Reason == device.Taken {
		return e.Key, i18n.T("wizard.platform.field-taken", "Field", InLanguage(field.Label), "Name", format.ClientText(e.By))
	}
	text := "wizard.platform.field-wrong"
	switch e.Reason {
	case device.Missing:
		text = "wizard.platform.field-missing"
	case device.TooLong:
		text = "wizard.platform.field-long"
	case device.Repeated:
		text = "wizard.platform.field-repeated"
	}
	return e.Key, i18n.T(text, "Field", InLanguage(field.Label))
}

// PresetOf is the preset that a choice is of. A broker without rules is one of
// one's own.
func PresetOf(c setup.BrokerChoice) presets.Preset { return presets.ByID(c.Preset) }
