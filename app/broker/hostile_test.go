package broker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// encode makes the bytes of a packet.
func encode(t *testing.T, pk packets.Packet) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch pk.FixedHeader.Type {
	case packets.Connect:
		pk.Connect.ProtocolName = []byte("MQTT")
		err = pk.ConnectEncode(&b)
	case packets.Publish:
		pk.Mods.AllowResponseInfo = true
		err = pk.PublishEncode(&b)
	case packets.Subscribe:
		err = pk.SubscribeEncode(&b)
	case packets.Puback:
		err = pk.PubackEncode(&b)
	case packets.Pubrec:
		err = pk.PubrecEncode(&b)
	case packets.Pubcomp:
		err = pk.PubcompEncode(&b)
	default:
		t.Fatalf("no packet of type %d", pk.FixedHeader.Type)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// connectAs is a CONNECT of version 5 with keepalive 60 s and a session that stays.
func connectAs(id, user, password string) packets.Packet {
	return packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Connect}, ProtocolVersion: 5,
		Properties: packets.Properties{SessionExpiryInterval: 600, SessionExpiryIntervalFlag: true},
		Connect: packets.ConnectParams{
			ClientIdentifier: id, Username: []byte(user), UsernameFlag: true, Password: []byte(password), PasswordFlag: true, Keepalive: 60,
		},
	}
}

// publishOf is a PUBLISH of version 5.
func publishOf(topic, payload string, qos byte, retain bool) packets.Packet {
	return packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Qos: qos, Retain: retain}, ProtocolVersion: 5,
		TopicName: topic, Payload: []byte(payload), PacketID: uint16(min(qos, 1)),
	}
}

// subscribeTo is a SUBSCRIBE of version 5.
func subscribeTo(qos byte, filters ...string) packets.Packet {
	pk := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Subscribe, Qos: 1}, ProtocolVersion: 5, PacketID: 1}
	for _, f := range filters {
		pk.Filters = append(pk.Filters, packets.Subscription{Filter: f, Qos: qos})
	}
	return pk
}

// dialRaw connects without a word.
func dialRaw(t *testing.T, b *Broker) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(b.Port())))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(5 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	return c
}

// connectRaw sends a CONNECT and reads its CONNACK, which must be a yes.
func connectRaw(t *testing.T, b *Broker, pk packets.Packet) net.Conn {
	t.Helper()
	c := dialRaw(t, b)
	write(t, c, pk)
	if kind, body := readPacket(t, c); kind != 0x20 || body[1] != 0 {
		t.Fatalf("got % x for a CONNACK", body)
	}
	return c
}

func write(t *testing.T, c net.Conn, pk packets.Packet) {
	t.Helper()
	if _, err := c.Write(encode(t, pk)); err != nil {
		t.Fatal(err)
	}
}

// subscribeRaw subscribes and reads the SUBACK.
func subscribeRaw(t *testing.T, c net.Conn, pk packets.Packet) (codes []byte) {
	t.Helper()
	write(t, c, pk)
	for {
		if kind, body := readPacket(t, c); kind == 0x90 {
			return body[len(body)-len(pk.Filters):]
		}
	}
}

// heap is how much memory is in use, in bytes.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func queueOf(t *testing.T, b *Broker, id string) *queue {
	t.Helper()
	cl, ok := b.server.Clients.Get(id)
	if !ok {
		t.Fatalf("no client %s", id)
	}
	return infoOf(cl).queue
}

