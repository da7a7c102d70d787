package uplink

import (
	"cmp"
	"context"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/connections"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/settings"
)

// transport is the way to a broker: MQTT (link.Link), or what a platform has in
// its place. Its methods may be called from any goroutine; only Close may block.
type transport interface {
	Publish(topic string, payload []byte, qos byte, retained bool) error
	Subscribe(filter string, qos byte) error
	Unsubscribe(filter string)
	Retry()
	Close()
}

// dialUp makes the transport, where there is something to reach. It fails where no
// login can be made of what was typed.
func (u *Uplink) dialUp(v settings.Values) error {
	number := u.dial
	receive := func(m link.Message) { u.messages.PutPatiently(message{number, m}, patience) }
	status := func(s link.State) { u.news.Put(news{dial: number, state: &s}) }
	answer := func(s link.SubState) { u.news.Put(news{dial: number, sub: &s}) }
	var o link.Options
	if c, other := v.ConnectionByID(v.Connection); other {
		u.login = u.o.Login(c.ID)
		if r, ok := remoteOf(c); ok {
			u.transport = r.dial(c, u.login.Password, receive, status, answer)
			return nil
		}
		var err error
		if o, err = optionsOf(c, u.login); err != nil {
			return err
		}
	} else {
		own, runs := u.o.Own()
		if !runs {
			return nil
		}
		o = own
	}
	o.Subscribed, o.Lost = answer, func() { u.news.Put(news{dial: number}) }
	u.transport = link.Dial(o, receive, status)
	return nil
}

// optionsOf are how the program itself reaches another broker, in the way of its
// platform. It fails where no login can be made of what was typed.
func optionsOf(c settings.Connection, secret connections.Login) (link.Options, error) {
	p := presets.ByID(c.Preset)
	login, err := p.AppLogin(connections.Inputs(c, secret.Password))
	if err != nil {
		return link.Options{}, err
	}
	return link.Options{
		Endpoint: c.Endpoint, Certificate: c.Certificate, Key: secret.Key,
		User: login.User, Password: login.Password, ClientID: cmp.Or(login.ClientID, c.ClientID),
		KeepAlive: time.Duration(p.KeepAlive(cmp.Or(c.KeepAlive, connections.KeepAlive))) * time.Second, SharedID: p.Rules.SharedID,
		MinConnectInterval: p.MinConnectInterval(), Near: p.MinConnectInterval() == 0 && endpoint.IsNear(c.Host), MaxSubscribesPerMinute: p.Rules.Subscribes,
	}, nil
}

// Test logs in at a broker once, from any goroutine. It fails with a
// *fault.Error.
func Test(ctx context.Context, c settings.Connection, login connections.Login) error {
	if r, ok := remoteOf(c); ok {
		return r.test(ctx, c, login.Password)
	}
	o, err := optionsOf(c, login)
	if err != nil {
		return err
	}
	return link.Test(ctx, o)
}

// Certificate asks a connection's broker for its certificates, without trusting
// them and without logging in, and tells what is to be said of them. From any
// goroutine: it waits, 10 s at most. It fails with a *fault.Error.
func Certificate(ctx context.Context, c settings.Connection) (link.Examined, error) {
	o := link.Options{Endpoint: c.Endpoint}
	o.TLS = true
	chain, err := link.Certificates(ctx, o)
	if err != nil {
		return link.Examined{}, err
	}
	return link.Examine(chain, o, time.Now()), nil
}

// IsOpenToAll reports whether the broker in use needs no login and is not in a
// network of one's own: everybody may be on it.
func (u *Uplink) IsOpenToAll() bool {
	v := u.o.Settings.Snapshot()
	c, other := v.ConnectionByID(v.Connection)
	return other && c.User == "" && !endpoint.IsNear(c.Host)
}
