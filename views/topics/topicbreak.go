package topics

import (
	"lamplighter/views/topics/payloadlines"
	"lamplighter/views/ui"
)

// breaker breaks big texts into lines on another goroutine.
type breaker struct {
	post    func(func())
	last    *payloadlines.Text
	payload []byte // that is being broken, nil = none
	json    bool   // it is, as JSON
}

func (b *breaker) isBusy() bool { return b.payload != nil }

// forget is for another topic.
func (b *breaker) forget() { b.last, b.payload = nil, nil }

// text is a payload in lines, or nil: then is called when it is ready.
func (b *breaker) text(payload []byte, columns int, json bool, then func()) *payloadlines.Text {
	if b.last.Of(payload, columns, json) {
		b.payload = nil
		return b.last
	}
	wanted := func() bool { return b.isBusy() && &b.payload[0] == &payload[0] && b.json == json }
	if wanted() {
		return nil
	}
	b.payload, b.json = payload, json
	how := payloadlines.Break
	if json {
		how = payloadlines.BreakJSON
	}
	var t *payloadlines.Text
	ui.InBackground(b.post, func() { t = how(payload, columns) }, func() {
		if b.last = t; wanted() {
			b.payload = nil
			then()
		}
	})
	return nil
}
