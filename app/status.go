package app

import (
	"cmp"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/expiry"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/outbox"
)

// Status is how the program stands to its broker, for the line that always
// tells the truth.
type Status struct {
	Broker  string // the other broker's name; "" is this computer's own
	Address string // host and port, as boards use it; "" where there is none
	Link    link.Phase
	Err     error  // what is wrong, or nil
	Open    bool   // this computer's broker lets anybody in
	Local   bool   // only this computer reaches its broker: see hosting.Host.Local
	SIoT    bool   // it stands in for SIoT, whose password everybody knows
	Port    int    // where this computer's broker listens, where that is not Wanted; else 0
	Wanted  int    // the port that another program has, or 0
	Moved   string // the address with its port that boards were told, and where the broker is no more; "" = none
	Online  int    // boards that are here, as far as anybody knows
	Known   int    // boards that have been heard here, or that the roster has here
	Held    bool   // the teacher alone has the switches: lesson.Lesson.Attention
	Noticed int    // how many things hosting.Host.Notices lists
	Unsaved error  // settings, pupils or passwords can't be kept now; it is tried again

	Preset          string                 // ID of the other broker's platform; "" = none
	IsPublic        bool                   // anyone on the internet can read and switch there
	Paced           int                    // messages that wait for the platform's rate
	Wait            time.Duration          // until the last of them is sent, about
	Dropped         int                    // messages that waited and were not sent in the end, for want of a turn or with a lost connection
	PlatformMessage outbox.PlatformMessage // what the platform said of itself last, its own words to be shown only through topics.Display
	Expiry          expiry.Summary         // the board's password that is the first to end soon
}

// Status tells how things are now.
func (a *App) Status() Status {
	v, state := a.Settings.Snapshot(), a.Uplink.State()
	s := Status{
		Link: state.Phase, Err: state.Err, Unsaved: cmp.Or(a.Settings.Err(), a.Secrets.Err(), a.Classroom.Class.Err()),
		Held: a.Classroom.Lesson.Attention(), Noticed: len(a.Hosting.Notices()), Expiry: expiry.Of(v.Boards, v.Connection, time.Now()),
	}
	for _, l := range a.Lights.Lights() {
		if l.Source != lights.OwnBoard || l.Unlisted {
			continue // no board, or none that was set up here
		}
		s.Known++
		if l.IsOnline() {
			s.Online++
		}
	}
	if c, other := v.ConnectionByID(v.Connection); other {
		s.Broker, s.Address = cmp.Or(c.Name, c.Host), c.Address()
		s.Preset, s.IsPublic = c.Preset, presets.IsPublicHost(c.Preset, c.Host)
		out := a.Outbox.State()
		s.Paced, s.Wait, s.Dropped, s.PlatformMessage = out.Waiting, out.Wait, out.Dropped, out.PlatformMessage
		return s
	}
	b, wanted, err := a.Hosting.Broker()
	if b == nil {
		s.Link, s.Err = a.Hosting.LinkPhase(), err
		return s
	}
	s.Open = b.Open()
	if moved := a.Hosting.StaleAddresses(a.present); len(moved) > 0 {
		s.Moved = moved[0]
	}
	if wanted != 0 {
		s.Port, s.Wanted = b.Port(), wanted
	}
	s.SIoT, _, _ = b.SIoT()
	s.Local = a.Hosting.Local()
	if host := a.Hosting.BoardAddress(); host != "" {
		s.Address = endpoint.Join(host, b.Port())
	}
	return s
}

// present reports whether a board says that it is connected.
func (a *App) present(base string) bool {
	l, known := a.Lights.Light(base)
	return known && l.Presence == lights.PresenceOnline
}
