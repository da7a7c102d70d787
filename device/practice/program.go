package practice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/fault"
	"lamplighter/device/lamp"
)

// Version is what the practice board's lamp program says that it is.
const Version = "practice"

// The pauses between two attempts, as on a real board: back-off with jitter.
const (
	firstPause = time.Second
	longPause  = 30 * time.Second
	nearPause  = 2 * time.Second // where the broker is in the classroom
)

// ending is how a program stops.
type ending int

const (
	goodbye ending = iota // says offline and closes
	vanish                // as a board without power
)

// event is something that the running program has to act on.
type event struct {
	from     int // which connection it came by
	button   bool
	topic    string
	payload  []byte
	retained bool
	lost     error
}

// program is the lamp program on one board, or the helper's proof. One
// goroutine runs it.
type program struct {
	board     *Board
	config    device.Config
	once      bool        // the helper's proof: connects once, then ends
	nth       int         // the number of the present connection
	hold      *time.Timer // gives the button back; nil = nobody holds it
	lost      string      // why it was away last
	publisher *publisher
	events    chan event
	stages    chan device.Stage
	stop      chan ending
	done      chan struct{}
}

// start runs the program with its settings.
func (b *Board) start(c device.Config, once bool) *program {
	p := &program{
		board: b, config: c, once: once,
		events: make(chan event, 64), stages: make(chan device.Stage, 64),
		stop: make(chan ending, 1), done: make(chan struct{}),
	}
	p.publisher = newPublisher(p)
	crash.Go(p.run)
	return p
}

// end stops the program and waits until it has stopped.
func (p *program) end(how ending) {
	select {
	case p.stop <- how:
	default: // somebody else ends it
	}
	<-p.done
}

// post hands the program an event. A program that has ended takes none.
func (p *program) post(e event) {
	select {
	case p.events <- e:
	case <-p.done:
	}
}

// printStage prints a stage; nobody need be reading.
func (p *program) printStage(s device.Stage) {
	select {
	case p.stages <- s:
	default:
	}
}

func (p *program) run() {
	defer close(p.done)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	how := goodbye
	stopped := make(chan struct{})
	crash.Go(func() {
		select {
		case how = <-p.stop:
		case <-p.done:
		}
		close(stopped)
		cancel()
	})
	p.printStage(device.Stage{Name: device.StageStart, V: Version})
	longest := longPause
	if p.config.Near {
		longest = nearPause
	}
	for pause := firstPause; ; pause = min(2*pause, longest) {
		client := p.connect(ctx)
		switch {
		case client != nil && p.once:
			client.Close()
			return
		case client != nil:
			since := time.Now()
			err := p.serve(ctx, client)
			if err == nil {
				<-stopped
				p.disconnect(client, how)
				return
			}
			if time.Since(since) > longest { // else it is thrown out again and again: platforms ban who comes back every second
				pause = firstPause
			}
			p.lost = device.ReasonClosed
			p.printStage(device.Stage{Name: device.StageLost, Bad: true, Reason: device.ReasonClosed, Detail: err.Error()})
		}
		if p.once || !p.wait(ctx, pause) {
			return
		}
	}
}

// wait rests before the next attempt. The button works meanwhile, as it does
// on a real board without a broker.
func (p *program) wait(ctx context.Context, pause time.Duration) bool {
	pause += time.Duration(rand.Int64N(int64(pause) / 4))
	t := time.NewTimer(pause)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-t.C:
			return true
		case e := <-p.events:
			if e.button {
				p.board.set(func() { p.board.on = !p.board.on })
			}
		}
	}
}

// connect goes from WiFi to the subscription, saying each stage; nil means
// that one failed.
func (p *program) connect(ctx context.Context) Client {
	rssi, status, ok := admits(p.config.WiFi)
	failed := device.Stage{Name: device.StageJoined, Bad: true, Reason: device.ReasonStatus, Code: status, Detail: practicePlatform}
	if p.board.simulator.sleep(ctx, 3) != nil {
		return nil
	}
	if status == noSuchNetwork {
		failed.Name = device.StageFound
		p.printStage(failed)
		return nil
	}
	p.printStage(device.Stage{Name: device.StageFound, RSSI: rssi})
	if p.board.simulator.sleep(ctx, 5) != nil {
		return nil
	}
	if !ok {
		p.printStage(failed)
		return nil
	}
	p.printStage(device.Stage{Name: device.StageJoined, IP: p.board.address(), RSSI: rssi})
	client, err := p.board.simulator.opts.Dial(ctx, p.session())
	if err != nil {
		p.refused(err)
		return nil
	}
	for _, name := range []string{device.StageReached, device.StageAccepted, device.StageSubscribed} {
		if p.board.simulator.sleep(ctx, 2) != nil {
			client.Drop()
			return nil
		}
		p.printStage(device.Stage{Name: name})
	}
	return client
}

