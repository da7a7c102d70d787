package problem

import (
	"errors"

	"lamplighter/device"
	"lamplighter/i18n"
)

// ValueTexts tell what is wrong with an answer, by its field in the settings
// file and the reason that no board can take it.
var ValueTexts = map[device.ValueError]string{
	{Field: "wifi.ssid", Reason: device.Missing}:        "wizard.value.ssid-missing",
	{Field: "wifi.ssid", Reason: device.TooLong}:        "wizard.value.ssid-long",
	{Field: "wifi.ssid", Reason: device.BadCharacter}:   "wizard.value.ssid-character",
	{Field: "wifi.pass", Reason: device.Missing}:        "wizard.value.password-missing",
	{Field: "wifi.pass", Reason: device.TooShort}:       "wizard.value.password-short",
	{Field: "wifi.pass", Reason: device.TooLong}:        "wizard.value.password-long",
	{Field: "wifi.pass", Reason: device.BadCharacter}:   "wizard.value.password-character",
	{Field: "broker.host", Reason: device.Missing}:      "wizard.value.host-missing",
	{Field: "broker.host", Reason: device.TooLong}:      "wizard.value.host-long",
	{Field: "broker.host", Reason: device.NotASCII}:     "wizard.value.host-character",
	{Field: "broker.host", Reason: device.BadCharacter}: "wizard.value.host-character",
	{Field: "broker.host", Reason: device.Malformed}:    "wizard.value.host-malformed",
	{Field: "broker.port", Reason: device.OutOfRange}:   "wizard.value.port",
	{Field: "broker.user", Reason: device.Missing}:      "wizard.value.user-missing",
	{Field: "broker.user", Reason: device.TooLong}:      "wizard.value.login-long",
	{Field: "broker.pass", Reason: device.TooLong}:      "wizard.value.login-long",
	{Field: "broker.ca", Reason: device.Malformed}:      "wizard.value.ca",
	{Field: "broker.ca", Reason: device.TooLong}:        "wizard.value.ca-long",
	{Field: "name", Reason: device.Missing}:             "wizard.value.name-missing",
	{Field: "name", Reason: device.TooLong}:             "wizard.value.name-long",
	{Field: "name", Reason: device.BadCharacter}:        "wizard.value.name-character",
	{Field: "topics.set", Reason: device.TooLong}:       "wizard.value.topic",
	{Field: "lamp.pin", Reason: device.Missing}:         "wizard.value.pin-missing",
	{Field: "lamp.pin", Reason: device.Malformed}:       "wizard.value.pin",
	{Field: "lamp.count", Reason: device.OutOfRange}:    "wizard.value.count",
	{Field: "button.pin", Reason: device.Malformed}:     "wizard.value.button",
	{Field: "lamp.pin", Reason: device.OutOfRange}:      "wizard.value.pin-none",
	{Field: "button.pin", Reason: device.OutOfRange}:    "wizard.value.button-none",
}

// ValueKey is the text about an answer that no board can take, or "" where the
// error is another.
func ValueKey(err error) string {
	var v *device.ValueError
	if !errors.As(err, &v) {
		return ""
	}
	return ValueTexts[*v]
}

// ValueWords are the field, by its name in the settings file, and the words about an
// answer that no board can take; both "" where the error is another.
func ValueWords(err error) (field, words string) {
	var v *device.ValueError
	if key := ValueKey(err); key != "" && errors.As(err, &v) {
		return v.Field, i18n.T(key)
	}
	return "", ""
}

// Text is what is said of an error that only one place of the window has.
type Text struct {
	Err error
	Key string // of the text
}

// Words are those about the first of these errors that err is; "" where it is none.
func Words(err error, texts []Text) string {
	for _, t := range texts {
		if errors.Is(err, t.Err) {
			return i18n.T(t.Key)
		}
	}
	return ""
}
