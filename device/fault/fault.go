// Package fault names what can go wrong, as far as a person can do something about
// it, and is the error type of the whole program. It has no words for people: those
// are views/problem's.
package fault

import "strconv"

// Fault is what went wrong, as far as a person can act on it. Each has its own
// advice in the views.
type Fault int

// The faults.
const (
	Unknown              Fault = iota // something that has no advice of its own
	PortBusy                          // another program holds the port
	PortForbidden                     // this user may not open it
	PortMissing                       // there is no such port
	PortGone                          // it went away while it was in use
	NoDriver                          // the system sees a board but has no driver for it
	BoardSilent                       // no answer at all
	BoardBusy                         // its program can't be interrupted
	BoardRestarts                     // it restarts again and again, before it can be interrupted
	WeakPower                         // it restarts because its voltage drops
	NoMicroPython                     // it talks, but not MicroPython
	NoWiFi                            // MicroPython without a WiFi radio
	LineNoise                         // what arrives is garbled
	ScriptFailed                      // a script raised on the board
	DiskFull                          // no room on the board
	MemoryFull                        // no memory on the board
	ReadOnly                          // the board's files can't be written
	NoFileSystem                      // the board's files can't be reached: not formatted, or damaged
	VerifyFailed                      // what is on the board is not what was sent
	NoBackup                          // there is nothing to restore
	BadValue                          // an answer that no board can take; found before anything is sent
	WiFiNotFound                      // the board can't see the network
	WiFiPassword                      // wrong password
	WiFiNoAddress                     // joined, but no address was given
	WiFiTimeout                       // joining took too long
	WiFiEnterprise                    // the network wants a user name, which boards can't give
	WiFiFull                          // the access point takes no more devices
	WiFiRefused                       // the access point turned the board away
	WiFiWeak                          // the access point is too far away
	WiFiSecurity                      // the network encrypts as the board can't, as with WPA3 only
	NameNotFound                      // the broker's name is not known to the network
	Unreachable                       // no way to the broker: timed out, no route
	Refused                           // the broker's computer refuses the connection
	BrokerClosed                      // the broker hung up before it answered
	ConnectionLost                    // the broker had let in, and the connection ended
	BadCertificate                    // TLS: not trusted, expired or for another name
	MalformedCertificate              // TLS: one that breaks the rules of its own format
	BadTLS                            // TLS: no version or cipher that both sides know
	WrongServerName                   // TLS: the broker is not known to itself under this name (SNI)
	CertificateWanted                 // TLS: the broker wants a certificate of the client that it knows
	CertificateRefused                // TLS: the broker does not take the client's certificate
	OwnCertificate                    // TLS: the client's own certificate can't be used, as its key is not here
	NoTLS                             // TLS was asked for, and the port speaks none
	TLSOnly                           // the port speaks TLS, and it was not asked for
	NotBroker                         // what answers is no MQTT broker
	WrongPath                         // WebSocket: no MQTT at this path
	WebLogin                          // WebSocket: the web server or proxy wants a login of its own
	WebDown                           // WebSocket: the web server or proxy has no way to the broker
	BadProtocol                       // CONNACK 1: other MQTT version
	BadClientID                       // CONNACK 2
	Unavailable                       // CONNACK 3
	BadLogin                          // CONNACK 4: user or password
	NotAllowed                        // CONNACK 5, or a topic that is not allowed
	LoginRefused                      // a CONNACK with another code
	TopicRefused                      // SUBACK 128
	NoAnswer                          // the board is there, but did not confirm
	Firewall                          // the PC's firewall keeps boards from the built-in broker
	Isolated                          // the WiFi keeps its devices apart (client isolation)
	OtherNetwork                      // board and broker are in different networks
	WrongAddress                      // the address is not this PC's (any more)
	OwnLoopback                       // the address means each computer itself, for a board: the board
	BrokerDown                        // the built-in broker does not run
	DuplicateClient                   // two clients with one client id take the connection from each other
	AgainstRules                      // the platform does not allow it; nothing was sent
	TooMany                           // the platform allows no more messages for now
	faults                            // how many there are
)

var faultNames = [faults]string{
	"unknown", "port busy", "port forbidden", "port missing", "port gone", "no driver", "board silent", "board busy",
	"board restarts", "weak power", "no MicroPython", "no WiFi", "line noise", "script failed", "disk full", "memory full", "read-only", "no file system", "verify failed",
	"no backup", "bad value", "WiFi not found", "WiFi password", "WiFi no address", "WiFi timeout", "WiFi enterprise", "WiFi full", "WiFi refused", "WiFi weak", "WiFi security",
	"name not found", "unreachable", "refused", "broker closed", "connection lost", "bad certificate",
	"malformed certificate", "bad TLS", "wrong server name", "certificate wanted", "certificate refused", "own certificate", "no TLS", "TLS only", "not a broker", "wrong path", "web login", "web down",
	"bad protocol", "bad client id", "unavailable",
	"bad login", "not allowed", "login refused", "topic refused", "no answer",
	"firewall", "client isolation", "other network", "wrong address", "own loopback", "broker down",
	"duplicate client id", "against the platform's rules", "too many messages",
}

// String names the fault in English, for logs.
func (f Fault) String() string {
	if f < 0 || f >= faults {
		return "fault " + strconv.Itoa(int(f))
	}
	return faultNames[f]
}

// ConnackFault is what a CONNACK's code means. MQTT 3.1.1 (3.2.2.3) has 1 to 5;
// brokers that speak version 5 may answer with its codes (3.2.2.2) to a client
// that does not.
func ConnackFault(code int) Fault {
	switch code {
	case 1, 0x81, 0x82, 0x84:
		return BadProtocol
	case 2, 0x85:
		return BadClientID
	case 3, 0x88, 0x89, 0x8b, 0x97, 0x9c, 0x9d, 0x9f: // or it has moved, or is asked too often
		return Unavailable
	case 4, 0x86, 0x8c:
		return BadLogin
	case 5, 0x87, 0x8a:
		return NotAllowed
	}
	return LoginRefused
}

// Faults lists every fault, so that tests can demand advice for each.
func Faults() []Fault {
	all := make([]Fault, faults)
	for i := range all {
		all[i] = Fault(i)
	}
	return all
}

// Error is a fault with its place, in the shape of [io/fs.PathError]. Its text
// is English and for logs; it never holds a password.
type Error struct {
	Fault Fault
	Op    string // what was tried: "open", "greet", "write /main.py", …
	Where string // the port, the broker's or platform's address, the chip that has no driver, or ""
	Err   error  // the cause, or nil
}

func (e *Error) Error() string {
	s := e.Op
	if e.Where != "" {
		s += " " + e.Where
	}
	s += ": " + e.Fault.String()
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// HeldPort is the cause of a PortBusy error where the system tells who holds the
// port.
type HeldPort struct{ Program string }

func (b *HeldPort) Error() string { return "held by " + b.Program }
