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
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// Bounds of what is shown of others' words, in characters.
const (
	shownName    = 40
	shownTopic   = 160
	shownPayload = 400
)

// payloadWords are a payload as text, or what it is.
func payloadWords(e broker.TraceEvent) string {
	if e.Size == 0 {
		return i18n.T("map.payload.empty")
	}
	text, cut := topics.Text(e.Payload, shownPayload)
	if cut || e.Size > len(e.Payload) {
		return i18n.T("map.payload.cut", "Text", text, "Size", format.Size(e.Size))
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
	case livemap.Others:
		return i18n.N("map.more", gathered)
	case livemap.Board, livemap.Lamp:
		if l, ok := n.lamps.Light(c.Base); ok && l.Name != "" {
			return format.Cut(l.Name, shownName)
		}
		return format.Cut(c.Base[strings.LastIndexByte(c.Base, '/')+1:], shownName)
	}
	if s := c.Session(); s != nil {
		return format.Cut(cmp.Or(s.Client, s.User), shownName)
	}
	return format.Cut(c.Key, shownName)
}

// kindWords say what a client is.
func kindWords(k livemap.Kind) string {
	return i18n.T(cmp.Or(kindKeys[k], "map.kind.pupil"))
}

// kindKeys are what clients are that are no pupil's program.
var kindKeys = map[livemap.Kind]string{
	livemap.ThisProgram:   "map.kind.this",
	livemap.Board:         "map.kind.board",
	livemap.LessonProgram: "map.kind.lesson",
	livemap.Guest:         "map.kind.guest",
	livemap.Lamp:          "map.kind.lamp",
	livemap.Unseen:        "map.kind.unseen",
	livemap.Others:        "map.kind.more",
}

// icons are the pictures of clients.
var icons = map[livemap.Kind]string{
	livemap.ThisProgram: "eye", livemap.Board: "lamp", livemap.PupilProgram: "edit", livemap.LessonProgram: "edit", livemap.Guest: "unlock",
	livemap.Lamp: "lamp", livemap.Unseen: "cloud", livemap.Others: "group",
}

// sinceWords say for how long something has been so.
func sinceWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return i18n.N("map.seconds", format.Seconds(d))
	case d < time.Hour:
		return i18n.N("map.minutes", int(d.Minutes()))
	}
	return i18n.N("map.hours", int(d.Hours()))
}

// sessionLines say in plain words what the broker knows of a client.
func sessionLines(s *broker.Session, now time.Time) (lines []string) {
	add := func(text string) { lines = append(lines, text) }
	if s.Client != "" {
		add(i18n.T("map.session.id", "ID", format.Cut(s.Client, shownName)))
	}
	switch {
	case s.Guest || s.User == "":
		add(i18n.T("map.session.nouser"))
	default:
		add(i18n.T("map.session.user", "User", format.Cut(s.User, shownName)))
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
		key := ui.Either(w.Retain, "map.session.will.kept", "map.session.will")
		text, _ := topics.Text(w.Payload, shownName)
		add(i18n.T(key, "Text", text, "Topic", format.Cut(w.Topic, shownTopic), "QoS", int(w.QoS)))
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
		lines = append(lines, i18n.T("map.session.sub", "Filter", format.Cut(x.Filter, shownTopic), "QoS", int(x.QoS)))
	}
	return lines
}

// stateWords say how a client is, where it is not simply here.
func stateWords(c *livemap.Client, now time.Time) string {
	if c.Connected || c.Kind == livemap.Others {
		return ""
	}
	if c.SessionKept {
		return i18n.T("map.away.kept", "Why", departureText(c.Departure))
	}
	if c.WillSent {
		return i18n.T("map.away.will", "Why", departureText(c.Departure))
	}
	return departureText(c.Departure)
}

func departureText(l broker.Departure) string {
	return i18n.T(cmp.Or(leaveKeys[l], "map.left.broken"))
}

// leaveKeys are the ways in which a connection ends by somebody's will; any other broke.
var leaveKeys = map[broker.Departure]string{
	broker.LeftCleanly:          "map.left.goodbye",
	broker.LeftKeepAliveTimeout: "map.left.silent",
	broker.LeftTakenOver:        "map.left.replaced",
	broker.LeftRemoved:          "map.left.removed",
}

// rightWords say by which rule a client may publish a message, or may not.
func rightWords(r broker.Right, c *livemap.Client) string {
	base := ""
	if c != nil {
		base = format.Cut(c.Base, shownName)
	}
	return i18n.T(cmp.Or(rightKeys[r], "map.right.topic"), "Base", base)
}

// rightKeys are the texts of the rules, but for topics that nobody may publish to.
var rightKeys = map[broker.Right]string{
	broker.Everything:     "map.right.everything",
	broker.OwnTopic:       "map.right.own",
	broker.OwnConfig:      "map.right.config",
	broker.ClassTopic:     "map.right.class",
	broker.BoardCommand:   "map.right.command",
	broker.LessonTopic:    "map.right.lesson",
	broker.HeldForTeacher: "map.right.held",
	broker.BoardOnlyTopic: "map.right.boards",
	broker.OtherTopic:     "map.right.other",
	broker.OutsideClass:   "map.right.outside",
}

// ruleWords say what decides about one level.
func ruleWords(r topic.Rule) string {
	return i18n.T(cmp.Or(ruleKeys[r], "map.rule.notcompared"))
}

// ruleKeys are the rules that decide; a level that none decides is not compared.
var ruleKeys = map[topic.Rule]string{
	topic.Same:       "map.rule.same",
	topic.AnyLevel:   "map.rule.any",
	topic.AnyBelow:   "map.rule.below",
	topic.Parent:     "map.rule.parent",
	topic.Different:  "map.rule.different",
	topic.Internal:   "map.rule.internal",
	topic.NameEnds:   "map.rule.nameends",
	topic.FilterEnds: "map.rule.filterends",
}

// names are the names of clients, in their order.
func (n namer) names(clients []*livemap.Client, gathered int) string {
	names := make([]string, 0, len(clients))
	for _, c := range clients {
		names = append(names, n.name(c, gathered))
	}
	return strings.Join(names, "\n")
}
