package settings

import (
	"slices"
)

// Policy is what an administrator chose for everyone on this computer. What of it
// is not locked counts at the first start only.
type Policy struct {
	Path      string // of its file; "" = there is none
	Language  string // "" = not chosen, as in all of these
	Classroom string
	Broker    *Connection // its ID is PolicyConnection; nil = not chosen
	Locked    []Lock
	Wrong     []string // entries of the file that are not used, by name
}

// Lock is something that only the policy changes.
type Lock string

// The locks. LockBroker without a broker keeps this computer's own in use.
const (
	LockLanguage  Lock = "language"
	LockClassroom Lock = "classroom"
	LockBroker    Lock = "broker"
)

// PolicyConnection is the ID of the connection that a policy brings.
const PolicyConnection = "policy"

// Apply has the settings follow a policy, from now on.
func (s *Store) Apply(p Policy) {
	first := !s.values.Welcomed
	s.policy = p
	s.Update(func(v *Values) {
		if first {
			p.choose(v, true)
			v.Welcomed = p.Language != "" // which is what the first start asks for
		}
	})
}

// Policy is what the settings follow.
func (s *Store) Policy() Policy { return s.policy }

// Locked reports whether only the policy changes this.
func (s *Store) Locked(what Lock) bool { return slices.Contains(s.policy.Locked, what) }

// choose makes the settings as the policy says: all of it, or what is locked.
func (p Policy) choose(v *Values, all bool) {
	follows := func(l Lock) bool { return all || slices.Contains(p.Locked, l) }
	if p.Language != "" && follows(LockLanguage) {
		v.Language = p.Language
	}
	if p.Classroom != "" && follows(LockClassroom) {
		v.Classroom = p.Classroom
	}
	if !follows(LockBroker) {
		return
	}
	if p.Broker != nil {
		c := *p.Broker
		if old, had := v.ConnectionByID(c.ID); had {
			c.TopicPrefix, c.RetainSupport, c.Certificate = old.TopicPrefix, old.RetainSupport, old.Certificate // found out, or this computer's own
		}
		v.Connections = slices.DeleteFunc(v.Connections, func(o Connection) bool { return o.ID == c.ID })
		v.Connections = slices.Insert(v.Connections, 0, c)
		v.Connection = c.ID
	} else if !all {
		v.Connection = ""
	}
}

// IsClassroom reports whether s can be the classroom's topic level: 1 to 32 ASCII
// letters, digits, - and _.
func IsClassroom(s string) bool { return isLevel(s) }
