package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"filippo.io/age"
	"filippo.io/age/armor"

	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
)

// format is the number of our files' present form.
const format = 1

// kind marks our files.
const kind = "connections"

// ownFile is a file of our own: either Connections, or all of that in Sealed.
type ownFile struct {
	Lamplighter string  `json:"lamplighter"` // kind
	Format      int     `json:"format"`
	Connections ownList `json:"connections,omitempty"`
	Sealed      string  `json:"sealed,omitempty"` // an ownFile, encrypted (age, armored)
}

type ownConnection struct {
	Name        string `json:"name,omitempty"`
	Preset      string `json:"preset,omitempty"`
	TopicScheme string `json:"way,omitempty"`
	TopicPrefix string `json:"room,omitempty"`
	API         string `json:"api,omitempty"`
	ownEndpoint
	User      string `json:"user,omitempty"`
	Password  string `json:"password,omitempty"` // only where it is sealed
	ClientID  string `json:"client_id,omitempty"`
	KeepAlive int    `json:"keepalive,omitempty"`
	// Identified tells that the broker is shown a certificate. It stays where it is,
	// with its key: each computer has one of its own.
	Identified bool `json:"client_certificate,omitempty"`
}

// ownEndpoint is an endpoint.Endpoint of which a file has only what there is.
type ownEndpoint struct {
	Host       string `json:"host"`
	Port       int    `json:"port"`
	TLS        bool   `json:"tls,omitempty"`
	CA         string `json:"ca,omitempty"`
	ServerName string `json:"server_name,omitempty"`
	WebSocket  bool   `json:"websocket,omitempty"`
	Path       string `json:"path,omitempty"`
}

// ownList is read one connection after the other, see elements.
type ownList []ownConnection

// UnmarshalJSON fails with an error of this package's.
func (l *ownList) UnmarshalJSON(b []byte) error {
	all, err := elements(b)
	if err != nil {
		return err
	}
	*l = nil
	for _, e := range all {
		var o ownConnection
		if json.Unmarshal(e, &o) != nil {
			return ErrUnknown
		}
		*l = append(*l, o)
	}
	return nil
}

func ownOf(i Item) ownConnection {
	c := i.Connection
	return ownConnection{
		Name: c.Name, Preset: c.Preset, TopicScheme: c.TopicScheme, TopicPrefix: c.TopicPrefix, API: c.API, ownEndpoint: ownEndpoint(c.Endpoint),
		User: c.User, Password: i.Password, ClientID: c.ClientID, KeepAlive: c.KeepAlive, Identified: c.Certificate != "",
	}
}

func (o ownConnection) item() Item {
	var left []Left
	if o.Identified {
		left = append(left, ClientCertificate)
	}
	return Item{Left: left, Password: o.Password, Connection: settings.Connection{
		Name: o.Name, Preset: o.Preset, TopicScheme: o.TopicScheme, TopicPrefix: o.TopicPrefix, API: o.API, Endpoint: endpoint.Endpoint(o.ownEndpoint),
		User: o.User, ClientID: o.ClientID, KeepAlive: o.KeepAlive,
	}}
}

// The cost of a passphrase, as a power of two: writing takes 128 MiB and about
// half a second; a file that asks for more than most is not opened, for it
// would fill the memory of a classroom's PC.
var workFactor = 17

const mostWork = 18

// Write makes a file of connections: without passwords where passphrase is "",
// else with them, and all of it encrypted. It may take seconds. It fails with
// ErrShort, or where encrypting fails.
func Write(items []Item, passphrase string) ([]byte, error) {
	f := ownFile{Lamplighter: kind, Format: format}
	for _, i := range items {
		o := ownOf(i)
		if passphrase == "" {
			o.Password = ""
		}
		f.Connections = append(f.Connections, o)
	}
	plain, err := marshal(f)
	if err != nil || passphrase == "" {
		return plain, err
	}
	if utf8.RuneCountInString(passphrase) < MinPassphrase {
		return nil, ErrShort
	}
	sealed, err := seal(plain, passphrase)
	if err != nil {
		return nil, fmt.Errorf("encrypt connections: %w", err)
	}
	return marshal(ownFile{Lamplighter: kind, Format: format, Sealed: sealed})
}

func marshal(f ownFile) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(f)
	return b.Bytes(), err
}

func seal(plain []byte, passphrase string) (string, error) {
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return "", err
	}
	to.SetWorkFactor(workFactor)
	var out bytes.Buffer
	a := armor.NewWriter(&out)
	w, err := age.Encrypt(a, to)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(plain); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	err = a.Close()
	return out.String(), err
}

// Unlock opens a file that is Locked. It may take seconds. It fails with
// ErrPassphrase, and leaves f as it is.
func (f File) Unlock(passphrase string) (File, error) {
	if !f.Locked {
		return f, nil
	}
	by, err := age.NewScryptIdentity(passphrase)
	if err != nil { // it is empty
		return f, ErrPassphrase
	}
	by.SetMaxWorkFactor(mostWork)
	r, err := age.Decrypt(armor.NewReader(strings.NewReader(f.sealed)), by)
	if err != nil {
		return f, ErrPassphrase
	}
	plain, err := io.ReadAll(io.LimitReader(r, MaxSize))
	if err != nil {
		return f, ErrPassphrase
	}
	var in ownFile
	if err := json.Unmarshal(plain, &in); err != nil || in.Lamplighter != kind {
		return f, ErrUnknown
	}
	return readOwn(in)
}

func readOwn(in ownFile) (File, error) {
	switch {
	case in.Lamplighter != kind:
		return File{}, ErrUnknown
	case in.Format > format:
		return File{}, ErrNewer
	case in.Sealed != "":
		return File{Locked: true, sealed: in.Sealed}, nil
	}
	var f File
	for _, o := range in.Connections {
		f.add(o.item())
	}
	return f.orErrEmpty()
}
