package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lamplighter/app/settings"
)

// Read recognises a file by what is in it. It fails with one of this package's
// errors, or with the reader's.
func Read(r io.Reader) (File, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return File{}, fmt.Errorf("read connections: %w", err)
	}
	if len(data) > MaxSize {
		return File{}, ErrTooBig
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !json.Valid(data) {
		return File{}, ErrUnknown
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return readMQTTX(data)
	}
	var marks struct {
		Lamplighter *json.RawMessage           `json:"lamplighter"`
		Explorer    map[string]json.RawMessage `json:"ConnectionManager_connections"`
		ClientID    *json.RawMessage           `json:"clientId"`
		Host        *json.RawMessage           `json:"host"`
	}
	if json.Unmarshal(data, &marks) != nil {
		return File{}, ErrUnknown
	}
	switch {
	case marks.Lamplighter != nil:
		var own ownFile
		if json.Unmarshal(data, &own) != nil {
			return File{}, ErrUnknown
		}
		return readOwn(own)
	case marks.Explorer != nil:
		return readExplorer(marks.Explorer)
	case marks.ClientID != nil && marks.Host != nil: // MQTTX writes a single connection without a list
		return readMQTTX(append(append([]byte("["), data...), ']'))
	}
	return File{}, ErrUnknown
}

// some is the file, or an error where nothing is in it.
func (f File) some() (File, error) {
	if len(f.Items) == 0 && f.Skipped == 0 {
		return f, ErrEmpty
	}
	return f, nil
}

// filter is a subscription: MQTT Explorer's first versions kept strings.
type filter struct {
	Topic    string `json:"topic"`
	QoS      byte   `json:"qos"`
	Disabled bool   `json:"disabled"`
}

// UnmarshalJSON reads both forms; what is neither is an empty filter.
func (f *filter) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &f.Topic) == nil {
		return nil
	}
	type plain filter
	if json.Unmarshal(b, (*plain)(f)) != nil {
		*f = filter{}
	}
	return nil
}

func filters(all []filter) []settings.Subscription {
	var found []settings.Subscription
	for _, f := range all {
		if f.Topic != "" && !f.Disabled {
			found = append(found, settings.Subscription{Filter: f.Topic, QoS: f.QoS})
		}
	}
	return found
}

// number is a number that some versions wrote as a string; what is neither is 0,
// which stands for none.
type number int

// UnmarshalJSON reads 1883 and "1883".
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.Trim(string(b), `"`)), 64)
	if *n = 0; err == nil && v == float64(int32(v)) {
		*n = number(v)
	}
	return nil
}

// text is a text that a person may have written as a number, as a password of
// digits; what is neither is none.
type text string

// UnmarshalJSON reads "1234" and 1234.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	case json.Unmarshal(b, &n) == nil:
		*t = text(n)
	}
	return nil
}

// certificate is a file that MQTT Explorer has copied, in base64.
type certificate struct {
	Data text `json:"data"`
}

// UnmarshalJSON reads one, or its data or path alone; what is neither is empty.
func (c *certificate) UnmarshalJSON(b []byte) error {
	type plain certificate
	if json.Unmarshal(b, (*plain)(c)) != nil {
		return c.Data.UnmarshalJSON(b)
	}
	return nil
}

// explorer is a connection of MQTT Explorer's settings.json, configVersion 1
// and before. Source: thomasnordquist/MQTT-Explorer, app/src/model/ConnectionOptions.ts.
type explorer struct {
	Name       text         `json:"name"`
	Host       text         `json:"host"`
	Port       number       `json:"port"`
	Protocol   text         `json:"protocol"` // mqtt, ws; with encryption mqtts, wss
	BasePath   text         `json:"basePath"` // of a WebSocket
	User       text         `json:"username"`
	Password   text         `json:"password"`
	ClientID   text         `json:"clientId"`
	TLS        bool         `json:"encryption"`
	Checked    *bool        `json:"certValidation"`
	CA         *certificate `json:"selfSignedCertificate"`
	ClientCert *certificate `json:"clientCertificate"`
	ClientKey  *certificate `json:"clientKey"`
	Filters    []filter     `json:"subscriptions"`
}

func readExplorer(all map[string]json.RawMessage) (File, error) {
	f := File{Source: MQTTExplorer}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		var e explorer
		if json.Unmarshal(all[id], &e) != nil {
			f.Skipped++
			continue
		}
		f.add(e.item())
	}
	return f.some()
}

