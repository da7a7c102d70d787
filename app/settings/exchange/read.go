package exchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"lamplighter/app/endpoint"
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
	// MQTTX writes Excel's form too. No small reader of it stands a file that was
	// made to break it.
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return File{}, ErrExcel
	}
	data = inUTF8(data)
	if !json.Valid(data) {
		list, err := otherForm(data)
		if err != nil {
			return File{}, err
		}
		return readMQTTX(list)
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return readMQTTX(data)
	}
	var marks struct {
		Lamplighter *json.RawMessage `json:"lamplighter"`
		Explorer    members          `json:"ConnectionManager_connections"`
		ClientID    *json.RawMessage `json:"clientId"`
		Host        *json.RawMessage `json:"host"`
		Connections *json.RawMessage `json:"connections"`
	}
	if err := json.Unmarshal(data, &marks); err != nil {
		return File{}, asKnown(err)
	}
	switch {
	case marks.Lamplighter != nil:
		var own ownFile
		if err := json.Unmarshal(data, &own); err != nil {
			return File{}, asKnown(err)
		}
		return readOwn(own)
	case marks.Explorer != nil:
		return readExplorer(marks.Explorer)
	case marks.Connections != nil:
		return readMQTTX(*marks.Connections)
	case marks.ClientID != nil && marks.Host != nil: // MQTTX writes a single connection without a list
		return readMQTTX(append(append([]byte("["), data...), ']'))
	}
	return File{}, ErrUnknown
}

// inUTF8 is a file without a byte order mark. PowerShell and table calculators write
// UTF-16, which has one.
func inUTF8(data []byte) []byte {
	out, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	if err != nil {
		return data
	}
	return out
}

// asKnown is an error of this package's for one of JSON's.
func asKnown(err error) error {
	if errors.Is(err, ErrTooBig) {
		return ErrTooBig
	}
	return ErrUnknown
}

// orErrEmpty is the file, or an error where nothing is in it.
func (f File) orErrEmpty() (File, error) {
	if len(f.Items) == 0 && f.Skipped == 0 {
		return f, ErrEmpty
	}
	return f, nil
}

// filter is a subscription: MQTT Explorer's first versions kept strings.
type filter struct {
	Topic    string `json:"topic"`
	QoS      number `json:"qos"`
	Disabled flag   `json:"disabled"`
}

// filterList is a list of them, or one alone, as XML has it; what is neither is
// none.
type filterList []filter

// UnmarshalJSON reads both.
func (l *filterList) UnmarshalJSON(b []byte) error {
	all, err := elements(b)
	if err != nil {
		all = []json.RawMessage{b}
	}
	*l = nil
	for _, e := range all[:min(len(all), maxFilters)] {
		var f filter
		if json.Unmarshal(e, &f) == nil && f.Topic != "" {
			*l = append(*l, f)
		}
	}
	return nil
}

// flag is true, "true" or, where a table calculator kept it, "TRUE"; what is none
// of these is false.
type flag bool

// UnmarshalJSON reads them.
func (f *flag) UnmarshalJSON(b []byte) error {
	*f = flag(strings.EqualFold(strings.Trim(string(b), `"`), "true"))
	return nil
}

// truth is true or "true"; what is neither that nor its opposite is an error, for a
// connection must not lose its encryption.
type truth bool

// UnmarshalJSON reads both.
func (t *truth) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	v, err := strconv.ParseBool(strings.ToLower(strings.Trim(string(b), `"`)))
	*t = truth(v)
	return err
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
		if f.Topic != "" && !bool(f.Disabled) && f.QoS >= 0 && f.QoS <= 2 {
			found = append(found, settings.Subscription{Filter: f.Topic, QoS: byte(f.QoS)})
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
	TLS        truth        `json:"encryption"`
	Checked    *truth       `json:"certValidation"`
	CA         *certificate `json:"selfSignedCertificate"`
	ClientCert *certificate `json:"clientCertificate"`
	ClientKey  *certificate `json:"clientKey"`
	Filters    filterList   `json:"subscriptions"`
}

func readExplorer(all members) (File, error) {
	f := File{Source: MQTTExplorer}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		var e explorer
		if json.Unmarshal(all[id], &e) != nil {
			f.Skipped++
			continue
		}
		f.add(e.item())
	}
	return f.orErrEmpty()
}

