package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lamplighter/app/lights"
	"lamplighter/app/pupilpage"
	"lamplighter/device/crash"
	"lamplighter/i18n"
	"lamplighter/views/lamps"
)

func TestPupilsPage(t *testing.T) {
	c := newClass(t, 3)
	c.makeLamps(func(int) int { return 5 }) // seconds: one is without power later
	c.start()
	t.Run("thirty pages at once", func(t *testing.T) { c.thirtyPages(t, []string{base(0), base(1), base(2)}) })
	t.Run("on a phone, in Chinese, by the keyboard", c.phone)
	t.Run("on a computer, in English", c.computer)
}

// during runs f elsewhere, and the program until it has ended.
func (s *school) during(what string, f func()) {
	s.t.Helper()
	done := make(chan struct{})
	crash.Go(func() { defer close(done); f() })
	s.loop.RunUntil(func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}, what)
}

// openPage opens the page, and ends it with the test.
func (s *school) openPage(t *testing.T, r pupilpage.Rule) pupilpage.State {
	s.Classroom.Page.SetRule(r)
	s.Classroom.Page.Open(lamps.PupilSpeech{Now: time.Now})
	t.Cleanup(s.Classroom.Page.Close)
	page := s.Classroom.Page.State()
	if !page.Open || page.Err != nil {
		t.Fatalf("the page is not open: %v", page.Err)
	}
	return page
}

// webPupil is a pupil's page without a browser.
type webPupil struct {
	address, token string
	mu             sync.Mutex
	words          map[string]string // of lamps, as the page shows them
	events         int
	ended          chan struct{}
}

func (w *webPupil) post(ctx context.Context, path string, body map[string]any) (*http.Response, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+w.address+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Authorization", "Bearer "+w.token)
	return webClient.Do(q)
}

// webClient keeps within the connections that one address may have.
var webClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 30, MaxConnsPerHost: 100}}

// come types the code and follows the lamps until ctx ends.
func (w *webPupil) come(ctx context.Context, code, name string) error {
	resp, err := w.post(ctx, "/join", map[string]any{"code": code, "name": name})
	if err != nil {
		return err
	}
	var said struct{ Token string }
	err = json.NewDecoder(resp.Body).Decode(&said)
	_ = resp.Body.Close()
	if err != nil || said.Token == "" {
		return fmt.Errorf("not let in: %d %w", resp.StatusCode, err)
	}
	w.token = said.Token
	if resp, err = w.post(ctx, "/events", nil); err != nil {
		return err
	}
	crash.Go(func() {
		defer close(w.ended)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				w.take(text)
			}
		}
	})
	return nil
}

func (w *webPupil) take(text string) {
	var e struct{ Lamps []struct{ ID, Word string } }
	if json.Unmarshal([]byte(text), &e) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events++
	for _, l := range e.Lamps {
		w.words[l.ID] = l.Word
	}
}

// shows reports whether the page says of each lamp what the panel says.
func (w *webPupil) shows(all []lights.Light) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range all {
		word, _ := lamps.PupilSpeech{Now: time.Now}.Lamp("en", l)
		if w.words[l.Base] != word {
			return false
		}
	}
	return true
}

func heapNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// thirtyPages has thirty pupils switch real boards, those with these lamps, as they
// like.
func (s *school) thirtyPages(t *testing.T, bases []string) {
	page := s.openPage(t, pupilpage.RuleAll)
	before := heapNow()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var all []*webPupil
	s.during("thirty pages to come", func() {
		for i := range 30 {
			w := &webPupil{address: page.Address, words: map[string]string{}, ended: make(chan struct{})}
			if err := w.come(ctx, page.Code, fmt.Sprint("pupil ", i)); err != nil {
				t.Error(err)
				return
			}
			all = append(all, w)
		}
	})
	if t.Failed() {
		return
	}
	s.loop.RunUntil(func() bool { return s.Classroom.Page.State().Present == 30 }, "thirty pages to be open")
	during := heapNow()
	taken, refused := 0, 0
	began := time.Now()
	var mu sync.Mutex
	s.during("their clicks", func() {
		var clicks sync.WaitGroup
		for i, w := range all {
			clicks.Go(crash.Guard(func() {
				for n := range 4 {
					resp, err := w.post(ctx, "/switch", map[string]any{"lamp": bases[(i+n)%len(bases)], "on": (i+n)%2 == 0})
					if err != nil {
						t.Error(err)
						return
					}
					_ = resp.Body.Close()
					mu.Lock()
					if resp.StatusCode == http.StatusOK {
						taken++
					} else {
						refused++
					}
					mu.Unlock()
				}
			}))
		}
		clicks.Wait()
	})
	spent := time.Since(began)
	// What was clicked last wins at the board; each page shows what the board said.
	for i, base := range bases {
		if err := s.Lights.Switch(base, i == 1); err != nil {
			t.Fatal(err)
		}
	}
	s.loop.RunUntil(func() bool {
		for i, base := range bases {
			l, _ := s.Lights.Light(base)
			if l.Phase != lights.Confirmed || (l.State == lights.On) != (i == 1) {
				return false
			}
		}
		return true
	}, "the boards to confirm")
	s.loop.RunUntil(func() bool {
		for _, w := range all {
			if !w.shows(s.Lights.Lights()) {
				return false
			}
		}
		return true
	}, "thirty pages to show it")
	events := 0
	for _, w := range all {
		w.mu.Lock()
		events += w.events
		w.mu.Unlock()
	}
	t.Logf("30 pages: %d clicks taken and %d refused in %v, %d events; heap %d KB without pages, %d KB with them",
		taken, refused, spent.Round(time.Millisecond), events, before>>10, during>>10)
	if taken == 0 || refused > taken {
		t.Errorf("%d clicks were taken, %d refused", taken, refused)
	}
	s.Classroom.Page.Close()
	defer webClient.CloseIdleConnections()
	s.during("the pages to end", func() {
		for _, w := range all {
			<-w.ended
		}
	})
}

