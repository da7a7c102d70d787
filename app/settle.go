package app

import (
	"lamplighter/app/settings"
)

// running is what of the settings the program acts on: how its broker and its
// link were started.
type running struct {
	broker     settings.BuiltIn
	classroom  string
	connection settings.Connection // without an ID: the built-in broker
	address    string              // shown only
}

func runningOf(v settings.Values) running {
	r := running{broker: v.BuiltIn, classroom: v.Classroom, address: v.BuiltIn.Address}
	r.connection, _ = v.ConnectionByID(v.Connection)
	r.broker.Address = "" // told to boards only
	r.broker.FindPort = 0 // chosen by the program
	return r
}

// settle makes the program run as the settings say. It is called after every
// change of them, and does nothing when nothing of its own has changed.
func (a *App) settle() {
	if a.settling {
		return
	}
	a.settling = true
	defer func() { a.settling = false }()
	before, now := a.running, runningOf(a.Settings.Values())
	if before == now {
		return
	}
	a.Lights.SetClassroom(now.classroom)
	brokerToo := before.broker != now.broker || before.classroom != now.classroom
	if brokerToo {
		a.restartBroker()
	}
	if before.connection != now.connection || brokerToo && now.connection.ID == "" {
		a.connect()
	}
	a.subscribe()
	a.running = runningOf(a.Settings.Values()) // the broker may have got another port
	a.Changed.Raise()
}
