package lesson

import (
	"time"

	"lamplighter/app/lights"
	"lamplighter/app/topics"
	"lamplighter/app/traffic"
)

// Plan is what starting again would change. Whoever carries it out may leave parts
// out.
type Plan struct {
	Off       []string // bases of lamps that are on
	Colors    []Color
	Names     []Name
	Rubbish   []topics.RetainedMessage // what the broker keeps that is no board's
	Truncated bool                     // it keeps more than could be listed
	Err       error                    // why it could not be asked, or nil
}

// Color is a colour that a lamp was given since it was set up.
type Color struct {
	Base          string
	Current, Back lights.RGB
}

// Name is a name that a lamp was given on this computer, and its board's own.
type Name struct{ Base, Current, Back string }

// IsEmpty reports whether there is nothing to be changed.
func (p Plan) IsEmpty() bool {
	return len(p.Off)+len(p.Colors)+len(p.Names)+len(p.Rubbish) == 0
}

// Plan looks for what starting again would change. Done is called once, on the
// state's goroutine, but not after cancel.
func (l *Lesson) Plan(done func(Plan)) (cancel func()) {
	return l.o.Retained(func(list []topics.RetainedMessage, whole bool, err error) {
		p := l.planOfLamps()
		p.Rubbish, p.Truncated, p.Err = list, !whole && err == nil, err
		done(p)
	})
}

func (l *Lesson) planOfLamps() (p Plan) {
	for _, x := range l.o.Lamps.Lights() {
		if x.Unlisted {
			continue
		}
		if x.DisplayState() == lights.On && !x.IsUnreachable() && !x.ReadOnly {
			p.Off = append(p.Off, x.Base)
		}
		if back, ok := l.o.FirstColor(x.Base); ok && x.HasColor && !x.IsUnreachable() && x.Color != back {
			p.Colors = append(p.Colors, Color{x.Base, x.Color, back})
		}
		if own := x.Info.Name; x.Source == lights.OwnBoard && own != "" && own != x.Name {
			p.Names = append(p.Names, Name{x.Base, x.Name, own})
		}
	}
	return p
}

// StartAgain does what a plan says, be it nothing. Attention ends with it, without
// lighting anything again. What an earlier start has still to erase is erased with it,
// and can be put back with it.
func (l *Lesson) StartAgain(p Plan) {
	clear(l.before)
	if l.attention {
		l.setAttention(false)
	}
	if len(p.Off) > 0 {
		l.o.Lamps.SwitchAll(false, p.Off)
	}
	for _, c := range p.Colors {
		_ = l.o.Lamps.SetColor(c.Base, c.Back) // what went wrong is told as the lamp's state
	}
	for _, n := range p.Names {
		_ = l.o.Lamps.Rename(n.Base, "") // its name stays then, as is to be seen
	}
	if l.o.Eraser.State().Phase == traffic.EraserEnded {
		l.o.Eraser.Dismiss() // an earlier start's way back is gone
	}
	if len(p.Rubbish) > 0 {
		l.o.Eraser.Erase(p.Rubbish)
	}
	l.undo, l.at = nil, l.o.Now()
	if !p.IsEmpty() {
		l.undo = &p
	}
	l.Changed.Raise()
}

// Restart is how the last start stands.
type Restart struct {
	At      time.Time
	CanUndo bool                // it can be taken back
	Erasing traffic.EraserState // of pupils' retained messages; Undo: they are put back
}

// Restarted is how the last start stands, and false where there is nothing to tell.
func (l *Lesson) Restarted() (r Restart, ok bool) {
	r = Restart{At: l.at, CanUndo: l.undo != nil, Erasing: l.o.Eraser.State()}
	return r, r.CanUndo || r.Erasing.Phase != traffic.EraserIdle
}

// Undo takes the last start back: lamps, colours and names are as they were, where
// their boards are here, and the broker keeps again what it kept.
func (l *Lesson) Undo() {
	if l.undo == nil {
		return
	}
	p := *l.undo
	l.undo = nil
	for _, n := range p.Names {
		_ = l.o.Lamps.Rename(n.Base, n.Current)
	}
	for _, c := range p.Colors {
		_ = l.o.Lamps.SetColor(c.Base, c.Current)
	}
	if len(p.Off) > 0 {
		l.o.Lamps.SwitchAll(true, p.Off)
	}
	switch s := l.o.Eraser.State(); {
	case s.Phase == traffic.EraserIdle || s.Undo:
	case s.Phase != traffic.EraserEnded:
		l.o.Eraser.Stop()
		l.o.Eraser.Undo()
	default:
		l.o.Eraser.Undo()
	}
	l.Changed.Raise()
}

// RetryErasing goes on with the retained messages after a failure.
func (l *Lesson) RetryErasing() { l.o.Eraser.Retry() }

// Dismiss gives up the way back, and what is not erased yet.
func (l *Lesson) Dismiss() {
	l.undo = nil
	l.endErasing()
	l.Changed.Raise()
}
