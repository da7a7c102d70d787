package lampview

import (
	"errors"
	"time"

	"lamplighter/app/lights"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/problem"
)

// lampWords is what a card says.
type lampWords struct {
	Word      string // large: on, off, offline
	Truth     string // what that rests on
	ChangedBy string // who changed it, or ""
}

// onOff is the first key for on and the second for everything else.
func onOff(s lights.State, on, off string) string {
	if s == lights.On {
		return on
	}
	return off
}

// TextFor is a text about a board, or about a lamp of another system, which may
// have none.
func TextFor(l lights.Light, key string, blanks ...any) string {
	if l.Source != lights.OwnBoard {
		key += ".foreign"
	}
	return i18n.T(key, blanks...)
}

// Describe puts a lamp into words. What is not the board's own word is
// never said as if it were.
func Describe(l lights.Light, now time.Time) lampWords {
	w := lampWords{Word: i18n.T(onOff(l.State, "lamps.on", "lamps.off"))}
	switch l.Phase {
	case lights.Confirmed:
		w.Truth, w.ChangedBy = confirmedWords(l, now), whoWords(l)
	case lights.Waiting:
		w.Word = i18n.T("lamps.waiting")
		w.Truth = TextFor(l, onOff(l.Target, "lamps.waiting.on", "lamps.waiting.off"))
	case lights.Queued:
		w.Word, w.Truth = i18n.T("lamps.queued"), queuedWords(l)
	case lights.NoAnswer:
		w.Word = i18n.T("lamps.noanswer")
		w.Truth = noAnswerWords(l, now)
	case lights.NotSent:
		w.Word = i18n.T("lamps.notsent")
		w.Truth = notSentWords(l, now)
	case lights.Contradicted:
		w.Truth = TextFor(l, onOff(l.State, "lamps.contradicted.on", "lamps.contradicted.off"))
	case lights.Offline:
		w.Word, w.Truth = i18n.T("lamps.offline"), offlineWords(l, now)
	case lights.Returning:
		w.Word, w.Truth = i18n.T("lamps.returning"), i18n.T("lamps.returning.why")
	case lights.Stale:
		w.Word = i18n.T(onOff(l.State, "lamps.stale.on", "lamps.stale.off"))
		w.Truth = staleWords(l, now)
	case lights.SentOnly:
		w.Word = i18n.T(onOff(l.Target, "lamps.sent.on", "lamps.sent.off"))
		w.Truth, w.ChangedBy = TextFor(l, "lamps.sent.why"), whoWords(l)
	default:
		w.Word, w.Truth = i18n.T("lamps.unheard"), TextFor(l, "lamps.unheard.why")
		if l.Silent {
			w.Truth = TextFor(l, "lamps.sent.why")
		}
	}
	return w
}

func confirmedWords(l lights.Light, now time.Time) string {
	if l.Unlisted { // promise 2: who made it up has confirmed nothing
		return i18n.T(onOff(l.State, "lamps.unlisted.on", "lamps.unlisted.off"), "Time", format.Time(l.Confirmed, now))
	}
	if l.Retained {
		return TextFor(l, onOff(l.State, "lamps.kept.on", "lamps.kept.off"))
	}
	return TextFor(l, onOff(l.State, "lamps.confirmed.on", "lamps.confirmed.off"), "Time", format.Time(l.Confirmed, now))
}

// turnNear is a wait that is not worth telling.
const turnNear = 5 * time.Second

func queuedWords(l lights.Light) string {
	wait := format.Seconds(l.Turn.Wait)
	switch {
	case l.Turn.Ahead > 0:
		return i18n.N(onOff(l.Target, "lamps.queued.on", "lamps.queued.off"), l.Turn.Ahead, "Seconds", wait)
	case l.Turn.Wait > turnNear:
		return i18n.T(onOff(l.Target, "lamps.queued.soon.on", "lamps.queued.soon.off"), "Seconds", wait)
	}
	return i18n.T(onOff(l.Target, "lamps.queued.next.on", "lamps.queued.next.off"))
}

func noAnswerWords(l lights.Light, now time.Time) string {
	if l.State == lights.Unknown || l.Retained {
		return TextFor(l, "lamps.noanswer.why")
	}
	return TextFor(l, onOff(l.State, "lamps.noanswer.on", "lamps.noanswer.off"), "Time", format.Time(l.Confirmed, now))
}

// Refused reports whether a wish was not sent for another reason than that there
// is no connection: a rule of the platform, mostly.
func Refused(l lights.Light) bool {
	return l.Phase == lights.NotSent && l.Err != nil && !errors.Is(l.Err, lights.ErrNoLink)
}

func notSentWords(l lights.Light, now time.Time) string {
	unknown := l.State == lights.Unknown || l.Retained
	switch {
	case Refused(l) && unknown:
		return problem.Explain(l.Err).Title
	case Refused(l):
		return i18n.T(onOff(l.State, "lamps.refused.on", "lamps.refused.off"), "Why", problem.Explain(l.Err).Title, "Time", format.Time(l.Confirmed, now))
	case unknown:
		return i18n.T("lamps.notsent.why")
	}
	return i18n.T(onOff(l.State, "lamps.notsent.on", "lamps.notsent.off"), "Time", format.Time(l.Confirmed, now))
}

func offlineWords(l lights.Light, now time.Time) string {
	switch {
	case !l.Started.IsZero():
		return TextFor(l, "lamps.offline.started", "Time", format.Time(l.Started, now))
	case l.Since.IsZero():
		return TextFor(l, "lamps.offline.before")
	}
	return TextFor(l, "lamps.offline.since", "Time", format.Time(l.Since, now))
}

func staleWords(l lights.Light, now time.Time) string {
	if l.Retained {
		return i18n.T("lamps.stale.kept")
	}
	return TextFor(l, "lamps.stale.since", "Time", format.Time(l.Confirmed, now))
}

func whoWords(l lights.Light) string {
	switch l.ChangedBy {
	case lights.ActorThisPC:
		return i18n.T("lamps.who.here")
	case lights.ActorBoard:
		return i18n.T("lamps.who.board")
	case lights.ActorPupil:
		return i18n.T("lamps.who.pupil")
	case lights.ActorOther:
		return i18n.T("lamps.who.else")
	}
	return ""
}
