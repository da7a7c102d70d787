package onenet

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lamplighter/app/link"
	"lamplighter/app/setup"
	"lamplighter/device/fault"
)

// api answers as a test says.
func api(t *testing.T, f http.HandlerFunc) Options {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return Options{API: s.URL, Product: product, Key: productKey, Thing: true}
}

func TestWhatIsNoAnswerOfTheAPIIsToldAsWhatItIs(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   fault.Fault
	}{
		"nothing":                      {200, "", fault.BadProtocol},
		"a page that wants a login":    {200, "<html>login</html>", fault.BadProtocol},
		"a portal that speaks JSON":    {200, `{"result":"login","url":"http://1.1.1.3/"}`, fault.BadProtocol},
		"a list":                       {200, `[1]`, fault.BadProtocol},
		"a code that is no number":     {200, `{"code":"x"}`, fault.BadProtocol},
		"half an answer":               {200, `{"code":0,"data":{"sta`, fault.BadProtocol},
		"elsewhere":                    {302, "", fault.BadProtocol},
		"a gateway without a platform": {502, "<html>bad gateway</html>", fault.Unavailable},
		"too many":                     {429, "", fault.Unavailable},
		"a wrong key":                  {200, `{"code":10403,"msg":"invalid authorization"}`, fault.BadLogin},
		"a wrong key, by HTTP too":     {401, `{"code":10403,"msg":"invalid authorization"}`, fault.BadLogin},
		"no thing model":               {200, `{"code":10417,"msg":"thing model not exist"}`, fault.AgainstRules},
		"the platform's own problem":   {200, `{"code":10500,"msg":"internal"}`, fault.Unavailable},
	} {
		o := api(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		})
		if err := Test(t.Context(), o); setup.FaultOf(err) != c.want || strings.Contains(fmt.Sprint(err), productKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATokenIsForTheAPIAloneAndFollowsNobodyElsewhere(t *testing.T) {
	var stolen atomic.Bool
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Store(true) }))
	defer thief.Close()
	o := api(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	})
	if err := Test(t.Context(), o); err == nil || stolen.Load() {
		t.Errorf("%v, asked elsewhere: %v", err, stolen.Load())
	}
}

func TestADeviceIsNotSaidToBeAwayWhereTheAnswerDoesNotTell(t *testing.T) {
	for body, want := range map[string]string{
		`{"code":0,"data":{"status":1}}`:    "true <nil>",
		`{"code":0,"data":{"status":0}}`:    "false <nil>",
		`{"code":0,"data":{"status":null}}`: "false " + errNoValue.Error(),
		`{"code":0,"data":{}}`:              "false " + errNoValue.Error(),
		`{"code":0}`:                        "false " + errNoValue.Error(),
		`{"code":10001,"msg":"param"}`:      "false " + errNoValue.Error(),
		`{"code":10410,"msg":"no device"}`:  "false " + errGone.Error(),
	} {
		o := api(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		there, err := newClient(o).online(t.Context(), "lamp07")
		if got := fmt.Sprint(there, err); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

// TestAPCWhoseClockIsWrongIsLetIn has a platform whose day is another: a token
// that has ended by its clock is refused as a wrong key is.
func TestAPCWhoseClockIsWrongIsLetIn(t *testing.T) {
	for _, ahead := range []time.Duration{-9 * 365 * 24 * time.Hour, -8 * time.Hour, 0, 8 * time.Hour, 9 * 365 * 24 * time.Hour} {
		asked := 0
		o := api(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			now := time.Now().Add(ahead)
			w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
			var et int64
			for part := range strings.SplitSeq(r.Header.Get("Authorization"), "&") {
				_, _ = fmt.Sscanf(part, "et=%d", &et)
			}
			if et <= now.Unix() {
				fmt.Fprint(w, `{"code":10403,"msg":"invalid authorization"}`)
				return
			}
			fmt.Fprint(w, `{"code":10410,"msg":"device not exist"}`)
		})
		c := newClient(o)
		for range 3 {
			if err := c.enter(t.Context()); err != nil {
				t.Errorf("a platform %v ahead: %v", ahead, err)
			}
		}
		if asked > 4 {
			t.Errorf("a platform %v ahead was asked %d times", ahead, asked)
		}
	}
	asked := 0
	o := api(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Date", time.Now().Add(9*time.Hour).UTC().Format(http.TimeFormat))
		fmt.Fprint(w, `{"code":10403}`)
	})
	c := newClient(o)
	for range 3 {
		if err := c.enter(t.Context()); setup.FaultOf(err) != fault.BadLogin {
			t.Error(err)
		}
	}
	if asked != 4 {
		t.Errorf("a key that is wrong whatever the time is was tried %d times, not once more than asked for", asked)
	}
}

// fickle is a platform with a lamp that is on and online, until it fails.
type fickle struct {
	fails  atomic.Int32 // so many answers from now on
	always atomic.Bool
	said   atomic.Int64 // how often its lamp said that it is on
}

func (f *fickle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case f.always.Load() || f.fails.Add(-1) >= 0:
		w.WriteHeader(http.StatusBadGateway)
	case r.URL.Query().Get("device_name") == "lamplighter":
		fmt.Fprint(w, `{"code":10410}`)
	case r.URL.Path == "/device/detail":
		fmt.Fprint(w, `{"code":0,"data":{"status":1}}`)
	default:
		fmt.Fprintf(w, `{"code":0,"data":[{"identifier":"light","value":"true","time":%d}]}`, f.said.Add(1))
	}
}

