package livemap

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker"
	"lamplighter/app/livemap"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// step is a station of a message that is looked at slowly.
type step int

// The stations, in their order.
const (
	stepSend    step = iota // who publishes what
	stepRight               // whether it may
	stepCompare             // whose filters match
	stepKeep                // what the broker keeps
	stepDeliver             // who is sent it
)

// frozen is a message that stands still on the picture.
type frozen struct {
	message *livemap.HeldMessage
	names   namer
	at      int
}

// steps are the stations of this message: one that is refused goes no farther.
func (f *frozen) steps() []step {
	if f.message.Message.Kind == broker.TraceRefused {
		return []step{stepSend, stepRight}
	}
	return []step{stepSend, stepRight, stepCompare, stepKeep, stepDeliver}
}

func (f *frozen) step() step { return f.steps()[f.at] }

// move goes to the next station, or back, and reports whether there is one.
func (f *frozen) move(by int) bool {
	if to := f.at + by; to >= 0 && to < len(f.steps()) {
		f.at = to
		return true
	}
	return false
}

// publisher is the client that published it.
func (f *frozen) publisher() string {
	if f.message.From == nil {
		return ""
	}
	return f.message.From.Key
}

// matching lists the clients with a filter that matches, and may or may not be sent it.
func (f *frozen) matching() map[string]bool {
	all := map[string]bool{}
	for _, c := range f.message.Compared {
		for _, s := range c.Clients {
			if c.Matches {
				all[s.Client.Key] = all[s.Client.Key] || s.MayReceive
			}
		}
	}
	return all
}

// client finds whose client id it is.
func (f *frozen) client(id string) *livemap.Client {
	for _, c := range f.message.Compared {
		for _, s := range c.Clients {
			if slices.ContainsFunc(s.Client.Sessions, func(x broker.Session) bool { return x.Client == id }) {
				return s.Client
			}
		}
	}
	return nil
}

// receivers are the clients that were sent it, each once.
func (f *frozen) receivers() (all []receiver) {
	for _, d := range f.message.Delivered {
		if c := f.client(d.Client); c != nil && !slices.ContainsFunc(all, func(r receiver) bool { return r.client.Key == c.Key }) {
			all = append(all, receiver{c, d.QoS})
		}
	}
	return all
}

type receiver struct {
	client *livemap.Client
	qos    byte
}

// takesPart reports whether a client's line is drawn thick.
func (f *frozen) takesPart(key string) bool {
	switch f.step() {
	case stepSend, stepRight:
		return key == f.publisher()
	case stepCompare:
		_, ok := f.matching()[key]
		return ok
	case stepDeliver:
		return slices.ContainsFunc(f.receivers(), func(r receiver) bool { return r.client.Key == key })
	}
	return false
}

// note is what is said over a client's line: a sign and a word, never a colour alone.
func (f *frozen) note(key string) note {
	switch f.step() {
	case stepSend, stepRight:
		if key == f.publisher() {
			return note{i18n.T("map.slow.note.publisher"), func() string { return i18n.T("map.slow.note.publisher.short") }, theme.ColorNamePrimary}
		}
	case stepCompare:
		if _, ok := f.matching()[key]; ok {
			return note{i18n.T("map.slow.note.matches"), func() string { return i18n.T("map.slow.note.matches.short") }, theme.ColorNameSuccess}
		}
		for _, c := range f.message.Compared {
			if slices.ContainsFunc(c.Clients, func(s livemap.Subscriber) bool { return s.Client.Key == key }) {
				return note{i18n.T("map.slow.note.no"), func() string { return i18n.T("map.slow.note.no.short") }, ui.ColorSoft}
			}
		}
	case stepDeliver:
		for _, r := range f.receivers() {
			if r.client.Key == key {
				return note{i18n.T("map.slow.note.qos", "QoS", int(r.qos)), func() string { return i18n.T("map.slow.note.qos.short", "QoS", int(r.qos)) }, theme.ColorNameSuccess}
			}
		}
	}
	return note{color: ui.ColorSoft}
}

