package livemap

import (
	"cmp"
	"strings"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/livemap"
	"lamplighter/app/topics"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// Bounds of what is shown of others' words, in characters.
const (
	shownName    = 40
	shownTopic   = 160
	shownPayload = 400
)

func shown(s string, most int) string {
	safe, cut := topics.Display(s, most)
	if cut {
		safe += textfit.Ellipsis
	}
	return safe
}

// payloadWords are a payload as text, or what it is.
func payloadWords(e broker.TraceEvent) string {
	if e.Size == 0 {
		return i18n.T("map.payload.empty")
	}
	text, cut := topics.Text(e.Payload, shownPayload)
	if cut || e.Size > len(e.Payload) {
		return i18n.T("map.payload.cut", "Text", text, "Size", ui.SizeWords(e.Size))
	}
	return text
}

// namer knows what clients are called.
type namer struct{ lamps *lights.Panel }

// name is what a client is called on the picture.
func (n namer) name(c *livemap.Client, gathered int) string {
	switch c.Kind {
	case livemap.ThisProgram:
		return i18n.T("map.this")
	case livemap.Unseen:
		return i18n.T("map.unseen")
	case livemap.More:
		return i18n.N("map.more", gathered)
	case livemap.Board, livemap.Lamp:
		if l, ok := n.lamps.Light(c.Base); ok && l.Name != "" {
			return shown(l.Name, shownName)
		}
		return shown(c.Base[strings.LastIndexByte(c.Base, '/')+1:], shownName)
	}
	if s := c.Session(); s != nil {
		return shown(cmp.Or(s.Client, s.User), shownName)
	}
	return shown(c.Key, shownName)
}

// kindWords say what a client is.
func kindWords(k livemap.Kind) string {
	switch k {
	case livemap.ThisProgram:
		return i18n.T("map.kind.this")
	case livemap.Board:
		return i18n.T("map.kind.board")
	case livemap.LessonProgram:
		return i18n.T("map.kind.lesson")
	case livemap.Guest:
		return i18n.T("map.kind.guest")
	case livemap.Lamp:
		return i18n.T("map.kind.lamp")
	case livemap.Unseen:
		return i18n.T("map.kind.unseen")
	case livemap.More:
		return i18n.T("map.kind.more")
	}
	return i18n.T("map.kind.pupil")
}

// icons are the pictures of clients.
var icons = map[livemap.Kind]string{
	livemap.ThisProgram: "eye", livemap.Board: "lamp", livemap.PupilProgram: "edit", livemap.LessonProgram: "edit", livemap.Guest: "unlock",
	livemap.Lamp: "lamp", livemap.Unseen: "cloud", livemap.More: "group",
}

// sinceWords say for how long something has been so.
func sinceWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return i18n.N("map.seconds", ui.WholeSeconds(d))
	case d < time.Hour:
		return i18n.N("map.minutes", int(d.Minutes()))
	}
	return i18n.N("map.hours", int(d.Hours()))
}

// sessionLines say in plain words what the broker knows of a client.
func sessionLines(s *broker.Session, now time.Time) (lines []string) {
	add := func(text string) { lines = append(lines, text) }
	if s.Client != "" {
		add(i18n.T("map.session.id", "ID", shown(s.Client, shownName)))
	}
	switch {
	case s.Guest || s.User == "":
		add(i18n.T("map.session.nouser"))
	default:
		add(i18n.T("map.session.user", "User", shown(s.User, shownName)))
	}
	if s.Addr != "" {
		add(i18n.T("map.session.addr", "Address", s.Addr))
	}
	if s.Connected && !s.Since.IsZero() {
		add(i18n.T("map.session.since", "Time", sinceWords(now.Sub(s.Since))))
	}
	switch {
	case s.KeepAlive > 0:
		add(i18n.N("map.session.keepalive", int(s.KeepAlive.Seconds()), "Limit", int(s.KeepAlive.Seconds()*1.5)))
	case !s.Since.IsZero():
		add(i18n.T("map.session.nokeepalive"))
	}
	if w := s.Will; w != nil {
		key := "map.session.will"
		if w.Retain {
			key = "map.session.will.kept"
		}
		text, _ := topics.Text(w.Payload, shownName)
		add(i18n.T(key, "Text", text, "Topic", shown(w.Topic, shownTopic), "QoS", int(w.QoS)))
	} else if !s.Since.IsZero() {
		add(i18n.T("map.session.nowill"))
	}
	return lines
}

