package topics

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/topics"
	"lamplighter/app/worker"
	"lamplighter/i18n"
	"lamplighter/views/chart"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

const (
	plotPoints = 20_000 // newest messages of a topic that a curve takes
	maxCurves  = 6
	rateTime   = time.Second
	rateKept   = 3600 // samples of a branch's rate
)

// ratePath stands for "messages per second of the branch"; no JSON path is like it.
const ratePath = "\x00rate"

// curve is one line of a plot.
type curve struct{ topic, path string }

func (c curve) words() string {
	name := format.Cut(c.topic, 30)
	switch c.path {
	case "":
		return name
	case ratePath:
		return i18n.T("topics.plot.rate.of", "Topic", name)
	}
	path, _ := topics.Display(c.path, 30)
	return i18n.T("topics.plot.path.of", "Topic", name, "Path", path)
}

// topicPlot draws numbers over time: of the open topic, and of curves that were
// kept from topics opened before.
type topicPlot struct {
	page   *topicPage
	topic  string
	paths  []string
	choice *ui.Select
	pinned []curve
	keep   *ui.Button
	drop   *ui.Button
	span   *ui.Select
	chart  *chart.Chart
	note   *widget.Label
	tools  *fyne.Container
	box    *fyne.Container
	rates  map[string]*rateMeter
	series map[curve]*series
	ticker func()
}

// rateMeter counts the messages of a branch, once a second while it is plotted.
type rateMeter struct {
	last   uint64
	at     time.Time
	points []topics.Point
}

// The spans of time, as the choice lists them; 0 is all there is.
var plotSpans = []time.Duration{0, time.Minute, 10 * time.Minute, time.Hour}

func newTopicPlot(p *topicPage) *topicPlot {
	t := &topicPlot{page: p, rates: map[string]*rateMeter{}, series: map[curve]*series{}}
	t.choice = ui.NewSelect(nil, func(int) { t.update() })
	t.choice.PlaceHolder = i18n.T("topics.plot.nothing")
	t.span = ui.NewSelect([]string{i18n.T("topics.plot.all"), i18n.T("topics.plot.minute"), i18n.T("topics.plot.ten"), i18n.T("topics.plot.hour")},
		func(i int) { t.chart.Zoom(plotSpans[max(i, 0)]) })
	t.chart = chart.New()
	t.span.SetQuietly(0)
	t.keep = ui.NewButton(i18n.T("topics.plot.keep"), ui.Icon("plus"), t.keepCurve)
	t.drop = ui.NewButton(i18n.T("topics.plot.drop"), nil, func() { t.pinned, p.work.curves = nil, nil; t.update() })
	save := ui.NewButton(i18n.T("topics.plot.save"), ui.Icon("save"), t.save)
	t.note = ui.Small(i18n.T("topics.plot.help"))
	t.tools = container.New(&ui.FlowLayout{Gap: ui.Unit}, t.keep, t.drop, save)
	top := container.New(&ui.StackLayout{Gap: ui.Unit / 2}, container.NewBorder(nil, nil, nil, t.span, t.choice), t.tools)
	t.box = container.New(ui.TopLayout{Gap: ui.Unit / 2}, top, container.NewBorder(nil, t.note, nil, nil, t.chart))
	return t
}

func (t *topicPlot) content() fyne.CanvasObject { return t.box }

func (t *topicPlot) busy() bool { return len(t.pinned) > 0 }

// open looks for what can be plotted of a topic.
func (t *topicPlot) open(topic string) {
	if topic != t.topic && len(t.pinned) == 0 {
		t.chart.Zoom(plotSpans[max(t.span.SelectedIndex(), 0)]) // what was looked at there says nothing here
	}
	t.topic = topic
	t.paths = nil
	if id, ok := t.page.tree.Find(topic); ok {
		l, _ := t.page.tree.Level(id)
		t.paths = append(topics.NumberPaths(l.Last.Payload), ratePath)
	}
	options := make([]string, len(t.paths))
	for i, path := range t.paths {
		switch safe, _ := topics.Display(path, 40); path {
		case "":
			options[i] = i18n.T("topics.plot.value")
		case ratePath:
			options[i] = i18n.T("topics.plot.rate")
		default:
			options[i] = safe
		}
	}
	t.choice.Options = options
	t.choice.SetQuietly(0)
	t.choice.Refresh()
}

