package pupilpage

import (
	"context"
	"embed"
	"encoding/json"
	"io"
	"log"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/text/language"

	"lamplighter/app/cleantext"
	"lamplighter/app/listen"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
)

//go:embed web
var files embed.FS

// refusal is why a request is refused, by the name of its text on the page; "" = it
// is not.
type refusal string

// The refusals.
const (
	wrongCode  refusal = "code-wrong"
	tooFast    refusal = "fast"
	lessonOver refusal = "over"
	roomFull   refusal = "full"
	teacherHas refusal = "attention"
	notAllowed refusal = "rule"
	lampGone   refusal = "gone"
	lampTaken  refusal = "taken"
	lampAway   refusal = "away"
	isBusy     refusal = "busy"
	malformed  refusal = "malformed"
)

var statuses = map[refusal]int{
	wrongCode: http.StatusForbidden, tooFast: http.StatusTooManyRequests, lessonOver: http.StatusUnauthorized, roomFull: http.StatusServiceUnavailable,
	teacherHas: http.StatusForbidden, notAllowed: http.StatusForbidden, lampGone: http.StatusNotFound, lampTaken: http.StatusConflict,
	lampAway: http.StatusConflict, isBusy: http.StatusServiceUnavailable, malformed: http.StatusBadRequest,
}

// Bounds of a request.
const (
	usualPort  = 8100
	maxBody    = 1 << 10 // bytes
	maxHeader  = 8 << 10 // bytes
	maxName    = 60      // characters, as many as a pupil of the class may have
	maxWaiting = 64      // requests that wait for the state's goroutine
	headerTime = 5 * time.Second
	readTime   = 10 * time.Second
	writeTime  = 10 * time.Second
	idleTime   = 30 * time.Second
	answerTime = 5 * time.Second // of the state's goroutine
	beatTime   = 15 * time.Second
)

// server serves the page of one lesson.
type server struct {
	page      *Page
	lesson    *lesson
	admission *admission
	feed      *feed
	net       net.Listener
	http      *http.Server
	texts     [][]byte // of each language, as JSON
	match     language.Matcher
	tags      []string
	waiting   chan struct{}
	over      chan struct{} // closed at the lesson's end
	refused   atomic.Int64
	patient   time.Duration // for a page that does not read
}

// newServer makes the server of a lesson. It fails with a *fault.Error.
func newServer(p *Page, l *lesson) (*server, error) {
	s := &server{
		page: p, lesson: l, admission: newAdmission(l.code, time.Now), feed: newFeed(l.shown.view), tags: l.speech.Languages(),
		waiting: make(chan struct{}, maxWaiting), over: make(chan struct{}), patient: writeTime,
	}
	if err := s.prepare(); err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "open the pupils' page", Err: err}
	}
	n, err := listen.Near(p.o.Host, p.port, usualPort)
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "open the pupils' page", Err: err}
	}
	s.net = n
	s.http = &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0), // it would tell what strangers send
	}
	return s, nil
}

// prepare writes the texts of all languages.
func (s *server) prepare() error {
	var tags []language.Tag
	for _, tag := range s.tags {
		text, err := json.Marshal(map[string]any{"language": tag, "texts": s.lesson.speech.Texts(tag)})
		if err != nil {
			return err
		}
		s.texts = append(s.texts, text)
		tags = append(tags, language.Make(tag))
	}
	s.match = language.NewMatcher(tags)
	return nil
}

func (s *server) port() int {
	return listen.Port(s.net.Addr())
}

func (s *server) start() {
	crash.Go(func() { _ = s.http.Serve(&gate{s.net, s.admission, s.refuse}) })
}

// end ends the lesson for all. The channel is closed when nobody is connected.
func (s *server) end() <-chan struct{} {
	close(s.over)
	_ = s.net.Close()
	done := make(chan struct{})
	crash.Go(func() {
		defer close(done)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.http.Shutdown(ctx)
		_ = s.http.Close()
	})
	return done
}

