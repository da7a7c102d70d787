package hosting_test

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/discover"
	"lamplighter/app/settings"
	"lamplighter/device/devicetest"
)

// loopback is a network of this PC alone, on a port that nobody else uses.
func loopback(t *testing.T) *discover.Network {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(i net.Interface) bool { return i.Flags&net.FlagLoopback != 0 })
	list := []discover.Interface{{Index: all[i].Index, Prefix: netip.MustParsePrefix("127.0.0.1/8")}}
	return &discover.Network{Interfaces: func() ([]discover.Interface, error) { return list, nil }, Port: devicetest.UDPPort(t)}
}

// nearby starts a broker in a network.
func nearby(t *testing.T, loop *apptest.Loop, n *discover.Network, classroom string) *school {
	t.Helper()
	s, _ := startIn(t, loop, t.TempDir(), n)
	s.Settings.Update(func(v *settings.Values) { v.Classroom = classroom })
	s.runs(loop)
	return s
}

// found looks until every name was seen, and tells all that were.
func found(t *testing.T, a *school, names ...string) map[string]discover.Broker {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	seen := map[string]discover.Broker{}
	err := a.Shared().FindBrokers(ctx, func(b discover.Broker) {
		seen[b.Name] = b
		if !slices.ContainsFunc(names, func(n string) bool { _, ok := seen[n]; return !ok }) {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if _, ok := seen[n]; !ok {
			t.Errorf("%q was not found among %v", n, seen)
		}
	}
	return seen
}

func TestASecondComputerFindsTheBrokerWhileItRuns(t *testing.T) {
	n := loopback(t)
	loop := apptest.NewLoop(t)
	a, b := nearby(t, loop, n, "5a"), nearby(t, loop, n, "5b")
	pc, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	other, err := n.Announce(discover.Service{Name: "mosquitto", Port: 1}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	name := pc + " (5a)"
	seen := found(t, b, name, "mosquitto")
	own, _, _ := a.Broker()
	if x := seen[name]; x.Port != own.Port() || x.TLS || x.Addrs[0].String() != "127.0.0.1" {
		t.Errorf("%+v", x)
	}
	for name := range seen {
		if strings.Contains(name, "(5b)") {
			t.Error("it found itself")
		}
	}
	a.Settings.Update(func(v *settings.Values) { v.BuiltIn.Off = true })
	loop.RunUntil(func() bool {
		_, there := found(t, b, "mosquitto")[name]
		return !there
	}, "the end of the announcement")
}
