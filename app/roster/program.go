package roster

import (
	"cmp"
	"errors"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/lights"
	"lamplighter/app/program"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/device/fault"
)

var errNoLamp = errors.New("there is no such lamp")

// Program writes the program that a pupil would type for a lamp of the panel, on
// a board of this model (the key of a device.Model). With real it holds the
// names and passwords of WiFi and broker, as far as they are known; else
// placeholders. A lamp that this program has not set up gets the pupils' own
// login at the built-in broker. It fails with a *fault.Error.
func (r *Roster) Program(base, model string, real bool) (string, error) {
	v := r.o.Settings.Snapshot()
	row, l, err := r.lampAt(&v, base)
	if err != nil {
		return "", err
	}
	m, known := device.ModelByKey(model)
	c := device.Config{Name: cmp.Or(row.Name, l.Name), Topics: topicsOn(row, l)}
	switch {
	case row.Lamp.Kind != "" && (row.Model == model || !known):
		c.Lamp = row.Lamp
	case known:
		c.Lamp = m.Lamps[0]
	}
	if row.SSID != "" {
		c.WiFi = device.WiFi{SSID: row.SSID, Password: r.o.Secrets.Get(secrets.WiFiKey(row.SSID))}
	}
	c.Broker = r.brokerOf(v, row)
	return program.Write(program.Options{Config: c, Model: m, Real: real, Language: r.o.Language()})
}

// ProgramModel is the key of the model that a lamp's board is, or seems to be;
// "" where nothing is known of it.
func (r *Roster) ProgramModel(base string) string {
	v := r.o.Settings.Snapshot()
	row, l, err := r.lampAt(&v, base)
	if err != nil {
		return ""
	}
	m, _ := device.ModelOf("", l.Info.Board, false)
	return cmp.Or(row.Model, m.Key)
}

// lampAt is what roster and panel know of a lamp.
func (r *Roster) lampAt(v *settings.Values, base string) (settings.Board, lights.Light, error) {
	l, shown := r.o.Lamps.Light(base)
	row := onPanel(v, base)
	switch {
	case row != nil:
		return *row, l, nil
	case shown:
		return settings.Board{}, l, nil
	}
	return settings.Board{}, l, &fault.Error{Fault: fault.BadValue, Op: "write a program", Err: errNoLamp}
}

// topicsOn are a lamp's topics as its board has them.
func topicsOn(row settings.Board, l lights.Light) device.Topics {
	switch {
	case row.OnBoard.Set != "":
		return row.OnBoard
	case row.Topics.Set != "":
		return row.Topics
	}
	return l.Topics
}

// brokerOf is how a board at the broker in use reaches it.
func (r *Roster) brokerOf(v settings.Values, row settings.Board) device.Broker {
	c, other := v.ConnectionByID(v.Connection)
	if !other {
		return r.ownBroker(v, row)
	}
	p := presets.ByID(c.Preset)
	b := device.Broker{
		Host: c.Host, User: device.Text(c.User), Password: r.o.Secrets.Get(secrets.ConnectionKey(c.ID)), TLS: c.TLS,
		KeepAlive: p.KeepAlive(cmp.Or(c.KeepAlive, connections.KeepAlive)),
	}
	if !c.WebSocket { // boards speak MQTT over TCP, which is at another port
		b.Port = c.Port
	}
	in := connections.Inputs(c, string(b.Password))
	in.Base, in.BoardID, in.Place = row.Base, row.ID, row.Place
	in.Place.Secret = string(r.o.Secrets.Get(secrets.PlaceKey(row.ID)))
	if acc, err := p.Account(in); err == nil {
		b.ClientID, b.User, b.Password = acc.ClientID, device.Text(acc.User), device.Text(acc.Password)
	} else if login, err := p.AppLogin(in); err == nil { // a board that this program has not set up
		b.User, b.Password = device.Text(login.User), device.Text(login.Password)
		if p.Rules.SharedID {
			b.ClientID = login.ClientID
		}
	}
	return b
}

// ownBroker is the built-in broker, with a board's login or the pupils'.
func (r *Roster) ownBroker(v settings.Values, row settings.Board) device.Broker {
	b := device.Broker{Host: r.o.Host.BoardAddress(), Port: v.BuiltIn.Port, KeepAlive: connections.KeepAlive}
	if port := r.o.Host.Port(); port != 0 {
		b.Port = port
	}
	if password := r.o.Secrets.Get(secrets.BoardKey(row.ID)); password != "" {
		b.User, b.Password = device.Text(row.User), password
		return b
	}
	user, password := r.o.Host.Pupils()
	b.User, b.Password = device.Text(user), device.Text(password)
	return b
}
