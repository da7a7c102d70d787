package app

import (
	"cmp"

	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

// Held looks for a lamp that says its state where the new one would, or is the
// same device of the platform. Two lamps may hear the same commands.
func (h home) Held(x setup.Answers, boardID string) *presets.FieldError {
	p := presets.ByID(x.Broker.Preset)
	asked := p.Asked(p.Way(x.Broker.Way), true)
	if x.Broker.BuiltIn || len(asked) == 0 {
		return nil
	}
	v := h.a.Settings.Values()
	c := h.a.connectionFor(v, x.Broker)
	in := x.Broker.Inputs()
	in.Room, in.Base, in.BoardID, in.Place = c.Room, x.Base, boardID, x.Place
	acc, err := p.Account(in)
	if c.ID == "" || err != nil {
		return nil
	}
	for _, b := range v.Boards {
		if b.Connection != c.ID || b.ID == boardID || !isLamp(b) {
			continue
		}
		if key := clash(b, x.Place, acc.Topics); key != "" {
			return &presets.FieldError{Preset: p.ID, Key: key, Reason: device.Taken, By: cmp.Or(b.Name, b.Base)}
		}
	}
	return nil
}

// clash is the field of a place with which its lamp could not be told from a
// board's, or "".
func clash(b settings.Board, place presets.Place, t device.Topics) presets.Key {
	theirs := b.OnBoard
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
