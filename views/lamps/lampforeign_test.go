package lamps

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/lights"
	"lamplighter/views/viewtest"
)

// foreignRoom has lamps of every other system, beside a board.
func foreignRoom(r *lampRoom) {
	r.SetForeign(true)
	r.here("lamp-01", "Window 窗边", "on")
	kept := func(topic, payload string) { r.Receive(topic, []byte(payload), true, sceneTime) }
	says := func(topic, payload string) { r.Receive(topic, []byte(payload), false, sceneTime) }
	kept("homeassistant/light/kitchen/config", `{"name":"Kitchen","schema":"json","brightness":true,"cmd_t":"k/set","stat_t":"k/state","avty_t":"k/there","dev":{"name":"Kitchen","mdl":"esp32dev","sw":"2024.6.0"},"o":{"name":"ESPHome"}}`)
	kept("k/there", "online")
	says("k/state", `{"state":"ON","brightness":100}`)
	kept("homeassistant/switch/pump/config", `{"name":"Pump","cmd_t":"pump/set"}`)
	kept("homeassistant/light/sign/config", `{"name":"Sign","stat_t":"sign/state"}`)
	says("sign/state", "ON")
	kept("tele/hall/LWT", "Offline")
	kept("tasmota/discovery/001122334455/config", `{"dn":"Hall","fn":["Hall"],"mac":"001122334455","t":"hall","ft":"%prefix%/%topic%/","rl":[1]}`)
	kept("stat/hall/POWER", "OFF")
	kept("zigbee2mqtt/bridge/devices", `[{"friendly_name":"Room/Grow light","ieee_address":"0xb4e3","definition":{"vendor":"IKEA","model":"LED1545G12","exposes":[{"type":"light","features":[{"name":"state","property":"state","access":7},{"name":"brightness","property":"brightness","access":7,"value_max":254}]}]}}]`)
	kept("zigbee2mqtt/bridge/state", "online")
	says("zigbee2mqtt/Room/Grow light", `{"state":"OFF","brightness":254}`)
	_ = r.Switch("cmd:zigbee2mqtt/Room/Grow light/set", true)
	kept("homie/5/desk/$state", "ready")
	kept("homie/5/desk/$description", `{"homie":"5.0","name":"Desk","nodes":{"light":{"properties":{"power":{"datatype":"boolean","settable":true}}}}}`)
	kept("homie/5/desk/light/power", "true")
}

func init() {
	dialogs := map[string]func(*lampPage){
		"":        func(*lampPage) {},
		"-menu":   func(p *lampPage) { p.grid.current = p.grid.find("cmd:k/set"); p.grid.menu() },
		"-sign":   func(p *lampPage) { p.grid.current = p.grid.find("say:sign/state"); p.grid.menu() },
		"-hide":   func(p *lampPage) { p.menu.hideDialog("cmd:k/set") },
		"-level":  func(p *lampPage) { p.menu.colorDialog("cmd:k/set") },
		"-topics": func(p *lampPage) { p.menu.topicsDialog("cmd:zigbee2mqtt/Room/Grow light/set") },
		"-hidden": func(p *lampPage) { _ = p.panel.Remove("cmd:k/set"); p.pageMenu() },
	}
	for name, open := range dialogs {
		lampScene("foreign"+name, func(_ *viewtest.Env, r *lampRoom) *lampRoom { foreignRoom(r); return nil }, open)
	}
}

func TestALampOfAnotherSystemIsSwitchedByATapAndSaysWhoseItIs(t *testing.T) {
	p, room := lampWindow(t, foreignRoom)
	room.sent = nil
	c := p.card(t, "cmd:k/set")
	test.Tap(c.sw)
	if len(room.sent) != 1 || room.sent[0] != `k/set {"state":"OFF"}` || c.picture.Lit != 1 {
		t.Fatalf("sent %q, lit %v", room.sent, c.picture.Lit)
	}
	room.Receive("k/state", []byte(`{"state":"OFF"}`), false, sceneTime)
	room.loop.Run()
	if w := c.DebugText(); c.picture.Lit != 0 || !strings.Contains(w, "Off, confirmed 09:41 by the lamp.") {
		t.Fatalf("card says %q", w)
	}
	l, _ := room.Light("cmd:k/set")
	if items := sourceItems(l); items[0].Label != "From Home Assistant" || !items[0].Disabled {
		t.Fatalf("%+v", items[0])
	}
	if words := strings.Join(infoWords(l), "\n"); !strings.Contains(words, "Belongs to: Home Assistant") || !strings.Contains(words, "Reported by: ESPHome") {
		t.Fatalf("%q", words)
	}
}

func TestALampThatNobodyCanSwitchHasNoSwitch(t *testing.T) {
	p, room := lampWindow(t, foreignRoom)
	room.sent = nil
	c := p.card(t, "say:sign/state")
	if c.sw.Visible() || c.picture.Lit != 1 {
		t.Fatalf("switch %v, lit %v, it says %q", c.sw.Visible(), c.picture.Lit, c.DebugText())
	}
	test.TapAt(c, fyne.NewPos(cardRoom*c.scale+5, cardRoom*c.scale+5))
	p.last.send("say:sign/state")
	if len(room.sent) != 0 {
		t.Fatalf("sent %q", room.sent)
	}
}

func TestHidingALampOfAnotherSystemPublishesNothingAndItCanBeBroughtBack(t *testing.T) {
	p, room := lampWindow(t, foreignRoom)
	room.sent = nil
	if len(p.menu.hiddenItems()) != 0 {
		t.Fatal("something is hidden already")
	}
	if err := p.panel.Remove("cmd:k/set"); err != nil || p.grid.find("cmd:k/set") >= 0 || len(room.sent) != 0 {
		t.Fatalf("%v, sent %q", err, room.sent)
	}
	items := p.menu.hiddenItems()
	if len(items) != 1 || items[0].Label != "Show 1 hidden lamp again" {
		t.Fatalf("%+v", items)
	}
	items[0].Action()
	room.loop.Run()
	if p.grid.find("cmd:k/set") < 0 || len(room.sent) != 0 {
		t.Fatalf("it is not back, or something was sent: %q", room.sent)
	}
	l, _ := room.Light("cmd:k/set")
	if l.Source != lights.HomeAssistant {
		t.Fatalf("%+v", l)
	}
}
