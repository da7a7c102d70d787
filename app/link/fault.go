package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"

	"github.com/gorilla/websocket"

	"lamplighter/device"
)

// lostError explains why a connection that was accepted has ended.
func lostError(o Options, err error) error {
	fault := device.Unreachable
	if !isTimeout(err) {
		fault = device.ConnectionLost
	}
	return &device.Error{Fault: fault, Op: "stay connected", Port: o.address(), Err: err}
}

// dialError explains why there is no network connection.
func dialError(o Options, err error) error {
	fault := DialFault(err)
	var authority x509.UnknownAuthorityError
	if o.CA != "" && errors.As(err, &authority) {
		err = fmt.Errorf("%w: %w", ErrOtherCertificate, err)
	}
	return &device.Error{Fault: fault, Op: "connect to", Port: o.address(), Err: err}
}

// ErrOtherCertificate tells that a broker's certificate is not from the CA that
// was chosen for it: it was changed, or somebody stands in between.
var ErrOtherCertificate = errors.New("the certificate is not from the chosen CA")

// DialFault is why there is no network connection: NameNotFound, Refused,
// BadCertificate, BadProtocol (of a WebSocket), BrokerClosed, or else Unreachable.
func DialFault(err error) device.Fault {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return device.NameNotFound
	case isRefused(err):
		return device.Refused
	case isTLS(err):
		return device.BadCertificate
	case errors.Is(err, websocket.ErrBadHandshake):
		return device.BadProtocol
	case isClosed(err):
		return device.BrokerClosed
	}
	return device.Unreachable
}

// loginError explains why a network connection did not become an MQTT one.
func loginError(o Options, code byte, answered bool, err error) error {
	fault := device.BrokerClosed
	switch {
	case answered:
		fault = connackFault(code)
	case isTimeout(err):
		fault = device.Unreachable
	case errors.Is(err, errNotMQTT):
		fault = device.BadProtocol
	}
	return &device.Error{Fault: fault, Op: "log in at", Port: o.address(), Err: err}
}

// connackFault is what a CONNACK code means. MQTT 3.1.1 (3.2.2.3) has 1 to 5;
// brokers that speak version 5 may answer with its codes (3.2.2.2).
func connackFault(code byte) device.Fault {
	switch code {
	case 1, 0x84:
		return device.BadProtocol
	case 2, 0x85:
		return device.BadClientID
	case 3, 0x88, 0x89:
		return device.Unavailable
	case 4, 0x86, 0x8c:
		return device.BadLogin
	case 5, 0x87, 0x8a:
		return device.NotAllowed
	}
	return device.Unknown
}

func isRefused(err error) bool {
	const wsaConnRefused = syscall.Errno(10061) // Windows has its own number
	return isNumber(err, syscall.ECONNREFUSED, wsaConnRefused)
}

// isClosed tells whether the other side hung up.
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

// isTLS tells whether the network was fine and the certificate, or TLS itself,
// was not.
func isTLS(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		roots     x509.SystemRootsError
	)
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &authority) ||
		errors.As(err, &name) || errors.As(err, &invalid) || errors.As(err, &roots) || errors.Is(err, errCA)
}
