package app

import (
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
)

// secretKeys are the keys of all secrets that these settings may need.
func secretKeys(v settings.Values) []string {
	keys := []string{secrets.MasterKey, secrets.FindKey, secrets.PupilKey}
	for _, ssid := range v.Networks {
		keys = append(keys, secrets.WiFiKey(ssid))
	}
	for _, c := range v.Connections {
		keys = append(keys, secrets.ConnectionKey(c.ID))
		if c.Certificate != "" {
			keys = append(keys, secrets.CertificateKey(c.ID))
		}
	}
	for _, b := range v.Boards {
		keys = append(keys, secrets.BoardKey(b.ID), secrets.PlaceKey(b.ID))
	}
	for _, port := range practicePorts(v.Practice) {
		keys = append(keys, practiceKey(port))
	}
	return keys
}
