package platformtest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Codes of the API. Measured, by who published them: 0, 10403, 10410, 10411,
// 10417, 10421, 10500. All come with HTTP 200.
const (
	apiOK          = 0
	apiBadParam    = 10001
	apiForbidden   = 10403
	apiNoDevice    = 10410
	apiFailed      = 10411 // a setting that failed, or that was not answered in time
	apiNoThing     = 10417 // the product has no thing model
	apiOffline     = 10421
	apiInternal    = 10500
	apiSetInterval = time.Second // between two settings of a device (documented)
)

// routes are the API's addresses. Their paths and parameters are documented
// (the platform's list of interfaces), the answers partly so:
//
//	query-device-property  the fields are documented, the list as "data" itself measured
//	set-device-property    documented; the time-out's code measured
//	device/detail          "status" 1 = online, 0 = offline measured
//	synccmds               cmd_uuid and cmd_resp documented, the frame measured
//	current-, history-datapoints   measured; the time's form as in the older API's manual
func (r *oneRules) routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /thingmodel/set-device-property", r.setProperty)
	mux.HandleFunc("GET /thingmodel/query-device-property", r.named(true, r.queryProperty))
	mux.HandleFunc("GET /device/detail", r.named(false, r.detail))
	mux.HandleFunc("GET /datapoint/current-datapoints", r.named(false, r.current))
	mux.HandleFunc("GET /datapoint/history-datapoints", r.named(false, r.history))
	mux.HandleFunc("POST /datapoint/synccmds", r.named(false, r.command))
}

func (r *oneRules) respond(w http.ResponseWriter, code int, msg string, data any) {
	answer := map[string]any{"code": code, "msg": msg, "request_id": "a25087f46df04b69b29e90ef0acfd115"}
	if data != nil {
		answer["data"] = data
	}
	reply(w, answer)
}

// allowed looks at the token, and at what the call asks for. It has answered
// where it says no.
func (r *oneRules) allowed(w http.ResponseWriter, q *http.Request, product, device string, thing bool) bool {
	r.d.mu.Lock()
	fits := r.tokenFits(q.Header.Get("Authorization"), device)
	r.d.mu.Unlock()
	_, known := r.o.Devices[device]
	switch {
	case !fits || product != r.o.Product:
		r.respond(w, apiForbidden, "invalid authorization", nil)
	case !known:
		r.respond(w, apiNoDevice, "device not exist", nil)
	case thing && !r.o.Thing:
		r.respond(w, apiNoThing, "thing model not exist", nil)
	default:
		return true
	}
	return false
}

// named answers a call that names its product and device in the query, where it is
// allowed.
func (r *oneRules) named(thing bool, answer func(w http.ResponseWriter, q *http.Request, device string)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		v := q.URL.Query()
		if device := v.Get("device_name"); r.allowed(w, q, v.Get("product_id"), device, thing) {
			answer(w, q, device)
		}
	}
}

// wait gives a device time to answer, and forgets about it then.
func (r *oneRules) wait(q *http.Request, id string, answer chan []byte, within time.Duration) ([]byte, bool) {
	select {
	case got := <-answer:
		return got, true
	case <-time.After(within):
	case <-q.Context().Done():
	}
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	delete(r.waiting, id)
	return nil, false
}

func (r *oneRules) setProperty(w http.ResponseWriter, q *http.Request) {
	var x struct {
		Product string                     `json:"product_id"`
		Device  string                     `json:"device_name"`
		Params  map[string]json.RawMessage `json:"params"`
	}
	if json.NewDecoder(io.LimitReader(q.Body, onePayload)).Decode(&x) != nil {
		r.respond(w, apiBadParam, "param error", nil)
		return
	}
	if !r.allowed(w, q, x.Product, x.Device, true) {
		return
	}
	for name, value := range x.Params {
		if _, why := r.fits(name, value); why != "success" {
			r.respond(w, apiFailed, "属性设置失败:identifier: "+name+", error: "+why, nil)
			return
		}
	}
	if len(x.Params) == 0 {
		r.respond(w, apiBadParam, "param error", nil)
		return
	}
	id, answer, code, why := r.beginSet(x.Device, x.Params)
	if code != apiOK {
		r.respond(w, code, why, nil)
		return
	}
	got, ok := r.wait(q, x.Device+"/"+id, answer, cmp.Or(r.o.Timeout, 10*time.Second))
	var m oneMessage
	if !ok || json.Unmarshal(got, &m) != nil || m.Code == nil {
		r.respond(w, apiFailed, "设备响应超时", nil)
		return
	}
	if *m.Code != oneOK {
		r.respond(w, apiFailed, m.Msg, nil)
		return
	}
	r.respond(w, apiOK, "succ", map[string]any{"id": m.ID, "code": *m.Code, "msg": m.Msg})
}

