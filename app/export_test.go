package app

import (
	"lamplighter/app/broker/presets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

// KeepConnection keeps the connection to a board's broker, as the wizard does.
func (a *App) KeepConnection(x setup.BrokerChoice) settings.Connection { return a.keepConnection(x) }

// Remember keeps a board that was written, as the wizard does.
func (a *App) Remember(x setup.Answers, id device.Identity, acc setup.Account) error {
	return home{a}.Remember(x, id, acc)
}

// Held looks for a lamp that a new one could not be told from.
func (a *App) Held(x setup.Answers, boardID string) *presets.FieldError {
	return home{a}.Held(x, boardID)
}

// Rostered tells whether the roster has a base for another board.
func (a *App) Rostered(base, id string) bool { return home{a}.Rostered(base, id) }

// Publish sends a command, as for one lamp.
func (a *App) Publish(topic string, payload []byte) error {
	_, err := commands{a}.Publish(topic, payload, false)
	return err
}

// Forget takes a board off the roster, as the wizard does.
func (a *App) Forget(id string) error { return home{a}.Forget(id) }

// Login gives a board its place on the built-in broker, and tells its password.
func (a *App) Login(base, boardID string) (device.Text, error) {
	b, err := a.login(base, boardID)
	return b.Password, err
}

// Secret is what is kept under a key.
func (a *App) Secret(key string) device.Text { return a.secrets.Get(key) }
