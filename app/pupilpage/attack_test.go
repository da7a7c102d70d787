package pupilpage

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lamplighter/device/crash"
)

func TestAPageOfAnotherOriginCanNotAskForAnything(t *testing.T) {
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	mei := r.enter("")
	own := r.State().Address
	_, port, _ := net.SplitHostPort(own)
	for name, change := range map[string]func(*http.Request){
		"another origin":       func(q *http.Request) { q.Header.Set("Origin", "http://evil.example") },
		"no origin at all":     func(q *http.Request) { q.Header.Set("Origin", "null") },
		"the origin with TLS":  func(q *http.Request) { q.Header.Set("Origin", "https://"+own) },
		"another site":         func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") },
		"a name that is bound": func(q *http.Request) { q.Host = "evil.example:" + port },
		"another port":         func(q *http.Request) { q.Host = "127.0.0.1:1" },
		"no port":              func(q *http.Request) { q.Host = "127.0.0.1" },
		"what a form can send": func(q *http.Request) { q.Header.Set("Content-Type", "text/plain") },
		"a form":               func(q *http.Request) { q.Header.Set("Content-Type", "application/x-www-form-urlencoded") },
		"a name that rebinds": func(q *http.Request) {
			q.Host, q.Header["Origin"] = "evil.example:"+port, []string{"http://evil.example:" + port}
		},
		"a request without any": func(q *http.Request) { q.Header.Del("Content-Type") },
	} {
		a := r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}, change)
		if a.status < 400 || a.header.Get("Access-Control-Allow-Origin") != "" || len(a.body) != 0 {
			t.Errorf("%s: %d %s %v", name, a.status, a.body, a.header)
		}
	}
	if a := r.send("OPTIONS", "/switch", mei, nil); a.status < 400 || a.header.Get("Access-Control-Allow-Headers") != "" {
		t.Errorf("a preflight: %d %v", a.status, a.header)
	}
	r.wantsSent()
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0), On: true}, func(q *http.Request) {
		q.Header.Set("Origin", "http://"+own)
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}), "")
}

func TestEveryAnswerForbidsWhatThePageDoesNotNeed(t *testing.T) {
	r := newRoom(t, 0)
	for _, path := range []string{"/", "/page.js", "/page.css", "/icon.svg", "/texts", "/none", "/web/", "/../go.mod"} {
		a := r.send("GET", path, "", nil)
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Set-Cookie": "",
		} {
			if got := a.header.Get(header); got != want && a.status < 300 {
				t.Errorf("%s: %s: %q", path, header, got)
			}
		}
		if found := strings.Contains("/ /page.js /page.css /icon.svg /texts", path); found != (a.status == http.StatusOK) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestThePageIsSmallAndNeedsNothingFromElsewhere(t *testing.T) {
	total, outside := 0, regexp.MustCompile(`(?i)https?://[^\s"']+|\beval\(|\son\w+="|style="|@import|document\.cookie|localStorage`)
	err := fs.WalkDir(files, "web", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		total += len(text)
		for _, found := range outside.FindAllString(string(text), -1) {
			if found != "http://www.w3.org/2000/svg" {
				t.Errorf("%s has %q", path, found)
			}
		}
		return err
	})
	if err != nil || total > 60_000 {
		t.Errorf("%d bytes, %v", total, err)
	}
	t.Logf("the page has %d bytes", total)
}

