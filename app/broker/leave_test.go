package broker

import (
	"net"
	"testing"
)

func TestHowAClientLeftIsTold(t *testing.T) {
	b, notices := begin(t, Options{})
	come := func(user string, keepAlive byte) net.Conn {
		t.Helper()
		account(t, b, Account{User: user, Role: Board, Base: "class/" + user}, "password-1")
		c, code := rawClient(t, b, "127.0.0.1", user, user, "password-1", 0xC2, keepAlive)
		if code != 0 {
			t.Fatalf("%s is refused with %d", user, code)
		}
		return c
	}
	for user, c := range map[string]struct {
		keepAlive byte
		end       func(net.Conn)
		want      Departure
	}{
		"broken":   {60, func(c net.Conn) { _ = c.Close() }, LeftConnectionLost},
		"goodbye":  {60, func(c net.Conn) { _, _ = c.Write([]byte{0xE0, 0}) }, LeftCleanly},
		"silent":   {1, func(net.Conn) {}, LeftKeepAliveTimeout},
		"replaced": {60, func(net.Conn) { rawConnect(t, b, "127.0.0.1", "replaced", "replaced", "password-1") }, LeftTakenOver},
	} {
		c.end(come(user, c.keepAlive))
		n := notices.wait(t, user+" to leave", func(n Notice) bool { return n.Kind == Disconnected && n.User == user })
		if n.Departure != c.want {
			t.Errorf("%s left by %v, want %v", user, n.Departure, c.want)
		}
	}
}
