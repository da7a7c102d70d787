package app_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lamplighter/app/apptest"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/uplink"
	"lamplighter/device"
)

// A saved address used to end the program at each start.
func TestASavedAddressWithASlipIsToldAndTheBrokerRuns(t *testing.T) {
	for name, c := range map[string]settings.Connection{
		"a percent sign":     {Endpoint: endpoint.Endpoint{Host: "mqtt%20", Port: 1883}},
		"a hardware address": {Endpoint: endpoint.Endpoint{Host: "aa:bb:cc:dd:ee:ff", Port: 1883}},
		"two ports":          {Endpoint: endpoint.Endpoint{Host: "127.0.0.1:1883:1", Port: 1883}},
		"a pipe":             {Endpoint: endpoint.Endpoint{Host: "a|b", Port: 1883, WebSocket: true}},
		"no host":            {Endpoint: endpoint.Endpoint{Port: 8883, TLS: true}},
		"port -1":            {Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c.ID = "c"
			data, err := json.Marshal(settings.Values{Connection: "c", Connections: []settings.Connection{c}})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "settings.json"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			loop := apptest.NewLoop(t)
			a, _ := startAnyhow(t, loop, dir)
			var v *device.ValueError
			loop.RunUntil(func() bool { return errors.As(a.Status().Err, &v) }, "the slip to be told")
			if s := a.Status(); s.Link != link.Closed {
				t.Errorf("%+v", s)
			}
			if b, _, err := a.Hosting.Broker(); b == nil || err != nil {
				t.Errorf("the broker does not run: %v", err)
			}
			if err := uplink.Test(t.Context(), c, connections.Login{}); !errors.As(err, &v) {
				t.Errorf("tried: %v", err)
			}
			a.Connections.Use("")
			loop.RunUntil(func() bool { return a.Status().Link == link.Online }, "this computer's broker")
			all := a.Settings.Values()
			if got, _ := all.ConnectionByID("c"); got != c {
				t.Errorf("%+v was kept as %+v", c, got)
			}
		})
	}
}
