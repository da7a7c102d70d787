package siot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/listen"
	"lamplighter/device/crash"
	"lamplighter/device/topic"
)

// SIoT's web addresses. Names, parameters and answers are those of its
// documentation (github.com/vvlink/SIoT, source/6.advanced/03_webapi.rst):
//
//	/publish?topic=xzr/001&msg=on        {"code":1,"msg":"数据已发送"}
//	/lastmessage?topic=xzr/001           {"code":1,"data":[{"ID":27,"Topic":"xzr/001","Content":"11","Created":"2019-06-06 11:55:39"}],"msg":"成功"}
//	/messages?topic=xzr/001&pnum=1&psize=10&begin=2019-04-04&end=2019-07-01
//	/clearmsg?topic=xzr/001              {"code":1,"data":4,"msg":"成功清空消息"}
//	/projects                            {"code":1,"data":[{"ID":"xzr","Description":"","Created":1556941184}],"msg":"成功"}
//	/devices?pid=xzr
//
// and each takes the login as iname and ipwd. What its own pages show besides
// (examples/…/SIoT1.3/static/modules): /checkLogin; order=desc, and 100 messages
// where no psize is given; a device as {"ID","ProjectID","DeviceName",
// "DeviceDesc"}, whose ID is its topic; no data is an empty list; whatever went
// wrong is answered with the status 200 and another code than 1.
//
// Not told anywhere, so our own: that other code, and its words; that the
// "->" which marks a command that is not kept is taken off before the command is
// passed on; that a day given as the end is meant as a whole; that parameters are
// taken from the body of a POST too, a form's or JSON's.

// Bounds of the web addresses.
const (
	maxWebConns = 64 // at once
	webHeader   = 16 << 10
	webTime     = 10 * time.Second // for a request, and for its answer
	webIdle     = 30 * time.Second
	webPage     = 100 // messages where no number is asked for
	webMaxPage  = 1000
	webMaxTopic = 255 // bytes
	webBody     = 16 << 10
)

// commandMark begins a message that is a command only, and not kept.
const commandMark = "->"

// web serves the web addresses.
type web struct {
	s      *Service
	net    net.Listener
	server *http.Server
	conns  listen.Limit
}

// serve serves from now on, on another port where the wanted one is taken.
func serve(s *Service, port int) (*web, error) {
	l, err := listen.Near(s.o.Host, port)
	if err != nil {
		return nil, err
	}
	w := &web{s: s, net: l, conns: listen.Limit{Most: maxWebConns}}
	mux := http.NewServeMux()
	for path, answer := range map[string]func(url.Values, *http.Request) webAnswer{
		"/publish": w.publish, "/lastmessage": w.lastMessage, "/messages": w.messages, "/clearmsg": w.clearMessages,
		"/projects": w.projects, "/devices": w.devices, "/checkLogin": w.checkLogin,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			mux.HandleFunc(method+" "+path, w.guarded(answer))
		}
	}
	mux.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		reply(rw, http.StatusNotFound, failed("没有这个地址 (no such address)"))
	})
	w.server = &http.Server{
		Handler: mux, ReadHeaderTimeout: webTime, ReadTimeout: webTime, WriteTimeout: webTime, IdleTimeout: webIdle,
		MaxHeaderBytes: webHeader, ConnState: w.conns.Track, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	crash.Go(func() { _ = w.server.Serve(l) })
	return w, nil
}

func (w *web) port() int { return listen.Port(w.net.Addr()) }

// close ends it; nil is closed already.
func (w *web) close() {
	if w != nil {
		_ = w.server.Close()
		_ = w.net.Close()
	}
}

// webAnswer is every answer's form.
type webAnswer struct {
	Code int    `json:"code"` // 1 = done
	Data any    `json:"data,omitempty"`
	Msg  string `json:"msg"`
}

const allWell = "成功"

func failed(msg string) webAnswer { return webAnswer{Msg: msg} }

