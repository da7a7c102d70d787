package app

import (
	"lamplighter/app/settings"
)

// secretKeys are the keys of all secrets that these settings may need.
func secretKeys(v settings.Values) []string {
	keys := []string{settings.FindKey, settings.PupilKey}
	for _, ssid := range v.Networks {
		keys = append(keys, settings.WiFiKey(ssid))
	}
	for _, c := range v.Connections {
		keys = append(keys, settings.ConnectionKey(c.ID))
	}
	for _, b := range v.Boards {
		keys = append(keys, settings.BoardKey(b.ID), settings.PlaceKey(b.ID))
	}
	for _, port := range practicePorts(v.Practice) {
		keys = append(keys, practiceKey(port))
	}
	return keys
}
