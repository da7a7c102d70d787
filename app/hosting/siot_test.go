package hosting_test

import (
	"context"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/broker/siot"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device/devicetest"
)

// lessonLogin tries the login that SIoT's books print.
func lessonLogin(a *school) error {
	b, _, _ := a.Broker()
	host, port := b.LocalAddr()
	return link.Test(context.Background(), link.Options{Endpoint: endpoint.Endpoint{Host: host, Port: port}, User: siot.User, Password: siot.Password})
}

func TestTheBrokerStandsInForSIoTAsTheSettingsSayWithoutARestart(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	a, stop := start(t, loop, dir)
	if lessonLogin(a) == nil {
		t.Fatal("let in before anybody asked for it")
	}
	b, _, _ := a.Broker()
	port := devicetest.Port(t)
	set := func(on bool) {
		a.Settings.Update(func(v *settings.Values) { v.BuiltIn.SIoT, v.BuiltIn.SIoTPort = on, port })
		loop.RunUntil(func() bool { now, _, _ := b.SIoT(); return now == on }, "the switch")
	}
	set(true)
	if err := lessonLogin(a); err != nil {
		t.Error(err)
	}
	if _, at, _ := b.SIoT(); at != port {
		t.Errorf("web addresses at %d", at)
	}
	set(false)
	if lessonLogin(a) == nil {
		t.Error("let in when it was off again")
	}
	if now, _, _ := a.Broker(); now != b || a.started != 1 {
		t.Error("the broker was started again")
	}
	set(true)
	stop()
	a, _ = start(t, loop, dir)
	if err := lessonLogin(a); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}