// A pupil's session that left, and 120 messages of 4 MB, were 1.7 GB.
func TestHostileSessionThatLeftKeepsAMegabyte(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c := connectRaw(t, b, connectAs("gone", "pupil", "secret"))
	subscribeRaw(t, c, subscribeTo(1, "class/#"))
	_ = c.Close()
	user, password := b.App()
	app := connectRaw(t, b, connectAs("app", user, password))
	until(t, "its end", func() bool { return len(present(b)) == 1 })
	before := heap()
	big := encode(t, publishOf("class/big", strings.Repeat("x", 4<<20-100), 1, false))
	for range 60 {
		if _, err := app.Write(big); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the notices", func() bool { return dropped(notices, "pupil") == 60 })
	if more := heap() - before; more > 32<<20 {
		t.Errorf("it costs %d MB", more>>20)
	}
}

// A subscriber that reads and never acknowledges, and 60 messages, were 750 MB.
func TestHostileSubscriberThatNeverAcknowledgesKeepsSixteenMegabytes(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c := connectRaw(t, b, connectAs("deaf", "pupil", "secret"))
	subscribeRaw(t, c, subscribeTo(1, "class/#"))
	go func() { _, _ = io.Copy(io.Discard, c) }() // up to the end of the test
	user, password := b.App()
	app := connectRaw(t, b, connectAs("app", user, password))
	before := heap()
	big := encode(t, publishOf("class/big", strings.Repeat("x", 4<<20-100), 1, false))
	for range 60 {
		if _, err := app.Write(big); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the notices", func() bool { return dropped(notices, "pupil") >= 60-maxConnectedBytes>>22 })
	if more := heap() - before; more > maxConnectedBytes+32<<20 {
		t.Errorf("it costs %d MB", more>>20)
	}
	q := queueOf(t, b, "deaf")
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := q.bytes; n > maxConnectedBytes {
		t.Errorf("%d bytes wait", n)
	}
}

func TestHostileSessionsTogetherAreBoundedAndLeaveBoardsTheirRoom(t *testing.T) {
	t.Parallel()
	p := &pool{}
	m := &message{topic: "class/x", payload: make([]byte, 200<<10)}
	fill := func(guest bool) (bytes int) {
		for range 50 {
			q := newQueue(map[bool]Role{true: Pupil, false: Board}[guest], p, nil)
			q.attach(&mqtt.Client{})
			for q.enqueue(delivery{m: m, qos: 1}) == 0 {
			}
			bytes += q.bytes
			if q.enqueue(delivery{m: &message{topic: "class/x"}}) > 0 && q.bytes < sessionBytes {
				t.Fatal("a session has no room of its own")
			}
		}
		return bytes
	}
	guests := fill(true)
	all := guests + fill(false)
	if guests > maxGuestsBytes+50*sessionBytes || all > maxQueuedBytes+100*sessionBytes || all-guests < 40<<20 {
		t.Errorf("guests %d MB, all %d MB", guests>>20, all>>20)
	}
}

func TestWhatAQueueCountsIsGivenBack(t *testing.T) {
	t.Parallel()
	p := &pool{}
	kept := publishOf("class/kept", strings.Repeat("k", 100_000), 1, true)
	q := newQueue(Pupil, p, func(string) (packets.Packet, bool) { return kept, true })
	cl := &mqtt.Client{}
	q.attach(cl)
	m := &message{topic: "class/x", payload: make([]byte, 50_000), qos: 2}
	for i := range 60 {
		d := delivery{m: m, qos: byte(i % 3)}
		if i%10 == 0 {
			d = delivery{topic: kept.TopicName, qos: 1, retain: true}
		}
		if q.enqueue(d) > 0 {
			t.Fatal("no room")
		}
	}
	for step := 0; ; step++ {
		o, ok, _ := q.next(cl)
		if !ok {
			break
		}
		pk := o.pk
		switch {
		case step == 40:
			q.detach(cl)
			q.attach(cl)
		case pk.FixedHeader.Qos == 2 && !q.receive(pk.PacketID):
			t.Error("an identifier is not known")
		}
		q.acknowledge(pk.PacketID)
	}
	if q.bytes != 0 || p.all.Load() != 0 || p.guests.Load() != 0 || len(q.unacked) != 0 {
		t.Errorf("%d bytes, %d in all, %d of guests, %d unacknowledged", q.bytes, p.all.Load(), p.guests.Load(), len(q.unacked))
	}
	q.enqueue(delivery{m: m, qos: 1})
	q.enqueue(delivery{m: m, qos: 1})
	q.close()
	if q.bytes != 0 || p.all.Load() != 0 {
		t.Error("a closed queue holds bytes")
	}
}

func TestHostilePacketIsRefusedBeforeABufferIsMadeForIt(t *testing.T) {
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	head := func(size int) []byte { return binary.AppendUvarint([]byte{0x30}, uint64(size)) }
	// The size is known to be too large only after the login that it follows at once.
	c := dialRaw(t, b)
	if _, err := c.Write(append(encode(t, connectAs("eager", "pupil", "secret")), head(maxGuestPacket+1)...)); err != nil {
		t.Fatal(err)
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == TooBig && n.ClientID == "eager" && n.Limit == maxGuestPacket })
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	app := join(t, appOptions(b), "class/#")
	board := connectRaw(t, b, connectAs("camera", "lamp", "secret"))
	write(t, board, publishOf("class/lamp/picture", strings.Repeat("x", maxGuestPacket+1), 1, false))
	app.hears(t, "class/lamp/picture", strings.Repeat("x", maxGuestPacket+1))
	before := heap()
	for range 100 { // nobody has logged in
		c := dialRaw(t, b)
		if _, err := c.Write(append([]byte{0x10}, head(MaxPacket - 1)[1:]...)); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); err == nil {
			t.Fatalf("it goes on: %d", n)
		}
	}
	if more := heap() - before; more > 32<<20 {
		t.Errorf("they cost %d MB", more>>20)
	}
}

