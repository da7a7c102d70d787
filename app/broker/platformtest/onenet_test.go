package platformtest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"lamplighter/app/broker/platformtest"
	"lamplighter/app/broker/presets/token"
)

// Keys of no account; the first is printed in the platform's manual.
const (
	productKey = "KuF3NT/jUBJ62LNBB/A8XZA9CqS3Cu79B/ABmfA1UCw="
	deviceKey  = "bGFtcGxpZ2h0ZXIgZGV2aWNlIGtleQ=="
	userKey    = "bGFtcGxpZ2h0ZXIgdXNlciBrZXk="
	lampBase   = "$sys/123123/lamp-1/"
)

func onenet(t testing.TB, change func(*platformtest.OneNETOptions)) *platformtest.OneNETPlatform {
	o := platformtest.OneNETOptions{
		Product: "123123", AccessKey: productKey, Devices: map[string]string{"lamp-1": deviceKey, "lamp-2": deviceKey},
		UserID: "38055", UserKey: userKey,
	}
	if change != nil {
		change(&o)
	}
	return platformtest.OneNET(t, o)
}

func thing(o *platformtest.OneNETOptions) {
	o.Thing, o.Properties = true, map[string]string{"light": "bool"}
}

// brief has the API wait for a moment only, for a device that never answers.
func brief(o *platformtest.OneNETOptions) { o.Timeout = 50 * time.Millisecond }