func (p *program) session() Session {
	c := p.config
	p.nth++
	from := p.nth
	s := Session{
		ClientID: c.Broker.ClientID, Host: c.Broker.Host, Port: c.Broker.Port,
		User: c.Broker.User, Password: c.Broker.Password, TLS: c.Broker.TLS, CA: c.Broker.CA,
		KeepAlive: time.Duration(c.Broker.KeepAlive) * time.Second,
		Message: func(topic string, payload []byte, retained bool) {
			p.post(event{from: from, topic: topic, payload: payload, retained: retained})
		},
		Lost: func(err error) {
			if err == nil {
				err = errors.New("connection lost")
			}
			p.post(event{from: from, lost: err})
		},
	}
	if s.ClientID == "" {
		s.ClientID = "lamp-" + p.board.id
	}
	if p.once {
		s.Message, s.Lost = func(string, []byte, bool) {}, func(error) {}
		return s
	}
	if topic, payload, ok := p.publisher.will(); ok {
		s.WillTopic, s.WillPayload, s.WillRetained = topic, []byte(payload), c.Topics.Retain
	}
	s.Subscribe = []string{c.Topics.Set}
	if p.colored() && c.Topics.RGBSet != "" {
		s.Subscribe = append(s.Subscribe, c.Topics.RGBSet)
	}
	if c.Topics.Hold != "" {
		s.Subscribe = append(s.Subscribe, c.Topics.Hold)
	}
	return s
}

func (p *program) colored() bool { return p.config.Lamp.Kind == device.LampNeoPixel }

// refused says at which stage the broker could not be had.
func (p *program) refused(err error) {
	kind := fault.Unknown
	var e *fault.Error
	if errors.As(err, &e) {
		kind = e.Fault
	}
	s := device.Stage{Name: device.StageReached, Bad: true, Reason: reasonOf(kind)}
	switch kind {
	case fault.BadProtocol, fault.BadClientID, fault.Unavailable, fault.BadLogin, fault.NotAllowed:
		p.printStage(device.Stage{Name: device.StageReached})
		s.Name, s.Code = device.StageAccepted, int(kind-fault.BadProtocol)+1
	case fault.LoginRefused:
		p.printStage(device.Stage{Name: device.StageReached})
		s.Name, s.Code = device.StageAccepted, 0x80 // MQTT 5's "unspecified error"
	case fault.BrokerClosed, fault.NotBroker, fault.TLSOnly:
		p.printStage(device.Stage{Name: device.StageReached})
		s.Name = device.StageAccepted
	case fault.TopicRefused:
		p.printStage(device.Stage{Name: device.StageReached})
		p.printStage(device.Stage{Name: device.StageAccepted})
		s.Name, s.Code = device.StageSubscribed, 128
	case fault.Unknown:
		s.Detail = fmt.Sprintf("%T", err)
	}
	p.printStage(s)
}

// reasonOf is the word that a board has for a fault.
func reasonOf(f fault.Fault) string {
	words := map[fault.Fault]string{
		fault.NameNotFound: device.ReasonName, fault.Refused: device.ReasonRefused, fault.Unreachable: device.ReasonUnreachable,
		fault.BrokerClosed: device.ReasonClosed, fault.BadCertificate: device.ReasonTLS,
		fault.NotBroker: device.ReasonProtocol, fault.TLSOnly: device.ReasonTLSOnly, fault.NoTLS: device.ReasonTLS, fault.BadTLS: device.ReasonTLS,
		fault.MalformedCertificate: device.ReasonTLS, fault.WrongServerName: device.ReasonTLS, fault.CertificateWanted: device.ReasonTLS,
		fault.BadProtocol: device.ReasonCode, fault.BadClientID: device.ReasonCode, fault.Unavailable: device.ReasonCode,
		fault.BadLogin: device.ReasonCode, fault.NotAllowed: device.ReasonCode, fault.LoginRefused: device.ReasonCode, fault.TopicRefused: device.ReasonCode,
	}
	if word, ok := words[f]; ok {
		return word
	}
	return device.ReasonOther
}

// serve acts on what comes until the connection is lost (then it tells why) or
// the program is to stop (then it gives nil).
func (p *program) serve(ctx context.Context, client Client) error {
	p.board.set(func() { p.board.connected = true })
	defer p.board.set(func() { p.board.connected = false })
	defer p.release() // nobody could give it back
	p.publisher.open(client)
	p.publisher.publish(statusUpdate, infoUpdate, configUpdate, stateUpdate, mirrorUpdate, colorUpdate)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.publisher.due():
			p.publisher.flush()
		case <-p.holdEnds():
			p.release()
			p.publisher.publish(infoUpdate)
		case e := <-p.events:
			switch {
			case !e.button && e.from != p.nth: // late news of an earlier connection
			case e.lost != nil:
				client.Drop()
				return e.lost
			default:
				p.act(e)
			}
		}
	}
}

