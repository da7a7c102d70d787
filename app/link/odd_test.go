package link

import (
	"errors"
	"io"
	"net"
	"testing"

	"lamplighter/app/endpoint"
	"lamplighter/device/fault"
)

// Paho takes for granted that a broker's answers are whole, and that there is
// one for each filter: with more it panics.
func TestAnAnswerOfAnotherLengthEndsTheConnectionNotTheProgram(t *testing.T) {
	for name, answer := range map[string]func(id string) string{
		"two codes for one filter": func(id string) string { return "\x90\x04" + id + "\x00\x00" },
		"no code":                  func(id string) string { return "\x90\x02" + id },
		"no packet id":             func(string) string { return "\xb0\x00" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				b := make([]byte, 256)
				if _, err := c.Read(b); err != nil { // CONNECT
					return
				}
				_, _ = io.WriteString(c, accepted)
				n, err := c.Read(b) // SUBSCRIBE
				if err != nil || n < 4 {
					return
				}
				_, _ = io.WriteString(c, answer(string(b[2:4])))
				_, _ = io.Copy(io.Discard, c) // until the client leaves
			}()
			o := Options{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}}
			_, err = DialOnce(t.Context(), o, []string{"a/#"}, func(Message) {}, func(error) {})
			var e *fault.Error
			if !errors.As(err, &e) {
				t.Errorf("%v", err)
			}
		})
	}
}
