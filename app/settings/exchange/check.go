package exchange

import (
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
)

// add takes a connection in, or counts it as skipped.
func (f *File) add(item Item) {
	item.Connection.ID = ""
	if host, err := endpoint.Host(item.Connection.Host); err == nil {
		item.Connection.Host = host
	}
	item.settle()
	switch {
	case len(f.Items) >= MaxItems, !good(item):
		f.Skipped++
		return
	case slices.ContainsFunc(f.Items, func(o Item) bool { return Same(o.Connection, item.Connection) && o.Password == item.Password }):
		return // it is in the file twice
	}
	item.Filters = goodFilters(item.Filters)
	f.Items = append(f.Items, item)
}

// settle finds out which platform a connection leads to, where another program
// kept it: the platform's rules are against much that a broker of one's own
// allows, and its client id may be a secret.
func (i *Item) settle() {
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

// good tells whether a connection can be one of ours.
func good(i Item) bool {
	c := i.Connection
	if _, err := endpoint.Check(c.Host, c.Port); err != nil || c.KeepAlive < 0 || c.KeepAlive > math.MaxUint16 {
		return false
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
		{c.Way, maxName},
		{c.Room, maxName},
		{c.API, maxText},
	} {
		if len(t.text) > t.most || !utf8.ValidString(t.text) || strings.ContainsFunc(t.text, unicode.IsControl) {
			return false
		}
	}
	if strings.ContainsAny(c.Room, "/+#$") { // it is one level of topics
		return false
	}
	return len(i.Password) <= maxText && !strings.ContainsRune(i.Password, 0) &&
		(c.CA == "" || len(c.CA) <= maxCA && x509.NewCertPool().AppendCertsFromPEM([]byte(c.CA)))
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
	if f == "" || len(f) > maxText || !utf8.ValidString(f) || strings.ContainsFunc(f, unicode.IsControl) {
		return false
	}
	levels := strings.Split(f, "/")
	for i, l := range levels {
		if strings.Contains(l, "#") && (l != "#" || i != len(levels)-1) || strings.Contains(l, "+") && l != "+" {
			return false
		}
	}
	return true
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