// drawHeld draws the message where it stands.
func (p *picture) drawHeld() {
	f := p.frozen
	p.standing()
	says := format.Cut(f.message.Message.Topic, shownTopic)
	n := 0
	put := func(at fyne.Position, l dotLook, says string) {
		if n < maxDots {
			d := &p.dots[n]
			d.serial = 0
			p.style(d, l, says)
			p.place(d, at, says != "")
			n++
		}
	}
	way := map[step]float32{stepSend: 0.25, stepRight: 0.9}
	switch f.step() {
	case stepSend, stepRight:
		at := p.plan.middle
		if s, ok := p.spotOf(f.publisher()); ok {
			at = p.clear(s, way[f.step()])
		}
		refused := f.step() == stepRight && !f.message.Message.Right.Allows()
		switch {
		case refused:
			says = i18n.T("map.dot.refused", "Topic", says)
		case f.step() == stepRight:
			says = i18n.T("map.dot.allowed", "Topic", says)
		}
		put(at, dotLook{in: true, many: true, refused: refused}, says)
	case stepCompare, stepKeep:
		put(p.plan.middle.SubtractXY(0, p.plan.core.Height/2), dotLook{in: true, many: true, retained: f.step() == stepKeep && f.message.Retention.Kind == broker.TraceRetained}, says)
	case stepDeliver:
		for _, r := range f.receivers() {
			if s, ok := p.spotOf(r.client.Key); ok {
				put(p.clear(s, 0.5), dotLook{many: true}, says)
				says = "" // once
			}
		}
	}
	p.hideDots(n)
}

// clear is a place on a client's line, the first from way on, where a dot that stands
// covers no word.
func (p *picture) clear(s spot, way float32) fyne.Position {
	word := box{}
	if i := slices.Index(p.plan.spots, s); i >= 0 && p.marks[i].rate.Text != "" {
		word = box{p.marks[i].rate.Position(), p.marks[i].rate.Size()}
	}
	side := p.dotSide(true)
	at := p.plan.point(s, way)
	for ; way < 1 && word.meets(box{at.SubtractXY(side/2, side/2), fyne.NewSquareSize(side)}); way += 0.05 {
		at = p.plan.point(s, way)
	}
	return at
}

// spotOf is where a client stands, or those without a place of their own.
func (p *picture) spotOf(key string) (s spot, ok bool) {
	for _, x := range p.plan.spots {
		if x.client.Key == key {
			return x, true
		}
		if x.client.Kind == livemap.Others {
			s, ok = x, true
		}
	}
	return s, ok && key != ""
}

// slowPanel tells beside the picture what happens at a station.
type slowPanel struct {
	frozen *frozen
	body   *fyne.Container
	back   *ui.Button
	next   *ui.Button
	end    *ui.Button
	root   *fyne.Container
	move   func(by int)
	drawn  string
}

func newSlowPanel(move func(by int), done func()) *slowPanel {
	s := &slowPanel{body: ui.Rows(), move: move}
	s.back = ui.NewButton(i18n.T("map.slow.back"), nil, func() { move(-1) })
	s.next = ui.PrimaryButton(i18n.T("map.slow.next"), nil, func() { move(1) })
	s.end = ui.NewButton(i18n.T("map.slow.done"), nil, done)
	buttons := container.New(&ui.FlowLayout{Gap: ui.Unit}, s.back, s.next, s.end)
	s.root = container.NewBorder(nil, ui.Padded(ui.PagePadding, buttons), nil, nil, ui.Scrolled(s.body))
	return s
}

// show tells of the station at which the message is; again only where that has changed.
func (s *slowPanel) show(f *frozen) (changed bool) {
	s.frozen = f
	drawn := fmt.Sprint(f.message.Message.Message, f.at, len(f.message.Delivered), f.message.Retention.Kind)
	if drawn == s.drawn {
		return false
	}
	s.drawn = drawn
	s.body.RemoveAll()
	s.body.Add(ui.Small(i18n.T("map.slow.step", "N", f.at+1, "All", len(f.steps()))))
	for _, o := range s.station(f) {
		s.body.Add(o)
	}
	if f.at == 0 {
		s.body.Add(ui.Small(i18n.T("map.slow.past")))
	}
	ui.SetEnabled(s.back, f.at > 0)
	last := f.at == len(f.steps())-1
	ui.SetEnabled(s.next, !last)
	s.end.Importance = ui.Either(last, widget.HighImportance, widget.MediumImportance)
	s.end.Refresh()
	s.root.Refresh()
	return true
}

