package topics

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/uplink"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// everything is the filter that matches every topic but the broker's own.
const everything = "#"

// previewTopics is how many matching topics are named while a filter is typed.
const previewTopics = 3

// topicSubs are the subscriptions, always in view, with a line for a new one
// that says what it would match while it is typed.
type topicSubs struct {
	page    *topicPage
	chips   *fyne.Container
	line    *fyne.Container // chips, and what makes a new one
	filter  *ui.Entry
	qos     *ui.Select
	add     *ui.Button
	all     *ui.Check
	preview *widget.Label
	wrong   *ui.Wrong     // with the filter
	hint    *widget.Label // why "everything" can't be had, nor a higher QoS
	shownAs string
}

func newTopicSubs(p *topicPage) *topicSubs {
	s := &topicSubs{page: p, chips: container.New(&ui.FlowLayout{Gap: ui.Unit})}
	s.filter = ui.NewEntry(i18n.T("topics.sub.filter"))
	s.filter.OnChanged = func(string) { s.explain() }
	s.filter.OnSubmitted = func(string) { s.submit() }
	s.qos = ui.NewSelect(shortQoS, nil)
	s.qos.SetQuietly(0)
	s.add = ui.NewButton(i18n.T("topics.sub.add"), ui.Icon("plus"), s.submit)
	s.all = ui.NewCheck(i18n.T("topics.sub.all"), s.switchAll)
	s.preview, s.hint, s.wrong = ui.Small(""), ui.Small(""), ui.NewWrong()
	s.preview.Hide()
	s.hint.Hide()
	s.update()
	return s
}

// shortQoS are the levels of quality of service by number, qosWords with what
// they mean.
var shortQoS = []string{"QoS 0", "QoS 1", "QoS 2"}

func qosWords() []string {
	return []string{i18n.T("topics.qos.0"), i18n.T("topics.qos.1"), i18n.T("topics.qos.2")}
}

// limitQoS offers no QoS above a platform's highest, and says why where that is
// not the highest of all.
func limitQoS(c *ui.Select, all []string, p presets.Preset) (why string) {
	highest := int(p.Rules.MaxQoS)
	if len(c.Options) != highest+1 {
		chosen := c.SelectedIndex()
		c.SetOptionsQuietly(all[:highest+1])
		c.SetQuietly(min(max(chosen, 0), highest))
	}
	if highest == len(all)-1 {
		return ""
	}
	return i18n.T("topics.qos.most", "Platform", problem.PresetName(p), "QoS", highest)
}

func (s *topicSubs) content() fyne.CanvasObject {
	width := container.NewGridWrap(fyne.NewSize(ui.Unit*22, s.filter.MinSize().Height), s.filter)
	s.line = container.New(&subsLayout{chips: s.chips}, container.NewVScroll(s.chips), ui.Row(s.all, width, s.qos, s.add))
	return container.New(&ui.StackLayout{}, s.line, s.hint, s.wrong.Box, s.preview)
}

// chipRows is how many rows of chips are in view; more are scrolled.
const chipRows = 2

// subsLayout puts the chips on the left of what makes a new one where there is
// room for both, and in rows of their own below it where there is not.
type subsLayout struct {
	chips  *fyne.Container
	height float32
}

func (l *subsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	list, controls := objects[0], objects[1]
	m := controls.MinSize()
	flow := l.chips.Layout.(*ui.FlowLayout)
	wide, high := flow.Line(l.chips.Objects)
	controls.Resize(m)
	controls.Move(fyne.NewPos(size.Width-m.Width, 0))
	if wide+ui.Unit+m.Width <= size.Width {
		l.height = max(m.Height, high)
		ui.SetBounds(list, 0, (l.height-high)/2, size.Width-ui.Unit-m.Width, high)
		return
	}
	most := high*chipRows + flow.Gap*(chipRows-1)
	room := min(flow.Place(l.chips.Objects, size.Width, nil), most)
	l.height = m.Height + ui.Unit/2 + room
	ui.SetBounds(list, 0, m.Height+ui.Unit/2, size.Width, room)
}