// act carries out one event and confirms it. A retained command is
// ignored, as on a real board.
func (p *program) act(e event) {
	now := p.board.State()
	if e.button {
		if p.hold == nil {
			p.light(!now.On, update{})
		}
		return
	}
	if p.publisher.own(e.payload) {
		return
	}
	if e.retained {
		p.printStage(device.Stage{Name: device.StageIgnored, Detail: "retained"})
		return
	}
	if t := p.config.Topics.Hold; t != "" && e.topic == t {
		p.holdButton(e.payload)
		return
	}
	w, ok := p.read(e, now)
	if !ok {
		p.printStage(device.Stage{Name: device.StageIgnored})
		return
	}
	if w.paints {
		p.board.set(func() { p.board.color = w.color })
		p.publisher.publish(colorUpdate)
	}
	if w.switches {
		p.light(w.on, w.answer)
	}
	p.printStage(device.Stage{Name: device.StageCommand, Detail: onOff(p.board.State().On), Cut: w.cut})
}

// holdButton has the teacher hold the button for a while, or no more.
func (p *program) holdButton(payload []byte) {
	d, ok := lamp.ReadHold(payload)
	if !ok {
		p.printStage(device.Stage{Name: device.StageIgnored})
		return
	}
	was := p.hold != nil
	p.release()
	if d > 0 {
		p.hold = time.NewTimer(d)
	}
	if was != (p.hold != nil) {
		p.publisher.publish(infoUpdate)
	}
}

// holdEnds fires when the button is to be given back; nil is never.
func (p *program) holdEnds() <-chan time.Time {
	if p.hold == nil {
		return nil
	}
	return p.hold.C
}

func (p *program) release() {
	if p.hold != nil {
		p.hold.Stop()
		p.hold = nil
	}
}

// command is what a message asks for.
type command struct {
	switches, on bool
	paints       bool
	color        [3]int
	cut          bool
	answer       update // what the platform wants to hear; may be empty
}

// read tells what a message asks for, as the lamp program does.
func (p *program) read(e event, now State) (w command, ok bool) {
	t := p.config.Topics
	switch {
	case e.topic == t.RGBSet:
		w.color, w.paints = lamp.ReadColor(e.payload)
		return w, w.paints && p.colored()
	case t.Form != device.Plain:
		on, answer, ok := lamp.ReadPlatformCommand(t, e.topic, e.payload, now.On)
		return command{switches: true, on: on, answer: update{topic: answer.Topic, payload: answer.Payload}}, ok
	case e.topic == t.Set:
		return p.parseCommand(e.payload, now)
	}
	return w, false
}

// parseCommand reads a plain command.
func (p *program) parseCommand(payload []byte, now State) (w command, ok bool) {
	c, ok := lamp.Read(payload, p.colored())
	w = command{paints: c.Paints, color: c.Color, cut: c.Cut}
	w.on, w.switches = c.Word.On(now.On)
	if c.Level > 0 && p.colored() {
		if !w.paints {
			w.color = now.Color
		}
		w.color, w.paints = lamp.AtBrightness(w.color, c.Level), true
	}
	return w, ok
}

// light switches the lamp and confirms it, after the answer where there is one.
func (p *program) light(on bool, answer update) {
	p.board.set(func() { p.board.on = on })
	if p.publisher.publish(answer, stateUpdate, mirrorUpdate); p.publisher.dropped > 0 {
		p.publisher.dropped = 0
		p.printStage(device.Stage{Name: device.StageIgnored, Detail: "too many"})
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (p *program) info() string {
	rssi, _, _ := admits(p.config.WiFi)
	data, err := json.Marshal(map[string]any{
		"id": p.board.id, "name": p.config.Name, "board": machine, "firmware": firmware + " " + firmwareVersion,
		"program": Version, "ip": p.board.address(), "rssi": rssi, "lamp": p.config.Lamp.Kind, "practice": true,
		"held": p.hold != nil, "lost": p.lost,
	})
	if err != nil { // strings and a number: it can't happen
		return "{}"
	}
	return string(data)
}

// discovery tells Home Assistant about the lamp: home-assistant.io, MQTT
// light, default schema.
func (p *program) discovery() string {
	t, me := p.config.Topics, "lamplighter_"+p.board.id
	d := map[string]any{
		"name": nil, "uniq_id": me, "cmd_t": t.CommandTopic(), "stat_t": t.State, "pl_on": "on", "pl_off": "off",
		"dev": map[string]any{"ids": []string{me}, "name": p.config.Name, "mdl": machine, "sw": Version},
		"o":   map[string]string{"name": "Lamplighter", "sw": Version},
	}
	if t.Status != "" && t.Status != t.State {
		d["avty_t"] = t.Status
	}
	if p.colored() && t.RGBSet != "" {
		d["rgb_cmd_t"], d["rgb_stat_t"] = t.RGBSet, t.RGB
	}
	data, err := json.Marshal(d)
	if err != nil { // strings only: it can't happen
		return "{}"
	}
	return string(data)
}

// disconnect ends the connection. Where the platform wants a gap just now, the
// broker says the last will in the board's place.
func (p *program) disconnect(client Client, how ending) {
	topic, payload, ok := p.publisher.will()
	if how == vanish || ok && !p.publisher.mayPublish() {
		client.Drop()
		return
	}
	if ok {
		client.Publish(topic, []byte(payload), p.config.Topics.Retain)
	}
	client.Close()
}