func TestFramingFollowsPacketsHoweverTheyAreCut(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var stream []byte
		ends := map[int]bool{}
		for range 20 {
			body := random.IntN(300)
			stream = append(binary.AppendUvarint(append(stream, 0x30), uint64(body)), make([]byte, body)...)
			ends[len(stream)] = true
		}
		var f framing
		for at := 0; at < len(stream); {
			part := stream[at:min(len(stream), at+1+random.IntN(64))]
			for len(part) > 0 {
				n, ended, err := f.feed(part, 300)
				if err != nil || ended != ends[at+n] {
					t.Fatalf("at %d: ended %v, %v", at+n, ended, err)
				}
				part, at = part[n:], at+n
			}
		}
	}
	// mochi takes any number of digits, and would be out of step.
	var f framing
	if _, _, err := f.feed([]byte{0x30, 0x80, 0x80, 0x80, 0x80, 0x00}, 100); err == nil {
		t.Error("a length of five digits is taken")
	}
	f = framing{}
	if _, _, err := f.feed(binary.AppendUvarint([]byte{0x30}, 101), 100); !errors.Is(err, packets.ErrPacketTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestHostileFiltersOfManyLevelsAreBounded(t *testing.T) {
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c := connectRaw(t, b, connectAs("deep", "pupil", "secret"))
	before := heap()
	granted := 0
	for i := range maxFilters {
		filter := fmt.Sprint("class/", i, strings.Repeat("/x", maxLevels-2))
		if codes := subscribeRaw(t, c, subscribeTo(0, filter)); codes[0] < 3 {
			granted++
		}
	}
	if most := maxFilterBytes / filterCost("class/0"+strings.Repeat("/x", maxLevels-2)); granted == 0 || granted > most {
		t.Errorf("%d of at most %d were granted", granted, most)
	}
	if more := heap() - before; more > 2*maxFilterBytes {
		t.Errorf("they cost %d KB", more>>10)
	}
}

// mochi has one list for the identifiers of both directions, and forgets what it
// sent when its client publishes with the same.
func TestWhatIsNotAcknowledgedIsSentAgainInOrderWhateverItsClientPublishes(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	c := connectRaw(t, b, connectAs("forgetful", "pupil", "secret"))
	subscribeRaw(t, c, subscribeTo(2, "class/#"))
	app := join(t, appOptions(b), "class/own")
	for i := range 6 {
		app.send(t, "class/n", fmt.Sprint(i), byte(1+i%2), false)
	}
	var sent []published
	for range 6 {
		sent = append(sent, readPublish5(t, c))
	}
	write(t, c, publishOf("class/own", "mine", 1, false)) // its identifier is 1, as that of the first
	app.hears(t, "class/own", "mine")
	write(t, c, packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Puback}, PacketID: sent[2].id})
	write(t, c, packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Pubrec}, PacketID: sent[3].id})
	released := func(c net.Conn) {
		for {
			if kind, body := readPacket(t, c); kind == 0x62 && binary.BigEndian.Uint16(body) == sent[3].id {
				return
			}
		}
	}
	released(c)
	_ = c.Close()
	c = connectRaw(t, b, connectAs("forgetful", "pupil", "secret"))
	for _, want := range []int{0, 1} {
		if p := readPublish5(t, c); p.payload != fmt.Sprint(want) || p.id != sent[want].id || !p.dup {
			t.Errorf("%d: got %+v", want, p)
		}
	}
	released(c)
	write(t, c, packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Pubcomp}, PacketID: sent[3].id})
	for _, want := range []int{4, 5} {
		if p := readPublish5(t, c); p.payload != fmt.Sprint(want) || p.id != sent[want].id || !p.dup {
			t.Errorf("%d: got %+v", want, p)
		}
	}
	until(t, "the end of the acknowledged", func() bool {
		q := queueOf(t, b, "forgetful")
		q.mu.Lock()
		defer q.mu.Unlock()
		return len(q.unacked) == 5 // four, and its own
	})
}

