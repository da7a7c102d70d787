package broker

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/mochi-mqtt/server/v2/listeners"

	"lamplighter/app/listen"
	"lamplighter/device/crash"
)

// wsListener hands MQTT over WebSocket (MQTT 3.1.1, 6) to mochi, under the same
// limits as TCP.
type wsListener struct {
	net    net.Listener
	conns  *connLimiter
	server *http.Server
	begins listen.Limit // that speak HTTP still
}

// maxBegins bounds the connections that speak HTTP still. Each has connectTime.
const maxBegins = 64

const wsID = "websocket"

func newWSListener(l net.Listener, w *connLimiter) *wsListener {
	return &wsListener{net: l, conns: w, begins: listen.Limit{Most: maxBegins}}
}

// Init is called once by mochi.
func (l *wsListener) Init(*slog.Logger) error {
	l.server = &http.Server{
		ReadHeaderTimeout: connectTime, ReadTimeout: connectTime, WriteTimeout: connectTime, IdleTimeout: connectTime,
		MaxHeaderBytes: 16 << 10, ConnState: l.begins.Track, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	return nil
}

// ID names the listener.
func (l *wsListener) ID() string { return wsID }

// Address is where it listens.
func (l *wsListener) Address() string { return l.net.Addr().String() }

// Protocol is the network's name.
func (l *wsListener) Protocol() string { return "ws" }

// Serve accepts connections until Close.
func (l *wsListener) Serve(establish listeners.EstablishFn) {
	up := websocket.Upgrader{
		HandshakeTimeout: connectTime,
		Subprotocols:     []string{"mqtt", "mqttv3.1"},
		// A pupil's page may come from a file or from any server; what protects
		// the broker is the login in CONNECT, not a cookie.
		CheckOrigin: func(*http.Request) bool { return true },
	}
	l.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		c.SetReadLimit(MaxPacket)
		l.conns.serve(&wsConn{Conn: c}, func(c net.Conn) { _ = establish(wsID, c) })
	})
	_ = l.server.Serve(l.net)
}

// Close stops listening and ends all connections, as the other listener does.
func (l *wsListener) Close(listeners.CloseFn) {
	_ = l.server.Close()
	_ = l.net.Close()
	l.conns.end()
}

func (l *wsListener) port() int { return listen.Port(l.net.Addr()) }

var errNotBinary = errors.New("a WebSocket message that is not binary")

// wsConn makes a stream of a WebSocket's messages.
type wsConn struct {
	*websocket.Conn
	reader io.Reader
	mu     sync.Mutex // of writes; gorilla allows one at a time
	ending sync.Once
}

// lingerTime is for how long a connection that has ended is kept, so that its
// client can say goodbye too: MQTT.js 5 calls it an error where it can't. So it is
// for maxLingering at a time.
const (
	lingerTime   = time.Second
	maxLingering = 64
)

var lingering = make(chan struct{}, maxLingering)

// Close ends the connection as WebSocket has it (RFC 6455, section 7.1.1), and
// does not wait for that.
func (c *wsConn) Close() error {
	c.ending.Do(func() {
		_ = c.SetReadDeadline(time.Now()) // whoever reads is to know at once
		select {
		case lingering <- struct{}{}:
			crash.Go(c.linger)
		default:
			_ = c.Conn.Close()
		}
	})
	return nil
}

func (c *wsConn) linger() {
	end := time.Now().Add(lingerTime)
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), end) // or it is lost
	if tcp, ok := c.NetConn().(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	time.AfterFunc(time.Until(end), func() {
		_ = c.Conn.Close()
		<-lingering
	})
}

// Read reads on, across messages.
func (c *wsConn) Read(p []byte) (int, error) {
	for {
		if c.reader == nil {
			kind, r, err := c.NextReader()
			if err != nil {
				return 0, err
			}
			if kind != websocket.BinaryMessage {
				return 0, errNotBinary
			}
			c.reader = r
		}
		n, err := c.reader.Read(p)
		if errors.Is(err, io.EOF) {
			c.reader, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Write sends p as one message.
func (c *wsConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.WriteMessage(websocket.BinaryMessage, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// SetDeadline sets both deadlines.
func (c *wsConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}
