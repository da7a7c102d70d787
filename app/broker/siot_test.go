package broker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker/siot"
	"lamplighter/app/link"
	"lamplighter/app/listen"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
	"lamplighter/device/topic"
)

// lesson starts a broker that stands in for SIoT.
func lesson(t *testing.T) (*Broker, *heard[Notice]) {
	t.Helper()
	b, notices := begin(t, Options{})
	b.SetSIoT(true, devicetest.Port(t))
	return b, notices
}

// Bounds of a request to a web address, in bytes.
const (
	webHeader = 16 << 10
	webBody   = 16 << 10
)

func siotOptions(b *Broker) link.Options { return options(b, siot.User, siot.Password) }

// webAsk requests a web address with SIoT's login, and gives the answer's text.
func webAsk(t *testing.T, b *Broker, path string, pairs ...string) string {
	t.Helper()
	q := url.Values{"iname": {siot.User}, "ipwd": {siot.Password}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	status, body := webGet(t, b, path+"?"+q.Encode(), nil)
	if status != http.StatusOK {
		t.Fatalf("%s: status %d", path, status)
	}
	return body
}

func webGet(t *testing.T, b *Broker, path string, change func(*http.Request)) (int, string) {
	t.Helper()
	_, port, _ := b.SIoT()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(port)+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	c := http.Client{Timeout: 20 * time.Second}
	defer c.CloseIdleConnections()
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestALessonsProgramMayUseTopicsOfTwoLevelsButNotSpeakForABoard(t *testing.T) {
	owned := func(name string) bool {
		return topic.IsBelow(name, "class/lamp-01") || topic.IsBelow(name, "other/lamp-02")
	}
	r := rights{Account: Account{Role: Lesson}, classroom: "class", owned: owned}
	for topic, want := range map[string]bool{
		"xzr/001": true, "科学/温度": true, "class/mine": true, "class/a/b": true, "class/lamp-01/light/set": true,
		"class/lamp-01": false, "class/lamp-01/light": false, "class/lamp-01/status": false, "other/lamp-02": false, "other/lamp-02/light/set": false,
		"xzr": false, "xzr/": false, "/001": false, "xzr/001/a": false, "$SYS/broker": false, "homeassistant/status": false, "homeassistant/light/x/config": false,
	} {
		if got := r.mayPublish(topic); got != want {
			t.Errorf("may publish to %s: %v", topic, got)
		}
	}
	for filter, want := range map[string]bool{
		"xzr/001": true, "xzr/+": true, "+/001": true, "+/+": true, "#": true, "xzr/#": true, "xzr/001/#": true, "class/lamp-01/#": true,
		"xzr": false, "xzr/001/a": false, "xzr/001/a/#": false, "+/+/+/+": true, "$SYS/#": false, "": false, "other/lamp-02/light": false,
	} {
		if got := r.mayReceive(filter); got != want {
			t.Errorf("may hear %s: %v", filter, got)
		}
	}
}

func TestALessonsProgramLogsInWithTheLoginOfItsBook(t *testing.T) {
	t.Parallel()
	b, notices := lesson(t)
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	c := join(t, siotOptions(b), "xzr/001")
	c.send(t, "xzr/001", "on", 0, false)
	c.hears(t, "xzr/001", "on")
	c.send(t, "xzr/001", "kept", 2, true) // SIoT has QoS 0 only; more is taken kindly
	c.hears(t, "xzr/001", "kept")
	if m := join(t, siotOptions(b), "xzr/001").hears(t, "xzr/001", "kept"); !m.Retained {
		t.Error("not retained")
	}
	c.send(t, "a/b/c", "x", 1, false)
	notices.wait(t, "the notice", func(n Notice) bool { return n.Kind == Denied && n.User == siot.User && n.Topic == "a/b/c" })
	if !c.stayed() {
		t.Error("thrown off")
	}
	for _, password := range []string{"", "DFRobot", "dfrobot "} {
		wantFault(t, link.Test(context.Background(), options(b, siot.User, password)), fault.BadLogin)
	}
	for _, id := range []string{"", "掌控板", "siot"} { // any client id is taken, and none
		if _, code := rawConnect(t, b, "127.0.0.1", id, siot.User, siot.Password); code != 0 {
			t.Errorf("client id %q: CONNACK %d", id, code)
		}
	}
	if _, err := b.accounts.list(), link.Test(context.Background(), options(b, "pupil", "sesame")); err != nil {
		t.Errorf("the pupils' account: %v", err)
	}
}

func TestALessonsProgramCantSpeakForABoardNorTakeItsPlace(t *testing.T) {
	t.Parallel()
	b, notices := lesson(t)
	account(t, b, Account{User: "board-1", Role: Board, Base: "class/lamp-01"}, "secret")
	board := options(b, "board-1", "secret")
	board.ClientID = "lamp-01"
	lamp := join(t, board, "class/lamp-01/#")
	c := join(t, siotOptions(b), "class/#")
	c.send(t, "class/lamp-01/light", "on", 1, true)
	notices.wait(t, "the notice", func(n Notice) bool { return n.Kind == Denied && n.Topic == "class/lamp-01/light" })
	c.send(t, "class/lamp-01/light/set", "on", 1, false)
	lamp.hears(t, "class/lamp-01/light/set", "on")
	if got := webAsk(t, b, "/publish", "topic", "class/lamp-01", "msg", "x"); !strings.Contains(got, `"code":0`) {
		t.Error(got)
	}
	if _, code := rawConnect(t, b, "127.0.0.1", "lamp-01", siot.User, siot.Password); code != connackID {
		t.Errorf("CONNACK %d for the board's client id", code)
	}
	if !lamp.stayed() {
		t.Error("the board was thrown off")
	}
}

func TestTwoLessonsProgramsWithOneClientIDAreTold(t *testing.T) {
	t.Parallel()
	b, notices := lesson(t)
	for i := range 6 {
		if _, code := rawConnect(t, b, fmt.Sprintf("127.0.0.%d", 2+i%2), "zhangkongban", siot.User, siot.Password); code != 0 {
			t.Fatalf("CONNACK %d", code)
		}
	}
	n := notices.wait(t, "the notice", func(n Notice) bool { return n.Kind == DuplicateClient })
	if n.ClientID != "zhangkongban" || n.User != siot.User {
		t.Errorf("%+v", n)
	}
}

func TestWithoutStandingInForSIoTItsLoginIsUnknown(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	ctx := context.Background()
	wantFault(t, link.Test(ctx, siotOptions(b)), fault.BadLogin)
	if on, port, _ := b.SIoT(); on || port != 0 {
		t.Errorf("on %v at %d", on, port)
	}
	b.SetSIoT(true, devicetest.Port(t))
	_, port, _ := b.SIoT()
	c := join(t, siotOptions(b), "xzr/001")
	webAsk(t, b, "/publish", "topic", "xzr/001", "msg", "on")
	b.SetSIoT(false, 0)
	c.states.wait(t, "the end", func(s link.State) bool { return s.Phase == link.Waiting })
	wantFault(t, link.Test(ctx, siotOptions(b)), fault.BadLogin)
	if n, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
		_ = n.Close()
		t.Error("the web addresses are still there")
	}
	b.SetSIoT(true, port)
	if got := webAsk(t, b, "/lastmessage", "topic", "xzr/001"); got != `{"code":1,"data":[],"msg":"成功"}` {
		t.Errorf("not forgotten: %s", got)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	b.SetSIoT(true, port) // too late: nothing begins
	if _, port, _ := b.SIoT(); port != 0 {
		t.Error("serves after its end")
	}
}

func TestTheWebAddressesPublishAndTellWhatWasPublished(t *testing.T) {
	t.Parallel()
	b, _ := lesson(t)
	c := join(t, siotOptions(b), "xzr/#")
	for _, v := range []string{"10", `a;b+"c"&<d> 中`} {
		if got := webAsk(t, b, "/publish", "topic", "xzr/001", "msg", v); got != `{"code":1,"msg":"数据已发送"}` {
			t.Error(got)
		}
		if m := c.hears(t, "xzr/001", v); m.Retained || m.QoS != 0 {
			t.Errorf("%+v", m)
		}
	}
	c.send(t, "xzr/001", "12", 0, false)
	until(t, "the third", func() bool {
		return strings.Contains(webAsk(t, b, "/lastmessage", "topic", "xzr/001"), `{"ID":3,"Topic":"xzr/001","Content":"12"`)
	})
}

func TestACommandIsPassedOnWithoutItsMarkAndIsNotNoted(t *testing.T) {
	t.Parallel()
	b, _ := lesson(t)
	c := join(t, siotOptions(b), "xzr/001")
	webAsk(t, b, "/publish", "topic", "xzr/001", "msg", "->off")
	c.hears(t, "xzr/001", "off")
	if got := webAsk(t, b, "/lastmessage", "topic", "xzr/001"); strings.Contains(got, "off") {
		t.Error(got)
	}
}

func TestTheWebAddressesRefuseWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	b, notices := lesson(t)
	app := join(t, appOptions(b), "#")
	for _, path := range []string{
		"/publish?topic=xzr/001&msg=bad&iname=siot&ipwd=wrong", "/publish?topic=xzr/001&msg=bad", "/publish?topic=xzr/001&msg=bad&iname=siot",
	} {
		status, body := webGet(t, b, path, nil)
		var a struct {
			Code int
			Msg  string
		}
		if err := json.Unmarshal([]byte(body), &a); err != nil || status != http.StatusOK || a.Code == 1 || a.Msg == "" {
			t.Errorf("%s: %d %s %v", path, status, body, err)
		}
	}
	notices.wait(t, "the notice", func(n Notice) bool { return n.Kind == BadLogin && n.User == siot.User && n.Addr == "127.0.0.1" })
	for _, topic := range []string{"", "xzr", "a/b/c", "#", "+/+", "$SYS/x", "a/\x00", strings.Repeat("x", 300) + "/y", "homeassistant/status"} {
		if got := webAsk(t, b, "/publish", "topic", topic, "msg", "bad"); !strings.Contains(got, `"code":0`) {
			t.Errorf("%q: %s", topic, got)
		}
		if got := webAsk(t, b, "/messages", "topic", topic); !strings.Contains(got, `"code":0`) && topic != "homeassistant/status" {
			t.Errorf("%q: %s", topic, got)
		}
	}
	login := "?topic=xzr/001&msg=bad&iname=siot&ipwd=dfrobot"
	for name, change := range map[string]func(*http.Request){
		"a page of the internet":       func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"a name that leads here":       func(r *http.Request) { r.Host = "evil.example:8080" },
		"a sandbox in a page":          func(r *http.Request) { r.Header.Set("Origin", "null") },
		"a picture in a page":          func(r *http.Request) { r.Header.Set("Referer", "http://evil.example/page") },
		"a picture that says no more":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"a page that hides its origin": func(r *http.Request) { r.Header.Set("Referer", "about:blank") },
		"an address of the world": func(r *http.Request) {
			r.Header.Set("Origin", "http://203.0.113.9")
		},
	} {
		if status, body := webGet(t, b, "/publish"+login, change); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for _, path := range []string{"/", "/../accounts.json", "/html/index.html", "/%2e%2e/retained.db", "/publish/"} {
		if status, body := webGet(t, b, path+login, nil); status != http.StatusNotFound || strings.Contains(body, "hash") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if status, _ := webGet(t, b, "/publish"+login, func(r *http.Request) { r.Method = method }); status == http.StatusOK {
			t.Errorf("%s was taken", method)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodOptions} {
		if status, _ := webGet(t, b, "/publish"+login, func(r *http.Request) {
			r.Method = method
			r.Header.Set("Origin", "https://evil.example")
		}); status != http.StatusForbidden {
			t.Errorf("%s of a page of the internet: %d", method, status)
		}
	}
	webAsk(t, b, "/checkLogin")
	_, port, _ := b.SIoT()
	huge, err := http.Get("http://127.0.0.1:" + strconv.Itoa(port) + "/checkLogin" + login + "&x=" + strings.Repeat("x", 2*webHeader))
	if err == nil { // else the server hung up
		_ = huge.Body.Close()
		if huge.StatusCode == http.StatusOK {
			t.Error("a huge request was taken")
		}
	}
	for _, origin := range []string{"http://192.168.1.9:8000", "http://teacher.local"} { // a lesson's own page
		if status, body := webGet(t, b, "/lastmessage"+login, func(r *http.Request) { r.Header.Set("Origin", origin) }); status != http.StatusOK {
			t.Errorf("%s: %d %s", origin, status, body)
		}
	}
	app.send(t, "class/end", "end", 1, false)
	app.hears(t, "class/end", "end")
	for _, m := range app.messages.list() {
		if string(m.Payload) == "bad" {
			t.Errorf("published to %s", m.Topic)
		}
	}
}

func TestTheWebAddressesTakeParametersFromABodyToo(t *testing.T) {
	t.Parallel()
	b, _ := lesson(t)
	app := join(t, appOptions(b), "#")
	post := func(path, kind, body string) string {
		_, text := webGet(t, b, path, func(r *http.Request) {
			r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Type", kind)
		})
		return text
	}
	for _, c := range []struct{ path, kind, body, msg string }{
		{"/publish", "application/x-www-form-urlencoded", "topic=xzr%2F001&msg=%E5%BC%80%E7%81%AF+1&iname=siot&ipwd=dfrobot", "开灯 1"},
		{"/publish?iname=siot&ipwd=dfrobot", "application/x-www-form-urlencoded", "topic=xzr/001&msg=a;b", "a;b"},
		{"/publish", "application/json", `{"topic":"xzr/001","msg":"关灯","iname":"siot","ipwd":"dfrobot"}`, "关灯"},
		{"/publish?topic=xzr/001&iname=siot&ipwd=dfrobot", "text/plain", `{"msg":23.50,"topic":"other/1"}`, "23.50"},
	} {
		if got := post(c.path, c.kind, c.body); !strings.Contains(got, `"code":1`) {
			t.Errorf("%s: %s", c.body, got)
			continue
		}
		app.hears(t, "xzr/001", c.msg)
	}
	for _, body := range []string{
		"topic=xzr/001&msg=bad&iname=siot&ipwd=wrong", `{"topic":"xzr/001","msg":"bad"`, `{"topic":["xzr/001"],"msg":"bad","iname":"siot","ipwd":"dfrobot"}`, "%zz",
		"iname=siot&ipwd=dfrobot&topic=xzr/001&msg=bad&x=" + strings.Repeat("x", webBody),
	} {
		if got := post("/publish", "application/x-www-form-urlencoded", body); strings.Contains(got, `"code":1`) {
			t.Errorf("%.60s: %s", body, got)
		}
	}
	status, _ := webGet(t, b, "/publish", func(r *http.Request) {
		r.Method = http.MethodOptions
		r.Header.Set("Origin", "http://192.168.1.9") // a lesson's own page
	})
	if status != http.StatusNoContent {
		t.Errorf("a page that asks whether it may send JSON: %d", status)
	}
}

func TestWhereThePortIsTakenTheWebAddressesMoveAndSaySo(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := listen.Port(taken.Addr())
	b, notices := begin(t, Options{})
	b.SetSIoT(true, port)
	_, now, wanted := b.SIoT()
	if now == 0 || now == port || wanted != port {
		t.Fatalf("at %d, wanted %d", now, wanted)
	}
	n := notices.wait(t, "the notice", func(n Notice) bool { return n.Kind == WebMoved })
	if n.Port != now || n.Wanted != port {
		t.Errorf("%+v", n)
	}
	if got := webAsk(t, b, "/projects"); got != `{"code":1,"data":[],"msg":"成功"}` {
		t.Error(got)
	}
}