func (s *server) refuse() { s.refused.Add(1) }

// handler checks what holds for every request, and leads to the rest.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	for path, file := range map[string]string{"GET /{$}": "index.html", "GET /page.css": "page.css", "GET /page.js": "page.js", "GET /icon.svg": "icon.svg"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "web/"+file) })
	}
	mux.HandleFunc("GET /texts", s.serveTexts)
	mux.HandleFunc("POST /join", s.serveJoin)
	mux.HandleFunc("POST /pick", s.serveAsked(func(id int, q request) refusal { return s.page.pick(s.lesson, id, q.Lamp) }))
	mux.HandleFunc("POST /switch", s.serveAsked(func(id int, q request) refusal { return s.page.flip(s.lesson, id, q.Lamp, q.On) }))
	mux.HandleFunc("POST /events", s.serveEvents)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		_ = crash.Catch(func() {
			if status := s.check(r); status != 0 {
				s.refuse()
				w.WriteHeader(status)
				return
			}
			mux.ServeHTTP(w, r)
		})
	})
}

// setHeaders forbids everything that the page does not need.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// check is the status of a request that is refused before it is looked at, or 0.
// A page of another site reaches this server only under a name that it has made
// point here, or from its own origin.
func (s *server) check(r *http.Request) int {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	switch {
	case !s.admission.mayAsk(listen.Host(r.RemoteAddr)):
		return http.StatusTooManyRequests
	case !isOwnHost(r.Host, s.port()):
		return http.StatusMisdirectedRequest
	case origin != "" && origin != "http://"+r.Host:
		return http.StatusForbidden
	case r.Method == http.MethodPost && site != "" && site != "same-origin":
		return http.StatusForbidden
	case r.Method == http.MethodPost && !isJSON(r.Header.Get("Content-Type")):
		return http.StatusUnsupportedMediaType
	}
	return 0
}

// isOwnHost reports whether a request names this server by an address: a name may
// be one that another site made point here.
func isOwnHost(host string, port int) bool {
	name, p, err := net.SplitHostPort(host)
	if err != nil || p != strconv.Itoa(port) {
		return false
	}
	_, err = netip.ParseAddr(name)
	return err == nil || name == "localhost"
}

// isJSON reports whether a body is said to be JSON, which a form of another site
// can't say.
func isJSON(header string) bool {
	kind, _, err := mime.ParseMediaType(header)
	return err == nil && kind == "application/json"
}

// request is what a page asks for.
type request struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Lamp string `json:"lamp"`
	On   bool   `json:"on"`
}

func read(w http.ResponseWriter, r *http.Request) (q request, ok bool) {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	return q, d.Decode(&q) == nil
}

// answer tells a page what became of its request.
func (s *server) answer(w http.ResponseWriter, why refusal, more map[string]string) {
	if why != "" {
		s.refuse()
		more = map[string]string{"refused": string(why)}
	}
	text, _ := json.Marshal(more) // strings only
	w.Header().Set("Content-Type", "application/json")
	if why != "" {
		w.WriteHeader(statuses[why])
	}
	_, _ = w.Write(text) // the page may be gone by now
}

// languageFor is the index of the language that a browser wants.
func (s *server) languageFor(r *http.Request) int {
	wanted, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	_, i, _ := s.match.Match(wanted...)
	return i
}

func (s *server) serveTexts(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(s.texts[s.languageFor(r)])
}

func (s *server) serveJoin(w http.ResponseWriter, r *http.Request) {
	q, ok := read(w, r)
	if !ok {
		s.answer(w, malformed, nil)
		return
	}
	if why := s.admission.knows(listen.Host(r.RemoteAddr), strings.ToLower(strings.Join(strings.Fields(q.Code), ""))); why != "" {
		s.answer(w, why, nil)
		return
	}
	name := cleanName(q.Name)
	a := s.ask(r.Context(), func() answer {
		id, why := s.page.join(s.lesson, name)
		if why != "" {
			return answer{refusal: why}
		}
		return answer{token: s.admission.admit(id), lamp: s.page.seat(s.lesson, id)}
	})
	s.answer(w, a.refusal, map[string]string{"token": a.token, "lamp": a.lamp})
}