// browser is Debian's Chromium, of which a test asks what a person sees.
type browser struct {
	t   *testing.T
	c   *class
	ctx context.Context
}

// browse opens a browser of a size and a language.
func (c *class) browse(t *testing.T, width, height int64, language string, dark bool) *browser {
	o := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WSURLReadTimeout(patience), chromedp.Flag("lang", language), chromedp.Flag("accept-lang", language))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), o...)
	t.Cleanup(cancel)
	ctx, _ = chromedp.NewContext(ctx) // ended by Cancel, which waits for the browser
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("the browser's end: %v", err)
		}
	})
	b := &browser{t, c, ctx}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do("a browser",
		emulation.SetDeviceMetricsOverride(width, height, 1, width < 600),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
	return b
}

// do has the browser do something, while the program runs.
func (b *browser) do(what string, actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if b.ctx != nil && chromedp.FromContext(b.ctx).Browser == nil {
		ctx = b.ctx // the first one starts the browser, which ends with its context
	}
	var err error
	b.c.during(what, func() { err = chromedp.Run(ctx, actions...) })
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.page())
	}
}

// page is what the page says, for a test that fails.
func (b *browser) page() (text string) {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	b.c.during("the page's text", func() { _ = chromedp.Run(ctx, chromedp.Evaluate(`document.body.innerText`, &text)) })
	return text
}

// sees waits until a script says yes.
func (b *browser) sees(what, script string) {
	b.t.Helper()
	b.do(what, chromedp.Poll(script, nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(0)))
}

// is asks a script once.
func (b *browser) is(what, script string) {
	b.t.Helper()
	var yes bool
	b.do(what, chromedp.Evaluate(script, &yes))
	if !yes {
		b.t.Errorf("it is not so: %s\n%s", what, b.page())
	}
}

// says waits until a text is on the page.
func (b *browser) says(text string) {
	b.t.Helper()
	b.sees("“"+text+"”", "document.body.innerText.includes("+quote(text)+")")
}

func quote(s string) string {
	text, _ := json.Marshal(s) // a string can always be written
	return string(text)
}

// fits looks at the whole page as somebody with a small screen, a finger or a
// screen reader does.
func (b *browser) fits() {
	b.t.Helper()
	b.is("nothing is wider than the screen", `document.documentElement.scrollWidth <= innerWidth`)
	b.is("every button is large enough and has a name", `[...document.querySelectorAll('button,input')].filter(b => b.offsetParent).every(b => b.offsetHeight >= 44 && (b.textContent.trim() || (b.labels && b.labels.length)))`)
	b.is("every part has a name", `[...document.querySelectorAll('section')].every(s => document.getElementById(s.getAttribute('aria-labelledby')))`)
	b.is("the code is not in the address", `location.hash === '' && !document.cookie`)
}

// picture writes what is seen into the folder of pictures, where there is one.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("LAMPLIGHTER_PICTURES")
	if dir == "" {
		return
	}
	var data []byte
	b.do("a picture", chromedp.FullScreenshot(&data, 100))
	if err := os.WriteFile(filepath.Join(dir, "pupilspage-"+name+".png"), data, 0o644); err != nil {
		b.t.Error(err)
	}
}

// in is a text of another language than the window's.
func in(t *testing.T, language, key string) (text string) {
	t.Helper()
	if err := i18n.In(language, func() { text = i18n.T(key) }); err != nil {
		t.Fatal(err)
	}
	return text
}

// word waits until the lamp in a part of the page says a word.
func (b *browser) word(part, lamp, word string) {
	b.t.Helper()
	b.sees(lamp+" to be "+word, fmt.Sprintf(`[...document.querySelectorAll('%s .lamp')].some(l => l.dataset.id === %s && l.querySelector('.word').textContent === %s)`, part, quote(lamp), quote(word)))
}

