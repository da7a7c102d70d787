package roster

import (
	"cmp"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

// Conflict looks for a lamp that says its state where the new one would, or for a
// board that is the same device of the platform: those two would push each other
// out, whatever program they run. Two lamps may hear the same commands.
func (r *Roster) Conflict(x setup.Answers, boardID string) *presets.FieldError {
	p := presets.ByID(x.Broker.Preset)
	asked := p.FieldsOf(p.TopicScheme(x.Broker.TopicScheme), true)
	if x.Broker.BuiltIn || len(asked) == 0 {
		return nil
	}
	v := r.o.Settings.Snapshot()
	c := r.o.Connections.For(x.Broker)
	in := x.Broker.Inputs()
	in.TopicPrefix, in.Base, in.BoardID, in.Place = c.TopicPrefix, x.Base, boardID, x.Place
	acc, err := p.Account(in)
	if err != nil {
		return nil
	}
	for _, b := range v.Boards {
		itself := b.ID == boardID || b.ID == panelID(x.Base) // as it was known before, see Remember
		if itself || !r.ofAccount(v, b, c, in.Password) {
			continue
		}
		key := clash(b, x.Place, acc.Topics)
		if key == presets.Device || key != "" && isLamp(b) && x.Goal != device.SettingsOnly {
			return &presets.FieldError{Preset: p.ID, Key: key, Reason: device.Taken, By: cmp.Or(b.Name, b.Base)}
		}
	}
	return nil
}

// ofAccount reports whether a board is on the account that a connection is for, be
// it by another address of the platform, as with TLS.
func (r *Roster) ofAccount(v settings.Values, b settings.Board, c settings.Connection, password string) bool {
	o, known := v.ConnectionByID(b.Connection)
	if !known { // the connection was forgotten: its lamps come back with this one, see connections.Book.Save
		return b.Connection != "" && b.Host == c.Host && b.Port == c.Port && b.User == c.User
	}
	there := o.Host == c.Host || presets.ByID(c.Preset).Group == presets.Platform
	return there && o.Preset == c.Preset && o.User == c.User && connections.SameSecret(c.Preset, r.o.Connections.Password(o.ID), password)
}

// clash is the field of a place with which its lamp could not be told from a
// board's, or "".
func clash(b settings.Board, place presets.BoardFields, t device.Topics) presets.Key {
	theirs := b.OnBoard
	if theirs == (device.Topics{}) {
		theirs = b.Topics
	}
	switch {
	case place.Device != "" && place.Device == b.Place.Device:
		return presets.Device
	case t.State != "" && (t.State == theirs.State || t.State == theirs.Set):
		if t.State == place.Answer {
			return presets.Answer
		}
		return presets.Topic
	case t.Set != "" && t.Set == theirs.State:
		return presets.Topic
	}
	return ""
}