func TestGuestsCommandsToABoardWaitForItsAnswersAndTheTeachersDoNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(Board, &pool{}, nil)
		cl := &mqtt.Client{}
		q.attach(cl)
		put := func(topic, payload string, guest bool) int {
			return q.enqueue(delivery{m: &message{topic: topic, payload: []byte(payload), guest: guest}})
		}
		next := func() string {
			o, ok, _ := q.next(cl)
			if !ok {
				return ""
			}
			return string(o.pk.Payload)
		}
		dropped := 0
		for i := range 1000 {
			dropped += put("set", fmt.Sprint(i), true)
		}
		if dropped != 1000-boardWaiting {
			t.Errorf("%d are dropped", dropped)
		}
		for i := range boardWaiting { // the newest, in their order
			if got := next(); got != fmt.Sprint(1000-boardWaiting+i) {
				t.Errorf("got %q", got)
			}
		}
		put("set", "old", true)
		put("rgb", "1,2,3", true)
		if got := next(); got != "" {
			t.Errorf("got %q before the board answered", got)
		}
		if n := put("set", "teacher", false); n != 1 || next() != "teacher" {
			t.Error("the teacher's command waits, or not alone")
		}
		put("set", "after", true)
		q.answer()
		if next() != "1,2,3" || next() != "" {
			t.Error("an answer is not worth one command")
		}
		if _, _, wait := q.next(cl); wait != boardPatience {
			t.Errorf("it waits for %v", wait)
		}
		time.Sleep(boardPatience)
		if got := next(); got != "after" {
			t.Errorf("got %q of a board that answers nothing", got)
		}
	})
}

// 5 s of flood put a lamp minutes behind: 32,768 commands waited for it.
func TestHostileFloodOfALampLeavesTheTeacherTheLastWord(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	board := connectRaw(t, b, connectAs("lamp", "lamp", "secret"))
	subscribeRaw(t, board, subscribeTo(0, "class/lamp/light/set"))
	app := join(t, appOptions(b), "class/#")
	pupil := connectRaw(t, b, connectAs("pupil", "pupil", "secret"))
	begun := time.Now()
	for range 3000 {
		write(t, pupil, publishOf("class/lamp/light/set", "on", 0, false))
	}
	write(t, pupil, publishOf("class/flooded", "1", 0, false))
	app.hears(t, "class/flooded", "1")
	app.send(t, "class/lamp/light/set", "teacher", 1, false)
	app.hears(t, "class/lamp/light/set", "teacher")
	most := boardWindow * (2 + int(time.Since(begun)/boardPatience)) // as it answers nothing
	before := 0
	for readPublish5(t, board).payload != "teacher" {
		before++
	}
	if before > most {
		t.Errorf("%d commands were before the teacher's, not %d", before, most)
	}
	write(t, pupil, publishOf("class/lamp/light/set", "new", 0, false))
	if p := readPublish5(t, board); p.payload != "new" {
		t.Errorf("%q came after the teacher's", p.payload)
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == TooSlow && n.User == "lamp" })
}

// A board reads over what is longer than any command, byte by byte: eight such
// messages of a pupil's put megabytes before the teacher's word.
func TestHostileFloodOfLongMessagesNeverReachesALamp(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "secret")
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "secret")
	board := connectRaw(t, b, connectAs("lamp", "lamp", "secret"))
	subscribeRaw(t, board, subscribeTo(1, "class/lamp/light/set"))
	app := join(t, appOptions(b), "class/flooded")
	pupil := connectRaw(t, b, connectAs("pupil", "pupil", "secret"))
	for qos := range byte(2) {
		for range 2 * boardWindow {
			write(t, pupil, publishOf("class/lamp/light/set", strings.Repeat("x", 200<<10), qos, false))
		}
	}
	write(t, pupil, publishOf("class/lamp/light/set", strings.Repeat("y", maxCommand), 0, false))
	write(t, pupil, publishOf("class/flooded", "1", 0, false))
	app.hears(t, "class/flooded", "1")
	app.send(t, "class/lamp/light/set", "teacher", 1, false)
	read := 0
	for {
		p := readPublish5(t, board)
		if p.payload == "teacher" {
			break
		}
		read += len(p.payload)
	}
	if read > maxCommand {
		t.Errorf("%d bytes are before the teacher's command", read)
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == TooSlow && n.User == "lamp" })
}