func (e explorer) item() Item {
	i := Item{Password: string(e.Password), Filters: filters(e.Filters), Connection: settings.Connection{
		Name: string(e.Name), User: string(e.User), ClientID: ownID(string(e.ClientID)),
	}}
	i.reach(string(e.Host), int(e.Port), string(e.Protocol), string(e.BasePath), e.TLS)
	if !i.Connection.TLS {
		return i
	}
	if e.CA != nil && e.CA.Data != "" {
		if i.Connection.CA = authority(string(e.CA.Data)); i.Connection.CA == "" {
			i.Left = append(i.Left, CAElsewhere)
		}
	}
	if e.Checked != nil && !*e.Checked {
		i.Left = append(i.Left, Unchecked)
	}
	if e.ClientCert != nil && e.ClientCert.Data != "" || e.ClientKey != nil && e.ClientKey.Data != "" {
		i.Left = append(i.Left, ClientCertificate)
	}
	return i
}

// mqttx is a connection as MQTTX exports it in JSON.
// Source: emqx/MQTTX, src/types/global.d.ts and src/utils/connectionBackup.ts.
type mqttx struct {
	Collection bool     `json:"isCollection"` // a folder, no connection
	Name       text     `json:"name"`
	Host       text     `json:"host"`
	Port       number   `json:"port"`
	Protocol   text     `json:"protocol"` // mqtt, mqtts, ws, wss; older versions have none
	Path       text     `json:"path"`
	User       text     `json:"username"`
	Password   text     `json:"password"`
	ClientID   text     `json:"clientId"`
	KeepAlive  number   `json:"keepalive"`
	TLS        bool     `json:"ssl"`
	CertType   text     `json:"certType"` // "self": with files of one's own
	Checked    *bool    `json:"rejectUnauthorized"`
	CA         text     `json:"ca"` // paths
	Cert       text     `json:"cert"`
	Key        text     `json:"key"`
	Filters    []filter `json:"subscriptions"`
}

func readMQTTX(data []byte) (File, error) {
	var all []json.RawMessage
	if json.Unmarshal(data, &all) != nil {
		return File{}, ErrUnknown
	}
	f := File{Source: MQTTX}
	known := len(all) == 0
	for _, raw := range all {
		var m mqttx
		if json.Unmarshal(raw, &m) != nil {
			f.Skipped++
			continue
		}
		known = known || m.Collection || m.Host != ""
		if !m.Collection {
			f.add(m.item())
		}
	}
	if !known { // a list of something else
		return File{}, ErrUnknown
	}
	return f.some()
}

func (m mqttx) item() Item {
	i := Item{Password: string(m.Password), Filters: filters(m.Filters), Connection: settings.Connection{
		Name: string(m.Name), User: string(m.User), ClientID: ownID(string(m.ClientID)), KeepAlive: int(m.KeepAlive),
	}}
	i.reach(string(m.Host), int(m.Port), string(m.Protocol), string(m.Path), m.TLS)
	if !i.Connection.TLS {
		return i
	}
	if m.CertType == "self" {
		if i.Connection.CA = authority(string(m.CA)); i.Connection.CA == "" && m.CA != "" {
			i.Left = append(i.Left, CAElsewhere)
		}
		if m.Cert != "" || m.Key != "" {
			i.Left = append(i.Left, ClientCertificate)
		}
	}
	if m.Checked != nil && !*m.Checked {
		i.Left = append(i.Left, Unchecked)
	}
	return i
}

// reach says where the broker is, and how it is spoken to.
func (i *Item) reach(host string, port int, protocol, path string, encrypted bool) {
	host = strings.TrimSpace(host)
	if scheme, _, ok := strings.Cut(host, "://"); ok { // older versions had it all in one field
		if u, err := url.Parse(host); err == nil {
			host, protocol = u.Hostname(), scheme
			if p, err := strconv.Atoi(u.Port()); err == nil && port == 0 {
				port = p
			}
		}
	}
	protocol = strings.ToLower(strings.TrimSuffix(protocol, "://"))
	c := &i.Connection
	c.Host, c.Port = strings.Trim(host, "[]"), port
	c.TLS = encrypted || slices.Contains([]string{"mqtts", "wss", "ssl", "tls"}, protocol)
	c.WebSocket = protocol == "ws" || protocol == "wss"
	if c.WebSocket {
		c.Path = "/" + strings.TrimLeft(path, "/")
	}
}

// made is a client id that MQTT Explorer or MQTTX has made up. Two programs with
// one id kick each other off.
var made = regexp.MustCompile(`^(mqtt-explorer-|mqttx_|mqttjs_)[0-9a-fA-F]{1,16}$`)

// ownID is a client id that somebody has chosen, or "" for a random one.
func ownID(id string) string {
	if made.MatchString(id) {
		return ""
	}
	return id
}
