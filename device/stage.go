package device

import (
	"bytes"
	"encoding/json"

	"lamplighter/device/fault"
)

// StageMark begins every line that the lamp program prints for the wizard; one
// line of ASCII JSON follows it.
const StageMark = "@lamplighter "

// The stages that a board goes through, in their order.
const (
	StageStart      = "start"      // the program runs; V is its version
	StageFound      = "found"      // the WiFi network is in sight
	StageJoined     = "joined"     // WiFi joined; IP is the board's address
	StageReached    = "reached"    // the broker's port answers
	StageAccepted   = "accepted"   // the broker took the login
	StageSubscribed = "subscribed" // the broker took the subscription
	StageCommand    = "command"    // a command was carried out
	StageIgnored    = "ignored"    // a payload that is no command
	StageLost       = "lost"       // WiFi or broker went away; the program tries again
)

// The reasons that a board gives for a failure, in Stage.Reason.
const (
	ReasonNoNetwork   = "no-network"  // → WiFiNotFound
	ReasonPassword    = "password"    // → WiFiPassword
	ReasonNoAddress   = "no-address"  // → WiFiNoAddress
	ReasonStatus      = "status"      // WLAN.status() in Code, sys.platform in Detail → WiFiFault
	ReasonTimeout     = "timeout"     // joining WiFi → WiFiTimeout; reaching the broker → Unreachable
	ReasonEnterprise  = "enterprise"  // → WiFiEnterprise
	ReasonName        = "name"        // → NameNotFound
	ReasonRefused     = "refused"     // → Refused
	ReasonUnreachable = "unreachable" // → Unreachable
	ReasonClosed      = "closed"      // → BrokerClosed
	ReasonTLS         = "tls"         // → BadCertificate
	ReasonProtocol    = "protocol"    // → NotBroker
	ReasonTLSOnly     = "tls-only"    // → TLSOnly
	ReasonCode        = "code"        // CONNACK or SUBACK code in Code
	ReasonPin         = "pin"         // → BadValue: the board has no such pin; Detail is "lamp" or "button"
	ReasonOther       = "other"       // → Unknown, with the exception's type in Detail
)

// Stage is one line of a board's own story. A stage with Bad was tried and
// failed; the board goes on trying.
type Stage struct {
	Name   string `json:"st"`
	Bad    bool   `json:"bad,omitempty"`
	Reason string `json:"why,omitempty"`
	Code   int    `json:"code,omitempty"`
	IP     string `json:"ip,omitempty"`
	RSSI   int    `json:"rssi,omitempty"`
	V      string `json:"v,omitempty"`
	Detail string `json:"detail,omitempty"`
	Cut    bool   `json:"cut,omitempty"` // of a command: a byte order mark or NULs were taken off
}

// ParseStage reads one line from a board. Lines without the mark, and lines
// that are broken, are not stages.
func ParseStage(line []byte) (Stage, bool) {
	_, text, ok := bytes.Cut(line, []byte(StageMark))
	if !ok || len(line) > 1024 {
		return Stage{}, false
	}
	var s Stage
	if err := json.Unmarshal(bytes.TrimSpace(text), &s); err != nil || s.Name == "" {
		return Stage{}, false
	}
	return s, true
}

// Fault is what a failed stage means. A stage that went well has none.
func (s Stage) Fault() (fault.Fault, bool) {
	if !s.Bad {
		return 0, false
	}
	if s.Reason == ReasonCode {
		if s.Name != StageAccepted && s.Code >= 128 { // of a SUBACK
			return fault.TopicRefused, true
		}
		return fault.ConnackFault(s.Code), true
	}
	if s.Reason == ReasonStatus {
		if f, failed := WiFiFault(s.Detail, s.Code, s.Name == StageJoined); failed {
			return f, true
		}
		return fault.WiFiTimeout, true
	}
	if s.Reason == ReasonTimeout && (s.Name == StageFound || s.Name == StageJoined) {
		return fault.WiFiTimeout, true
	}
	f, ok := map[string]fault.Fault{
		ReasonNoNetwork: fault.WiFiNotFound, ReasonPassword: fault.WiFiPassword, ReasonNoAddress: fault.WiFiNoAddress, ReasonTimeout: fault.Unreachable,
		ReasonEnterprise: fault.WiFiEnterprise, ReasonName: fault.NameNotFound, ReasonRefused: fault.Refused, ReasonUnreachable: fault.Unreachable,
		ReasonClosed: fault.BrokerClosed, ReasonTLS: fault.BadCertificate, ReasonProtocol: fault.NotBroker, ReasonTLSOnly: fault.TLSOnly, ReasonPin: fault.BadValue,
	}[s.Reason]
	if !ok {
		f = fault.Unknown
	}
	return f, true
}
