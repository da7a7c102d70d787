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

// number is a number that some versions wrote as a string.
type number int

// UnmarshalJSON reads 1883 and "1883".
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err != nil || v != float64(int32(v)) {
		return fmt.Errorf("no number: %w", ErrUnknown)
	}
	*n = number(v)
	return nil
}

// certificate is a file that MQTT Explorer has copied, in base64.
type certificate struct {
	Data string `json:"data"`
}

// explorer is a connection of MQTT Explorer's settings.json, configVersion 1
// and before. Source: thomasnordquist/MQTT-Explorer, app/src/model/ConnectionOptions.ts.
type explorer struct {
	Name       string       `json:"name"`
	Host       string       `json:"host"`
	Port       number       `json:"port"`
	Protocol   string       `json:"protocol"` // mqtt, ws; with encryption mqtts, wss
	BasePath   string       `json:"basePath"` // of a WebSocket
	User       string       `json:"username"`
	Password   string       `json:"password"`
	ClientID   string       `json:"clientId"`
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
	i := Item{Password: e.Password, Filters: filters(e.Filters), Connection: settings.Connection{
		Name: e.Name, User: e.User, ClientID: ownID(e.ClientID),
	}}
	i.reach(e.Host, int(e.Port), e.Protocol, e.BasePath, e.TLS)
	if !i.Connection.TLS {
		return i
	}
	if e.CA != nil && e.CA.Data != "" {
		if i.Connection.CA = authority(e.CA.Data); i.Connection.CA == "" {
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
	Name       string   `json:"name"`
	Host       string   `json:"host"`
	Port       number   `json:"port"`
	Protocol   string   `json:"protocol"` // mqtt, mqtts, ws, wss; older versions have none
	Path       string   `json:"path"`
	User       string   `json:"username"`
	Password   string   `json:"password"`
	ClientID   string   `json:"clientId"`
	KeepAlive  number   `json:"keepalive"`
	TLS        bool     `json:"ssl"`
	CertType   string   `json:"certType"` // "self": with files of one's own
	Checked    *bool    `json:"rejectUnauthorized"`
	CA         string   `json:"ca"` // paths
	Cert       string   `json:"cert"`
	Key        string   `json:"key"`
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
	i := Item{Password: m.Password, Filters: filters(m.Filters), Connection: settings.Connection{
		Name: m.Name, User: m.User, ClientID: ownID(m.ClientID), KeepAlive: int(m.KeepAlive),
	}}
	i.reach(m.Host, int(m.Port), m.Protocol, m.Path, m.TLS)
	if !i.Connection.TLS {
		return i
	}
	if m.CertType == "self" {
		if i.Connection.CA = authority(m.CA); i.Connection.CA == "" && m.CA != "" {
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
	c.TLS = encrypted || protocol == "mqtts" || protocol == "wss" || protocol == "ssl"
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