func (c *class) phone(t *testing.T) {
	own := base(1)
	_ = c.Lights.Switch(own, true)
	c.loop.RunUntil(func() bool { l, _ := c.Lights.Light(own); return l.Phase == lights.Confirmed && l.State == lights.On }, "a lamp that is on")
	s := c.openPage(t, pupilpage.RuleOwn)
	zh := func(key string) string { return in(t, "zh-Hans", key) }
	b := c.browse(t, 360, 740, "zh-CN", false)
	b.do("the page", chromedp.Navigate(s.URL()))
	b.says(zh("pupilpage.web.join"))
	b.is("it is in Chinese", `document.documentElement.lang === 'zh-Hans'`)
	b.is("the code need not be typed", `!document.getElementById('code').offsetParent`)
	b.fits()
	b.picture("360-zh-1-join")
	b.do("a name and Enter", chromedp.KeyEvent("小明"+kb.Enter))
	b.says(zh("pupilpage.web.pick"))
	b.fits()
	b.picture("360-zh-2-pick")
	b.do("the second lamp by the keyboard", chromedp.Focus(`#pick button`), chromedp.KeyEvent(kb.Tab+kb.Enter))
	b.sees("its lamp to be the first", `document.querySelector('#own .lamp button') !== null`)
	b.is("the focus is on its switch", `document.activeElement.closest('#own') !== null`)
	b.do("Enter", chromedp.KeyEvent(kb.Enter))
	b.word("#own", own, zh("lamps.off"))
	b.do("Space", chromedp.KeyEvent(" "))
	b.word("#own", own, zh("lamps.on"))
	if l, _ := c.Lights.Light(own); l.State != lights.On || l.Phase != lights.Confirmed || l.ChangedBy != lights.ActorPupil {
		t.Errorf("the panel says %+v", l)
	}
	b.is("a screen reader says it", `document.querySelector('[aria-live]').textContent.includes(`+quote(zh("lamps.on"))+`)`)
	b.is("no other lamp has a switch", `[...document.querySelectorAll('#rest button')].every(b => !b.offsetParent)`)
	b.fits()
	b.picture("360-zh-3-on")

	c.Classroom.Page.SetAttention(true)
	b.says(zh("pupilpage.web.attention"))
	b.is("its switch says so", `document.querySelector('#own button').getAttribute('aria-disabled') === 'true'`)
	b.picture("360-zh-4-attention")
	c.Classroom.Page.SetAttention(false)
	b.sees("the switch to work", `document.querySelector('#own button').getAttribute('aria-disabled') === 'false'`)

	c.boards[1].PowerOff()
	b.c.loop.RunUntil(func() bool { l, _ := c.Lights.Light(own); return l.IsUnreachable() }, "the board to be gone")
	b.word("#own", own, zh("lamps.offline"))
	b.picture("360-zh-5-offline")
	c.boards[1].PowerOn()
	c.loop.RunUntil(func() bool { return c.here() == len(c.boards) }, "the board to be back")
	c.Classroom.Page.Close()
	b.says(zh("pupilpage.web.over"))
	b.fits()
	b.picture("360-zh-6-over")
}

func (c *class) computer(t *testing.T) {
	s := c.openPage(t, pupilpage.RuleAll)
	en := func(key string) string { return in(t, "en", key) }
	b := c.browse(t, 1280, 800, "en-GB", true)
	b.do("the page", chromedp.Navigate("http://"+s.Address))
	b.says(en("pupilpage.web.code"))
	b.do("a wrong code", chromedp.SendKeys("#code", "not-the-code"+kb.Enter))
	b.says(en("pupilpage.web.code-wrong"))
	b.fits()
	b.picture("1280-en-1-code")
	b.do("the code", chromedp.Evaluate(`document.getElementById('code').select()`, nil), chromedp.KeyEvent(strings.ToUpper(s.Code)+kb.Enter))
	for i := range c.boards {
		b.sees("the lamps", fmt.Sprintf(`document.querySelectorAll('#rest .lamp').length === %d`, len(c.boards)))
		l, _ := c.Lights.Light(base(i))
		on := l.State != lights.On
		b.do("a click", chromedp.Click(fmt.Sprintf(`#rest [data-id="%s"] button`, base(i))))
		b.word("#rest", base(i), en(map[bool]string{true: "lamps.on", false: "lamps.off"}[on]))
	}
	b.fits()
	b.picture("1280-en-2-lamps")
	b.do("loaded again", chromedp.Reload())
	b.sees("the lamps without the code", `document.querySelectorAll('#rest .lamp').length > 0 && !document.getElementById('join').offsetParent`)
	c.Classroom.Page.SetRule(pupilpage.RuleLook)
	b.says(en("pupilpage.web.rule-look"))
	b.is("there is no switch", `[...document.querySelectorAll('.lamp button')].every(b => !b.offsetParent)`)
	b.picture("1280-en-3-look")
}