func (l *subsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[1].MinSize()
	return fyne.NewSize(m.Width, max(m.Height, l.height))
}

// update shows the subscriptions as they are.
func (s *topicSubs) update() {
	s.followPlatform()
	all, own := s.page.env.Traffic.Subscriptions(), s.page.env.Traffic.Browsed()
	key := strings.Builder{}
	key.WriteString(strings.Join(own, "\n") + "\n\n")
	for _, sub := range all {
		key.WriteString(chipWords(sub))
		key.WriteByte('\n')
	}
	if s.shownAs == key.String() && len(s.chips.Objects) > 0 {
		return
	}
	s.shownAs = key.String()
	s.chips.Objects = []fyne.CanvasObject{s.chip(ownWords(own), nil, nil)}
	for _, sub := range all {
		s.chips.Add(s.chip(chipWords(sub), sub.Err, func() { s.page.env.Traffic.Unsubscribe(sub.Filter); s.update() }))
	}
	s.page.rearrange()
}

// followPlatform says why, where everything can't be had, or no higher QoS. A
// tick that is set can always be taken away.
func (s *topicSubs) followPlatform() {
	on := s.has(everything)
	s.all.SetQuietly(on)
	p := s.page.env.Traffic.Platform()
	why := ""
	switch {
	case p.Rules.OneBoard: // the page itself says so
	case p.Rules.NoWildcards:
		why = i18n.T("topics.sub.all.wild", "Platform", problem.PresetName(p))
	case p.Rules.NoAll:
		why = i18n.T("topics.sub.all.rule", "Platform", problem.PresetName(p))
	}
	highest := limitQoS(s.qos, shortQoS, p)
	if why != "" && highest != "" {
		why = i18n.T("topics.sub.both", "One", why, "Two", highest)
	}
	why = cmp.Or(why, highest)
	ui.SetOrHide(s.hint, why)
	ui.SetEnabled(s.all, on || !p.Rules.NoAll && !p.Rules.NoWildcards)
}

// ownWords names what the program subscribes to by itself.
func ownWords(filters []string) string {
	if len(filters) == 0 {
		return i18n.T("topics.sub.lamps")
	}
	safe := format.Cut(strings.Join(filters, i18n.T("topics.list.between")), ownLength)
	return i18n.T("topics.sub.class", "Filter", safe)
}

// ownLength bounds the program's own filters in their chip, in characters.
const ownLength = 40

// chipWords is what a chip says beside its filter.
func chipWords(sub uplink.Subscription) string {
	safe := format.Cut(sub.Filter, 28)
	if r := (*presets.RuleError)(nil); errors.As(sub.Err, &r) {
		return i18n.T("topics.sub.rule", "Filter", safe, "Platform", problem.PlatformName(r.Preset))
	}
	if sub.Err != nil {
		return i18n.T("topics.sub.refused", "Filter", safe)
	}
	if sub.Answered && sub.Granted < sub.QoS {
		return i18n.T("topics.sub.granted", "Filter", safe, "QoS", sub.Granted)
	}
	return i18n.T("topics.sub.chip", "Filter", safe, "QoS", sub.QoS)
}

// chip is one subscription; one that can't be ended has no cross.
func (s *topicSubs) chip(words string, err error, end func()) fyne.CanvasObject {
	text := ui.Label(words)
	text.SizeName = ui.SizeSmall
	content := ui.Row(container.NewStack(text)) // with its room around it
	fill := fyne.ThemeColorName(ui.ColorChosen)
	if err != nil {
		fill = ui.ColorFail
		content.Add(ui.QuietButton("", ui.Icon("help"), func() { s.page.env.ShowProblem(err) }))
	}
	if end != nil {
		content.Add(ui.QuietButton("", ui.Icon("cross"), end))
	}
	c := ui.NewSurface(fill, 0, content)
	c.Border = theme.ColorNameSeparator
	return c
}