func TestOneQuestionWithoutAnAnswerIsNoLostConnection(t *testing.T) {
	f := &fickle{}
	r, h := listen(t, api(t, f.ServeHTTP))
	if err := r.Subscribe("onenet/lamp07/light", 0); err != nil {
		t.Fatal(err)
	}
	h.message(t, "onenet/lamp07/light=on true")
	f.fails.Store(1)
	h.wait(t, "the answers after the one that failed", func() bool { return f.fails.Load() < 0 && f.said.Load() > 3 })
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.states {
		if s.Phase == link.Waiting {
			t.Errorf("%+v", s)
		}
	}
}

func TestAfterALostConnectionAllIsToldAnew(t *testing.T) {
	f := &fickle{}
	r, h := listen(t, api(t, f.ServeHTTP))
	if err := r.Subscribe("onenet/lamp07/light", 0); err != nil {
		t.Fatal(err)
	}
	h.message(t, "onenet/lamp07/light=on true")
	f.always.Store(true)
	h.wait(t, "the end of the connection", func() bool {
		return len(h.states) > 0 && h.states[len(h.states)-1].Phase == link.Waiting
	})
	h.mu.Lock()
	before := len(h.all)
	h.mu.Unlock()
	f.always.Store(false)
	r.Retry()
	h.wait(t, "what was known before", func() bool {
		news := strings.Join(h.all[before:], " ")
		return strings.Contains(news, "onenet/lamp07/light=on true") && strings.Contains(news, "onenet/lamp07/status=online true")
	})
}

func TestAProductOfTheOtherKindIsToldAndAskedLessAndLess(t *testing.T) {
	r, h := listen(t, api(t, func(w http.ResponseWriter, r *http.Request) {
		code := 10417
		if r.URL.Path == "/device/detail" {
			code = 10410
		}
		fmt.Fprintf(w, `{"code":%d}`, code)
	}))
	if err := r.Subscribe("onenet/lamp07/light", 0); err != nil {
		t.Fatal(err)
	}
	var all []time.Duration // the waits, read while the states are held
	h.wait(t, "the second wait", func() bool {
		all = nil
		for _, s := range h.states {
			if s.Phase == link.Waiting && setup.FaultOf(s.Err) == fault.AgainstRules {
				all = append(all, s.RetryAt.Sub(s.Since).Round(time.Second))
			}
		}
		if len(all) == 1 {
			r.Retry()
		}
		return len(all) >= 2
	})
	if all[1] <= all[0] {
		t.Errorf("it is asked again after %v", all)
	}
}

func TestASlowAnswerIsWaitedForAndNotForEver(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	o := api(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if err := newClient(o).enter(ctx); setup.FaultOf(err) != fault.Unreachable {
		t.Error(err)
	}
}
