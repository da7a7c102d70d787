// Package exchange hands connections over in files: to a colleague's
// Lamplighter, and from MQTT Explorer and MQTTX.
//
// It reads what anybody may have written, so everything is bounded and checked;
// what can't be taken over is counted or named, never guessed. A file of our own
// holds no password unless all of it is encrypted under a passphrase (age, with
// scrypt). It keeps nothing and touches no settings.
package exchange

import (
	"errors"
	"strings"

	"lamplighter/app/settings"
)

// The bounds of a file.
const (
	MaxSize       = 32 << 20 // bytes: MQTTX writes its messages into the file too
	MaxItems      = 200      // connections of one file; more are counted as skipped
	MinPassphrase = 8        // characters
	maxFilters    = 64       // of one connection
	maxText       = 1024     // bytes of a user, a path or a client id
	maxPassword   = 2048     // bytes, as a token; the system's keyrings take hardly more
	maxName       = 256      // bytes
	maxCA         = 64 << 10 // bytes of PEM
	maxRefused    = 10       // that are named
	maxCalled     = 64       // bytes of their names
)

// Ext is how a file of our own ends.
const Ext = ".lamplighter.json"

// What can be wrong with a file.
var (
	ErrTooBig     = errors.New("the file is bigger than any list of connections")
	ErrExcel      = errors.New("the file is a spreadsheet of Excel's")
	ErrUnknown    = errors.New("the file is of no kind that is known")
	ErrNewer      = errors.New("the file is of a newer version")
	ErrEmpty      = errors.New("there is no connection in the file")
	ErrPassphrase = errors.New("the passphrase is another, or the file is damaged")
	ErrShort      = errors.New("the passphrase is too short")
)

// Source is the program that wrote a file.
type Source int

// The sources.
const (
	Lamplighter Source = iota
	MQTTExplorer
	MQTTX
)

// Left is something of a connection that can't be taken over.
type Left int

// What can be left.
const (
	ClientCertificate Left = iota // it logs in by a certificate
	Unchecked                     // the broker's certificate was not checked; here it always is
	CAElsewhere                   // the CA is in a file that is not part of this one
	lefts
)

// AllLeft lists them, so that tests can demand a text for each.
func AllLeft() []Left {
	all := make([]Left, lefts)
	for i := range all {
		all[i] = Left(i)
	}
	return all
}

// Item is a connection in a file.
type Item struct {
	Connection settings.Connection // without ID
	Password   string              // "" = none, or not in the file
	Filters    []settings.Subscription
	Left       []Left
}

// File is what was read.
type File struct {
	Source  Source
	Items   []Item
	Skipped int       // connections that can't be taken over, or are too many
	Refused []Refusal // the first of those, with what is wrong
	Locked  bool      // Items are known after Unlock
	sealed  string
}

// Refusal is a connection that can't be taken over.
type Refusal struct {
	Name   string // its name, or its host; one line of at most 64 bytes
	Reason Reason
}

// Reason is what is wrong with a connection.
type Reason int

// What can be wrong.
const (
	BadHost Reason = iota // no name and no address
	BadPort               // not 1 to 65535
	BadCA                 // no certificate
	TooLong               // a name, user, password, path or client id
	BadText               // a character that can't be in one of them
	whys
)

// AllReasons lists them, so that tests can demand a text for each.
func AllReasons() []Reason {
	all := make([]Reason, whys)
	for i := range all {
		all[i] = Reason(i)
	}
	return all
}

// Same reports whether two connections are one and the same: they reach the same
// broker in the same way, as the same user, and in the same room where both have
// one.
func Same(a, b settings.Connection) bool {
	return (a.TopicPrefix == b.TopicPrefix || a.TopicPrefix == "" || b.TopicPrefix == "") && strings.EqualFold(a.Host, b.Host) && a.Port == b.Port && a.User == b.User && a.TLS == b.TLS &&
		a.WebSocket == b.WebSocket && (!a.WebSocket || a.Path == b.Path) && a.Preset == b.Preset && a.TopicScheme == b.TopicScheme
}
