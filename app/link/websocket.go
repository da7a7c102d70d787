package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// UpgradeError is the answer of a web server that does not speak WebSocket for
// us: another number than 101.
type UpgradeError struct{ Status int }

func (e *UpgradeError) Error() string {
	return "HTTP " + strconv.Itoa(e.Status) + " in answer to the WebSocket's upgrade"
}

var (
	errNotWeb = errors.New("the answer is not a web server's")
	errProxy  = errors.New("refused by the proxy")
)

// dialWebSocket connects within ctx, by way of the system's proxy where one is
// set. It fails with an *UpgradeError where the answer is another than wanted.
func dialWebSocket(ctx context.Context, o Options, conf *tls.Config) (net.Conn, error) {
	u := url.URL{Scheme: "ws", Host: o.Address()}
	u.Path, u.RawQuery, _ = strings.Cut(o.Path, "?")
	if conf != nil {
		u.Scheme = "wss"
	}
	if u.Path == "" {
		u.Path = "/mqtt"
	}
	var connected, proxied bool
	var leave func() bool
	d := websocket.Dialer{
		TLSClientConfig: conf, Subprotocols: []string{"mqtt"},
		Proxy: func(r *http.Request) (*url.URL, error) {
			p, err := http.ProxyFromEnvironment(r)
			proxied = p != nil
			return p, err
		},
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := o.dialer().DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			connected, leave = true, context.AfterFunc(ctx, func() { _ = c.Close() })
			return c, nil
		},
	}
	c, answer, err := d.DialContext(ctx, u.String(), nil)
	if leave != nil && !leave() && err == nil {
		_ = c.Close()
		err = ctx.Err()
	}
	if err == nil {
		return &socket{Conn: c}, nil
	}
	switch plain := connected && !isNet(err) && !isTLS(err); {
	case ctx.Err() != nil:
		err = ctx.Err()
	case answer != nil && answer.StatusCode != http.StatusSwitchingProtocols:
		err = &UpgradeError{Status: answer.StatusCode}
	case plain && proxied && answer == nil:
		err = fmt.Errorf("%w: %w", errProxy, err)
	case plain:
		err = fmt.Errorf("%w: %w", errNotWeb, err)
	}
	return nil, err
}

// isNet reports whether an error is the network's, or an end of the connection.
func isNet(err error) bool {
	var n net.Error
	return errors.As(err, &n) || isClosed(err)
}

// socket is a WebSocket as a stream of bytes. One goroutine reads, and one at a
// time writes.
type socket struct {
	*websocket.Conn
	message io.Reader // what is left of it, or nil
}

func (s *socket) Write(p []byte) (int, error) {
	if err := s.WriteMessage(websocket.BinaryMessage, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *socket) Read(p []byte) (int, error) {
	for {
		if s.message == nil {
			_, m, err := s.NextReader()
			if err != nil {
				return 0, err
			}
			s.message = m
		}
		n, err := s.message.Read(p)
		if errors.Is(err, io.EOF) {
			s.message, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (s *socket) SetDeadline(t time.Time) error {
	return errors.Join(s.SetReadDeadline(t), s.SetWriteDeadline(t))
}
