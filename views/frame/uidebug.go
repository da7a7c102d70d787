//go:build uidebug

package frame

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lamplighter/app/topics"
	"lamplighter/device/crash"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// DebugVariable names the address at which the widgets are told to a test of
// the real window, as 127.0.0.1:8123. The tag uidebug is never in a release.
const DebugVariable = "LAMPLIGHTER_UI_DEBUG"

// debugPatience is how long the UI goroutine may be busy before a request fails.
const debugPatience = 10 * time.Second

// seen is a widget as a test sees it, in pixels of the window.
type seen struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	X       int    `json:"x"`
	Y       int    `json:"y"`
	W       int    `json:"w"`
	H       int    `json:"h"`
	Focused bool   `json:"focused"`
	Enabled bool   `json:"enabled"` // it would take a click: not disabled, and under no dialog
}

// ServeDebug serves, where the variable asks for it, GET /widgets (what is on the
// screen), /input (how many marker keys and clicks have been handled), /latency (how
// long a function waits for the UI goroutine), /counts (of the topic browser) and
// /pprof/. It refuses any address but loopback: what is on the screen is nobody
// else's business.
func ServeDebug(w *Window, counts func() topics.Counts) {
	address := os.Getenv(DebugVariable)
	if address == "" {
		return
	}
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		slog.Error("widgets are told on loopback only", "address", address)
		return
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		slog.Error("widgets can't be told", "err", err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /widgets", w.tellWidgets)
	input := &inputCount{}
	mux.HandleFunc("GET /input", func(out http.ResponseWriter, _ *http.Request) {
		answerJSON(w, out, func() inputCount { return input.of(w) })
	})
	mux.HandleFunc("GET /latency", w.tellLatency)
	mux.HandleFunc("GET /counts", func(out http.ResponseWriter, _ *http.Request) { answerJSON(w, out, counts) })
	mux.HandleFunc("GET /pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /pprof/trace", pprof.Trace)
	mux.Handle("GET /pprof/heap", pprof.Handler("heap"))
	s := &http.Server{Handler: mux, ReadHeaderTimeout: debugPatience}
	crash.Go(func() { _ = s.Serve(l) })
}

func (w *Window) tellWidgets(out http.ResponseWriter, _ *http.Request) {
	answerJSON(w, out, w.widgets)
}

// tellLatency answers with the nanoseconds from a post to its turn.
func (w *Window) tellLatency(out http.ResponseWriter, _ *http.Request) {
	asked := time.Now()
	answerJSON(w, out, func() time.Duration { return time.Since(asked) })
}

// answerJSON asks on the UI goroutine and answers as JSON.
func answerJSON[T any](w *Window, out http.ResponseWriter, ask func() T) {
	answer := make(chan T, 1)
	w.Opts.Post(func() { answer <- ask() })
	select {
	case a := <-answer:
		out.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(out).Encode(a)
	case <-time.After(debugPatience):
		http.Error(out, "the UI goroutine is busy", http.StatusServiceUnavailable)
	}
}

// widgets lists what can be seen in the window, overlays last.
func (w *Window) widgets() []seen {
	c := w.Win.Canvas()
	k := &walker{focused: c.Focused(), scale: c.Scale(), list: []seen{}}
	whole := box{0, 0, c.Size().Width, c.Size().Height}
	layers := append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...)
	for i, o := range layers {
		k.reachable = i == len(layers)-1
		k.walk(o, fyne.Position{}, whole, false)
	}
	return k.list
}

// box is a rectangle: left, top, right, bottom.
type box struct{ x1, y1, x2, y2 float32 }

func (b box) and(o box) box {
	return box{max(b.x1, o.x1), max(b.y1, o.y1), min(b.x2, o.x2), min(b.y2, o.y2)}
}

func (b box) empty() bool { return b.x1 >= b.x2 || b.y1 >= b.y2 }

type walker struct {
	focused   fyne.Focusable
	scale     float32
	reachable bool
	list      []seen
}

// walk lists o and what is in it. Told says that a widget around it has told
// its text already.
func (k *walker) walk(o fyne.CanvasObject, at fyne.Position, clip box, told bool) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	own := box{at.X, at.Y, at.X + o.Size().Width, at.Y + o.Size().Height}
	switch v := o.(type) {
	case *fyne.Container:
		k.walkAll(v.Objects, at, clip, told)
	case *container.Scroll:
		k.walk(v.Content, at, clip.and(own), told)
	case *canvas.Text:
		if !told {
			k.add(o, v.Text, own.and(clip))
		}
	case fyne.Widget:
		text := textOf(o)
		k.add(o, text, own.and(clip))
		k.walkAll(test.WidgetRenderer(v).Objects(), at, clip.and(own), told || text != "")
	}
}

func (k *walker) walkAll(objects []fyne.CanvasObject, at fyne.Position, clip box, told bool) {
	for _, o := range objects {
		k.walk(o, at, clip, told)
	}
}

func (k *walker) add(o fyne.CanvasObject, text string, b box) {
	text = strings.ReplaceAll(text, string(textfit.BreakMark), "")
	if b.empty() {
		return
	}
	pixels := func(v float32) int { return int(v*k.scale + 0.5) }
	d, can := o.(fyne.Disableable)
	f, focusable := o.(fyne.Focusable)
	k.list = append(k.list, seen{
		Type: strings.TrimPrefix(fmt.Sprintf("%T", o), "*"), Text: text,
		X: pixels(b.x1), Y: pixels(b.y1), W: pixels(b.x2 - b.x1), H: pixels(b.y2 - b.y1),
		Focused: focusable && k.focused != nil && f == k.focused,
		Enabled: k.reachable && !(can && d.Disabled()),
	})
}

// textOf is what a widget says: its own DebugText, or its field Text or
// Selected. A password is told as it is seen, a dot for each character.
func textOf(o fyne.CanvasObject) string {
	if t, ok := o.(ui.DebugTexter); ok {
		return t.DebugText()
	}
	v := reflect.ValueOf(o)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return ""
	}
	v = v.Elem()
	if p := v.FieldByName("Password"); p.IsValid() && p.Kind() == reflect.Bool && p.Bool() {
		return strings.Repeat("•", utf8.RuneCountInString(v.FieldByName("Text").String()))
	}
	for _, name := range []string{"Text", "Selected"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.String {
			return f.String()
		}
	}
	return ""
}
