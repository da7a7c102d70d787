package problem

import (
	"cmp"
	"strconv"

	"lamplighter/app/broker"
	"lamplighter/i18n"
	"lamplighter/views/format"
)

// noticedKeys name the text of each kind of notice. Who comes and goes is no
// news: the lamps show it.
var noticedKeys = map[broker.NoticeKind]string{
	broker.Denied: "noticed.denied", broker.BadLogin: "noticed.bad-login", broker.NoLogin: "noticed.no-login",
	broker.BadProtocol: "noticed.protocol", broker.BadMethod: "noticed.method", broker.NoID: "noticed.no-id",
	broker.IDTaken: "noticed.id-taken", broker.DuplicateClient: "noticed.duplicate", broker.DuplicateProgram: "noticed.duplicate-here",
	broker.Crowded: "noticed.crowded", broker.TooBig: "noticed.too-big", broker.RetainedFull: "noticed.too-much",
	broker.CommandNotRetained: "noticed.command", broker.TooSlow: "noticed.too-slow", broker.StoreBroken: "noticed.broken", broker.StoreFailed: "noticed.failed",
	broker.WebMoved: "noticed.web-moved", broker.WebFailed: "noticed.web-failed", broker.OldKeys: "noticed.old-keys",
	broker.HeldBack: "noticed.held-back", broker.BadPolicy: "noticed.bad-policy",
}

// NoticeWords say what a notice of the broker is about, and what to do.
func NoticeWords(n broker.Notice) string {
	key, ok := noticedKeys[n.Kind]
	if !ok {
		return ""
	}
	if n.Kind == broker.RetainedFull && n.HolderAddr == "" { // this program's own, or of before it was noted
		key = "noticed.too-much-alone"
	}
	return i18n.T(key, "Who", format.ClientText(cmp.Or(n.User, n.ClientID, n.Addr)), "ID", format.ClientText(n.ClientID), "Addr", n.Addr,
		"Topic", format.ClientText(n.Topic), "Path", n.Path, "Port", strconv.Itoa(n.Port), "Wanted", strconv.Itoa(n.Wanted),
		"Size", format.Size(n.Limit), "Holder", format.ClientText(n.Holder), "HolderAddr", n.HolderAddr)
}
