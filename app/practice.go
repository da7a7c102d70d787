package app

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/device"
	"lamplighter/device/practice"
)

// dialPractice connects a practice board to its broker: a real client on a real
// connection.
func (a *App) dialPractice(ctx context.Context, s practice.Session) (practice.Client, error) {
	host, port, err := a.practiceBroker(s)
	if err != nil {
		return nil, err
	}
	o := link.Options{
		Host: host, Port: port, TLS: s.TLS, CA: s.CA, Unchecked: s.TLS && s.CA == "",
		User: string(s.User), Password: string(s.Password), ClientID: s.ClientID, KeepAlive: s.KeepAlive,
	}
	if s.WillTopic != "" {
		o.Will = &link.Will{Topic: s.WillTopic, Payload: s.WillPayload, Retained: s.WillRetained}
	}
	receive := func(m link.Message) { s.Message(m.Topic, m.Payload, m.Retained) }
	client, err := link.DialOnce(ctx, o, s.Subscribe, receive, s.Lost)
	if err != nil {
		return nil, err
	}
	return client, nil
}

// practiceBroker is where a practice board finds its broker. It lives on this
// PC, so it finds the built-in one under any address and without a network; and
// it never looks for it elsewhere, for this PC's old address may be a
// stranger's in another network.
func (a *App) practiceBroker(s practice.Session) (host string, port int, err error) {
	if id, ok := strings.CutPrefix(s.ClientID, practiceClient); !ok || string(s.User) != boardUser(id) {
		return s.Host, s.Port, nil
	}
	b := a.broker.Load()
	if b == nil {
		return "", 0, &device.Error{Fault: device.Refused, Op: "connect", Err: errNoBroker}
	}
	host, port = b.LocalAddr()
	return host, port, nil
}

// practiceClient begins the client id that boards make of their own.
const practiceClient = "lamp-"

// keepPractice keeps what the practice boards carry.
func (a *App) keepPractice() {
	for port, secret := range a.Practice.Secrets() {
		a.secrets.Set(practiceKey(port), device.Text(secret))
	}
	now := a.Practice.Export()
	if !bytes.Equal(now, a.Settings.Values().Practice) {
		a.Settings.Update(func(v *settings.Values) { v.Practice = now })
	}
}

// practicePlatform is what a practice board says that it runs on.
const practicePlatform = "practice"

func practiceKey(port string) string { return "practice/" + port }

// practicePorts lists the ports of an Export.
func practicePorts(state []byte) []string {
	var all []struct{ Port string }
	if len(state) == 0 || json.Unmarshal(state, &all) != nil {
		return nil
	}
	var ports []string
	for _, b := range all {
		ports = append(ports, b.Port)
	}
	return ports
}

// practicePause gathers what practice boards change into one write.
const practicePause = time.Second
