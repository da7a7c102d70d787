package secrets

import (
	"encoding/hex"

	"lamplighter/device"
)

// The keys of the secrets that have a fixed name.
const (
	MasterKey = "find-master" // makes the secrets by which boards find the broker again: 32 hex digits
	FindKey   = "find"        // the one that boards of earlier versions have in common, where there are any
	PupilKey  = "pupil"       // the pupils' password at the built-in broker
)

// WiFiKey is the key of a WiFi password.
func WiFiKey(ssid device.Text) string { return "wifi/" + hex.EncodeToString([]byte(ssid)) }

// ConnectionKey is the key of the password of a connection.
func ConnectionKey(id string) string { return "connection/" + id }

// CertificateKey is the key of the private key, as PEM, of a connection's certificate.
func CertificateKey(id string) string { return "certificate/" + id }

// BoardKey is the key of a board's password at the built-in broker.
func BoardKey(boardID string) string { return "board/" + boardID }

// PlaceKey is the key of the secret that a platform gave to a board.
func PlaceKey(boardID string) string { return "place/" + boardID }
