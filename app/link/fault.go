package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"

	"lamplighter/device/fault"
)

// lostError explains why a connection that was accepted has ended.
func lostError(o Options, err error) error {
	kind := fault.Unreachable
	if !isTimeout(err) {
		kind = fault.ConnectionLost
	}
	return &fault.Error{Fault: kind, Op: "stay connected", Where: o.Address(), Err: err}
}

// dialError explains why there is no network connection.
func dialError(o Options, err error) error {
	kind := DialFault(err)
	var authority x509.UnknownAuthorityError
	if o.CA != "" && errors.As(err, &authority) {
		err = fmt.Errorf("%w: %w", ErrOtherCertificate, err)
	}
	return &fault.Error{Fault: kind, Op: "connect to", Where: o.Address(), Err: err}
}

// ErrOtherCertificate tells that a broker's certificate is not from the CA that
// was chosen for it: it was changed, or somebody stands in between.
var ErrOtherCertificate = errors.New("the certificate is not from the chosen CA")

// DialFault is why there is no network connection: NameNotFound, Refused, a
// fault of TLS or of a WebSocket, BrokerClosed, or else Unreachable.
func DialFault(err error) fault.Fault {
	var dns *net.DNSError
	var answer *UpgradeError
	switch {
	case errors.As(err, &dns):
		return fault.NameNotFound
	case isRefused(err):
		return fault.Refused
	case isTLS(err):
		return tlsFault(err)
	case errors.As(err, &answer):
		return upgradeFault(answer.Status)
	case errors.Is(err, errProxy):
		return fault.WebDown
	case errors.Is(err, errNotWeb):
		return fault.NotBroker
	case isClosed(err):
		return fault.BrokerClosed
	}
	return fault.Unreachable
}

// upgradeFault is what the answer of a web server means that is not 101.
func upgradeFault(status int) fault.Fault {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return fault.WebLogin
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return fault.WebDown
	}
	return fault.WrongPath
}

// loginError explains why a network connection did not become an MQTT one.
func loginError(o Options, err error) error {
	kind := fault.BrokerClosed
	var refused *RefusedError
	switch {
	case errors.As(err, &refused):
		kind = fault.ConnackFault(int(refused.Code))
	case isTimeout(err):
		kind = fault.Unreachable
	case errors.Is(err, errVersion):
		kind = fault.BadProtocol
	case errors.Is(err, errTLSOnly):
		kind = fault.TLSOnly
	case errors.Is(err, errNotMQTT):
		kind = fault.NotBroker
	case isTLS(err):
		kind = tlsFault(err)
	}
	return &fault.Error{Fault: kind, Op: "log in at", Where: o.Address(), Err: err}
}

func isRefused(err error) bool {
	const wsaConnRefused = syscall.Errno(10061) // Windows has its own number
	return isNumber(err, syscall.ECONNREFUSED, wsaConnRefused)
}

// isClosed reports whether the other side hung up.
func isClosed(err error) bool {
	const wsaConnReset = syscall.Errno(10054) // Windows has its own number
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isNumber(err, syscall.ECONNRESET, wsaConnReset)
}

func isNumber(err error, unix, windows syscall.Errno) bool {
	var n syscall.Errno
	if !errors.As(err, &n) {
		return false
	}
	return n == unix || runtime.GOOS == "windows" && n == windows
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &n) && n.Timeout()
}

// isTLS reports whether the network was fine, and TLS or a certificate was not.
func isTLS(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		roots     x509.SystemRootsError
	)
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &authority) || errors.As(err, &name) ||
		errors.As(err, &invalid) || errors.As(err, &roots) || errors.Is(err, errCA) || errors.Is(err, errCertificateWanted) ||
		errors.Is(err, errCertificateRefused) || errors.Is(err, errOwnCertificate) || ofTLS(err) != ""
}

// What can be wrong where the broker asks for a certificate of this computer.
var (
	errCertificateWanted  = errors.New("it wants a certificate")
	errCertificateRefused = errors.New("it does not take this computer's certificate")
	errOwnCertificate     = errors.New("this computer's certificate can't be used")
)

// tlsFault is what is wrong with TLS. What the handshake itself refuses has no
// type in crypto/tls, only a text.
func tlsFault(err error) fault.Fault {
	const unrecognizedName = tls.AlertError(112) // RFC 6066, section 3
	var record tls.RecordHeaderError
	text := ofTLS(err)
	alert, _ := alertOf(err)
	switch {
	case errors.Is(err, errCertificateWanted):
		return fault.CertificateWanted
	case errors.Is(err, errCertificateRefused):
		return fault.CertificateRefused
	case errors.Is(err, errOwnCertificate):
		return fault.OwnCertificate
	case errors.As(err, &record):
		return fault.NoTLS
	case strings.Contains(text, "failed to parse certificate"):
		return fault.MalformedCertificate
	case alert == unrecognizedName:
		return fault.WrongServerName
	case text != "":
		return fault.BadTLS
	}
	return fault.BadCertificate
}

// aboutCertificate reports whether an alert can be about a certificate of this
// computer, or about that there was none: RFC 8446, section 6.2, and OpenSSL's
// handshake_failure of TLS 1.2.
func aboutCertificate(a tls.AlertError) bool {
	switch a {
	case 40, 41, 42, 43, 44, 45, 46, 48, 49, 51, 116:
		return true
	}
	return false
}

// ofTLS is the text of crypto/tls in an error, or "".
func ofTLS(err error) string {
	var verify *tls.CertificateVerificationError
	if errors.As(err, &verify) {
		return "" // it begins so too, and has a type
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if s := err.Error(); strings.HasPrefix(s, "tls: ") {
			return s
		}
	}
	return ""
}

// alertOf is the alert with which the other side ended TLS. Over TCP crypto/tls
// gives it in a type of its own that is not exported; its text is that of an
// AlertError.
func alertOf(err error) (alert tls.AlertError, ok bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return 0, false
	}
	for n := range 256 {
		if a := tls.AlertError(n); a.Error() == op.Err.Error() {
			return a, true
		}
	}
	return 0, false
}
