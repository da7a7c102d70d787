package prefs

import (
	"cmp"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
	"lamplighter/views/problem"
)

func TestAConnectionToEveryPlatformIsMadeInTheSettings(t *testing.T) {
	w, _, h := settingsWindow(t)
	for i, p := range presets.All() {
		f := newConnectionForm(envOf(w), settings.Connection{}, connections.Login{})
		f.open()
		f.platform.SetSelectedIndex(i)
		for k, in := range f.form().Fields {
			if in.In.Password != fieldOf(p, k).Hidden {
				t.Errorf("%s: %s can be read by all", p.ID, k)
			}
			if in.In.Text == "" {
				in.In.SetText(cmp.Or(fieldOf(p, k).Example, "0123456789abcdef0123456789abcdef"))
			}
		}
		f.save()
		if len(h.Saved) != i+1 {
			t.Fatalf("%s: not kept", p.ID)
		}
		c := h.Saved[i]
		if presets.ByID(c.Preset).ID != p.ID || c.Host == "" || c.Port == 0 || len(p.Servers) > 0 && problem.ServerOf(p, f.choice.Other) < 0 {
			t.Errorf("%s: %s %s:%d", p.ID, c.Preset, c.Host, c.Port)
		}
	}
}

func fieldOf(p presets.Preset, k presets.Key) presets.Field { f, _ := p.Field(k); return f }

func TestWhatTheFormDoesNotAskForStaysAndGoesWithThePlatform(t *testing.T) {
	w, _, h := settingsWindow(t)
	was := settings.Connection{ID: "a", Preset: "public", TopicScheme: "room", TopicPrefix: "class-x", API: "u", RetainSupport: "yes", Endpoint: endpoint.Endpoint{Host: "broker.emqx.io", Port: 1883}, ClientID: "c", KeepAlive: 60}
	f := newConnectionForm(envOf(w), was, connections.Login{})
	f.open()
	f.name.SetText("Mine")
	f.save()
	was.Name = "Mine"
	if h.Saved[0] != was {
		t.Errorf("kept %+v", h.Saved[0])
	}
	f = newConnectionForm(envOf(w), was, connections.Login{})
	f.open()
	test.Tap(f.advanced.fold)
	f.advanced.websocket.SetChecked(true)
	if f.choice.Other.Port != 8083 || !f.advanced.hostBox.Visible() {
		t.Errorf("WebSocket at %d", f.choice.Other.Port)
	}
	f.pick(presets.ByID(presets.Free))
	f.form().Fields[presets.Host].In.SetText("h")
	f.save()
	if c := h.Saved[1]; c.TopicPrefix != "" || c.RetainSupport != "" || c.API != "" || c.Preset != "" {
		t.Errorf("it took along %+v", c)
	}
}

func TestTheClassesFirstLevelIsShownAndTheSameIsTypedOnAnotherPC(t *testing.T) {
	w, _, h := settingsWindow(t)
	f := newConnectionForm(envOf(w), settings.Connection{ID: "a", Preset: "public", TopicScheme: "room", TopicPrefix: "class-k3n5p7q9rs", Endpoint: endpoint.Endpoint{Host: "broker.emqx.io", Port: 1883}}, connections.Login{})
	f.open()
	if !f.advanced.prefixBox.Visible() || f.advanced.prefix.Text != "class-k3n5p7q9rs" {
		t.Fatalf("it shows %q", f.advanced.prefix.Text)
	}
	f.pick(presets.ByID(presets.Free))
	if f.advanced.prefixBox.Visible() {
		t.Error("it is asked for where there is none")
	}
	f.end()
	for typed, taken := range map[string]bool{"class-k3n5p7q9rs": true, "": true, " class-k3n5p7q9rs ": true, "class": false, "a/b/c/d/e": false, "class-#######": false, "一班的灯在这里呢": false} {
		before := len(h.Saved)
		f := newConnectionForm(envOf(w), settings.Connection{Preset: "public", TopicScheme: "room", Endpoint: endpoint.Endpoint{Host: "broker.emqx.io", Port: 1883}}, connections.Login{})
		f.open()
		f.advanced.prefix.SetText(typed)
		f.save()
		if kept := len(h.Saved) > before; kept != taken || kept && h.Saved[before].TopicPrefix != strings.TrimSpace(typed) {
			t.Errorf("%q: kept %v", typed, h.Saved[before:])
		}
		f.end()
	}
}
