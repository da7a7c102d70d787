package views

import (
	"errors"
	"time"

	"lamplighter/app/lights"
	"lamplighter/i18n"
)

// lampWords is what a card says.
type lampWords struct {
	word  string // large: on, off, offline
	truth string // what that rests on
	who   string // who changed it, or ""
}

// onOff is the first key for on and the second for everything else.
func onOff(s lights.State, on, off string) string {
	if s == lights.On {
		return on
	}
	return off
}

// ofLamp is a text about a board, or about a lamp of another system, which may
// have none.
func ofLamp(l lights.Light, key string, blanks ...any) string {
	if l.Source != lights.OwnBoard {
		key += ".foreign"
	}
	return i18n.T(key, blanks...)
}

// describeLamp puts a lamp into words. What is not the board's own word is
// never said as if it were.
func describeLamp(l lights.Light, now time.Time) lampWords {
	w := lampWords{word: i18n.T(onOff(l.State, "lamps.on", "lamps.off"))}
	switch l.Phase {
	case lights.Confirmed:
		w.truth, w.who = confirmedWords(l, now), whoWords(l)
	case lights.Waiting:
		w.word = i18n.T("lamps.waiting")
		w.truth = ofLamp(l, onOff(l.Target, "lamps.waiting.on", "lamps.waiting.off"))
	case lights.Queued:
		w.word, w.truth = i18n.T("lamps.queued"), queuedWords(l)
	case lights.NoAnswer:
		w.word = i18n.T("lamps.noanswer")
		w.truth = noAnswerWords(l, now)
	case lights.NotSent:
		w.word = i18n.T("lamps.notsent")
		w.truth = notSentWords(l, now)
	case lights.Contradicted:
		w.truth = ofLamp(l, onOff(l.State, "lamps.contradicted.on", "lamps.contradicted.off"))
	case lights.Offline:
		w.word, w.truth = i18n.T("lamps.offline"), offlineWords(l, now)
	case lights.Stale:
		w.word = i18n.T(onOff(l.State, "lamps.stale.on", "lamps.stale.off"))
		w.truth = staleWords(l, now)
	case lights.SentOnly:
		w.word = i18n.T(onOff(l.Target, "lamps.sent.on", "lamps.sent.off"))
		w.truth, w.who = ofLamp(l, "lamps.sent.why"), whoWords(l)
	default:
		w.word, w.truth = i18n.T("lamps.unheard"), ofLamp(l, "lamps.unheard.why")
		if l.Silent {
			w.truth = ofLamp(l, "lamps.sent.why")
		}
	}
	return w
}

func confirmedWords(l lights.Light, now time.Time) string {
	if l.Kept {
		return ofLamp(l, onOff(l.State, "lamps.kept.on", "lamps.kept.off"))
	}
	return ofLamp(l, onOff(l.State, "lamps.confirmed.on", "lamps.confirmed.off"), "Time", timeWords(l.Confirmed, now))
}

// turnNear is a wait that is not worth telling.
const turnNear = 5 * time.Second

func queuedWords(l lights.Light) string {
	wait := wholeSeconds(l.Turn.Wait)
	switch {
	case l.Turn.Ahead > 0:
		return i18n.N(onOff(l.Target, "lamps.queued.on", "lamps.queued.off"), l.Turn.Ahead, "Seconds", wait)
	case l.Turn.Wait > turnNear:
		return i18n.T(onOff(l.Target, "lamps.queued.soon.on", "lamps.queued.soon.off"), "Seconds", wait)
	}
	return i18n.T(onOff(l.Target, "lamps.queued.next.on", "lamps.queued.next.off"))
}

func noAnswerWords(l lights.Light, now time.Time) string {
	if l.State == lights.Unknown || l.Kept {
		return ofLamp(l, "lamps.noanswer.why")
	}
	return ofLamp(l, onOff(l.State, "lamps.noanswer.on", "lamps.noanswer.off"), "Time", timeWords(l.Confirmed, now))
}

// refused tells whether a wish was not sent for another reason than that there
// is no connection: a rule of the platform, mostly.
func refused(l lights.Light) bool {
	return l.Phase == lights.NotSent && l.Why != nil && !errors.Is(l.Why, lights.ErrNoLink)
}

func notSentWords(l lights.Light, now time.Time) string {
	unknown := l.State == lights.Unknown || l.Kept
	switch {
	case refused(l) && unknown:
		return explain(l.Why).Title
	case refused(l):
		return i18n.T(onOff(l.State, "lamps.refused.on", "lamps.refused.off"), "Why", explain(l.Why).Title, "Time", timeWords(l.Confirmed, now))
	case unknown:
		return i18n.T("lamps.notsent.why")
	}
	return i18n.T(onOff(l.State, "lamps.notsent.on", "lamps.notsent.off"), "Time", timeWords(l.Confirmed, now))
}

func offlineWords(l lights.Light, now time.Time) string {
	if l.Since.IsZero() {
		return ofLamp(l, "lamps.offline.before")
	}
	return ofLamp(l, "lamps.offline.since", "Time", timeWords(l.Since, now))
}

func staleWords(l lights.Light, now time.Time) string {
	if l.Kept {
		return i18n.T("lamps.stale.kept")
	}
	return ofLamp(l, "lamps.stale.since", "Time", timeWords(l.Confirmed, now))
}

func whoWords(l lights.Light) string {
	switch l.Who {
	case lights.ThisPC:
		return i18n.T("lamps.who.here")
	case lights.AtTheBoard:
		return i18n.T("lamps.who.board")
	case lights.SomebodyElse:
		return i18n.T("lamps.who.else")
	}
	return ""
}

// timeWords is a time as people say it: today's by the clock, yesterday's as
// such, others with their date.
func timeWords(t, now time.Time) string {
	t = t.In(now.Location())
	clock := t.Format("15:04")
	y, m, d := now.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch {
	case !t.Before(midnight):
		return clock
	case !t.Before(midnight.AddDate(0, 0, -1)):
		return i18n.T("lamps.time.yesterday", "Time", clock)
	}
	return i18n.T("lamps.time.date", "Date", t.Format(time.DateOnly), "Time", clock)
}
