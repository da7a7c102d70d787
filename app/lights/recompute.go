package lights

import (
	"strconv"
	"strings"
	"time"

	"lamplighter/app/lights/codec"
	"lamplighter/app/lights/pinyin"
)

// recompute works out everything of a Light that follows from the rest.
func (p *Panel) recompute(l *lamp) {
	was := l.light
	d := &l.light
	d.Name, d.Group, d.Unlisted = nameOf(l), groupOf(l), p.list.unlisted(l)
	if l.nameKey == nil || was.Name != d.Name || was.Group != d.Group {
		l.nameKey, l.groupKey = pinyin.Key(d.Name), pinyin.Key(d.Group)
	}
	d.Practice = l.entry.Practice || d.Info.Practice
	if d.HasLevel = d.HasColor || l.dims; !l.dims {
		d.Level = d.Color.Level()
	}
	d.Err = l.notSent
	d.Waiting = len(l.queued) > 0 || len(l.unconfirmed) > 0 || l.pendingColor != nil || l.target != Unknown
	d.Outdated = d.State != Unknown && (!p.linked || !l.fresh || d.Presence == PresenceUnknown && (d.Retained || l.outdated))
	d.Started = time.Time{}
	if d.Presence == PresenceOffline && d.Since.IsZero() {
		d.Started = p.started
	}
	d.Phase = p.phase(l)
	if p.list.place(l) || l.shown && (was.Name != d.Name || was.Group != d.Group || was.Unlisted != d.Unlisted) {
		p.list.sort()
	}
}

func nameOf(l *lamp) string {
	if n := codec.Clean(l.entry.Name); n != "" {
		return n
	}
	if l.light.Info.Name != "" {
		return l.light.Info.Name
	}
	base := l.light.Base
	last := base[strings.LastIndexByte(base, '/')+1:]
	switch clean := codec.Clean(last); {
	case clean == "":
		return "?"
	case clean != last: // it would look like another lamp
		return strings.Trim(strconv.QuoteToGraphic(last), `"`)
	default:
		return clean
	}
}

func groupOf(l *lamp) string {
	if g := codec.Clean(l.entry.Group); g != "" {
		return g
	}
	if !isOwn(l) {
		return l.light.Source.String()
	}
	first, _, _ := strings.Cut(l.light.Base, "/")
	return codec.Clean(first)
}

// phase sums a lamp up; what a person has just done comes first.
func (p *Panel) phase(l *lamp) Phase {
	gone := l.light.Presence == PresenceOffline
	switch {
	case len(l.queued) > 0:
		return Queued
	case l.light.Waiting:
		return Waiting
	case l.notSent != nil:
		return NotSent
	case l.unanswered && !gone:
		return NoAnswer
	case p.linked && gone && !l.light.Started.IsZero() && p.o.Now().Sub(l.light.Started) < returnTime:
		return Returning
	case p.linked && gone:
		return Offline
	case l.light.Silent && l.light.Target != Unknown:
		return SentOnly
	case l.contrary:
		return Contradicted
	case l.light.State == Unknown:
		return Unheard
	case l.light.Outdated:
		return Stale
	}
	return Confirmed
}