// current is the curve of the open topic.
func (t *topicPlot) current() (curve, bool) {
	if i := t.choice.SelectedIndex(); i >= 0 && i < len(t.paths) {
		return curve{t.topic, t.paths[i]}, true
	}
	return curve{}, false
}

func (t *topicPlot) keepCurve() {
	if c, ok := t.current(); ok && len(t.pinned) < maxCurves-1 {
		if slices.Contains(t.pinned, c) {
			return
		}
		t.pinned = append(t.pinned, c)
		t.page.work.curves = t.pinned
		t.update()
	}
}

// update draws what there is now.
func (t *topicPlot) update() {
	all := t.pinned
	if c, ok := t.current(); ok {
		fresh := true
		for _, k := range all {
			fresh = fresh && k != c
		}
		if fresh {
			all = append(append([]curve{}, all...), c)
		}
	}
	t.readSeries(all)
	var lines []chart.Line
	for _, c := range all {
		lines = append(lines, chart.Line{Name: c.words(), Points: t.points(c)})
	}
	t.chart.Set(lines)
	t.watchRates(all)
	if some := len(t.pinned) > 0; some != t.drop.Visible() {
		ui.SetVisible(t.drop, some)
		t.tools.Refresh()
		t.box.Refresh()
	}
}

func (t *topicPlot) points(c curve) []topics.Point {
	if c.path == ratePath {
		if m := t.rates[c.topic]; m != nil {
			return m.points
		}
		return nil
	}
	return t.series[c].points
}

// watchRates measures the rates that are plotted, and nothing when none is.
func (t *topicPlot) watchRates(all []curve) {
	wanted := map[string]*rateMeter{}
	for _, c := range all {
		if c.path != ratePath {
			continue
		}
		if wanted[c.topic] = t.rates[c.topic]; wanted[c.topic] == nil {
			wanted[c.topic] = &rateMeter{last: t.messages(c.topic), at: t.page.now()}
		}
	}
	t.rates = wanted
	if len(wanted) > 0 && t.ticker == nil {
		t.ticker = worker.After(rateTime, t.page.env.Post, t.measure)
	}
}

func (t *topicPlot) messages(topic string) uint64 {
	id, _ := t.page.tree.Find(topic)
	l, _ := t.page.tree.Level(id)
	return l.Messages
}

func (t *topicPlot) measure() {
	if t.ticker == nil {
		return
	}
	t.ticker = nil
	now := t.page.now()
	for topic, m := range t.rates {
		n := t.messages(topic)
		if seconds := now.Sub(m.at).Seconds(); seconds > 0 && n >= m.last {
			m.points = append(m.points, topics.Point{At: now.UnixNano(), V: float64(n-m.last) / seconds})
		}
		if len(m.points) > rateKept {
			m.points = append(m.points[:0:0], m.points[len(m.points)-rateKept:]...)
		}
		m.last, m.at = n, now
	}
	if t.page.right.tab == tabPlot && t.page.inView {
		t.update()
	} else if len(t.rates) > 0 {
		t.ticker = worker.After(rateTime, t.page.env.Post, t.measure)
	}
}

func (t *topicPlot) close() {
	if t.ticker != nil {
		t.ticker()
		t.ticker = nil
	}
}

// save writes the plot as it is drawn, larger, into a PNG that the user chooses.
func (t *topicPlot) save() {
	img := t.chart.Picture()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.page.problem(err)
		return
	}
	t.page.env.SaveText(format.FileName(t.topic, "png"), b.Bytes())
}

// signedNumber is a difference, with its sign.
func signedNumber(v float64) string {
	if v == 0 {
		return "±0"
	}
	s := format.Number(math.Abs(v))
	if v > 0 {
		return fmt.Sprintf("+%s", s)
	}
	return fmt.Sprintf("−%s", s)
}
