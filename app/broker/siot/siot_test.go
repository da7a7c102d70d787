package siot_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker/siot"
	"lamplighter/device/devicetest"
)

// service is a service whose broker publishes into a channel.
type service struct {
	*siot.Service
	published chan string
	client    *http.Client
}

func serve(t *testing.T, now func() time.Time) service {
	t.Helper()
	s := service{published: make(chan string, 16), client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{}}}
	s.Service = siot.New(siot.Options{
		Host: "127.0.0.1", Now: now,
		MayPublish: func(string) bool { return true }, MayReceive: func(string) bool { return true },
		Publish: func(topic string, payload []byte) error {
			s.published <- topic + " " + string(payload)
			return nil
		},
	})
	if _, err := s.Start(devicetest.Port(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	t.Cleanup(s.client.CloseIdleConnections)
	return s
}

// ask requests a web address with SIoT's login, and gives the answer's text.
func (s service) ask(t *testing.T, path string, pairs ...string) string {
	t.Helper()
	q := url.Values{"iname": {siot.User}, "ipwd": {siot.Password}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	port, _ := s.Ports()
	answer, err := s.client.Get(fmt.Sprintf("http://127.0.0.1:%d%s?%s", port, path, q.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, answer.StatusCode, err)
	}
	return string(body)
}

func TestTheWebAddressesAnswerAsSIoTDoes(t *testing.T) {
	t.Parallel()
	at := time.Date(2019, 6, 6, 11, 55, 33, 5, time.Local)
	b := serve(t, func() time.Time { return at })
	for _, v := range []string{"10", `a;b+"c"&<d> 中`} {
		if got := b.ask(t, "/publish", "topic", "xzr/001", "msg", v); got != `{"code":1,"msg":"数据已发送"}` {
			t.Error(got)
		}
		if m := <-b.published; m != "xzr/001 "+v {
			t.Errorf("published %s", m)
		}
	}
	b.Note("xzr/001", []byte("12"))
	all := []string{
		`{"ID":1,"Topic":"xzr/001","Content":"10","Created":"2019-06-06 11:55:33"}`,
		`{"ID":2,"Topic":"xzr/001","Content":"a;b+\"c\"&<d> 中","Created":"2019-06-06 11:55:33"}`,
		`{"ID":3,"Topic":"xzr/001","Content":"12","Created":"2019-06-06 11:55:33"}`,
	}
	answer := func(rows ...string) string {
		return `{"code":1,"data":[` + strings.Join(rows, ",") + `],"msg":"成功"}`
	}
	for _, c := range []struct {
		path  string
		pairs []string
		want  string
	}{
		{"/lastmessage", []string{"topic", "xzr/001"}, answer(all[2])},
		{"/lastmessage", []string{"topic", "xzr/002"}, answer()},
		{"/messages", []string{"topic", "xzr/001"}, answer(all...)},
		{"/messages", []string{"topic", "xzr/001", "order", "desc"}, answer(all[2], all[1], all[0])},
		{"/messages", []string{"topic", "xzr/001", "pnum", "2", "psize", "2"}, answer(all[2])},
		{"/messages", []string{"topic", "xzr/001", "pnum", "999999999", "psize", "1000"}, answer()},
		{"/messages", []string{"topic", "xzr/001", "begin", "2019-06-06", "end", "2019-06-06"}, answer(all...)},
		{"/messages", []string{"topic", "xzr/001", "begin", "2019-06-06 11:55:33", "end", "2019-06-06 11:55:33"}, answer(all...)},
		{"/messages", []string{"topic", "xzr/001", "begin", "2019-06-07 00:00:00"}, answer()},
		{"/projects", nil, answer(fmt.Sprintf(`{"ID":"xzr","Description":"","Created":%d}`, at.Unix()))},
		{"/devices", []string{"pid", "xzr"}, answer(`{"ID":"xzr/001","ProjectID":"xzr","DeviceName":"001","DeviceDesc":""}`)},
		{"/devices", []string{"pid", "abc"}, answer()},
		{"/checkLogin", nil, `{"code":1,"msg":"成功"}`},
		{"/clearmsg", []string{"topic", "xzr/001"}, `{"code":1,"data":3,"msg":"成功清空消息"}`},
		{"/lastmessage", []string{"topic", "xzr/001"}, answer()},
	} {
		if got := b.ask(t, c.path, c.pairs...); got != c.want {
			t.Errorf("%s %v\ngot  %s\nwant %s", c.path, c.pairs, got, c.want)
		}
	}
}

// Whoever held all connections to SIoT's web addresses in silence kept the lesson's
// programs out of them: the next was accepted when one of his had timed out.
func TestHostileConnectionsToTheWebAddressesLockNobodyOut(t *testing.T) {
	b := serve(t, nil)
	port, _ := b.Ports()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.66")}, Timeout: time.Minute}
	for range 2 * siot.MaxConns {
		c, err := d.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_, _ = io.WriteString(c, "GET /publish?topic=") // it may be ended already
	}
	if got := b.ask(t, "/checkLogin"); got != `{"code":1,"msg":"成功"}` {
		t.Error(got)
	}
	if n := b.Connections(); n == 0 || n > siot.MaxConns {
		t.Errorf("%d connections are counted", n)
	}
}