func sign(t testing.TB, resource, key, method string, valid time.Duration) string {
	t.Helper()
	text, err := token.Make(resource, key, method, time.Now().Add(valid))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func lampToken(t testing.TB, name string) string {
	return sign(t, "products/123123/devices/"+name, deviceKey, "sha256", time.Hour)
}

func lamp(t testing.TB, name string) change { return login(name, "123123", lampToken(t, name)) }

func TestOneNETTakesTokensOfTheDeviceAndOfTheProduct(t *testing.T) {
	clock := platformtest.NewClock()
	d := onenet(t, func(o *platformtest.OneNETOptions) { o.Now = clock.Now })
	own := "products/123123/devices/lamp-1"
	for _, password := range []string{
		sign(t, own, deviceKey, "md5", time.Hour), sign(t, own, deviceKey, "sha1", time.Hour), sign(t, own, deviceKey, "sha256", time.Hour),
		sign(t, own, productKey, "sha1", time.Hour), sign(t, "products/123123", productKey, "sha256", time.Hour),
	} {
		join(t, d.Server, login("lamp-1", "123123", password)).Disconnect(0)
		clock.Add(10 * time.Second)
	}
	clean(t, d.Server)
}

func TestOneNETsTokensAreThoseOfThePublishedVectors(t *testing.T) {
	clock := platformtest.NewClock()
	clock.Add(time.Unix(1537255000, 0).Sub(clock.Now()))
	d := onenet(t, func(o *platformtest.OneNETOptions) {
		o.Devices, o.Now = map[string]string{"mydev": productKey}, clock.Now
	})
	join(t, d.Server, login("mydev", "123123",
		"version=2018-10-31&res=products%2F123123%2Fdevices%2Fmydev&et=1537255523&method=sha1&sign=p2Bv5QYrZolQCtt68923gtxRCVk%3D"))
	join(t, d.Server, login("mydev", "123123",
		"version=2018-10-31&res=products%2F123123&et=1537255523&method=sha256&sign=tuFMd8Cc5krZO%2BRiNaW4mad5tauSFq2J89Gd70MXQPI%3D"))
	clock.Add(time.Hour)
	refused(t, d.Server, login("mydev", "123123",
		"version=2018-10-31&res=products%2F123123%2Fdevices%2Fmydev&et=1537255523&method=sha1&sign=p2Bv5QYrZolQCtt68923gtxRCVk%3D"))
}

func TestOneNETRefusesWhatIsNoTokenForTheDevice(t *testing.T) {
	clock := platformtest.NewClock()
	d := onenet(t, func(o *platformtest.OneNETOptions) { o.Now = clock.Now })
	good := lampToken(t, "lamp-1")
	for what, c := range map[string]change{
		"a raw key":            login("lamp-1", "123123", deviceKey),
		"no token":             login("lamp-1", "123123", "x"),
		"another device's":     login("lamp-1", "123123", lampToken(t, "lamp-2")),
		"another key's":        login("lamp-1", "123123", sign(t, "products/123123/devices/lamp-1", userKey, "sha1", time.Hour)),
		"an expired one":       login("lamp-1", "123123", sign(t, "products/123123/devices/lamp-1", deviceKey, "sha1", -time.Minute)),
		"another version":      login("lamp-1", "123123", strings.Replace(good, "2018", "2017", 1)),
		"a changed expiry":     login("lamp-1", "123123", strings.Replace(good, "&et=1", "&et=2", 1)),
		"more than five parts": login("lamp-1", "123123", good+"&x=1"),
		"another product":      login("lamp-1", "321321", good),
		"an unknown device":    login("lamp-9", "123123", good),
	} {
		clock.Add(time.Minute / 4)
		if _, err := dial(t, d.Server, c); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	clean(t, d.Server)
}

func TestOneNETTakesNoLoginOfAnotherForm(t *testing.T) {
	for words, c := range map[string]change{
		"keepalive outside 10 to 1800": keepAlive(0),
		"keepalive outside":            keepAlive(5 * time.Second),
		"outside 10 to 1800 seconds":   keepAlive(31 * time.Minute),
		"has a will":                   will(lampBase+"dp/post/json", 0, false),
		"clean session":                func(o *mqtt.ClientOptions) { o.SetCleanSession(false) },
		"MQTT 3.1.1":                   func(o *mqtt.ClientOptions) { o.SetProtocolVersion(3) },
	} {
		d := onenet(t, nil)
		refused(t, d.Server, lamp(t, "lamp-1"), c)
		broken(t, d.Server, words)
	}
	for _, fits := range []time.Duration{10 * time.Second, 30 * time.Minute} {
		d := onenet(t, nil)
		join(t, d.Server, lamp(t, "lamp-1"), keepAlive(fits))
		clean(t, d.Server)
	}
}

func TestOneNETLetsADeviceLogInThreeTimesInFiveSeconds(t *testing.T) {
	clock := platformtest.NewClock()
	d := onenet(t, func(o *platformtest.OneNETOptions) { o.Now = clock.Now })
	for range 3 {
		join(t, d.Server, lamp(t, "lamp-1"))
	}
	clean(t, d.Server)
	refused(t, d.Server, lamp(t, "lamp-1"))
	broken(t, d.Server, "logged in more than 3 times in 5s")
	clock.Add(6 * time.Second)
	join(t, d.Server, lamp(t, "lamp-1"))
}

func TestOneNETKeepsTheSecondConnectionOfADevice(t *testing.T) {
	d := onenet(t, nil)
	first := join(t, d.Server, lamp(t, "lamp-1"))
	join(t, d.Server, lamp(t, "lamp-1"))
	first.isLost()
	if got := d.TakenOver(); len(got) != 1 || got[0] != "lamp-1" {
		t.Errorf("kicked %v", got)
	}
}

func TestOneNETLetsADeviceUseItsOwnTopicsOnly(t *testing.T) {
	for _, filter := range []string{"#", "$sys/#", "$sys/123123/+/dp/#", "$sys/123123/lamp-2/dp/#", "class/lamp", lampBase + "thing/#"} {
		d := onenet(t, nil)
		if got := join(t, d.Server, lamp(t, "lamp-1")).sub(filter, 0); got != 0x80 {
			t.Errorf("%s was granted with %d", filter, got)
		}
		broken(t, d.Server, "subscribed to "+strconv.Quote(filter))
	}
	for _, topic := range []string{"class/lamp", "$sys/123123/lamp-2/dp/post/json", lampBase + "dp/post/json/accepted", lampBase + "light", lampBase + "thing/property/post"} {
		d := onenet(t, nil)
		c := join(t, d.Server, lamp(t, "lamp-1"))
		c.send(topic, 0, false, "on")
		c.isLost()
		broken(t, d.Server, "published to "+strconv.Quote(topic))
	}
	d := onenet(t, thing)
	if got := join(t, d.Server, lamp(t, "lamp-1")).sub(lampBase+"cmd/#", 0); got != 0x80 {
		t.Errorf("commands of a thing were granted with %d", got)
	}
}

func TestOneNETTakesNeitherQoS2NorRetainedNorEndlessMessages(t *testing.T) {
	for words, send := range map[string]func(*client){
		"at QoS 2":         func(c *client) { c.send(lampBase+"dp/post/json", 2, false, "{}") },
		"to be retained":   func(c *client) { c.send(lampBase+"dp/post/json", 0, true, "{}") },
		"more than 256 KB": func(c *client) { c.send(lampBase+"dp/post/json", 0, false, strings.Repeat("x", 256<<10+1)) },
	} {
		d := onenet(t, nil)
		c := join(t, d.Server, lamp(t, "lamp-1"))
		send(c)
		c.isLost()
		broken(t, d.Server, words)
	}
}

func TestOneNETGrantsQoSZeroAndTenSubscriptions(t *testing.T) {
	d := onenet(t, nil)
	c := join(t, d.Server, lamp(t, "lamp-1"))
	for i := range 10 {
		if got := c.sub(lampBase+"cmd/request/"+strconv.Itoa(i), 1); got != 0 {
			t.Errorf("granted %d", got)
		}
	}
	clean(t, d.Server)
	if got := c.sub(lampBase+"dp/#", 0); got != 0x80 {
		t.Errorf("the eleventh was granted with %d", got)
	}
	broken(t, d.Server, "more than 10 topics")
}

func TestOneNETAcceptsDataPointsAndRejectsOtherForms(t *testing.T) {
	d := onenet(t, nil)
	c := join(t, d.Server, lamp(t, "lamp-1"))
	c.sub(lampBase+"dp/post/json/+", 0)
	c.pub(lampBase+"dp/post/json", `{"id":123,"dp":{"light":[{"v":1}]}}`)
	c.hears(lampBase + `dp/post/json/accepted={"id":123}`)
	if got := d.Last("lamp-1", "light"); got != "1" {
		t.Errorf("the light is %q", got)
	}
	clean(t, d.Server)
	for payload, id := range map[string]string{
		"on": "-1", `{"dp":{"light":[{"v":1}]}}`: "-1", `{"id":7,"dp":{"light":1}}`: "7", `{"id":8,"dp":{}}`: "8",
		`{"id":"9","dp":{"light":[{"v":1}]}}`: "-1", `{"id":10,"dp":{"light":[{"t":1}]}}`: "10", `{"id":11,"dp":{"a b":[{"v":1}]}}`: "11",
	} {
		c.forget()
		c.pub(lampBase+"dp/post/json", payload)
		c.hears(lampBase + `dp/post/json/rejected={"err_code":98,"err_msg":"Illegal Data","id":` + id + "}")
		broken(t, d.Server, "not of the form: "+payload)
	}
}

func TestOneNETAnswersPropertiesAndRefusesOtherForms(t *testing.T) {
	d := onenet(t, thing)
	c := join(t, d.Server, lamp(t, "lamp-1"))
	c.sub(lampBase+"thing/#", 0)
	c.pub(lampBase+"thing/property/post", `{"id":"1","version":"1.0","params":{"light":{"value":true}}}`)
	c.hears(lampBase + `thing/property/post/reply={"code":200,"id":"1","msg":"success"}`)
	if got := d.Last("lamp-1", "light"); got != "true" {
		t.Errorf("the light is %q", got)
	}
	clean(t, d.Server)
	for payload, answer := range map[string]string{
		`{"id":"2","params":{"light":true}}`:             `{"code":301,"id":"2","msg":"json format error"}`,
		`{"id":"3","params":{"light":{"value":"on"}}}`:   `{"code":302,"id":"3","msg":"data type error: light"}`,
		`{"id":"4","params":{"lamp":{"value":true}}}`:    `{"code":309,"id":"4","msg":"identifier not exist: lamp"}`,
		`{"id":"x5","params":{"light":{"value":true}}}`:  `{"code":312,"id":"x5","msg":"invalid msg id"}`,
		`{"params":{"light":{"value":true}}}`:            `{"code":312,"id":"","msg":"invalid msg id"}`,
		`{"id":6,"params":{"light":{"value":true}}}`:     `{"code":301,"id":"","msg":"json format error"}`,
		`{"id":"7","params":{"light":{"state":"true"}}}`: `{"code":301,"id":"7","msg":"json format error"}`,
	} {
		c.forget()
		c.pub(lampBase+"thing/property/post", payload)
		c.hears(lampBase + "thing/property/post/reply=" + answer)
		broken(t, d.Server, payload)
	}
}

// call asks the API and reads its answer.
func call(t testing.TB, method, address, authorization string, body any) (code int, data map[string]any, list []any) {
	t.Helper()
	text, ok := body.(string)
	if !ok && body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(raw)
	}
	q, err := http.NewRequest(method, address, bytes.NewBufferString(text))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("authorization", authorization)
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var x struct {
		Code int    `json:"code"`
		Msg  string `json:"msg"`
		Data any    `json:"data"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&x); err != nil {
		t.Fatal(err)
	}
	data, _ = x.Data.(map[string]any)
	list, _ = x.Data.([]any)
	return x.Code, data, list
}

// about is an address of the API for the first lamp.
func about(d *platformtest.OneNETPlatform, path string, more ...string) string {
	q := url.Values{"product_id": {"123123"}, "device_name": {"lamp-1"}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return d.Web() + path + "?" + q.Encode()
}

func setting(value any) map[string]any {
	return map[string]any{"product_id": "123123", "device_name": "lamp-1", "params": map[string]any{"light": value}}
}

func TestOneNETsAPIWantsATokenForWhatIsAskedFor(t *testing.T) {
	d := onenet(t, nil)
	account, err := token.Make("userid/38055", userKey, "sha1", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for authorization, want := range map[string]int{
		lampToken(t, "lamp-1"): 0, sign(t, "products/123123", productKey, "sha1", time.Hour): 0, account: 0,
		lampToken(t, "lamp-2"): 10403, deviceKey: 10403, "": 10403, sign(t, "products/123123", productKey, "sha1", -time.Hour): 10403,
	} {
		for _, path := range []string{"/device/detail", "/datapoint/current-datapoints", "/datapoint/history-datapoints"} {
			if code, _, _ := call(t, "GET", about(d, path), authorization, nil); code != want {
				t.Errorf("%s with %.20s…: %d, want %d", path, authorization, code, want)
			}
		}
	}
	if code, _, _ := call(t, "GET", d.Web()+"/device/detail?product_id=123123&device_name=lamp-9", sign(t, "products/123123", productKey, "sha1", time.Hour), nil); code != 10410 {
		t.Errorf("an unknown device: %d", code)
	}
}

func TestOneNETsAPIHasNoPropertiesWithoutAThingModel(t *testing.T) {
	d := onenet(t, nil)
	if code, _, _ := call(t, "GET", about(d, "/thingmodel/query-device-property"), lampToken(t, "lamp-1"), nil); code != 10417 {
		t.Errorf("query: %d", code)
	}
	if code, _, _ := call(t, "POST", d.Web()+"/thingmodel/set-device-property", lampToken(t, "lamp-1"), setting(true)); code != 10417 {
		t.Errorf("set: %d", code)
	}
}

func TestOneNETsAPITellsWhetherADeviceIsOnline(t *testing.T) {
	d := onenet(t, nil)
	status := func() any {
		_, data, _ := call(t, "GET", about(d, "/device/detail"), lampToken(t, "lamp-1"), nil)
		return data["status"]
	}
	if got := status(); got != 0.0 {
		t.Errorf("before: %v", got)
	}
	c := join(t, d.Server, lamp(t, "lamp-1"))
	if got := status(); got != 1.0 {
		t.Errorf("connected: %v", got)
	}
	c.Disconnect(250)
	until(t, "the device's end", func() bool { return status() == 0.0 })
}

// obey answers settings with a code, as a board does.
func (c *client) obey(code int) {
	c.Subscribe(lampBase+"thing/property/set", 0, func(_ mqtt.Client, m mqtt.Message) {
		var x struct {
			ID     string          `json:"id"`
			Params map[string]bool `json:"params"`
		}
		if err := json.Unmarshal(m.Payload(), &x); err != nil {
			c.t.Errorf("%s: %v", m.Payload(), err)
		}
		c.Publish(lampBase+"thing/property/set_reply", 0, false, `{"id":"`+x.ID+`","code":`+strconv.Itoa(code)+`,"msg":"success"}`)
	}).Wait()
}

func TestOneNETsAPIDoesNotWaitForEverForADevicesSetting(t *testing.T) {
	d := onenet(t, func(o *platformtest.OneNETOptions) { thing(o); brief(o) })
	join(t, d.Server, lamp(t, "lamp-1")) // and subscribes to nothing
	if code, _, _ := call(t, "POST", d.Web()+"/thingmodel/set-device-property", lampToken(t, "lamp-1"), setting(true)); code != 10411 {
		t.Errorf("not answered: %d", code)
	}
	clean(t, d.Server)
}

func TestOneNETsAPISetsAPropertyAndWaitsForTheDevice(t *testing.T) {
	clock := platformtest.NewClock()
	d := onenet(t, func(o *platformtest.OneNETOptions) { thing(o); o.Now, o.Timeout = clock.Now, time.Minute })
	set := func(value any) int {
		clock.Add(2 * time.Second)
		code, _, _ := call(t, "POST", d.Web()+"/thingmodel/set-device-property", lampToken(t, "lamp-1"), setting(value))
		return code
	}
	if got := set(true); got != 10421 {
		t.Errorf("offline: %d", got)
	}
	c := join(t, d.Server, lamp(t, "lamp-1"))
	c.obey(200)
	if got := set(true); got != 0 {
		t.Errorf("obeyed: %d", got)
	}
	if got := d.Last("lamp-1", "light"); got != "" {
		t.Errorf("what the device has not said is shown: %q", got)
	}
	if got := set("on"); got != 10411 {
		t.Errorf("of another type: %d", got)
	}
	c.obey(400)
	if got := set(true); got != 10411 {
		t.Errorf("refused by the device: %d", got)
	}
	clean(t, d.Server)
	code, _, _ := call(t, "POST", d.Web()+"/thingmodel/set-device-property", lampToken(t, "lamp-1"), setting(false))
	if code != 10411 {
		t.Errorf("twice in a second: %d", code)
	}
	broken(t, d.Server, "more than once a second")
}

func TestOneNETsAPITellsAPropertysLastValueAsText(t *testing.T) {
	d := onenet(t, thing)
	query := func() map[string]any {
		_, _, list := call(t, "GET", about(d, "/thingmodel/query-device-property"), lampToken(t, "lamp-1"), nil)
		if len(list) != 1 {
			t.Fatalf("properties: %v", list)
		}
		return list[0].(map[string]any)
	}
	if row := query(); row["identifier"] != "light" || row["value"] != nil {
		t.Errorf("before the first word: %v", row)
	}
	c := join(t, d.Server, lamp(t, "lamp-1"))
	c.pub(lampBase+"thing/property/post", `{"id":"1","params":{"light":{"value":true}}}`)
	if row := query(); row["value"] != "true" || row["data_type"] != "bool" || row["time"] == nil {
		t.Errorf("after it: %v", row)
	}
}

func TestOneNETNotesAnswersToSettingsThatNobodyWaitsFor(t *testing.T) {
	d := onenet(t, thing)
	c := join(t, d.Server, lamp(t, "lamp-1"))
	c.pub(lampBase+"thing/property/set_reply", `{"id":"77","code":200,"msg":"success"}`)
	broken(t, d.Server, "nobody waits for")
	c.pub(lampBase+"thing/property/set_reply", `{"id":7}`)
	broken(t, d.Server, "in another form")
}

// commands sends commands to the first lamp by the API.
func commands(t testing.TB, d *platformtest.OneNETPlatform) func(body string) (code int, data map[string]any) {
	return func(body string) (int, map[string]any) {
		code, data, _ := call(t, "POST", about(d, "/datapoint/synccmds", "timeout", "5"), lampToken(t, "lamp-1"), body)
		return code, data
	}
}

func TestOneNETsAPIDoesNotWaitForEverForTheAnswerToACommand(t *testing.T) {
	d := onenet(t, brief)
	join(t, d.Server, lamp(t, "lamp-1")).sub(lampBase+"cmd/request/+", 0)
	if code, _ := commands(t, d)("on"); code != 10411 {
		t.Errorf("not answered: %d", code)
	}
	clean(t, d.Server)
}

func TestOneNETsAPISendsACommandAndWaitsForItsAnswer(t *testing.T) {
	d := onenet(t, func(o *platformtest.OneNETOptions) { o.Timeout = time.Minute })
	command := commands(t, d)
	if code, _ := command("on"); code != 10421 {
		t.Errorf("offline: %d", code)
	}
	c := join(t, d.Server, lamp(t, "lamp-1"))
	if code, _ := command("on"); code != 10500 {
		t.Errorf("not subscribed: %d", code)
	}
	c.sub(lampBase+"cmd/response/+/+", 0)
	answered := ""
	c.Subscribe(lampBase+"cmd/request/+", 0, func(_ mqtt.Client, m mqtt.Message) {
		answered = strings.Replace(m.Topic(), "request", "response", 1)
		c.Publish(answered, 0, false, "done "+string(m.Payload()))
	}).Wait()
	code, data := command("on")
	if code != 0 || data["cmd_resp"] != "ZG9uZSBvbg==" || data["cmd_uuid"] == "" {
		t.Errorf("answered: %d, %v", code, data)
	}
	c.hears(answered + "/accepted=")
	clean(t, d.Server)
	c.pub(answered, "again")
	c.hears(answered + `/rejected={"err_code":113,"err_msg":"cmd id not found"}`)
	broken(t, d.Server, "twice")
	for _, timeout := range []string{"", "4", "31"} {
		if code, _, _ := call(t, "POST", about(d, "/datapoint/synccmds", "timeout", timeout), lampToken(t, "lamp-1"), "on"); code != 10001 {
			t.Errorf("timeout %q: %d", timeout, code)
		}
	}
	if code, _ := command(strings.Repeat("x", 1025)); code != 10001 {
		t.Errorf("more than 1 KB: %d", code)
	}
}

func TestOneNETsAPITellsDataPoints(t *testing.T) {
	d := onenet(t, nil)
	c := join(t, d.Server, lamp(t, "lamp-1"))
	for i := range 3 {
		c.pub(lampBase+"dp/post/json", `{"id":1,"dp":{"light":[{"v":`+strconv.Itoa(i)+`}],"temp":[{"v":20}]}}`)
	}
	_, data, _ := call(t, "GET", about(d, "/datapoint/current-datapoints"), lampToken(t, "lamp-1"), nil)
	devices := data["devices"].([]any)[0].(map[string]any)
	if got := devices["datastreams"].([]any); len(got) != 2 {
		t.Errorf("current: %v", got)
	}
	_, data, _ = call(t, "GET", about(d, "/datapoint/history-datapoints", "datastream_id", "light", "limit", "2"), lampToken(t, "lamp-1"), nil)
	stream := data["datastreams"].([]any)[0].(map[string]any)
	points := stream["datapoints"].([]any)
	if stream["id"] != "light" || len(points) != 2 || points[0].(map[string]any)["value"] != 2.0 {
		t.Errorf("history: %v", data)
	}
}