// cleanName is a name as it can be shown: short, of letters that can be seen.
func cleanName(typed string) string {
	name := []rune(cleantext.Line(typed))
	return string(name[:min(len(name), maxName)])
}

// serveAsked serves what a pupil asks of the state's goroutine.
func (s *server) serveAsked(do func(id int, q request) refusal) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, why := s.admission.guest(tokenOf(r))
		if why != "" {
			s.answer(w, why, nil)
			return
		}
		q, ok := read(w, r)
		if !ok {
			s.answer(w, malformed, nil)
			return
		}
		a := s.ask(r.Context(), func() answer { return answer{refusal: do(id, q)} })
		s.answer(w, a.refusal, map[string]string{})
	}
}

func tokenOf(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// answer is what the state's goroutine says to a request.
type answer struct {
	refusal refusal
	token   string
	lamp    string // that the class knows the pupil by
}

// ask has the state's goroutine answer, which waits for nobody. Of requests that
// wait for it there are maxWaiting at most.
func (s *server) ask(ctx context.Context, f func() answer) answer {
	select {
	case s.waiting <- struct{}{}:
	default:
		return answer{refusal: isBusy}
	}
	said := make(chan answer, 1)
	s.page.o.Post(func() {
		defer func() { <-s.waiting }()
		said <- f()
	})
	select {
	case a := <-said:
		return a
	case <-time.After(answerTime):
		return answer{refusal: isBusy}
	case <-ctx.Done():
		return answer{refusal: isBusy}
	case <-s.over:
		return answer{refusal: lessonOver}
	}
}

// serveEvents tells a page of each change until it, or the lesson, ends.
func (s *server) serveEvents(w http.ResponseWriter, r *http.Request) {
	token := tokenOf(r)
	id, why := s.admission.guest(token)
	if why == "" && !s.admission.openStream(token) {
		why = isBusy
	}
	if why != "" {
		s.answer(w, why, nil)
		return
	}
	defer s.admission.closeStream(token)
	s.page.o.Post(func() { s.page.arrive(s.lesson, id) })
	defer s.page.o.Post(func() { s.page.removeFollower(s.lesson, id) })
	w.Header().Set("Content-Type", "text/event-stream")
	s.stream(r.Context(), w, s.tags[s.languageFor(r)])
}

// stream writes events. Of a page that does not read it keeps nothing but the
// version that was sent, and ends after s.patient.
func (s *server) stream(ctx context.Context, w http.ResponseWriter, language string) {
	wake, stop := s.feed.listen()
	defer stop()
	c, sent := http.NewResponseController(w), -1
	if c.SetReadDeadline(time.Time{}) != nil { // that of the request would end the stream
		return
	}
	beat := time.NewTicker(beatTime)
	defer beat.Stop()
	for line := []byte(nil); ; {
		if v := s.feed.newest(); v.version > sent {
			text, err := v.since(sent, language)
			if err != nil {
				return
			}
			line, sent = append(append([]byte("data: "), text...), "\n\n"...), v.version
		}
		if s.write(c, w, line) != nil {
			return
		}
		select {
		case <-wake:
			line = nil
		case <-beat.C:
			line = []byte(":\n\n")
		case <-ctx.Done():
			return
		case <-s.over:
			_ = s.write(c, w, []byte("event: over\ndata: {}\n\n"))
			return
		}
	}
}

func (s *server) write(c *http.ResponseController, w http.ResponseWriter, line []byte) error {
	if len(line) == 0 {
		return nil
	}
	if err := c.SetWriteDeadline(time.Now().Add(s.patient)); err != nil {
		return err
	}
	if _, err := w.Write(line); err != nil {
		return err
	}
	return c.Flush()
}
