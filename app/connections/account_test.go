package connections_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/app/settings/exchange"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func TestTwoAccountsThatAreToldBySecretAloneAreTwoConnections(t *testing.T) {
	a := open(t)
	colleague := open(t)
	bemfa := settings.Connection{Preset: "bemfa", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 9501}}
	mine := a.Save(bemfa, "aaaaaaaaaaaaaaaa")
	colleague.Save(bemfa, "bbbbbbbbbbbbbbbb")
	for range 2 {
		if _, err := a.Import(colleague.Items(), false); err != nil {
			t.Fatal(err)
		}
	}
	third := open(t)
	if n, err := third.Import(a.Items(), false); n != 2 || err != nil {
		t.Errorf("%d came at once, %v", n, err)
	}
	if n := len(a.settings.Values().Connections); n != 2 || a.Password(mine) != "aaaaaaaaaaaaaaaa" {
		t.Errorf("%d connections after the import", n)
	}
}

// choose keeps a broker that the wizard was given, as it does for each board.
func choose(b *book, preset, host, password string) settings.Connection {
	return b.Keep(setup.BrokerChoice{Preset: preset, Other: device.Broker{Host: host, Port: 1, Password: device.Text(password)}})
}

func TestTheWizardFindsTheConnectionOfTheSameAccountAndRoom(t *testing.T) {
	a := open(t)
	colleague := open(t)

	first := choose(a, "bemfa", "127.0.0.1", "aaaaaaaaaaaaaaaa")
	if other := choose(a, "bemfa", "127.0.0.1", "bbbbbbbbbbbbbbbb"); other.ID == first.ID {
		t.Error("another account took the first one's place")
	}
	if again := choose(a, "bemfa", "127.0.0.1", "aaaaaaaaaaaaaaaa"); again.ID != first.ID || a.Password(first.ID) != "aaaaaaaaaaaaaaaa" {
		t.Error("the same account has two connections")
	}

	// On a broker for everybody the colleague's class has its own first level.
	hers := choose(colleague, "public", "127.0.0.1", "")
	his := choose(a, "public", "127.0.0.1", "")
	if hers.TopicPrefix == his.TopicPrefix || his.TopicPrefix == "" {
		t.Fatalf("the rooms are %q and %q", hers.TopicPrefix, his.TopicPrefix)
	}
	if n, err := a.Import(colleague.Items(), false); n != 1 || err != nil {
		t.Fatalf("%d came, %v", n, err)
	}
	for _, c := range a.settings.Values().Connections {
		if c.Preset != "public" {
			continue
		}
		a.Use(c.ID) // of two at one host, the one in use counts
		if got := choose(a, "public", "127.0.0.1", ""); got.ID != c.ID || got.TopicPrefix != c.TopicPrefix {
			t.Errorf("the board went to %q, and %q is in use", got.TopicPrefix, c.TopicPrefix)
		}
	}
}

func TestTheAddressOfAPlatformsAPIIsKept(t *testing.T) {
	a := open(t)
	a.Save(settings.Connection{Preset: "onenet", Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}, API: "http://127.0.0.1:1"}, "")
	if all := a.ForBoards(); len(all) != 1 || all[0].API != "http://127.0.0.1:1" {
		t.Errorf("%+v", all)
	}
}

func TestOnlyAnotherPasswordOfTheConnectionInUseHasItMadeAnew(t *testing.T) {
	b := open(t)
	c := settings.Connection{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 1}, User: "mei"}
	c.ID = b.Save(c, "old")
	if b.renewed != 0 {
		t.Error("it is not in use")
	}
	b.Use(c.ID)
	b.Save(c, "new")
	if b.renewed != 1 || b.Password(c.ID) != "new" {
		t.Errorf("asked for %d times, with password %q", b.renewed, b.Password(c.ID))
	}
	b.Delete(c.ID)
	if v := b.settings.Values(); b.Password(c.ID) != "" || v.Connection != "" || len(v.Connections) != 0 {
		t.Errorf("%+v", v.Connections)
	}
}

func TestTheKeyOfACertificateIsInTheKeyringOnly(t *testing.T) {
	b := open(t)
	c := settings.Connection{Endpoint: endpoint.Endpoint{Host: "127.0.0.1", Port: 8883, TLS: true}, Certificate: "CERTIFICATE"}
	c.ID = b.SaveLogin(c, connections.Login{Password: "sesame", Key: "PRIVATE"})
	if got := b.Login(c.ID); got != (connections.Login{Password: "sesame", Key: "PRIVATE"}) {
		t.Errorf("kept %#v", got)
	}
	if b.Save(c, "another"); b.Login(c.ID).Key != "PRIVATE" {
		t.Error("another password took the key away")
	}
	text := fmt.Sprintf("%v %+v %#v", b.settings.Values(), b.Items(), b.Login(c.ID))
	for _, passphrase := range []string{"", "long enough"} {
		file, err := exchange.Write(b.Items(), passphrase)
		if err != nil {
			t.Fatal(err)
		}
		f, err := exchange.Read(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		f, err = f.Unlock(passphrase)
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("%s %+v", file, f)
	}
	if strings.Contains(text, "PRIVATE") {
		t.Errorf("the key is in %s", text)
	}
	if n := len(b.ForBoards()); n != 0 {
		t.Errorf("%d connections with a certificate are for boards", n)
	}
	x := setup.BrokerChoice{Other: device.Broker{Host: c.Host, Port: c.Port, TLS: true}}
	if board := b.Keep(x); board.ID == c.ID || board.Certificate != "" {
		t.Error("a board is to show a certificate")
	}
	c.Certificate = ""
	b.Save(c, "another")
	if b.Login(c.ID).Key != "" {
		t.Error("a key without a certificate is kept")
	}
}