// beginSet sends a setting to its device.
func (r *oneRules) beginSet(device string, params map[string]json.RawMessage) (id string, answer chan []byte, code int, why string) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	s := r.d.find(device)
	if s == nil {
		return "", nil, apiOffline, "device not online"
	}
	if rateOf(r.sets, device).add(r.d.now(), apiSetInterval) > 1 {
		r.d.broke(s, "was set more than once a second by the API")
		return "", nil, apiFailed, "too many requests"
	}
	id, answer = r.nextID(), make(chan []byte, 1)
	if s.isSubscribed(r.topic(device, "thing/property/set")) {
		r.waiting[device+"/"+id] = answer
		r.down(s, "thing/property/set", map[string]any{"id": id, "version": "1.0", "params": params})
	}
	return id, answer, apiOK, ""
}

func (r *oneRules) queryProperty(w http.ResponseWriter, _ *http.Request, device string) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	rows := map[string]map[string]any{}
	for name, kind := range r.o.Properties { // what was never said has no value
		rows[name] = map[string]any{"identifier": name, "data_type": kind, "name": name, "access_mode": "读写"}
	}
	for _, p := range r.points[device] {
		if rows[p.name] == nil {
			rows[p.name] = map[string]any{"identifier": p.name, "name": p.name, "access_mode": "读写"}
		}
		rows[p.name]["time"] = p.at.UnixMilli()
		rows[p.name]["value"] = asText(p.value)
	}
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		list = append(list, rows[name])
	}
	r.respond(w, apiOK, "succ", list)
}

// asText is a value as text: a string without its quotes, anything else as JSON.
func asText(value []byte) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

func (r *oneRules) detail(w http.ResponseWriter, _ *http.Request, device string) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	status := 0
	if r.d.find(device) != nil {
		status = 1
	}
	data := map[string]any{"name": device, "pid": r.o.Product, "status": status}
	if seen, ok := r.seen[device]; ok {
		data["last_time"] = seen.Format(time.RFC3339Nano)
	}
	r.respond(w, apiOK, "succ", data)
}

// oneTime is how the API writes a time.
const oneTime = "2006-01-02 15:04:05.000"

func (r *oneRules) current(w http.ResponseWriter, _ *http.Request, device string) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	last := map[string]point{}
	for _, p := range r.points[device] {
		last[p.name] = p
	}
	streams := []map[string]any{}
	for name, p := range last {
		streams = append(streams, map[string]any{"id": name, "at": p.at.Format(oneTime), "value": json.RawMessage(p.value)})
	}
	r.respond(w, apiOK, "succ", map[string]any{"devices": []any{map[string]any{"id": device, "title": device, "datastreams": streams}}})
}

func (r *oneRules) history(w http.ResponseWriter, q *http.Request, device string) {
	limit, err := strconv.Atoi(q.URL.Query().Get("limit"))
	if err != nil || limit <= 0 {
		limit = 100
	}
	wanted := q.URL.Query().Get("datastream_id")
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	rows, count := map[string][]any{}, 0
	for _, p := range slices.Backward(r.points[device]) { // the newest first
		if count == limit || wanted != "" && !slices.Contains(strings.Split(wanted, ","), p.name) {
			continue
		}
		count++
		rows[p.name] = append(rows[p.name], map[string]any{
			"at": p.at.Format(oneTime), "at_timestamp": p.at.UnixMilli(), "value": json.RawMessage(p.value),
		})
	}
	streams := []map[string]any{}
	for name, points := range rows {
		streams = append(streams, map[string]any{"id": name, "datapoints": points})
	}
	r.respond(w, apiOK, "succ", map[string]any{"count": count, "datastreams": streams})
}

func (r *oneRules) command(w http.ResponseWriter, q *http.Request, device string) {
	seconds, err := strconv.Atoi(q.URL.Query().Get("timeout"))
	body, tooLong := io.ReadAll(io.LimitReader(q.Body, oneCommand+1))
	if err != nil || seconds < 5 || seconds > 30 || tooLong != nil || len(body) > oneCommand {
		r.respond(w, apiBadParam, "param error", nil)
		return
	}
	id, answer, code, why := r.beginCommand(device, body)
	if code != apiOK {
		r.respond(w, code, why, nil)
		return
	}
	got, ok := r.wait(q, device+"/"+id, answer, cmp.Or(r.o.Timeout, time.Duration(seconds)*time.Second))
	if !ok {
		r.respond(w, apiFailed, "sync cmd timeout", nil)
		return
	}
	r.respond(w, apiOK, "succ", map[string]any{"cmd_uuid": id, "cmd_resp": base64.StdEncoding.EncodeToString(got)})
}

// beginCommand sends a command to its device.
func (r *oneRules) beginCommand(device string, body []byte) (id string, answer chan []byte, code int, why string) {
	r.d.mu.Lock()
	defer r.d.mu.Unlock()
	s := r.d.find(device)
	if s == nil {
		return "", nil, apiOffline, "device not online"
	}
	id = "f9115090-8ef1-4b0c-aaf4-" + r.nextID()
	topic := r.topic(device, "cmd/request/"+id)
	if !s.isSubscribed(topic) {
		return "", nil, apiInternal, "device not subscribed"
	}
	answer = make(chan []byte, 1)
	r.waiting[device+"/"+id] = answer
	s.send(topic, body, false)
	return id, answer, apiOK, ""
}
