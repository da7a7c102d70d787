package brokerform

import (
	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/i18n"
)

// LearntText says what was found out about a connection's platform where nobody
// has written it down, or that it is still to be found out; "" where it is known.
func LearntText(c settings.Connection) string {
	if presets.ByID(c.Preset).Rules.Retain != presets.Unknown {
		return ""
	}
	switch presets.Support(c.RetainSupport) {
	case presets.Yes:
		return i18n.T("settings.found.yes")
	case presets.No:
		return i18n.T("settings.found.no")
	}
	return i18n.T("settings.found.open")
}
