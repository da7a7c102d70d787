package app

import (
	"lamplighter/app/settings"
	"lamplighter/app/setup"
)

// KeepConnection keeps the connection to a board's broker, as the wizard does.
func (a *App) KeepConnection(x setup.BrokerChoice) settings.Connection { return a.keepConnection(x) }
