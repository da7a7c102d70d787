package uplink

import (
	"cmp"
	"context"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/uplink/onenet"
	"lamplighter/device"
)

// remote is a way that is not MQTT.
type remote struct {
	dial func(c settings.Connection, password string, receive func(link.Message), status func(link.State), answer func(link.SubState)) transport
	test func(ctx context.Context, c settings.Connection, password string) error
}

// remotes are the ways that presets name in their rules (Rules.Remote).
var remotes = map[string]remote{
	"onenet": {
		dial: func(c settings.Connection, password string, receive func(link.Message), status func(link.State), answer func(link.SubState)) transport {
			o := onenetOptions(c, password)
			o.Subscribed = answer
			return onenet.Dial(o, receive, status)
		},
		test: func(ctx context.Context, c settings.Connection, password string) error {
			return onenet.Test(ctx, onenetOptions(c, password))
		},
	},
}

func onenetOptions(c settings.Connection, password string) onenet.Options {
	form := presets.ByID(c.Preset).TopicScheme(c.TopicScheme).Topics.Form
	return onenet.Options{API: cmp.Or(c.API, onenet.API), Product: c.User, Key: password, Thing: form == device.OneNETThing}
}

// remoteOf is the way of a connection that is not MQTT, if it has one.
func remoteOf(c settings.Connection) (remote, bool) {
	r, ok := remotes[presets.ByID(c.Preset).Rules.Remote]
	return r, ok
}
