package explain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// programs are all that package program writes in its own tests.
func programs(t *testing.T) map[string][]Line {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "golden", "*.py"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	all := map[string][]Line{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := Lines(string(text))
		all[filepath.Base(name)] = lines
		if got := len(lines); got != strings.Count(string(text), "\n") {
			t.Errorf("%s has %d lines", name, got)
		}
	}
	return all
}

func TestEveryLineOfEveryProgramIsKnown(t *testing.T) {
	seen := map[Kind]bool{}
	for name, lines := range programs(t) {
		for _, l := range lines {
			seen[l.Kind] = true
			known := false
			for _, p := range patterns {
				known = known || p.kind == l.Kind && strings.HasPrefix(strings.TrimSpace(l.Text), p.start)
			}
			if l.Kind != Nothing && !known {
				t.Errorf("%s: %q is not known", name, l.Text)
			}
		}
	}
	for _, k := range []Kind{Import, WiFi, Server, Login, ClientID, KeepAlive, CommandTopic, StateTopic, Hardware, Memory, Light, Callback, Command, Report, PublishState, JoinWiFi, Client, SetCallback, LastWill, Connect, Subscribe, Online, Loop, CheckMessage, WhenToReport, Ping, Pause, Retry} {
		if !seen[k] {
			t.Errorf("no line is of kind %d", k)
		}
	}
}

func TestLinesAreToldByWhereTheyStand(t *testing.T) {
	text := "def publish_state():\n    client.publish(STATE, b\"on\")\n\ndef connect():\n    client.publish(STATUS, b\"online\", True)\n    client.connect()\n\nlight(False)\nwhile True:\n    publish_state()\n"
	want := []Kind{Report, PublishState, Nothing, JoinWiFi, Online, Connect, Nothing, Light, Loop, Report}
	for i, l := range Lines(text) {
		if l.Kind != want[i] {
			t.Errorf("%q is of kind %d, want %d", l.Text, l.Kind, want[i])
		}
	}
}

func TestChoicesChangeTheLinesThatTheyConcern(t *testing.T) {
	lines := Lines("KEEPALIVE = 30  # seconds\ndef publish_state():\n    client.publish(STATE, b\"on\" if lit else b\"off\", True)  # True: kept\ndef connect():\n    client.subscribe(COMMAND)\n")
	if c := ChoicesOf(lines); c != (Choices{KeepAlive: 30, Retained: true}) {
		t.Fatalf("choices: %+v", c)
	}
	for _, c := range []struct {
		choices                       Choices
		keepAlive, publish, subscribe string
	}{
		{Choices{30, 0, true}, "KEEPALIVE = 30  # seconds", "    client.publish(STATE, b\"on\" if lit else b\"off\", True)  # True: kept", "    client.subscribe(COMMAND)"},
		{Choices{60, 0, false}, "KEEPALIVE = 60  # seconds", "    client.publish(STATE, b\"on\" if lit else b\"off\")", "    client.subscribe(COMMAND)"},
		{Choices{30, 1, true}, "KEEPALIVE = 30  # seconds", "    client.publish(STATE, b\"on\" if lit else b\"off\", True, 1)  # True: kept", "    client.subscribe(COMMAND, 1)"},
		{Choices{30, 1, false}, "KEEPALIVE = 30  # seconds", "    client.publish(STATE, b\"on\" if lit else b\"off\", False, 1)", "    client.subscribe(COMMAND, 1)"},
	} {
		got := Apply(lines, c.choices)
		for i, want := range map[int]string{0: c.keepAlive, 2: c.publish, 4: c.subscribe} {
			if got[i].Text != want || got[i].Changed != (want != lines[i].Text) {
				t.Errorf("%+v: %q, changed %v, want %q", c.choices, got[i].Text, got[i].Changed, want)
			}
		}
	}
}

func TestAChoiceThatAProgramHasChangesNothing(t *testing.T) {
	for name, lines := range programs(t) {
		for _, l := range Apply(lines, ChoicesOf(lines)) {
			if l.Changed {
				t.Errorf("%s: %q", name, l.Text)
			}
		}
	}
}
