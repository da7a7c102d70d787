package onenet

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"lamplighter/app/link"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
)

func TestAPropertyIsReadInEveryShapeThatThePlatformIsSaidToHave(t *testing.T) {
	const row = `{"identifier":"other","value":"true","time":1},{"identifier":"light","value":%s,"time":%s}`
	for _, c := range []struct {
		frame, value, time, word string
		at                       int64
	}{
		{"[%s]", `"true"`, `1700000000123`, "on", 1700000000123},
		{"[%s]", `true`, `"1700000000123"`, "on", 1700000000123},
		{`{"list":[%s]}`, `"false"`, `"1700000000123"`, "off", 1700000000123},
		{`{"list":[%s]}`, `0`, `1700000000123`, "off", 1700000000123},
		{"[%s]", `"on"`, `1.700000000123e12`, "on", 1700000000123},
		{"[%s]", `"on"`, `"2023-11-14 22:13:20.123"`, "on", 1700000000123},
		{"[%s]", `"1"`, `null`, "on", 0},
		{"[%s]", `"1"`, `"soon"`, "on", 0},
		{"[%s]", `null`, `{}`, "", 0},
		{`{"list":{"light":%s}}`, `1`, `1`, "", 0},
		{`{"rows":[%s]}`, `1`, `1`, "", 0},
	} {
		data := fmt.Sprintf(c.frame, fmt.Sprintf(row, c.value, c.time))
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"code":0,"msg":"succ","data":%s}`, data)
		}))
		api := newClient(Options{API: s.URL, Product: product, Key: productKey, Thing: true})
		word, at, err := api.value(t.Context(), "lamp07", "light")
		if word != c.word || at != c.at || c.word != "" && err != nil {
			t.Errorf("%s: %q at %d, %v", data, word, at, err)
		}
		s.Close()
	}
}

func TestEverySubscriptionIsAnswered(t *testing.T) {
	p := platform(t, true)
	var told []link.SubState
	r, _ := listen(t, Options{
		API: p.Web(), Product: product, Key: productKey, Thing: true,
		Subscribed: func(s link.SubState) { told = append(told, s) },
	})
	for _, c := range []struct {
		filter  string
		granted bool
	}{
		{"onenet/lamp07/light", true},
		{"onenet/lamp07/status", true},
		{"onenet/lamp07/light", true},
		{"onenet/lamp07/other", false},
		{"onenet/+/light", false},
		{"#", false},
		{"class/lamp", false},
		{"onenet/lamp07/light/set", false},
		{"onenet/lamp07/", false},
	} {
		told = nil
		if err := r.Subscribe(c.filter, 1); err != nil {
			t.Error(err)
		}
		if len(told) != 1 || told[0].Filter != c.filter || told[0].QoS != 0 || (told[0].Err == nil) != c.granted {
			t.Errorf("%s: %+v", c.filter, told)
			continue
		}
		if !c.granted && setup.FaultOf(told[0].Err) != fault.AgainstRules {
			t.Errorf("%s: %v", c.filter, told[0].Err)
		}
	}
}