func reply(rw http.ResponseWriter, status int, a webAnswer) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // lesson programs cut the text up by hand
	if err := e.Encode(a); err != nil {
		http.Error(rw, "", http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("X-Content-Type-Options", "nosniff") // a message is no script, whatever it looks like
	rw.WriteHeader(status)
	_, _ = rw.Write(bytes.TrimSuffix(body.Bytes(), []byte("\n"))) // who asked may be gone
}

// guarded lets in who has the login. A page of the internet that happens to be
// open in somebody's browser is refused, though it may know the login: by its
// origin, and by the name under which it reached us.
func (w *web) guarded(answer func(url.Values, *http.Request) webAnswer) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if isFarPage(r.Header) {
			reply(rw, http.StatusForbidden, failed("不接受互联网网页的请求 (no requests of pages from the internet)"))
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			rw.Header().Set("Access-Control-Allow-Origin", origin)
			rw.Header().Set("Vary", "Origin")
		}
		if !isNearHost(r.Host) {
			reply(rw, http.StatusForbidden, failed("请使用 IP 地址 (use the IP address)"))
			return
		}
		if r.Method == http.MethodOptions { // a page asks whether it may send JSON
			rw.Header().Set("Access-Control-Allow-Methods", "GET, POST")
			rw.Header().Set("Access-Control-Allow-Headers", "Content-Type")
			rw.WriteHeader(http.StatusNoContent)
			return
		}
		q, err := parameters(r)
		if err != nil {
			reply(rw, http.StatusOK, failed("参数错误 (parameters)"))
			return
		}
		if !IsLogin(q.Get("iname"), q.Get("ipwd")) {
			w.s.o.BadLogin(q.Get("iname"), addrOf(r))
			reply(rw, http.StatusOK, failed("账号或密码错误 (wrong user or password)"))
			return
		}
		reply(rw, http.StatusOK, answer(q, r))
	}
}

// parameters are those of the address, and of the body. A semicolon is part of a
// message, not the end of a parameter.
func parameters(r *http.Request) (url.Values, error) {
	q, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	if err != nil || r.Method != http.MethodPost {
		return q, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, webBody+1))
	if err != nil || len(body) > webBody {
		return nil, errBody
	}
	more := url.Values{}
	if body = bytes.TrimSpace(body); bytes.HasPrefix(body, []byte("{")) {
		var o map[string]any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if d.Decode(&o) != nil {
			return nil, errBody
		}
		for k, v := range o {
			switch v.(type) {
			case string, json.Number, bool:
				more.Set(k, fmt.Sprint(v))
			}
		}
	} else if more, err = url.ParseQuery(strings.ReplaceAll(string(body), ";", "%3B")); err != nil {
		return nil, err
	}
	for k, v := range more {
		if !q.Has(k) {
			q[k] = v
		}
	}
	return q, nil
}

var errBody = errors.New("no form and no JSON, or too long")

func (w *web) checkLogin(url.Values, *http.Request) webAnswer {
	return webAnswer{Code: 1, Msg: allWell}
}

var errTopicForm = errors.New("not project/device")

// topicOf is the topic that is asked for.
func topicOf(q url.Values) (string, error) {
	t := q.Get("topic")
	if len(t) > webMaxTopic || !topic.ValidName(t) || !IsTopic(t) || strings.ContainsFunc(t, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", errTopicForm
	}
	return t, nil
}

const topicAdvice = "topic 格式为 项目/设备 (the topic is project/device)"

func (w *web) publish(q url.Values, r *http.Request) webAnswer {
	topic, err := topicOf(q)
	if err != nil {
		return failed(topicAdvice)
	}
	if !w.s.o.MayPublish(topic) {
		w.s.o.Denied(topic, addrOf(r))
		return failed("没有权限 (not allowed)")
	}
	msg, command := strings.CutPrefix(q.Get("msg"), commandMark)
	if err := w.s.o.Publish(topic, []byte(msg)); err != nil {
		return failed("发送失败 (not sent)")
	}
	if !command {
		w.s.Note(topic, []byte(msg))
	}
	return webAnswer{Code: 1, Msg: "数据已发送"}
}

// webMessage is one message of an answer. Lesson programs find Content between
// its name and that of Created, so the order matters.
type webMessage struct {
	ID      int64
	Topic   string
	Content string
	Created string
}

const webTimeForm = "2006-01-02 15:04:05"

func webMessages(topic string, list []pastMessage) []webMessage {
	out := make([]webMessage, 0, len(list))
	for _, m := range list {
		out = append(out, webMessage{m.id, topic, m.content, m.at.Local().Format(webTimeForm)})
	}
	return out
}

func (w *web) lastMessage(q url.Values, _ *http.Request) webAnswer {
	topic, err := topicOf(q)
	if err != nil || !w.s.o.MayReceive(topic) {
		return failed(topicAdvice)
	}
	var list []pastMessage
	if m, ok := w.s.past.newest(topic); ok {
		list = append(list, m)
	}
	return webAnswer{Code: 1, Data: webMessages(topic, list), Msg: allWell}
}

