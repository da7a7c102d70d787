package app

import (
	"lamplighter/app/settings"
	"lamplighter/app/topics"
)

// running is what of the settings the program acts on: how its broker and its
// link were started.
type running struct {
	broker     settings.BuiltIn
	siot       standIn
	classroom  string
	room       string              // the first level of the topics on the connection in use
	connection settings.Connection // without an ID: the built-in broker
	address    string              // shown only
}

func runningOf(v settings.Values) running {
	r := running{broker: v.BuiltIn, classroom: v.Classroom, room: classroomOf(v), address: v.BuiltIn.Address}
	r.connection, _ = v.ConnectionByID(v.Connection)
	r.connection.Name, r.connection.Keeps = "", "" // shown only, and found out by the program
	r.broker.Address = ""                          // told to boards only
	r.broker.FindPort = 0                          // chosen by the program
	r.siot = standIn{v.BuiltIn.SIoT, v.BuiltIn.SIoTPort}
	r.broker.SIoT, r.broker.SIoTPort = false, 0 // need no restart
	return r
}

// settle makes the program run as the settings say. It is called after every
// change of them, and does nothing when nothing of its own has changed.
func (a *App) settle() {
	if a.settling {
		return
	}
	v := a.Settings.Values()
	a.budget(v)
	before, now := a.running, runningOf(v)
	if before == now {
		return
	}
	a.running = now
	a.Lights.SetClassroom(now.room)
	if before.place() != now.place() {
		a.disconnect()
		a.showRoster(v)
	}
	// A broker that starts makes the link to itself when it is ready.
	restart := before.broker != now.broker || before.classroom != now.classroom
	if restart {
		a.startBroker()
	} else if before.siot != now.siot {
		a.standIn(now.siot)
	}
	if before.connection != now.connection && !(restart && now.connection.ID == "") {
		a.connect()
	} else if before.classroom != now.classroom {
		a.keeper = a.newKeeper(v) // some platforms' topics begin with the classroom
	}
	a.subscribe()
	a.Changed.Raise()
}

// budget bounds the topics' memory as the settings say.
func (a *App) budget(v settings.Values) {
	if b := budgetOf(v); b != a.Topics.Counts().Budget {
		a.Topics.SetBudget(b)
	}
}

func budgetOf(v settings.Values) int64 {
	if v.Topics.Memory == 0 {
		return topics.DefaultBudget
	}
	return int64(v.Topics.Memory) << 20
}

// place is which broker the lamps are on.
func (r running) place() settings.Connection {
	c := r.connection
	return settings.Connection{ID: c.ID, Host: c.Host, Port: c.Port}
}