// maxSubscriptions is how many subscriptions are listed.
const maxSubscriptions = 12

// subscriptionLines list what a client subscribes to.
func subscriptionLines(s *broker.Session) (lines []string) {
	if len(s.Subscriptions) == 0 {
		return []string{i18n.T("map.session.nosubs")}
	}
	lines = append(lines, i18n.T("map.session.subs"))
	for i, x := range s.Subscriptions {
		if i == maxSubscriptions {
			return append(lines, i18n.N("map.session.moresubs", len(s.Subscriptions)-i))
		}
		lines = append(lines, i18n.T("map.session.sub", "Filter", shown(x.Filter, shownTopic), "QoS", int(x.QoS)))
	}
	return lines
}

// stateWords say how a client is, where it is not simply here.
func stateWords(c *livemap.Client, now time.Time) string {
	if c.Here || c.Kind == livemap.More {
		return ""
	}
	if c.Kept {
		return i18n.T("map.away.kept", "Why", leaveWords(c.Leave))
	}
	if c.WillSent {
		return i18n.T("map.away.will", "Why", leaveWords(c.Leave))
	}
	return leaveWords(c.Leave)
}

func leaveWords(l broker.Leave) string {
	switch l {
	case broker.LeftGoodbye:
		return i18n.T("map.left.goodbye")
	case broker.LeftSilent:
		return i18n.T("map.left.silent")
	case broker.LeftReplaced:
		return i18n.T("map.left.replaced")
	case broker.LeftRemoved:
		return i18n.T("map.left.removed")
	}
	return i18n.T("map.left.broken")
}

// rightWords say by which rule a client may publish a message, or may not.
func rightWords(r broker.Right, c *livemap.Client) string {
	base := ""
	if c != nil {
		base = shown(c.Base, shownName)
	}
	switch r {
	case broker.Everything:
		return i18n.T("map.right.everything")
	case broker.OwnTopic:
		return i18n.T("map.right.own", "Base", base)
	case broker.OwnConfig:
		return i18n.T("map.right.config")
	case broker.ClassTopic:
		return i18n.T("map.right.class")
	case broker.BoardCommand:
		return i18n.T("map.right.command")
	case broker.LessonTopic:
		return i18n.T("map.right.lesson")
	case broker.HeldForTeacher:
		return i18n.T("map.right.held")
	case broker.BoardsWord:
		return i18n.T("map.right.boards")
	case broker.OtherTopic:
		return i18n.T("map.right.other", "Base", base)
	case broker.OutsideClass:
		return i18n.T("map.right.outside")
	}
	return i18n.T("map.right.topic")
}

// ruleWords say what decides about one level.
func ruleWords(r topic.Rule) string {
	switch r {
	case topic.Same:
		return i18n.T("map.rule.same")
	case topic.AnyLevel:
		return i18n.T("map.rule.any")
	case topic.AnyBelow:
		return i18n.T("map.rule.below")
	case topic.Parent:
		return i18n.T("map.rule.parent")
	case topic.Different:
		return i18n.T("map.rule.different")
	case topic.Internal:
		return i18n.T("map.rule.internal")
	case topic.NameEnds:
		return i18n.T("map.rule.nameends")
	case topic.FilterEnds:
		return i18n.T("map.rule.filterends")
	}
	return i18n.T("map.rule.notcompared")
}

// all are the names of clients, in their order.
func (n namer) all(clients []*livemap.Client, gathered int) string {
	names := make([]string, 0, len(clients))
	for _, c := range clients {
		names = append(names, n.name(c, gathered))
	}
	return strings.Join(names, "\n")
}
