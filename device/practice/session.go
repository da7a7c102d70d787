package practice

import (
	"time"

	"lamplighter/device"
)

// Session is what a board asks a broker for.
type Session struct {
	ClientID  string
	Host      string
	Port      int
	User      device.Text
	Password  device.Text
	TLS       bool
	CA        string // PEM, or "" = not checked
	KeepAlive time.Duration

	WillTopic    string // "" = no last will
	WillPayload  []byte
	WillRetained bool

	Subscribe []string // topics, QoS 0

	// Message is called for every message, in their order; it may block.
	Message func(topic string, payload []byte, retained bool)
	// Lost is called once, when the connection ended by itself.
	Lost func(error)
}

// Client is a connection to a broker that has been accepted and subscribed.
// Dialling again after Lost is the board's own affair: a Client does not.
type Client interface {
	Publish(topic string, payload []byte, retained bool)
	// Close says goodbye: the broker does not send the last will.
	Close()
	// Drop vanishes as an unplugged board does: the broker sends the last will.
	Drop()
}

// The passwords and networks of the practice room.
const (
	// Password lets a practice board into the practice networks that are locked.
	Password = "lamplight"

	practiceSSID = "Practice WiFi"
	openSSID     = "Practice open"
	farSSID      = "Practice far away"
)

// Networks lists what a practice board sees, strongest first.
func Networks() []device.Network {
	return []device.Network{
		{SSID: practiceSSID, RSSI: -42, Channel: 6, Auth: device.AuthWPA2},
		{SSID: openSSID, RSSI: -57, Channel: 1, Auth: device.AuthOpen},
		{SSID: farSSID, RSSI: -88, Channel: 11, Auth: device.AuthWPA2WPA3},
	}
}

// What WLAN.status() of a practice board says, in the numbers of its platform.
const (
	practicePlatform = "esp32"
	noSuchNetwork    = 201
	wrongPassword    = 202
)

// admits tells how a network answers to w, and how strong it is. Where it does
// not let in, status is what the board's WLAN.status() says.
func admits(w device.WiFi) (rssi, status int, ok bool) {
	for _, n := range Networks() {
		if n.SSID != w.SSID {
			continue
		}
		if n.Auth != device.AuthOpen && w.Password != Password {
			return n.RSSI, wrongPassword, false
		}
		return n.RSSI, 0, true
	}
	return 0, noSuchNetwork, false
}
