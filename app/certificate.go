package app

import (
	"context"
	"time"

	"lamplighter/app/link"
	"lamplighter/app/settings"
)

// LookAtCertificate asks a connection's broker for its certificates, without
// trusting them and without logging in, and tells what is to be said of them.
// From any goroutine: it waits, 10 s at most. It fails with a *device.Error.
func (a *App) LookAtCertificate(ctx context.Context, c settings.Connection) (link.Examined, error) {
	o := link.Options{Host: c.Host, Port: c.Port, TLS: true, CA: c.CA, ServerName: c.ServerName}
	chain, err := link.Certificates(ctx, o)
	if err != nil {
		return link.Examined{}, err
	}
	return link.Examine(chain, o, time.Now()), nil
}
