package uplink_test

import (
	"context"
	"errors"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/uplink"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

func TestAnotherPasswordHasTheConnectionMadeAnewOnce(t *testing.T) {
	loop := apptest.NewLoop(t)
	c, _ := start(t, loop, t.TempDir())
	m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	id := c.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}, User: "mei"}, "old")
	c.Connections.Use(id)
	online(loop, c)
	since := c.State().Since
	c.Renew()
	if s := c.State(); s.Phase != link.Online || !s.Since.Equal(since) {
		t.Errorf("with the same password it is %+v", s)
	}
	c.Connections.Save(connectionOf(c, id), "new")
	if s := c.State(); s.Phase != link.Connecting {
		t.Errorf("with another password it is %+v", s)
	}
	online(loop, c)
	if c.onlines != 2 {
		t.Errorf("it stood %d times", c.onlines)
	}
}

func TestWhatTheLastConnectionSaidLateIsDropped(t *testing.T) {
	loop := apptest.NewLoop(t)
	c, _ := start(t, loop, t.TempDir())
	m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	c.Connections.Use(c.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}, ""))
	online(loop, c)
	if err := c.Subscribe("late/#", 0); err != nil {
		t.Fatal(err)
	}
	loop.RunUntil(func() bool { return c.Subscriptions()[0].Answered }, "the subscription")
	heard := make(chan struct{}, 1)
	other, err := link.DialOnce(context.Background(), link.Options{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}, []string{"late/#"}, func(link.Message) { heard <- struct{}{} }, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.Publish("late/news", []byte("1"), false)
	<-heard // and so it is on its way to the class, whose loop does not run meanwhile
	c.Disconnect()
	loop.Run()
	if c.received != 0 || c.State().Phase != link.Closed {
		t.Errorf("%d messages, %+v", c.received, c.State())
	}
}

func TestALoginIsTriedWithoutBeingKept(t *testing.T) {
	m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	if err := uplink.Test(t.Context(), settings.Connection{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}, connections.Login{}); err != nil {
		t.Error(err)
	}
	var e *fault.Error
	if err := uplink.Test(t.Context(), settings.Connection{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: devicetest.Port(t)}}, connections.Login{}); !errors.As(err, &e) || e.Fault != fault.Refused {
		t.Errorf("%v", err)
	}
	if _, err := uplink.Certificate(t.Context(), settings.Connection{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}); !errors.As(err, &e) {
		t.Errorf("a broker without TLS has a certificate: %v", err)
	}
}

func TestABrokerWithoutALoginElsewhereIsUnguarded(t *testing.T) {
	loop := apptest.NewLoop(t)
	c, _ := start(t, loop, t.TempDir())
	for _, x := range []struct {
		host, user string
		unguarded  bool
	}{{"127.0.0.1", "", false}, {"broker.invalid", "", true}, {"broker.invalid", "mei", false}} {
		c.Connections.Use(c.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: x.host, Port: 1}, User: x.user}, ""))
		if c.IsOpenToAll() != x.unguarded {
			t.Errorf("%+v", x)
		}
	}
	c.Connections.Use("")
	if c.IsOpenToAll() {
		t.Error("the built-in broker is")
	}
}