// The clock stands still: whatever the speed, no rate gives anything back.
func TestTenThousandRequestsASecondReachNoLampBeyondThePupilsRate(t *testing.T) {
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	mei := r.enter("")
	now := time.Now()
	door := r.lesson.server.admission
	door.mu.Lock()
	door.now = func() time.Time { return now }
	door.mu.Unlock()
	const each, pages = 625, 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: pages}}
	defer client.CloseIdleConnections()
	var taken, refused atomic.Int64
	address, began := r.State().Address, time.Now()
	r.during(func() {
		var all sync.WaitGroup
		for range pages {
			all.Go(crash.Guard(func() {
				for range each {
					q, _ := http.NewRequest("POST", "http://"+address+"/switch", strings.NewReader(`{"lamp":"`+lampAt(0)+`","on":true}`))
					q.Header.Set("Content-Type", "application/json")
					q.Header.Set("Authorization", "Bearer "+mei)
					resp, err := client.Do(q)
					if err != nil {
						refused.Add(1)
						continue
					}
					_ = resp.Body.Close()
					if resp.StatusCode == http.StatusOK {
						taken.Add(1)
					} else {
						refused.Add(1)
					}
				}
			}))
		}
		all.Wait()
	})
	spent := time.Since(began)
	t.Logf("%d requests in %v: %.0f a second, %d taken, %d refused", each*pages, spent, each*pages/spent.Seconds(), taken.Load(), refused.Load())
	if taken.Load() != commandRate || len(r.sent) != commandRate || refused.Load() != each*pages-commandRate {
		t.Errorf("%d were taken and %d sent, want %d", taken.Load(), len(r.sent), commandRate)
	}
	if s := r.State(); s.Refused != each*pages-commandRate {
		t.Errorf("%d are told as refused", s.Refused)
	}
	now = now.Add(time.Minute) // nothing else uses it now
	r.wants(r.send("POST", "/switch", mei, request{Lamp: lampAt(0)}), "")
}

