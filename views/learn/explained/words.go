package explained

import (
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
	if say, ok := settingWords[k]; ok {
		return say()
	}
	if say, ok := workWords[k]; ok {
		return say()
	}
	return i18n.T("explained.setting")
}

// settingWords are those of the lines at the beginning of a program.
var settingWords = map[explain.Kind]func() string{
	explain.Nothing:      func() string { return i18n.T("explained.nothing") },
	explain.Comment:      func() string { return i18n.T("explained.comment") },
	explain.Import:       func() string { return i18n.T("explained.import") },
	explain.WiFi:         func() string { return i18n.T("explained.wifi") },
	explain.Server:       func() string { return i18n.T("explained.server") },
	explain.Login:        func() string { return i18n.T("explained.login") },
	explain.ClientID:     func() string { return i18n.T("explained.clientid") },
	explain.KeepAlive:    func() string { return i18n.T("explained.keepalive") },
	explain.CommandTopic: func() string { return i18n.T("explained.commandtopic") },
	explain.StateTopic:   func() string { return i18n.T("explained.statetopic") },
	explain.StatusTopic:  func() string { return i18n.T("explained.statustopic") },
	explain.Hardware:     func() string { return i18n.T("explained.hardware") },
	explain.Memory:       func() string { return i18n.T("explained.memory") },
}

// workWords are those of the lines that do something.
var workWords = map[explain.Kind]func() string{
	explain.Light:        func() string { return i18n.T("explained.light") },
	explain.Callback:     func() string { return i18n.T("explained.callback") },
	explain.Command:      func() string { return i18n.T("explained.command") },
	explain.Reply:        func() string { return i18n.T("explained.reply") },
	explain.Report:       func() string { return i18n.T("explained.report") },
	explain.PublishState: func() string { return i18n.T("explained.publish") },
	explain.JoinWiFi:     func() string { return i18n.T("explained.join") },
	explain.Client:       func() string { return i18n.T("explained.client") },
	explain.SetCallback:  func() string { return i18n.T("explained.setcallback") },
	explain.LastWill:     func() string { return i18n.T("explained.lastwill") },
	explain.Connect:      func() string { return i18n.T("explained.connect") },
	explain.Subscribe:    func() string { return i18n.T("explained.subscribe") },
	explain.Online:       func() string { return i18n.T("explained.online") },
	explain.Loop:         func() string { return i18n.T("explained.loop") },
	explain.CheckMessage: func() string { return i18n.T("explained.check") },
	explain.WhenToReport: func() string { return i18n.T("explained.when") },
	explain.Ping:         func() string { return i18n.T("explained.ping") },
	explain.Pause:        func() string { return i18n.T("explained.pause") },
	explain.Retry:        func() string { return i18n.T("explained.retry") },
}

// packetWords name the message of MQTT that a line makes; "" = none.
func packetWords(k explain.Kind) string {
	switch k {
	case explain.Connect:
		return i18n.T("explained.packet.connect")
	case explain.LastWill:
		return i18n.T("explained.packet.will")
	case explain.Subscribe:
		return i18n.T("explained.packet.subscribe")
	case explain.PublishState, explain.Online, explain.Reply:
		return i18n.T("explained.packet.publish")
	case explain.CheckMessage:
		return i18n.T("explained.packet.check")
	case explain.Ping:
		return i18n.T("explained.packet.ping")
	}
	return ""
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
