package problem

import (
	"errors"
	"net"
	"net/url"
	"strconv"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// NetFaults name the texts about a way to a platform that is not there:
// "platform.net.<key>.title" and ".advice".
var NetFaults = map[fault.Fault]string{fault.Refused: "refused", fault.Unreachable: "unreachable", fault.NameNotFound: "name"}

// onInternet reports whether a preset's servers run elsewhere all the time: nobody
// here starts them.
func onInternet(p presets.Preset) bool { return p.Group != presets.Own }

// netWords says why a platform on the internet can't be reached from here: what
// is in between, for the platform itself is hardly ever down, unlike a public broker.
func (e *atPlatform) netWords(f fault.Fault) (Problem, bool) {
	if !onInternet(e.preset) || e.broker.Host != "" && endpoint.IsNear(e.broker.Host) {
		return Problem{}, false // it has an address of this network, as a copy of the platform
	}
	if f == fault.NameNotFound && len(e.preset.Servers) == 0 {
		return Problem{}, false // it was typed, and most likely wrongly
	}
	family := "platform.net." + NetFaults[f]
	port := e.port()
	blanks := []any{"Platform", PresetName(e.preset), "Port", port}
	advice := family + ".advice"
	if other, secure := OtherPort(e.preset, e.broker); other != 0 && f != fault.NameNotFound && port == format.Port(e.broker.Port) {
		advice += ui.Either(secure, "-tls", "-plain")
		blanks = append(blanks, "Other", format.Port(other))
	}
	if e.preset.Group == presets.Public && f != fault.NameNotFound {
		advice = "platform.net.public.advice" // no password could be read there
	}
	return Problem{Title: i18n.T(family+".title", blanks...), Advice: i18n.T(advice, blanks...)}, true
}

// port is the one that was tried: that of an address in the error, which may be
// a platform's HTTP API, or else the broker's.
func (e *atPlatform) port() string {
	if d, ok := errors.AsType[*fault.Error](e.error); ok {
		if _, port, err := net.SplitHostPort(d.Where); err == nil {
			if _, err := strconv.Atoi(port); err == nil {
				return port
			}
		}
		if u, err := url.Parse(d.Where); err == nil && u.Scheme == "https" && u.Port() == "" {
			return "443"
		}
	}
	return format.Port(e.broker.Port)
}

// OtherPort is the other port of the same server, and whether it is the one with
// TLS; 0 where there is none.
func OtherPort(p presets.Preset, b device.Broker) (port int, secure bool) {
	i := ServerOf(p, b)
	switch {
	case i < 0:
		return 0, false
	case b.TLS:
		return p.Servers[i].Port, false
	}
	_, port, secure = p.Servers[i].Secure()
	return port, secure
}
