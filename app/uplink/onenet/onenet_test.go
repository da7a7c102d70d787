package onenet

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lamplighter/app/broker/platformtest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
)

const (
	product    = "p123123"
	productKey = "cHJvZHVjdC1rZXk="
	deviceKey  = "ZGV2aWNlLWtleQ=="
)

func platform(t *testing.T, thing bool) *platformtest.OneNETPlatform {
	return platformtest.OneNET(t, platformtest.OneNETOptions{
		Product: product, AccessKey: productKey, Devices: map[string]string{"lamp07": deviceKey}, Thing: thing,
	})
}

// lamp is a board that does as it is asked.
func lamp(t *testing.T, p *platformtest.OneNETPlatform, way string) *link.OneShot {
	t.Helper()
	acc, err := presets.ByID("onenet").Account(presets.Inputs{
		TopicScheme: way, User: product, Password: productKey, Base: "class/lamp-07", Now: time.Now(),
		Place: presets.BoardFields{Device: "lamp07", Secret: deviceKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := link.Options{Endpoint: endpoint.Endpoint{Host: p.Host(), Port: p.Port()}, ClientID: acc.ClientID, User: acc.User, Password: acc.Password}
	var board *link.OneShot
	ready := make(chan struct{})
	board, err = link.DialOnce(t.Context(), o, []string{acc.Topics.Set}, func(m link.Message) {
		<-ready
		if way == "data" {
			id := m.Topic[strings.LastIndexByte(m.Topic, '/')+1:]
			board.Publish(strings.Replace(m.Topic, "/request/", "/response/", 1), []byte(`{"id":"`+id+`"}`), false)
			v := map[string]int{"on": 1, "off": 0}[string(m.Payload)]
			board.Publish(acc.Topics.State, fmt.Appendf(nil, `{"id":1,"dp":{"light":[{"v":%d}]}}`, v), false)
			return
		}
		var q struct {
			ID     string
			Params map[string]bool
		}
		if json.Unmarshal(m.Payload, &q) != nil {
			t.Errorf("a setting is %s", m.Payload)
			return
		}
		board.Publish(acc.Topics.Set+"_reply", []byte(`{"id":"`+q.ID+`","code":200,"msg":"success"}`), false)
		board.Publish(acc.Topics.State, fmt.Appendf(nil, `{"id":"1","version":"1.0","params":{"light":{"value":%v}}}`, q.Params["light"]), false)
	}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	close(ready)
	t.Cleanup(board.Close)
	return board
}

// heard collects what a remote tells.
type heard struct {
	mu     sync.Mutex
	all    []string
	states []link.State
	news   chan struct{}
}

func listen(t *testing.T, o Options) (*Remote, *heard) {
	h := &heard{news: make(chan struct{}, 1)}
	tell := func() {
		select {
		case h.news <- struct{}{}:
		default:
		}
	}
	r := Dial(o, func(m link.Message) {
		h.mu.Lock()
		h.all = append(h.all, fmt.Sprintf("%s=%s %v", m.Topic, m.Payload, m.Retained))
		h.mu.Unlock()
		tell()
	}, func(s link.State) {
		h.mu.Lock()
		h.states = append(h.states, s)
		h.mu.Unlock()
		tell()
	})
	t.Cleanup(r.Close)
	return r, h
}

func (h *heard) wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.After(time.Minute) // says nothing about speed
	for {
		h.mu.Lock()
		done := ok()
		h.mu.Unlock()
		if done {
			return
		}
		select {
		case <-h.news:
		case <-late:
			t.Fatalf("%s never came; heard %q, states %v", what, h.all, h.states)
		}
	}
}

func (h *heard) message(t *testing.T, want string) {
	t.Helper()
	h.wait(t, want, func() bool {
		for _, m := range h.all {
			if m == want {
				return true
			}
		}
		return false
	})
}

func (h *heard) online(t *testing.T) {
	t.Helper()
	h.wait(t, "online", func() bool { return len(h.states) > 0 && h.states[len(h.states)-1].Phase == link.Online })
}

func TestALampIsSwitchedThroughTheAPIAndConfirmedByItsBoard(t *testing.T) {
	for _, way := range []string{"thing", "data"} {
		t.Run(way, func(t *testing.T) {
			p := platform(t, way == "thing")
			lamp(t, p, way)
			r, h := listen(t, Options{API: p.Web(), Product: product, Key: productKey, Thing: way == "thing"})
			if err := r.Subscribe("onenet/lamp07/light", 0); err != nil {
				t.Fatal(err)
			}
			h.message(t, "onenet/lamp07/status=online true")
			if err := r.Publish("onenet/lamp07/light/set", []byte("on"), 0, false); err != nil {
				t.Fatal(err)
			}
			h.message(t, "onenet/lamp07/light=on true")
			if err := r.Publish("onenet/lamp07/light/set", []byte("off"), 0, false); err != nil {
				t.Fatal(err)
			}
			h.message(t, "onenet/lamp07/light=off false")
			if broken := p.Violations(); len(broken) > 0 {
				t.Errorf("rules were broken: %q", broken)
			}
		})
	}
}

func TestABoardThatLeavesIsTold(t *testing.T) {
	p := platform(t, true)
	board := lamp(t, p, "thing")
	r, h := listen(t, Options{API: p.Web(), Product: product, Key: productKey, Thing: true})
	if err := r.Subscribe("onenet/lamp07/light", 0); err != nil {
		t.Fatal(err)
	}
	h.message(t, "onenet/lamp07/status=online true")
	board.Close()
	h.message(t, "onenet/lamp07/status=offline false")
}

func TestManyQuickTapsSetABoardAtMostOnceASecond(t *testing.T) {
	p := platform(t, true)
	lamp(t, p, "thing")
	r, h := listen(t, Options{API: p.Web(), Product: product, Key: productKey, Thing: true})
	if err := r.Subscribe("onenet/lamp07/light", 0); err != nil {
		t.Fatal(err)
	}
	h.online(t)
	for i := range 20 {
		if err := r.Publish("onenet/lamp07/light/set", []byte([]string{"on", "off"}[i%2]), 0, false); err != nil {
			t.Fatal(err)
		}
	}
	h.wait(t, "off", func() bool {
		return len(h.all) > 0 && strings.HasPrefix(h.all[len(h.all)-1], "onenet/lamp07/light=off")
	})
	if broken := p.Violations(); len(broken) > 0 {
		t.Errorf("rules were broken: %q", broken)
	}
}

// TestAClassThatIsSetAtOnceDoesNotWaitForItsTurn has thirty boards set at once,
// and nobody asks about one after the other: each is looked at when it was set.
func TestAClassThatIsSetAtOnceDoesNotWaitForItsTurn(t *testing.T) {
	const boards = 30
	var mu sync.Mutex
	set := map[string]bool{}
	o := api(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		name := r.URL.Query().Get("device_name")
		switch r.URL.Path {
		case "/device/detail":
			fmt.Fprint(w, `{"code":0,"data":{"status":1}}`)
		case "/thingmodel/set-device-property":
			var q struct {
				Name string `json:"device_name"`
			}
			if json.NewDecoder(r.Body).Decode(&q) == nil {
				set[q.Name] = true
			}
			fmt.Fprint(w, `{"code":0}`)
		default:
			fmt.Fprintf(w, `{"code":0,"data":[{"identifier":"light","value":"%v","time":%d}]}`, set[name], map[bool]int{true: 1}[set[name]])
		}
	})
	o.tick = time.Hour
	r, h := listen(t, o)
	h.online(t)
	for i := range boards {
		if err := r.Subscribe(fmt.Sprintf("onenet/lamp%d/light", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	for i := range boards {
		if err := r.Publish(fmt.Sprintf("onenet/lamp%d/light/set", i), []byte("on"), 0, false); err != nil {
			t.Fatal(err)
		}
	}
	h.wait(t, "all of them", func() bool {
		lit := 0
		for _, m := range h.all {
			if strings.Contains(m, "/light=on") {
				lit++
			}
		}
		return lit == boards
	})
}

func TestAWrongKeyIsToldAndNeverShown(t *testing.T) {
	p := platform(t, true)
	const wrong = "d3Jvbmcta2V5"
	err := Test(t.Context(), Options{API: p.Web(), Product: product, Key: wrong, Thing: true})
	if setup.FaultOf(err) != fault.BadLogin || strings.Contains(err.Error(), wrong) || strings.Contains(err.Error(), "sign") {
		t.Error(err)
	}
	_, h := listen(t, Options{API: p.Web(), Product: product, Key: wrong, Thing: true})
	h.wait(t, "the refusal", func() bool {
		for _, s := range h.states {
			if s.Phase == link.Waiting && setup.FaultOf(s.Err) == fault.BadLogin {
				return true
			}
		}
		return false
	})
}

func TestTheRightKeyOfAProductWithoutDevicesIsTaken(t *testing.T) {
	p := platform(t, true)
	if err := Test(t.Context(), Options{API: p.Web(), Product: product, Key: productKey, Thing: true}); err != nil {
		t.Error(err)
	}
}

func TestNothingElseThanACommandIsPublished(t *testing.T) {
	p := platform(t, true)
	r, h := listen(t, Options{API: p.Web(), Product: product, Key: productKey, Thing: true})
	h.online(t)
	if err := r.Subscribe("onenet/lamp07/light", 0); err != nil {
		t.Fatal(err)
	}
	for _, row := range [][2]string{
		{"onenet/lamp07/light", "on"}, {"onenet/lamp07/light/set", "toggle"}, {"onenet/other/light/set", "on"}, {"class/lamp/set", "on"},
	} {
		if err := r.Publish(row[0], []byte(row[1]), 0, false); setup.FaultOf(err) != fault.AgainstRules {
			t.Errorf("%v: %v", row, err)
		}
	}
}

func TestAnAPIThatIsNoneIsToldAsSuch(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := Test(ctx, Options{API: "http://127.0.0.1:1", Product: product, Key: productKey}); setup.FaultOf(err) != fault.Refused {
		t.Error(err)
	}
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.StartTLS()
	defer stranger.Close()
	if err := Test(ctx, Options{API: stranger.URL, Product: product, Key: productKey}); setup.FaultOf(err) != fault.BadCertificate {
		t.Errorf("a certificate of nobody's: %v", err)
	}
}