// focus is the button that has the keyboard after a step: the same one, if it can be
// pressed again, else the one that leads on.
func (s *slowPanel) focus(by int) fyne.Focusable {
	switch {
	case by < 0 && !s.back.Disabled():
		return s.back
	case s.next.Disabled():
		return s.end
	}
	return s.next
}

func (s *slowPanel) station(f *frozen) []fyne.CanvasObject {
	switch f.step() {
	case stepRight:
		return f.rightStation()
	case stepCompare:
		return f.compareStation()
	case stepKeep:
		return f.keepStation()
	case stepDeliver:
		return f.deliverStation()
	}
	return f.sendStation()
}

func (f *frozen) sendStation() []fyne.CanvasObject {
	e, name := f.message.Message, f.name()
	head := i18n.T("map.slow.send", "Name", name)
	if e.Kind == broker.TraceWillSent {
		head = i18n.T("map.slow.will", "Name", name)
	}
	all := []fyne.CanvasObject{ui.SubtitleWrapped(head), code(format.Cut(e.Topic, shownTopic)), ui.Body(i18n.T("map.slow.payload", "Text", payloadWords(e))), ui.Body(qosWords(e.QoS))}
	if e.Retain {
		return append(all, ui.Body(i18n.T("map.slow.retain")))
	}
	return append(all, ui.Body(i18n.T("map.slow.noretain")))
}

func (f *frozen) name() string {
	if f.message.From == nil {
		return format.Cut(f.message.Message.Client, shownName)
	}
	return f.names.name(f.message.From, 0)
}

// qosWords say what a quality of service promises.
func qosWords(qos byte) string {
	switch qos {
	case 0:
		return i18n.T("map.qos.0")
	case 1:
		return i18n.T("map.qos.1")
	}
	return i18n.T("map.qos.2")
}

func (f *frozen) rightStation() []fyne.CanvasObject {
	e := f.message.Message
	head, kind := i18n.T("map.slow.may"), ui.Success
	if !e.Right.Allows() {
		head, kind = i18n.T("map.slow.maynot"), ui.Failure
	}
	all := []fyne.CanvasObject{ui.SubtitleWrapped(i18n.T("map.slow.right")), ui.Notice(kind, head), ui.Body(rightWords(e.Right, f.message.From))}
	if !e.Right.Allows() {
		nowhere := ui.Either(e.QoS > 0, i18n.T("map.slow.nowhere.acknowledged"), i18n.T("map.slow.nowhere"))
		all = append(all, ui.Body(nowhere))
	}
	return all
}

// shownFilters is how many filters are explained, those that match first.
const shownFilters = 12

func (f *frozen) compareStation() []fyne.CanvasObject {
	all := []fyne.CanvasObject{ui.SubtitleWrapped(i18n.T("map.slow.compare")), code(format.Cut(f.message.Message.Topic, shownTopic))}
	if len(f.message.Compared) == 0 {
		return append(all, ui.Body(i18n.T("map.slow.nofilters")))
	}
	for i, c := range f.message.Compared {
		if i == shownFilters {
			all = append(all, ui.Small(i18n.N("map.slow.morefilters", len(f.message.Compared)-i)))
			break
		}
		all = append(all, f.comparison(c))
	}
	return all
}

