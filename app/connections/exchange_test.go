package connections_test

import (
	"errors"
	"testing"

	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/app/settings/exchange"
)

func TestConnectionsGoToAColleagueOnceAndWithTheirPasswords(t *testing.T) {
	a := open(t)
	colleague := open(t)
	a.Save(settings.Connection{Name: "School", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}, User: "mei", Preset: "own"}, "s3cret")
	a.Save(settings.Connection{Name: "Other", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 2}}, "")
	all := a.Items()
	all[0].Filters = []settings.Subscription{{Filter: "x/#"}, {Filter: "x/#"}}
	own := colleague.Save(settings.Connection{Name: "mine", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}, User: "mei", Preset: "own"}, "")

	for range 2 { // the second time brings nothing new
		if _, err := colleague.Import(all, true); err != nil {
			t.Fatal(err)
		}
	}
	v := colleague.settings.Values()
	if len(v.Connections) != 2 || v.Connections[0].Name != "mine" || v.Connections[1].Name != "Other" {
		t.Errorf("%+v", v.Connections)
	}
	if got := colleague.Password(own); got != "s3cret" {
		t.Errorf("password %q", got)
	}
	if n := len(v.Topics.Subscriptions); n != 1 {
		t.Errorf("%d subscriptions: %v", n, v.Topics.Subscriptions)
	}
	if !colleague.Knows(all[0].Connection) || colleague.Knows(settings.Connection{Endpoint: endpoint.Endpoint{Host: "h"}}) {
		t.Error("what is known is mixed up")
	}
	again := colleague.Save(settings.Connection{ID: own, Name: "mine", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}, User: "mei", Preset: "own"}, "another")
	if _, err := colleague.Import(all, false); err != nil || colleague.Password(again) != "another" {
		t.Errorf("a password was replaced, %v", err)
	}
}

func TestTooManyConnectionsAreNotImportedByHalves(t *testing.T) {
	a := open(t)
	var many []exchange.Item
	for i := range settings.MaxConnections {
		many = append(many, exchange.Item{Connection: settings.Connection{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1 + i}}, Password: "p"})
	}
	a.Save(settings.Connection{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 9000}}, "")
	if _, err := a.Import(many, true); !errors.Is(err, connections.ErrMany) {
		t.Error(err)
	}
	if n := len(a.settings.Values().Connections); n != 1 {
		t.Errorf("%d connections", n)
	}
	if n, err := a.Import(many[1:], true); err != nil || n != settings.MaxConnections-1 {
		t.Errorf("%d, %v", n, err)
	}
}