func (e explorer) item() Item {
	i := Item{Password: string(e.Password), Filters: filters(e.Filters), Connection: settings.Connection{
		Name: string(e.Name), User: string(e.User), ClientID: ownID(string(e.ClientID)),
	}}
	i.reach(string(e.Host), int(e.Port), string(e.Protocol), string(e.BasePath), bool(e.TLS))
	if !i.Connection.TLS {
		return i
	}
	if e.CA != nil && e.CA.Data != "" {
		if i.Connection.CA = authority(string(e.CA.Data)); i.Connection.CA == "" {
			i.Left = append(i.Left, CAElsewhere)
		}
	}
	if e.Checked != nil && !bool(*e.Checked) {
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
	Collection flag       `json:"isCollection"` // a folder, no connection
	Name       text       `json:"name"`
	Host       text       `json:"host"`
	Port       number     `json:"port"`
	Protocol   text       `json:"protocol"` // mqtt, mqtts, ws, wss; older versions have none
	Path       text       `json:"path"`
	User       text       `json:"username"`
	Password   text       `json:"password"`
	ClientID   text       `json:"clientId"`
	WithTime   flag       `json:"clientIdWithTime"` // it adds the time of each connection
	KeepAlive  number     `json:"keepalive"`
	TLS        flag       `json:"ssl"`
	CertType   text       `json:"certType"` // "self": with files of one's own
	Checked    *flag      `json:"rejectUnauthorized"`
	CA         text       `json:"ca"` // paths
	Cert       text       `json:"cert"`
	Key        text       `json:"key"`
	Filters    filterList `json:"subscriptions"`
}

func readMQTTX(data []byte) (File, error) {
	all, err := elements(data)
	if err != nil {
		return File{}, err
	}
	f := File{Source: MQTTX}
	known := len(all) == 0
	for _, raw := range all {
		var m mqttx
		if json.Unmarshal(raw, &m) != nil {
			f.Skipped++
			continue
		}
		known = known || bool(m.Collection) || m.Host != ""
		if !m.Collection {
			f.add(m.item())
		}
	}
	if !known { // a list of something else
		return File{}, ErrUnknown
	}
	return f.orErrEmpty()
}

// elements are those of a list in JSON, one after the other: a list of numbers
// may be as long as the file.
func elements(data []byte) ([]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, ErrUnknown
	}
	var all []json.RawMessage
	for d.More() {
		var e json.RawMessage
		switch {
		case d.Decode(&e) != nil:
			return nil, ErrUnknown
		case len(all) >= maxRows:
			return nil, ErrTooBig
		}
		all = append(all, e)
	}
	return all, nil
}

// members are those of an object in JSON, read one after the other as elements
// are.
type members map[string]json.RawMessage

// UnmarshalJSON fails with an error of this package's.
func (m *members) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return ErrUnknown
	}
	*m = members{}
	for d.More() {
		var e json.RawMessage
		key, err := d.Token()
		name, ok := key.(string)
		switch {
		case err != nil || !ok || d.Decode(&e) != nil:
			return ErrUnknown
		case len(*m) >= maxRows:
			return ErrTooBig
		}
		(*m)[name] = e
	}
	return nil
}

func (m mqttx) item() Item {
	i := Item{Password: string(m.Password), Filters: filters(m.Filters), Connection: settings.Connection{
		Name: string(m.Name), User: string(m.User), ClientID: ownID(string(m.ClientID)), KeepAlive: int(m.KeepAlive),
	}}
	if m.WithTime {
		i.Connection.ClientID = ""
	}
	i.reach(string(m.Host), int(m.Port), string(m.Protocol), string(m.Path), bool(m.TLS))
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

// reach says where the broker is, and how it is spoken to. What people type into
// the host wins over the fields beside it, which have a value before anybody
// types.
func (i *Item) reach(host string, port int, protocol, path string, encrypted bool) {
	host = strings.TrimSpace(host)
	if scheme, rest, ok := strings.Cut(host, "://"); ok {
		protocol = scheme
		rest, inURL, _ := strings.Cut(rest, "/")
		path = cmp.Or(path, inURL)
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			i.login(rest[:at])
			rest = rest[at+1:]
		}
		host = strings.Replace(rest, "%25", "%", 1) // before a zone: RFC 6874
	}
	if h, p := endpoint.Split(host); p != 0 {
		host, port = h, p
	}
	protocol = strings.ToLower(strings.TrimSuffix(protocol, "://"))
	c := &i.Connection
	c.Host, c.Port = host, port
	c.TLS = encrypted || slices.Contains([]string{"mqtts", "wss", "ssl", "tls"}, protocol)
	c.WebSocket = protocol == "ws" || protocol == "wss"
	if c.WebSocket {
		c.Path = "/" + strings.TrimLeft(path, "/")
	}
}

// login takes over what stands before the @ of a URL, where nothing else does.
func (i *Item) login(info string) {
	user, password, _ := strings.Cut(info, ":")
	if i.Connection.User != "" || i.Password != "" {
		return
	}
	if u, err := url.PathUnescape(user); err == nil {
		user = u
	}
	if p, err := url.PathUnescape(password); err == nil {
		password = p
	}
	i.Connection.User, i.Password = user, password
}

// made is a client id that MQTT Explorer or MQTTX has made up. Two programs with
// one id kick each other off.
var made = regexp.MustCompile(`^(mqtt-explorer-|mqttx_|mqttjs_|emqx_)[0-9a-fA-F]{1,16}(_?[0-9]{10,13})?$`)

// ownID is a client id that somebody has chosen, or "" for a random one.
func ownID(id string) string {
	if made.MatchString(id) {
		return ""
	}
	return id
}
