package policy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
)

var languages = []string{"en", "zh-Hans"}

func policyOf(t *testing.T, text string) settings.Policy {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(languages, filepath.Join(t.TempDir(), FileName), path)
}

func TestTheFirstFileThatIsThereIsUsed(t *testing.T) {
	if p := Read(languages, filepath.Join(t.TempDir(), FileName)); p.Path != "" || p.Wrong != nil {
		t.Errorf("without a file: %+v", p)
	}
	p := policyOf(t, "\ufeff"+`{"language":"zh-Hans","classroom":"room-204",
		"broker":{"name":"学校","host":"mqtt.school.example","port":8883,"tls":true,"user":"teacher","websocket":true,"path":"/mqtt"},
		"locked":["broker","classroom"]}`)
	want := settings.Connection{
		ID: settings.PolicyConnection, Name: "学校", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true, WebSocket: true, Path: "/mqtt"}, User: "teacher",
	}
	if p.Language != "zh-Hans" || p.Classroom != "room-204" || p.Broker == nil || *p.Broker != want || len(p.Locked) != 2 || p.Wrong != nil || p.Path == "" {
		t.Errorf("%+v %+v", p, p.Broker)
	}
	if p := policyOf(t, `{"locked":["broker"]}`); len(p.Locked) != 1 || p.Wrong != nil {
		t.Errorf("this computer's own broker: %+v", p)
	}
}

func TestWhatIsWrongIsToldByItsNameAndNotUsed(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "policy.json:1",
		"{\n\"language\": \"en\",\n}":          "policy.json:3",
		"[]":                                   "policy.json",
		`{"language":"klingon"}`:               "language",
		`{"language":7}`:                       "language",
		`{"classroom":"a b"}`:                  "classroom",
		`{"clasroom":"a"}`:                     "clasroom",
		`{"broker":"x"}`:                       "broker",
		`{"broker":null}`:                      "broker",
		`{"broker":{"port":1}}`:                "broker.host",
		`{"broker":{"host":"a b"}}`:            "broker.host",
		`{"broker":{"host":"a","port":70000}}`: "broker.port",
		`{"broker":{"host":"a","tls":"yes"}}`:  "broker.tls",
		`{"broker":{"host":"a","password":"secret"}}`:   "broker.password",
		`{"broker":{"host":"a","ca":"no certificate"}}`: "broker.ca",
		`{"locked":"broker"}`:                           "locked",
		`{"locked":["language"]}`:                       "locked: language",
		`{"locked":["theme"]}`:                          "locked: theme",
		`{"language":"xx","locked":["language"]}`:       "language|locked: language",
		`{"broker":{"host":"a b"},"locked":["broker"]}`: "broker.host|locked: broker",
		`{"x":1,"language":"en","y":{}}`:                "x|y",
		strings.Repeat(" ", maxFile+1):                  "policy.json",
	} {
		p := policyOf(t, text)
		if got := strings.Join(p.Wrong, "|"); got != want {
			t.Errorf("%.60q: told %q, want %q", text, got, want)
		}
		if p.Broker != nil || len(p.Locked) != 0 || p.Classroom != "" || (p.Language != "" && p.Language != "en") {
			t.Errorf("%.60q: used %+v", text, p)
		}
	}
}

func TestHowManyAreToldIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		b.WriteString(`,"` + strings.Repeat("x", i+1) + `":1`)
	}
	p := policyOf(t, "{"+b.String()[1:]+"}")
	if len(p.Wrong) != maxWrong || slices.ContainsFunc(p.Wrong, func(s string) bool { return len(s) > maxText }) {
		t.Errorf("%d are told", len(p.Wrong))
	}
}

func TestItIsLookedForBesideTheProgramFirst(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if all := Paths(); len(all) < 2 || all[0] != filepath.Join(filepath.Dir(exe), FileName) {
		t.Error(all)
	}
}
