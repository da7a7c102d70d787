package explained

import (
	"cmp"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/program/explain"
	"lamplighter/app/topics"
	"lamplighter/i18n"
	"lamplighter/views/textfit"
)

// Bounds of what is shown of others' words, in characters.
const (
	shownTopic   = 120
	shownPayload = 160
)

// kindWords say what a line is for.
func kindWords(k explain.Kind) string {
	return i18n.T(cmp.Or(kindKeys[k], "explained.setting"))
}

// kindKeys are the texts of the lines that say something of their own.
var kindKeys = map[explain.Kind]string{
	// the beginning of a program
	explain.Nothing:      "explained.nothing",
	explain.Comment:      "explained.comment",
	explain.Import:       "explained.import",
	explain.WiFi:         "explained.wifi",
	explain.Server:       "explained.server",
	explain.Login:        "explained.login",
	explain.ClientID:     "explained.clientid",
	explain.KeepAlive:    "explained.keepalive",
	explain.CommandTopic: "explained.commandtopic",
	explain.StateTopic:   "explained.statetopic",
	explain.StatusTopic:  "explained.statustopic",
	explain.Hardware:     "explained.hardware",
	explain.Memory:       "explained.memory",

	// what does something
	explain.Light:        "explained.light",
	explain.Callback:     "explained.callback",
	explain.Command:      "explained.command",
	explain.Reply:        "explained.reply",
	explain.Report:       "explained.report",
	explain.PublishState: "explained.publish",
	explain.JoinWiFi:     "explained.join",
	explain.Client:       "explained.client",
	explain.SetCallback:  "explained.setcallback",
	explain.LastWill:     "explained.lastwill",
	explain.Connect:      "explained.connect",
	explain.Subscribe:    "explained.subscribe",
	explain.Online:       "explained.online",
	explain.Loop:         "explained.loop",
	explain.CheckMessage: "explained.check",
	explain.WhenToReport: "explained.when",
	explain.Ping:         "explained.ping",
	explain.Pause:        "explained.pause",
	explain.Retry:        "explained.retry",
}

// packetWords name the message of MQTT that a line makes; "" = none.
func packetWords(k explain.Kind) string {
	key, ok := packetKeys[k]
	if !ok {
		return ""
	}
	return i18n.T(key)
}

var packetKeys = map[explain.Kind]string{
	explain.Connect:      "explained.packet.connect",
	explain.LastWill:     "explained.packet.will",
	explain.Subscribe:    "explained.packet.subscribe",
	explain.PublishState: "explained.packet.publish",
	explain.Online:       "explained.packet.publish",
	explain.Reply:        "explained.packet.publish",
	explain.CheckMessage: "explained.packet.check",
	explain.Ping:         "explained.packet.ping",
}

// changeWords say what a choice changes, at the line that it concerns; "" = nothing.
func changeWords(l explain.Line, c explain.Choices) string {
	if !l.Changed {
		return ""
	}
	switch l.Kind {
	case explain.KeepAlive:
		return i18n.N("explained.change.keepalive", c.KeepAlive, "Limit", c.KeepAlive*3/2)
	case explain.Subscribe:
		return i18n.T("explained.change.subscribe")
	case explain.PublishState:
		switch {
		case c.QoS > 0 && c.Retained:
			return i18n.T("explained.change.both")
		case c.QoS > 0:
			return i18n.T("explained.change.qos")
		case c.Retained:
			return i18n.T("explained.change.retained")
		}
		return i18n.T("explained.change.notretained")
	}
	return ""
}

// eventWords tell of something between board and broker in one line.
func eventWords(e broker.TraceEvent, now time.Time) string {
	at := e.At.In(now.Location()).Format("15:04:05")
	topic, _ := topics.Display(e.Topic, shownTopic)
	text, cut := topics.Text(e.Payload, shownPayload)
	if cut {
		text += textfit.Ellipsis
	}
	switch e.Kind {
	case broker.TraceConnected:
		return i18n.N("explained.event.connected", int(e.Session.KeepAlive.Seconds()), "Time", at)
	case broker.TraceDisconnected:
		return i18n.T("explained.event.disconnected", "Time", at)
	case broker.TraceSubscribed:
		if e.At.IsZero() {
			return i18n.T("explained.event.subscribed.earlier", "Topic", topic, "QoS", int(e.QoS))
		}
		return i18n.T("explained.event.subscribed", "Time", at, "Topic", topic, "QoS", int(e.QoS))
	case broker.TracePublished:
		if e.Retain {
			return i18n.T("explained.event.published.retained", "Time", at, "Topic", topic, "Text", text, "QoS", int(e.QoS))
		}
		return i18n.T("explained.event.published", "Time", at, "Topic", topic, "Text", text, "QoS", int(e.QoS))
	case broker.TraceRefused:
		return i18n.T("explained.event.refused", "Time", at, "Topic", topic)
	case broker.TraceWillSent:
		return i18n.T("explained.event.will", "Time", at, "Topic", topic, "Text", text)
	case broker.TraceDelivered, broker.TraceRetainedSent:
		return i18n.T("explained.event.delivered", "Time", at, "Topic", topic, "Text", text, "QoS", int(e.QoS))
	}
	return i18n.T("explained.event.other", "Time", at, "Topic", topic)
}

// fits says which events a line makes, on a lamp with these topics; nil = none.
func fits(k explain.Kind, state, status string) func(broker.TraceEvent) bool {
	of := func(kind broker.TraceKind, topic string) func(broker.TraceEvent) bool {
		return func(e broker.TraceEvent) bool { return e.Kind == kind && (topic == "" || e.Topic == topic) }
	}
	switch k {
	case explain.Connect, explain.Client, explain.ClientID, explain.Login, explain.Server, explain.KeepAlive:
		return of(broker.TraceConnected, "")
	case explain.LastWill:
		return of(broker.TraceWillSent, "")
	case explain.Subscribe, explain.CommandTopic:
		return of(broker.TraceSubscribed, "")
	case explain.CheckMessage, explain.SetCallback, explain.Callback, explain.Command, explain.Light:
		return of(broker.TraceDelivered, "")
	case explain.PublishState, explain.Report, explain.StateTopic, explain.WhenToReport:
		return of(broker.TracePublished, state)
	case explain.Online, explain.StatusTopic:
		return of(broker.TracePublished, status)
	}
	return nil
}
