package broker

import (
	"fmt"
	"net"
	"testing"
	"time"

	"lamplighter/device/devicetest"
)

// Connections to this port that said nothing were not bounded, and one that had
// been answered could stay for ever.
func TestHostileConnectionsToTheWebSocketPortAreBounded(t *testing.T) {
	b, _ := begin(t, Options{WebSocket: true, WSPort: devicetest.Port(t)})
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.66")}, Timeout: time.Minute}
	for range 2 * maxBegins {
		c, err := d.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.WebSocketPort()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	o := appOptions(b)
	o.WebSocket, o.Port = true, b.WebSocketPort()
	app := join(t, o, "class/#")
	app.send(t, "class/a", "1", 1, false)
	app.hears(t, "class/a", "1")
	until(t, "the app's connection to be the crowd's", func() bool {
		return b.ws.begins.Len() <= maxBegins
	})
	if s := b.ws.server; s.IdleTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 {
		t.Error("a connection may be idle for ever")
	}
}