func (s *topicSubs) has(filter string) bool {
	return slices.ContainsFunc(s.page.env.Traffic.Subscriptions(), func(x uplink.Subscription) bool { return x.Filter == filter })
}

// explain says what the filter that is typed would match, or what is wrong.
func (s *topicSubs) explain() {
	filter := s.filter.Text
	text, wrong := "", ""
	switch flaw := topic.CheckFilter(filter); {
	case filter == "":
	case flaw != topic.NoFlaw:
		wrong = flawWords(flaw)
	default:
		text = s.previewWords(filter)
	}
	s.wrong.Set(s.filter, wrong)
	s.preview.SetText(textfit.Breakable(text))
	ui.SetVisible(s.preview, text != "")
}

func (s *topicSubs) previewWords(filter string) string {
	n, some, all := s.page.tree.Preview(filter, previewTopics)
	for i, name := range some {
		safe := format.Cut(name, 40)
		some[i] = safe
	}
	key := ui.Either(all, "topics.sub.matches", "topics.sub.matches.some")
	parts := []string{}
	if n == 0 {
		parts = append(parts, i18n.T("topics.sub.nomatch"))
	} else {
		parts = append(parts, i18n.N(key, n, "Topics", strings.Join(some, i18n.T("topics.list.between"))))
	}
	if strings.Contains(filter, "+") {
		parts = append(parts, i18n.T("topics.sub.plus"))
	}
	if strings.HasSuffix(filter, everything) {
		parts = append(parts, i18n.T("topics.sub.hash"))
	}
	return strings.Join(parts, "\n")
}

// flawWords says what is wrong with a filter or a topic.
func flawWords(f topic.Flaw) string {
	keys := map[topic.Flaw]string{
		topic.FlawEmpty: "empty", topic.FlawTooLong: "long", topic.FlawNull: "null", topic.FlawNotUTF8: "utf8",
		topic.FlawHashEnd: "hashend", topic.FlawHashPart: "hashpart", topic.FlawPlusPart: "pluspart", topic.FlawWildcard: "wildcard",
		topic.FlawShare: "share",
	}
	return i18n.T("topics.flaw." + keys[f])
}

func (s *topicSubs) submit() {
	filter := s.filter.Text
	if flaw := topic.CheckFilter(filter); flaw != topic.NoFlaw {
		s.wrong.Refuse(s.filter, flawWords(flaw))
		return
	}
	s.confirmPublic(filter, func() {
		s.subscribe(filter, byte(max(0, s.qos.SelectedIndex())))
		s.filter.SetText("")
	})
}

// switchAll turns "everything" on and off.
func (s *topicSubs) switchAll(on bool) {
	if !on {
		s.page.env.Traffic.Unsubscribe(everything)
		s.update()
		return
	}
	s.all.SetQuietly(false) // until it is so
	s.confirmPublic(everything, func() { s.subscribe(everything, 0) })
}

// confirmPublic asks before everything is subscribed to at a broker that the whole
// world uses: it may be more than this network can carry.
func (s *topicSubs) confirmPublic(filter string, do func()) {
	wide := filter == everything || filter == "+/#"
	if !wide || !s.page.env.Traffic.IsPublic() {
		do()
		return
	}
	s.page.env.Confirm(i18n.T("topics.world.title"), i18n.T("topics.world.text"), i18n.T("topics.world.yes"), true, do)
}

func (s *topicSubs) subscribe(filter string, qos byte) {
	if err := s.page.env.Traffic.Subscribe(filter, qos); err != nil {
		s.page.env.ShowProblem(err)
	}
	s.update()
	s.showInternal()
}

// showInternal shows the broker's own topics where they are subscribed to.
func (s *topicSubs) showInternal() {
	for _, sub := range s.page.env.Traffic.Subscriptions() {
		if topic.IsInternal(sub.Filter) && !s.page.tree.InternalShown() {
			s.page.tree.ShowInternal(true)
			s.page.updateRowsNow()
		}
	}
}
