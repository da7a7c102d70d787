// Package endpoint is where a broker is: the one check of hosts and ports, for
// what is typed, imported, read from the settings or dialled.
//
// What passes is in one form: a name in ASCII and small letters, or an address
// without brackets. It can be joined with its port, and dialled.
package endpoint

import (
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/width"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// Endpoint is where a broker is and how it is reached. The settings keep it, so
// none of its fields is left out of JSON when it is empty: see settings.FileForm.
type Endpoint struct {
	Host       string `json:"host"`
	Port       int    `json:"port"`
	TLS        bool   `json:"tls"`
	CA         string `json:"ca"`          // PEM of the authority to trust; "" = the system's roots
	ServerName string `json:"server_name"` // the name in the certificate; "" = Host
	WebSocket  bool   `json:"websocket"`
	Path       string `json:"path"` // of the WebSocket; "" = /mqtt
}

// Address is host:port, see Join.
func (e Endpoint) Address() string { return Join(e.Host, e.Port) }

// Bounds, in bytes.
const (
	maxTyped = 1024 // before it is decoded; a name of 253 bytes is shorter in every script
	maxZone  = 64
)

// Check is the host as it is kept and dialled, if both can be a broker's: a
// name, or an IPv4 or IPv6 address, with brackets or without, with a zone or
// without; and a port from 1 to 65535. A name in other letters than ASCII is
// converted (IDNA 2008). It fails with a *fault.Error, a BadValue whose cause
// is a *device.ValueError, which names the field and never holds the value.
func Check(host string, port int) (string, error) {
	host, err := Host(host)
	if err == nil && !IsPort(port) {
		err = bad("broker.port", device.OutOfRange)
	}
	return host, err
}

// Host is Check without a port.
func Host(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	if len(s) > maxTyped {
		return "", bad("broker.host", device.TooLong)
	}
	inner, bracketed := strings.CutPrefix(s, "[")
	if bracketed {
		if inner, bracketed = strings.CutSuffix(inner, "]"); !bracketed {
			return "", bad("broker.host", device.Malformed)
		}
		s = inner
	}
	s, zone, zoned := strings.Cut(s, "%")
	s = narrow(s)
	ip, err := netip.ParseAddr(s)
	switch {
	case err == nil && (!zoned || ip.Is6() && isZone(zone)) && (!bracketed || ip.Is6()):
		return ip.WithZone(zone).Unmap().String(), nil
	case zoned, bracketed:
		return "", bad("broker.host", device.BadCharacter)
	}
	return name(s)
}

// name is a name in ASCII.
func name(s string) (string, error) {
	if strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		ascii, err := toASCII.ToASCII(s)
		if err != nil || !utf8.ValidString(s) {
			return "", bad("broker.host", device.NotASCII)
		}
		s = ascii
	}
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if strings.Contains(s, ":") { // no address, or it would have been read as one
		return "", bad("broker.host", device.BadCharacter)
	}
	if err := device.CheckHost(s); err != nil {
		return "", err
	}
	return s, nil
}

// toASCII converts as a browser does, apart from "_", which some schools' names
// have and device.CheckHost allows.
var toASCII = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// narrow turns what a Chinese keyboard makes of digits, dots and colons into
// those of ASCII.
func narrow(s string) string {
	return strings.ReplaceAll(width.Fold.String(s), "。", ".")
}

// isZone reports whether this can be the zone of an address, as eth0, 12 or
// Ethernet 2.
func isZone(s string) bool {
	return s != "" && len(s) <= maxZone && !strings.ContainsAny(s, "%[]/") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
}

// IsNear reports whether a host is in a network of one's own: by its address (RFC 1918,
// 4193, 3927), or by a name that the internet does not know.
func IsNear(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	}
	return host != "" && IsNearName(host)
}

// IsNearName reports whether a name is one that the internet does not know: one without
// a dot, of multicast DNS (RFC 6762), of a home (RFC 8375), or as many routers make
// them.
func IsNearName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".lan") || strings.HasSuffix(host, ".home.arpa")
}

// IsLoopback reports whether a host means the very computer that looks for it
// (RFC 6761, 6.3; RFC 1122, 3.2.1.3).
func IsLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsUnspecified()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// IsPort reports whether n is a TCP port that can be dialled: 1 to 65535.
func IsPort(n int) bool { return n >= 1 && n <= math.MaxUint16 }

// Join is host:port, with brackets around an IPv6 address.
func Join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// Split parts host:port and [host]:port, as people type them into one field. The
// port is 0 where there is none, and all of the text is the host.
func Split(typed string) (host string, port int) {
	s := strings.ReplaceAll(strings.TrimSpace(typed), "：", ":") // as a Chinese keyboard has it
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.Count(s, ":") > 1 && !strings.HasSuffix(s[:i], "]") {
		return s, 0
	}
	port, err := strconv.Atoi(narrow(s[i+1:]))
	if err != nil || !IsPort(port) {
		return s, 0
	}
	return s[:i], port
}

// WithoutZone is an address without its zone, as certificates name it; any other
// host stays as it is.
func WithoutZone(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.WithZone("").String()
	}
	return host
}

func bad(field string, r device.Reason) error {
	return &fault.Error{Fault: fault.BadValue, Op: "check", Err: &device.ValueError{Field: field, Reason: r}}
}
