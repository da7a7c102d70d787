package exchange

import (
	"cmp"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/device/topic"
)

// add takes a connection in, or counts it as skipped.
func (f *File) add(item Item) {
	item.Connection.ID = ""
	if host, err := endpoint.Host(item.Connection.Host); err == nil {
		item.Connection.Host = host
	}
	item.detectPlatform()
	if k := item.Connection.KeepAlive; k < 0 || k > math.MaxUint16 {
		item.Connection.KeepAlive = 0 // the usual one
	}
	why, bad := wrong(item)
	switch {
	case len(f.Items) >= MaxItems:
		f.Skipped++
		return
	case bad:
		f.Skipped++
		if name := called(item.Connection); name != "" && len(f.Refused) < maxRefused {
			f.Refused = append(f.Refused, Refusal{Name: name, Reason: why})
		}
		return
	case slices.ContainsFunc(f.Items, func(o Item) bool { return Same(o.Connection, item.Connection) && o.Password == item.Password }):
		return // it is in the file twice
	}
	item.Filters = goodFilters(item.Filters)
	f.Items = append(f.Items, item)
}

// called is what a person knows a connection by, on one line.
func called(c settings.Connection) string {
	name := strings.Join(strings.FieldsFunc(cmp.Or(c.Name, c.Host), func(r rune) bool { return !unicode.IsPrint(r) }), " ")
	return strings.ToValidUTF8(name[:min(len(name), maxCalled)], "")
}

// detectPlatform finds out which platform a connection leads to, where another program
// kept it: the platform's rules are against much that a broker of one's own
// allows, and its client id may be a secret.
func (i *Item) detectPlatform() {
	c := &i.Connection
	p, ok := presets.AtHost(c.Host)
	if c.Preset != "" || !ok {
		return
	}
	c.Preset = p.ID
	if p.BySecret() {
		i.Password, c.User, c.ClientID = c.ClientID, "", ""
	}
}

// wrong is what is wrong with a connection, and whether anything is.
func wrong(i Item) (Reason, bool) {
	c := i.Connection
	if _, err := endpoint.Host(c.Host); err != nil {
		return BadHost, true
	}
	if !endpoint.IsPort(c.Port) {
		return BadPort, true
	}
	for _, t := range []struct {
		text string
		most int
	}{
		{c.Name, maxName},
		{c.User, maxText},
		{c.ClientID, maxText},
		{c.Path, maxText},
		{c.ServerName, maxText},
		{c.Preset, maxName},
		{c.TopicScheme, maxName},
		{c.TopicPrefix, maxName},
		{c.API, maxText},
	} {
		switch {
		case len(t.text) > t.most:
			return TooLong, true
		case !utf8.ValidString(t.text) || strings.ContainsFunc(t.text, unicode.IsControl):
			return BadText, true
		}
	}
	switch {
	case len(i.Password) > maxPassword:
		return TooLong, true
	case strings.ContainsRune(i.Password, 0), strings.ContainsAny(c.TopicPrefix, "/+#$"): // TopicPrefix is one level of topics
		return BadText, true
	case c.CA != "" && (len(c.CA) > maxCA || !x509.NewCertPool().AppendCertsFromPEM([]byte(c.CA))):
		return BadCA, true
	}
	return 0, false
}

// goodFilters are those that a broker takes: MQTT 3.1.1, 4.7.1.
func goodFilters(all []settings.Subscription) []settings.Subscription {
	var kept []settings.Subscription
	for _, s := range all {
		known := slices.ContainsFunc(kept, func(o settings.Subscription) bool { return o.Filter == s.Filter })
		if len(kept) < maxFilters && !known && s.QoS <= 2 && isFilter(s.Filter) {
			kept = append(kept, s)
		}
	}
	return kept
}

func isFilter(f string) bool {
	return len(f) <= maxText && topic.ValidFilter(f) && !strings.ContainsFunc(f, unicode.IsControl)
}

// authority reads a CA's certificate as PEM from what a program kept: PEM, or
// the base64 of a PEM or DER file. It is "" where it is none of these, as a path.
func authority(kept string) string {
	kept = strings.TrimSpace(kept)
	if kept == "" || len(kept) > 2*maxCA {
		return ""
	}
	raw := []byte(kept)
	if !strings.Contains(kept, "-----BEGIN") {
		var err error
		if raw, err = base64.StdEncoding.DecodeString(kept); err != nil {
			return ""
		}
	}
	if !strings.Contains(string(raw), "-----BEGIN") {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return ""
		}
		raw = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	if !x509.NewCertPool().AppendCertsFromPEM(raw) {
		return ""
	}
	return string(raw)
}
