package app_test

import (
	"errors"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device/devicetest"
)

func TestTheStatusTellsOfTheBrokerInUse(t *testing.T) {
	loop := apptest.NewLoop(t)
	a, _ := start(t, loop, t.TempDir())
	b, _, _ := a.Hosting.Broker()
	if s := a.Status(); s.Link != link.Online || s.Broker != "" || s.Open || s.Unsaved != nil {
		t.Errorf("this PC's own: %+v", s)
	}
	b.SetOpen(true)
	if !a.Status().Open {
		t.Error("it does not say that anybody is let in")
	}
	if b.SetSIoT(true, devicetest.Port(t)); !a.Status().SIoT {
		t.Error("it does not say that it stands in for SIoT")
	}
	id := a.Connections.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: "::1", Port: 9}, Preset: "adafruit", User: "+"}, "key")
	a.Connections.Use(id)
	var field *presets.FieldError
	if s := a.Status(); s.Broker != "::1" || s.Address != "[::1]:9" || s.Preset != "adafruit" || s.IsPublic || !errors.As(s.Err, &field) {
		t.Errorf("another: %+v", s)
	}
	a.Connections.Save(settings.Connection{ID: id, Name: "Room 12", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 9}, Preset: "public"}, "")
	if s := a.Status(); s.Broker != "Room 12" || !s.IsPublic || s.Link == link.Online {
		t.Errorf("for everybody: %+v", s)
	}
}
