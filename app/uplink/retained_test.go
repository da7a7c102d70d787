package uplink_test

import (
	"context"
	"errors"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/uplink"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

func TestWhatABrokerKeepsIsAskedForThoughAnotherClientHadItKept(t *testing.T) {
	loop := apptest.NewLoop(t)
	c, _ := start(t, loop, t.TempDir())
	m := devicetest.StartMosquitto(t, devicetest.MosquittoConf{})
	c.Connections.Use(c.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}, ""))
	online(loop, c)
	other, err := link.DialOnce(context.Background(), link.Options{Endpoint: endpoint.Endpoint{Host: m.Host(), Port: m.Port()}}, nil, func(link.Message) {}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.Publish("note/a", []byte("1"), true)
	other.Publish("note/b", []byte("2"), true)
	other.Publish("note/b", nil, true)
	other.Publish("note/c", []byte("3"), false)
	ask := func(filter string) (r uplink.Retained) {
		told := false
		c.AskRetained(filter, func(got uplink.Retained) { r, told = got, true })
		loop.RunUntil(func() bool { return told }, "the answer")
		return r
	}
	loop.RunUntil(func() bool { return len(ask("note/#").Messages) == 1 }, "what was published")
	if r := ask("note/#"); r.Err != nil || r.Truncated || r.Messages[0].Topic != "note/a" || string(r.Messages[0].Payload) != "1" {
		t.Errorf("%+v", r)
	}
	c.AskRetained("note/#", func(uplink.Retained) { t.Error("an answer after the end") })()
	c.Disconnect()
	var e *fault.Error
	if r := ask("note/#"); !errors.As(r.Err, &e) || e.Fault != fault.Unreachable {
		t.Errorf("without a connection: %+v", r)
	}
}