func (w *web) messages(q url.Values, _ *http.Request) webAnswer {
	topic, err := topicOf(q)
	if err != nil || !w.s.o.MayReceive(topic) {
		return failed(topicAdvice)
	}
	begin, ok1 := webMoment(q.Get("begin"), false)
	end, ok2 := webMoment(q.Get("end"), true)
	if !ok1 || !ok2 {
		return failed("时间格式为 2019-04-04 或 2019-04-04 00:00:00 (the form of times)")
	}
	list := w.s.past.of(topic, begin, end)
	if q.Get("order") == "desc" {
		slices.Reverse(list)
	}
	return webAnswer{Code: 1, Data: webMessages(topic, page(q, list)), Msg: allWell}
}

// webMoment reads a time of this computer. A day alone is its first second, or
// its last.
func webMoment(s string, last bool) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	if t, err := time.ParseInLocation(webTimeForm, s, time.Local); err == nil {
		return t, true
	}
	t, err := time.ParseInLocation(time.DateOnly, s, time.Local)
	if err == nil && last {
		t = t.AddDate(0, 0, 1).Add(-time.Second)
	}
	return t, err == nil
}

// page is what of a list is asked for: page pnum, from 1, of psize each.
func page[T any](q url.Values, list []T) []T {
	size, number := webPage, 1
	if n, err := strconv.Atoi(q.Get("psize")); err == nil && n > 0 {
		size = min(n, webMaxPage)
	}
	if n, err := strconv.Atoi(q.Get("pnum")); err == nil && n > 0 {
		number = min(n, 1<<20)
	}
	from := min((number-1)*size, len(list))
	return list[from:min(from+size, len(list))]
}

func (w *web) clearMessages(q url.Values, _ *http.Request) webAnswer {
	topic, err := topicOf(q)
	if err != nil || !w.s.o.MayPublish(topic) {
		return failed(topicAdvice)
	}
	return webAnswer{Code: 1, Data: w.s.past.clearTopic(topic), Msg: "成功清空消息"}
}

type webProject struct {
	ID          string
	Description string
	Created     int64 // seconds since 1970
}

func (w *web) projects(q url.Values, _ *http.Request) webAnswer {
	list := []webProject{}
	for _, p := range w.s.past.pairs() {
		if id := q.Get("id"); id != "" && id != p.project {
			continue
		}
		if n := len(list); n > 0 && list[n-1].ID == p.project {
			list[n-1].Created = min(list[n-1].Created, p.first.Unix())
			continue
		}
		list = append(list, webProject{ID: p.project, Created: p.first.Unix()})
	}
	return webAnswer{Code: 1, Data: page(q, list), Msg: allWell}
}

type webDevice struct {
	ID         string
	ProjectID  string
	DeviceName string
	DeviceDesc string
}

func (w *web) devices(q url.Values, _ *http.Request) webAnswer {
	list := []webDevice{}
	for _, p := range w.s.past.pairs() {
		pid, name := q.Get("pid"), q.Get("deviceName")
		if (pid == "" || pid == p.project) && (name == "" || name == p.device) {
			list = append(list, webDevice{ID: p.project + "/" + p.device, ProjectID: p.project, DeviceName: p.device})
		}
	}
	return webAnswer{Code: 1, Data: page(q, list), Msg: allWell}
}

func addrOf(r *http.Request) string {
	return listen.Host(r.RemoteAddr).String()
}

// isFarPage reports whether a request comes from a page that is not of a computer
// nearby. A page that shows a picture, or sends a form, sends no Origin: what then
// tells is Sec-Fetch-Site, which browsers send to this computer itself, and
// Referer. The origin null is that of a file, and of any page of the internet that
// puts itself into a sandbox (RFC 6454, 7.1).
func isFarPage(h http.Header) bool {
	if origin := h.Get("Origin"); origin != "" {
		return !isNearPage(origin)
	}
	if referer := h.Get("Referer"); referer != "" {
		return !isNearPage(referer)
	}
	return h.Get("Sec-Fetch-Site") == "cross-site"
}

// isNearPage reports whether the address of a page is that of a computer nearby.
func isNearPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && endpoint.IsNear(u.Hostname())
}

// isNearHost reports whether a request came to an IP address, or to a name that
// the internet does not know: a name of the internet that leads here is a trick
// (DNS rebinding).
func isNearHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return endpoint.IsNearName(host)
}
