package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"lamplighter/app/endpoint"
	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// slips are addresses as people mistype them, with the field that is wrong.
var slips = map[string]struct {
	host  string
	port  int
	field string
}{
	"nothing":                {"", 1883, "broker.host"},
	"a percent sign":         {"mqtt%20", 1883, "broker.host"},
	"a hardware address":     {"aa:bb:cc:dd:ee:ff", 1883, "broker.host"},
	"two ports":              {"127.0.0.1:1883:1", 1883, "broker.host"},
	"a port in the host":     {"127.0.0.1:1883", 1883, "broker.host"},
	"a pipe":                 {"a|b", 1883, "broker.host"},
	"a space":                {"a b", 1883, "broker.host"},
	"an open bracket":        {"[::1", 1883, "broker.host"},
	"a scheme":               {"mqtt://127.0.0.1", 1883, "broker.host"},
	"a control character":    {"a\x00b", 1883, "broker.host"},
	"no UTF-8":               {"\xff", 1883, "broker.host"},
	"a number too many":      {"1.2.3.4.5", 1883, "broker.host"},
	"port -1":                {"127.0.0.1", -1, "broker.port"},
	"port 0":                 {"127.0.0.1", 0, "broker.port"},
	"port 65536":             {"127.0.0.1", 65536, "broker.port"},
	"a zone without address": {"%eth0", 1883, "broker.host"},
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	wantFault(t, err, fault.BadValue)
	var v *device.ValueError
	if !errors.As(err, &v) || v.Field != field {
		t.Errorf("%v does not name %s", err, field)
	}
}

func TestAnAddressWithASlipIsToldAndDialsNothing(t *testing.T) {
	for name, c := range slips {
		t.Run(name, func(t *testing.T) {
			for _, o := range []Options{{Endpoint: endpoint.Endpoint{Host: c.host, Port: c.port}}, {Endpoint: endpoint.Endpoint{Host: c.host, Port: c.port, TLS: true}}, {Endpoint: endpoint.Endpoint{Host: c.host, Port: c.port, WebSocket: true}}} {
				wantField(t, Test(t.Context(), o), c.field)
				_, err := DialOnce(t.Context(), o, nil, func(Message) {}, func(error) {})
				wantField(t, err, c.field)
				_, err = Certificates(t.Context(), o)
				wantField(t, err, c.field)
				wantField(t, Reach(t.Context(), c.host, c.port), c.field)

				told := make(chan State, 2)
				l := Dial(o, func(Message) {}, func(s State) { told <- s })
				s := <-told
				if s.Phase != Closed {
					t.Errorf("%v", s.Phase)
				}
				wantField(t, s.Err, c.field)
				wantField(t, l.Publish("a", nil, 0, false), c.field)
				l.Close()
				if s := l.State(); s.Phase != Closed || s.Err != nil {
					t.Errorf("after Close: %+v", s)
				}
			}
		})
	}
}

// Paho leaves out an address that it can't parse, and then never asks for a
// connection: whatever the options say, it has to.
func TestPahoAlwaysAsksForAConnection(t *testing.T) {
	for name, c := range slips {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := openPaho(ctx, Options{Endpoint: endpoint.Endpoint{Host: c.host, Port: c.port}, ClientID: "x"}, func(Message) {}, func(error) {})
		var e *fault.Error
		if !errors.As(err, &e) || errors.Is(err, errNoDial) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// zoneOfLoopback is an address of this computer with its zone, for ::1 has one
// too, or without where the system has none.
func zoneOfLoopback(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return "::1%" + i.Name
		}
	}
	return "::1"
}

func TestABrokerIsReachedUnderEveryFormOfAnIPv6Address(t *testing.T) {
	port := devicetest.Port(t)
	devicetest.StartMosquitto(t, devicetest.MosquittoConf{Extra: fmt.Sprintf("listener %d ::1", port)})
	until(t, "the broker", func() bool { return Reach(t.Context(), "::1", port) == nil })
	for _, host := range []string{"::1", "[::1]", " [0:0::1] ", "：：1", zoneOfLoopback(t), "[" + zoneOfLoopback(t) + "]"} {
		o := Options{Endpoint: endpoint.Endpoint{Host: host, Port: port}}
		if err := errors.Join(Test(t.Context(), o), Reach(t.Context(), host, port)); err != nil {
			t.Errorf("%q: %v", host, err)
		}
		var c collected
		o.Subscribed = c.sub
		l := Dial(o, c.message, c.state)
		if err := l.Subscribe("a", 0); err != nil {
			t.Fatal(err)
		}
		until(t, "the subscription at "+host, func() bool { _, ok := c.answer("a"); return ok })
		l.Close()
	}
}