// comparison is a filter beside the topic, level by level.
func (f *frozen) comparison(c livemap.Comparison) fyne.CanvasObject {
	kind, head := ui.Remark, i18n.T("map.slow.filter.no", "Filter", format.Cut(c.Filter, shownTopic))
	if c.Matches {
		kind, head = ui.Success, i18n.T("map.slow.filter.yes", "Filter", format.Cut(c.Filter, shownTopic))
	}
	rows := close(ui.SubtitleWrapped(head))
	if len(c.Levels) > 0 {
		rows.Add(ui.Small(i18n.T("map.rule.head")))
	}
	for _, l := range c.Levels {
		rows.Add(levelRow(l))
	}
	for i, s := range c.Clients {
		if i == maxNamed {
			rows.Add(ui.Small(i18n.N("map.slow.moreclients", len(c.Clients)-i)))
			break
		}
		rows.Add(ui.Small(f.subscriberWords(c, s)))
	}
	return ui.NoticeWith(kind, rows)
}

// maxNamed is how many clients with one filter are named.
const maxNamed = 6

func (f *frozen) subscriberWords(c livemap.Comparison, s livemap.Subscriber) string {
	name := f.names.name(s.Client, 0)
	if c.Matches && !s.MayReceive {
		return i18n.T("map.slow.subscriber.mayhear", "Name", name)
	}
	return i18n.T("map.slow.subscriber", "Name", name, "QoS", int(s.QoS))
}

// close puts lines close under each other.
func close(lines ...fyne.CanvasObject) *fyne.Container {
	return container.New(&ui.StackLayout{Gap: -ui.Unit * 1.5}, lines...)
}

// levelRow is one level of a filter beside that of the topic: a sign, both levels, and
// the rule.
func levelRow(l topic.LevelMatch) fyne.CanvasObject {
	icon, tint, weight := "check", theme.ColorNameSuccess, widget.SuccessImportance
	switch {
	case l.Rule == topic.NotCompared:
		icon, tint, weight = "minus", ui.ColorSoft, widget.LowImportance
	case !l.Rule.Matches():
		icon, tint, weight = "cross", theme.ColorNameError, widget.DangerImportance
	}
	pair := code(i18n.T("map.rule.pair", "Filter", shownLevel(l.Filter), "Level", shownLevel(l.Name)))
	pair.Importance = weight
	sign := container.NewVBox(ui.Padded(ui.Unit, ui.IconImage(ui.Tinted(icon, tint), 16)))
	return container.NewBorder(nil, nil, sign, nil, close(pair, ui.Small(ruleWords(l.Rule))))
}

func shownLevel(s string) string {
	if s == "" {
		return "–"
	}
	return format.Cut(s, shownName)
}

func (f *frozen) keepStation() []fyne.CanvasObject {
	e, k := f.message.Message, f.message.Retention
	words := i18n.T("map.slow.keep.no")
	switch {
	case k.Kind == broker.TraceRetained:
		words = i18n.T("map.slow.keep.yes", "Text", payloadWords(e))
	case k.Kind == broker.TraceCleared:
		words = i18n.T("map.slow.keep.cleared")
	case k.Kind == broker.TraceNotRetained && k.Reason == broker.ReasonCommand:
		words = i18n.T("map.slow.keep.command")
	case k.Kind == broker.TraceNotRetained:
		words = i18n.T("map.slow.keep.noroom")
	}
	return []fyne.CanvasObject{ui.SubtitleWrapped(i18n.T("map.slow.keep")), ui.Body(words)}
}

func (f *frozen) deliverStation() []fyne.CanvasObject {
	all := []fyne.CanvasObject{ui.SubtitleWrapped(i18n.T("map.slow.deliver"))}
	list := f.receivers()
	if len(list) == 0 {
		return append(all, ui.Body(i18n.T("map.slow.noone")))
	}
	for i, r := range list {
		if i == shownFilters {
			all = append(all, ui.Small(i18n.N("map.slow.moreclients", len(list)-i+f.message.Omitted)))
			break
		}
		all = append(all, ui.Body(i18n.T("map.slow.receiver", "Name", f.names.name(r.client, 0), "QoS", int(r.qos))))
	}
	return append(all, ui.Small(i18n.T("map.slow.minimum", "QoS", int(f.message.Message.QoS))))
}

// code is a topic or filter, letter by letter, in as many lines as it needs.
func code(text string) *widget.Label {
	l := ui.Code(text)
	l.Wrapping = fyne.TextWrapBreak
	return l
}
