package brokerform

import (
	"errors"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/views/problem"
)

// ConnectionName is what the user calls a broker, or its host.
func ConnectionName(c settings.Connection) string {
	if c.Name != "" {
		return c.Name
	}
	return c.Host
}

// FirstChoice is what can be filled in for a preset: what was used before, or
// the platform's own server and defaults.
func FirstChoice(preset presets.Preset, before []setup.Connection, now setup.BrokerChoice) setup.BrokerChoice {
	if now.Other.Host != "" && problem.PresetOf(now).ID == preset.ID {
		return now
	}
	for _, c := range before {
		if presets.ByID(c.Preset).ID == preset.ID {
			return setup.BrokerChoice{}.As(c)
		}
	}
	c := setup.BrokerChoice{Preset: preset.ID, Other: device.Broker{KeepAlive: preset.KeepAlive(now.Other.KeepAlive)}}
	if preset.ID == presets.Free {
		c.Preset = ""
	}
	for _, f := range preset.Fields {
		if f.Default != "" && !f.Key.PerBoard() {
			SetBrokerText(&c, f.Key, f.Default)
		}
	}
	c.Other.TLS = c.Other.Port == portTLS
	if len(preset.Servers) > 0 {
		s := preset.Servers[0]
		_, _, secure := s.Secure()
		c = AtServer(c, s, secure && !s.OwnCA)
	}
	return c
}

// The usual ports of MQTT.
const (
	portPlain = 1883
	portTLS   = 8883
)

// withTLS changes the port along, where it is the usual one.
func withTLS(b device.Broker, on bool) device.Broker {
	b.TLS = on
	switch {
	case on && b.Port == portPlain:
		b.Port = portTLS
	case !on && b.Port == portTLS:
		b.Port = portPlain
	}
	return b
}

// OffersTLS reports whether a problem is that TLS is missing, which was tried and
// works.
func OffersTLS(err error) bool { return errors.Is(err, link.ErrSpeaksTLS) }

// WithTLS is a choice with TLS, at the port that was tried, or where its
// platform's server has another for it, at that.
func WithTLS(p presets.Preset, c setup.BrokerChoice) setup.BrokerChoice {
	if problem.ServerOf(p, c.Other) >= 0 {
		return WithSecurity(p, c, true)
	}
	c.Other.TLS = true
	return c
}

// BadCertificate reports whether a problem is a certificate that there is to look at.
func BadCertificate(err error, tls bool) bool {
	return tls && setup.FaultOf(err) == fault.BadCertificate
}