func TestAPageThatNeverReadsIsEndedAndHoldsNobodyUp(t *testing.T) {
	r := newRoom(t, 200)
	mei, tom := r.enter("Mei"), r.enter("Tom")
	r.lesson.server.patient = 100 * time.Millisecond // no stream is open yet
	c, err := net.Dial("tcp", r.State().Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.(*net.TCPConn).SetReadBuffer(4096)
	fmt.Fprintf(c, "POST /events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", r.State().Address, mei)
	good := r.follow(tom, "en")
	r.loop.RunUntil(func() bool { return r.State().Present == 2 }, "both to be here")
	before := memory()
	rounds := 0
	r.loop.RunUntil(func() bool { // each round changes 200 lamps
		rounds++
		for i := range 200 {
			r.says(i, "light", []string{"on", "off"}[rounds%2])
		}
		r.shownOf(r.lesson)
		r.lesson.server.feed.publish(r.lesson.shown.view)
		return r.State().Present == 1
	}, "the page that does not read to be ended")
	r.SetAttention(true)
	r.until(good, func(e event) bool { return e.Attention })
	t.Logf("%d rounds, heap %d KB before, %d KB after", rounds, before>>10, memory()>>10)
}

func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestWrongCodesAndTokensOpenNothingAndAreBounded(t *testing.T) {
	r := newRoom(t, 1)
	now := time.Now()
	r.lesson.server.admission.now = func() time.Time { return now }
	for i := range codeBurst {
		if a := r.send("POST", "/join", "", request{Code: fmt.Sprint("guess", i)}); a.refused != string(wrongCode) {
			t.Fatalf("%d: %+v", i, a)
		}
	}
	r.wants(r.send("POST", "/join", "", request{Code: "another guess"}), tooFast)
	if a := r.send("POST", "/join", "", request{Code: r.State().Code}); a.token == "" {
		t.Errorf("who has the code is kept out by who has not: %+v", a)
	}
	for _, token := range []string{"", "x", strings.Repeat("0", 32)} {
		r.wants(r.send("POST", "/switch", token, request{Lamp: lampAt(0)}), lessonOver)
	}
	now = now.Add(time.Second)
	spaced := strings.ToUpper(r.State().Code[:5]) + " " + r.State().Code[5:] + " "
	if a := r.send("POST", "/join", "", request{Code: spaced}); a.token == "" {
		t.Errorf("as it is typed from the projector: %+v", a)
	}
}

func TestWhatIsNoRequestIsRefused(t *testing.T) {
	r := newRoom(t, 1)
	r.SetRule(RuleAll)
	mei := r.enter("")
	for i, body := range []any{"text", nil, []int{1}, map[string]any{"lamp": lampAt(0), "topic": "class/x"}, map[string]string{"lamp": strings.Repeat("x", 2*maxBody)}} {
		if i == 4 {
			mei = r.enter("")
		}
		if a := r.send("POST", "/switch", mei, body); a.status != http.StatusBadRequest && a.status != http.StatusNotFound {
			t.Errorf("%d: %d %s", i, a.status, a.body)
		}
	}
	mei = r.enter("")
	for _, lamp := range []string{"", "class/lamp-001/light/set", "#", "class/+", "$SYS/x"} {
		r.wants(r.send("POST", "/switch", mei, request{Lamp: lamp, On: true}), lampGone)
	}
	r.wantsSent()
}

func TestConnectionsAreBounded(t *testing.T) {
	r := newRoom(t, 0)
	r.client.CloseIdleConnections()
	door := r.lesson.server.admission
	var all []net.Conn
	defer func() {
		for _, c := range all {
			_ = c.Close()
		}
	}()
	for range maxOfAddress + 10 {
		c, err := net.Dial("tcp", r.State().Address)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	count := func() int {
		door.mu.Lock()
		defer door.mu.Unlock()
		return door.conns
	}
	r.loop.RunUntil(func() bool { return r.State().Refused >= 10 }, "what is too many to be refused")
	if n := count(); n > maxOfAddress {
		t.Errorf("%d connections", n)
	}
	for _, c := range all {
		_ = c.Close()
	}
	r.loop.RunUntil(func() bool { return count() == 0 }, "their places to be free")
	r.enter("")
}

func TestWhenTheRoomIsFullWhoIsAwayLongestGoes(t *testing.T) {
	r := newRoom(t, 0)
	now := time.Now()
	r.now = func() time.Time { now = now.Add(time.Second); return now }
	l := r.lesson
	for i := range maxPupils {
		id, why := r.join(l, "")
		if why != "" {
			t.Fatal(i, why)
		}
		if i > 0 {
			r.arrive(l, id)
		}
	}
	token := l.server.admission.admit(1)
	if _, why := r.join(l, ""); why != "" {
		t.Error(why)
	}
	if _, why := l.server.admission.guest(token); why != lessonOver {
		t.Errorf("who was away is let in: %q", why)
	}
	r.arrive(l, maxPupils+1)
	if _, why := r.join(l, ""); why != roomFull {
		t.Errorf("%q", why)
	}
}

func TestAStuckWindowIsWaitedForByAFewOnly(t *testing.T) {
	r := newRoom(t, 0)
	s := r.lesson.server
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	ran := 0
	for range maxWaiting {
		s.ask(gone, func() answer { ran++; return answer{} }) // who asks has gone, but its request is queued
	}
	if a := s.ask(context.Background(), func() answer { t.Error("it ran"); return answer{} }); a.refusal != isBusy {
		t.Errorf("%+v", a)
	}
	r.loop.Run()
	if ran != maxWaiting || len(s.waiting) != 0 {
		t.Errorf("%d ran, %d wait", ran, len(s.waiting))
	}
}

func TestStreamsOfAPupilAreBounded(t *testing.T) {
	r := newRoom(t, 0)
	mei := r.enter("")
	for range maxStreams {
		r.follow(mei, "en")
	}
	r.wants(r.send("POST", "/events", mei, request{}), isBusy)
}

// Each keeps to its own rate, and together they are more than the window has to bear.
func TestAWholeClassTogetherIsBounded(t *testing.T) {
	now := time.Now()
	d := newAdmission("code", func() time.Time { return now })
	taken := 0
	for id := range maxPupils {
		token := d.admit(id)
		for range commandRate {
			if _, why := d.guest(token); why == "" {
				taken++
			} else if why != isBusy {
				t.Fatalf("%q", why)
			}
		}
	}
	if taken != classBurst {
		t.Errorf("%d were taken", taken)
	}
}
