package broker

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"lamplighter/app/link"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

func asError(err error, e **fault.Error) bool { return errors.As(err, e) }

func TestNobodyIsAnonymous(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	ctx := context.Background()
	user, password := b.App()
	for _, c := range []struct {
		user, password string
		in             bool
	}{
		{"pupil", "sesame", true},
		{user, password, true},
		{"", "", false},
		{"pupil", "", false},
		{"pupil", "Sesame", false},
		{"nobody", "sesame", false},
		{user, "", false},
		{user, "sesame", false},
	} {
		err := link.Test(ctx, options(b, c.user, c.password))
		if c.in && err != nil {
			t.Errorf("%s was not let in: %v", c.user, err)
		}
		if !c.in {
			wantFault(t, err, fault.BadLogin)
		}
	}
	n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == BadLogin && n.User == "n…" })
	if n.Addr != "127.0.0.1" {
		t.Errorf("address %q", n.Addr)
	}
}

func TestTheProgramsPasswordIsNewAtEachStartAndNeverOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, _ := begin(t, Options{Dir: dir})
	account(t, b, Account{User: "pupil", Role: Pupil}, "open sesame")
	_, first := b.App()
	c := join(t, appOptions(b), "#")
	c.send(t, "class/a", "x", 1, true)
	c.hears(t, "class/a", "x")
	c.Close()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b, _ = begin(t, Options{Dir: dir})
	if _, second := b.App(); second == first || len(second) < 32 {
		t.Errorf("passwords %d bytes, the same: %v", len(second), second == first)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), first) || strings.Contains(string(data), "open sesame") {
			t.Errorf("%s holds a password", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, accountsFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("accounts: %v %v", info.Mode(), err)
	}
	if err := link.Test(context.Background(), options(b, "pupil", "open sesame")); err != nil {
		t.Errorf("the account was forgotten: %v", err)
	}
}

func TestAnAccountThatIsChangedOrRemovedThrowsItsClientsOff(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	pupil := Account{User: "pupil", Role: Pupil}
	for name, change := range map[string]func() error{
		"changed": func() error { return b.SetAccount(pupil, "another") },
		"removed": func() error { return b.RemoveAccount("pupil") },
	} {
		t.Run(name, func(t *testing.T) {
			account(t, b, pupil, "sesame")
			c := join(t, options(b, "pupil", "sesame"))
			other := join(t, appOptions(b))
			if err := change(); err != nil {
				t.Fatal(err)
			}
			s := c.states.wait(t, "a refusal", func(s link.State) bool {
				var e *fault.Error
				return errors.As(s.Err, &e) && e.Fault == fault.BadLogin
			})
			if s.Phase == link.Online || !other.stayed() {
				t.Errorf("state %v, the other stayed %v", s.Phase, other.stayed())
			}
		})
	}
}

func TestTheSamePasswordAgainThrowsNobodyOff(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	a := Account{User: "lamp", Role: Board, Base: "class/lamp"}
	account(t, b, a, "sesame")
	c := join(t, options(b, "lamp", "sesame"), "class/lamp/#")
	account(t, b, a, "sesame")
	c.send(t, "class/lamp/light", "on", 1, false)
	c.hears(t, "class/lamp/light", "on")
	if !c.stayed() {
		t.Error("thrown off")
	}
}

func TestAnOpenBrokerTakesAnyoneWithAPupilsRights(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "sesame")
	ctx := context.Background()
	wantFault(t, link.Test(ctx, options(b, "", "")), fault.BadLogin)
	b.SetOpen(true)
	if !b.Open() {
		t.Fatal("not open")
	}
	wantFault(t, link.Test(ctx, options(b, "lamp", "wrong")), fault.BadLogin)
	app := join(t, appOptions(b), "#")
	guest := join(t, options(b, "", ""))
	named := join(t, options(b, "siot", "dfrobot"))
	guest.send(t, "class/lamp/status", "offline", 1, true)
	guest.send(t, "elsewhere", "x", 0, false)
	guest.send(t, "class/mine", "1", 1, false)
	named.send(t, "class/lamp/light/set", "on", 1, false)
	app.hears(t, "class/mine", "1")
	app.hears(t, "class/lamp/light/set", "on")
	if n := len(app.messages.list()); n != 2 {
		t.Errorf("%d messages: %v", n, app.messages.list())
	}
	guests := 0
	for _, c := range present(b) {
		if c.guest {
			guests++
		}
	}
	if guests != 2 || len(present(b)) != 3 {
		t.Errorf("%d guests of %d", guests, len(present(b)))
	}
	b.SetOpen(false)
	guest.states.wait(t, "the guest out", func(s link.State) bool { return s.Phase == link.Waiting })
	named.states.wait(t, "the other guest out", func(s link.State) bool { return s.Phase == link.Waiting })
	if !app.stayed() {
		t.Error("the app was thrown off")
	}
}

func TestADeniedPublishIsAcknowledgedNotDeliveredAndReported(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "lamp-01", Role: Board, Base: "class/lamp-01"}, "sesame")
	app := join(t, appOptions(b), "#")
	o := options(b, "lamp-01", "sesame")
	o.ClientID = "board-1"
	board := join(t, o, "class/lamp-01/#")
	const each = 20
	for range each {
		for qos := range byte(3) {
			board.send(t, "class/lamp-02/light", "on", qos, true)
		}
	}
	board.send(t, "class/lamp-01/light", "on", 2, true)
	app.hears(t, "class/lamp-01/light", "on")
	if n := len(app.messages.list()); n != 1 {
		t.Errorf("%d messages were delivered", n)
	}
	if !board.stayed() {
		t.Errorf("the board was thrown off: %v", board.states.list())
	}
	late := join(t, appOptions(b), "class/lamp-02/#", "class/lamp-01/#")
	late.hears(t, "class/lamp-01/light", "on")
	if n := len(late.messages.list()); n != 1 {
		t.Errorf("a denied publish was retained: %v", late.messages.list())
	}
	var counts []int
	until(t, "the count of all", func() bool {
		sum := 0
		counts = nil
		for _, n := range notices.list() {
			if n.Kind == Denied && n.User == "lamp-01" && n.ClientID == "board-1" && n.Topic == "class/lamp-02/light" {
				sum += n.Count
				counts = append(counts, n.Count)
			}
		}
		return sum == 3*each
	})
	if counts[0] != 1 || len(counts) > 5 { // at once, and the rest together: on a slow machine a few times
		t.Errorf("told of %v", counts)
	}
}

func TestASubscriptionThatCanMatchNothingAllowedIsRefusedAndOthersAreFiltered(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "lamp-01", Role: Board, Base: "class/lamp-01"}, "sesame")
	app := join(t, appOptions(b))
	board := join(t, options(b, "lamp-01", "sesame"), "#", "class/lamp-02/#")
	s := board.subs.wait(t, "an answer", func(s link.SubState) bool { return s.Filter == "class/lamp-02/#" })
	wantFault(t, s.Err, fault.TopicRefused)
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == Denied && n.Topic == "class/lamp-02/#" })
	_, err := link.DialOnce(context.Background(), options(b, "lamp-01", "sesame"), []string{"class/lamp-02/light"}, func(link.Message) {}, func(error) {})
	wantFault(t, err, fault.TopicRefused)
	app.send(t, "class/lamp-02/light/set", "on", 1, false)
	app.send(t, "class/lamp-01/light/set", "on", 1, false)
	board.hears(t, "class/lamp-01/light/set", "on")
	if n := len(board.messages.list()); n != 1 {
		t.Errorf("heard %v", board.messages.list())
	}
}

func TestAWillThatIsNotAllowedIsNeverSent(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "lamp-01", Role: Board, Base: "class/lamp-01"}, "sesame")
	app := join(t, appOptions(b), "#")
	for _, c := range []struct{ topic, payload string }{{"class/lamp-02/status", "forged"}, {"class/lamp-01/status", "offline"}} {
		o := options(b, "lamp-01", "sesame")
		o.Will = &link.Will{Topic: c.topic, Payload: []byte(c.payload), QoS: 1, Retained: true}
		board := join(t, o)
		board.Drop()
	}
	app.hears(t, "class/lamp-01/status", "offline")
	if n := len(app.messages.list()); n != 1 {
		t.Errorf("heard %v", app.messages.list())
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == Denied && n.Topic == "class/lamp-02/status" })
}

func TestAPupilCanNotTakeABoardsClientID(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "lamp-01", Role: Board, Base: "class/lamp-01"}, "sesame")
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	o := options(b, "lamp-01", "sesame")
	o.ClientID = "lamp"
	board := join(t, o)
	p := options(b, "pupil", "sesame")
	p.ClientID = "lamp"
	wantFault(t, link.Test(context.Background(), p), fault.BadClientID)
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == IDTaken && n.User == "pupil" && n.ClientID == "lamp" })
	if !board.stayed() {
		t.Error("the board was thrown off")
	}
	board.Close()
	until(t, "the id to be free", func() bool { return link.Test(context.Background(), p) == nil })
}

func TestABoardThatComesBackBeforeItsOldConnectionIsDeadIsNotReportedOffline(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	account(t, b, Account{User: "lamp", Role: Board, Base: "class/lamp"}, "sesame")
	app := join(t, appOptions(b), "#")
	o := options(b, "lamp", "sesame")
	o.ClientID, o.Will = "lamp", &link.Will{Topic: "class/lamp/status", Payload: []byte("offline"), Retained: true}
	ctx := context.Background()
	lost := make(chan error, 1)
	if _, err := link.DialOnce(ctx, o, nil, func(link.Message) {}, func(err error) { lost <- err }); err != nil {
		t.Fatal(err)
	}
	again, err := link.DialOnce(ctx, o, nil, func(link.Message) {}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	<-lost
	again.Publish("class/lamp/status", []byte("online"), true)
	app.hears(t, "class/lamp/status", "online")
	again.Drop()
	app.hears(t, "class/lamp/status", "offline")
	if n := len(app.messages.list()); n != 2 || string(app.messages.list()[0].Payload) != "online" {
		t.Errorf("heard %v", app.messages.list())
	}
}

func TestTwoAddressesWithOneClientIDAreReported(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	for i := range 4 {
		if _, code := rawConnect(t, b, fmt.Sprintf("127.0.0.%d", 2+i%2), "copied", "pupil", "sesame"); code != 0 {
			t.Fatalf("CONNACK %d", code)
		}
	}
	n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == DuplicateClient })
	if n.ClientID != "copied" || !strings.HasPrefix(n.Addr, "127.0.0.") {
		t.Errorf("%+v", n)
	}
}

func TestTwoProgramsAtOneAddressWithOneClientIDAreReportedAndOneThatReconnectsIsNot(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	for range 10 {
		c, code := rawConnect(t, b, "127.0.0.9", "reconnects", "pupil", "sesame")
		if code != 0 {
			t.Fatalf("CONNACK %d", code)
		}
		_ = c.Close()
	}
	for range 4 { // each takes the id from the one before, which is still there
		if _, code := rawConnect(t, b, "127.0.0.9", "copied", "pupil", "sesame"); code != 0 {
			t.Fatalf("CONNACK %d", code)
		}
	}
	n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == DuplicateProgram })
	if n.ClientID != "copied" || n.Addr != "127.0.0.9" {
		t.Errorf("%+v", n)
	}
	for _, n := range notices.list() {
		if n.ClientID == "reconnects" && n.Kind != Connected && n.Kind != Disconnected {
			t.Errorf("%+v", n)
		}
	}
}

func TestAProgramThatComesBackNowAndThenFightsNobody(t *testing.T) {
	g := &hook{fights: map[string]*takeoverCount{}}
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			if g.fighting("board", rowTime) {
				t.Fatal("a fight")
			}
			time.Sleep(rowTime + time.Second)
		}
		for i := range fightCount {
			if got, want := g.fighting("board", rowTime), i == fightCount-1; got != want {
				t.Errorf("take-over %d: a fight %v", i, got)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestAProgramWithoutUserThatTriesWithEverNewClientIDsIsOneNotice(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	const tries = 6
	for i := range tries {
		if _, code := rawLogin(t, b, "127.0.0.7", fmt.Sprint("random-", i), "", "", 0x02); code != connackLogin {
			t.Fatalf("CONNACK %d", code)
		}
	}
	rawConnect(t, b, "127.0.0.8", "other", "", "guess")
	notices.wait(t, "the other's", func(n Notice) bool { return n.Addr == "127.0.0.8" })
	until(t, "the rest", func() bool {
		count := 0
		for _, n := range notices.list() {
			if n.Kind == NoLogin && n.Addr == "127.0.0.7" && n.ClientID == "" {
				count += n.Count
			}
		}
		return count == tries
	})
	if n := len(notices.list()); n > tries { // one, the other's, and the rest: on a slow machine a few times
		t.Errorf("%d notices: %+v", n, notices.list())
	}
	for _, n := range notices.list() {
		if n.Addr == "127.0.0.8" && n.Kind != BadLogin {
			t.Errorf("%+v", n)
		}
	}
}

func TestAMessageThatIsTooLargeIsReportedBeforeItsClientIsGone(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{WebSocket: true, WSPort: devicetest.Port(t)})
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	c, code := rawConnect(t, b, "127.0.0.1", "camera", "pupil", "sesame")
	if code != 0 {
		t.Fatalf("CONNACK %d", code)
	}
	// A fixed header that promises more (MQTT 3.1.1, 2.2.3); the rest need not follow.
	if _, err := c.Write(binary.AppendUvarint([]byte{0x30}, maxGuestPacket+1)); err != nil {
		t.Fatal(err)
	}
	n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == TooBig && n.ClientID == "camera" })
	if n.User != "pupil" || n.Addr != "127.0.0.1" {
		t.Errorf("%+v", n)
	}

	ws := wsDial(t, b)
	text := func(s string) []byte { return append([]byte{byte(len(s) >> 8), byte(len(s))}, s...) }
	body := append(text("MQTT"), 4, 0xC2, 0, 60)
	for _, s := range []string{"page", "pupil", "sesame"} {
		body = append(body, text(s)...)
	}
	if err := ws.WriteMessage(websocket.BinaryMessage, append([]byte{0x10, byte(len(body))}, body...)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ws.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	// One frame that promises more, as browsers send it (RFC 6455, 5.2).
	frame := append(binary.BigEndian.AppendUint64([]byte{0x82, 0xFF}, MaxPacket+1), 1, 2, 3, 4)
	if _, err := ws.NetConn().Write(frame); err != nil {
		t.Fatal(err)
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == TooBig && n.ClientID == "page" })
}

func wsDial(t *testing.T, b *Broker) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"mqtt"}, HandshakeTimeout: 20 * time.Second}
	ws, answer, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", b.WebSocketPort()), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return ws
}

func TestAPublishToTheBrokersOwnTopicsIsAcknowledgedNotDeliveredAndReported(t *testing.T) {
	t.Parallel()
	b, notices := begin(t, Options{})
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	app := join(t, appOptions(b), "$SYS/#", "#")
	c, code := rawConnect(t, b, "127.0.0.1", "curious", "pupil", "sesame")
	if code != 0 {
		t.Fatalf("CONNACK %d", code)
	}
	const topic = "$SYS/mine"
	publish := append([]byte{0x32, byte(2 + len(topic) + 2 + 1), 0, byte(len(topic))}, topic...)
	if _, err := c.Write(append(publish, 0, 7, 'x')); err != nil {
		t.Fatal(err)
	}
	var ack [4]byte
	if _, err := io.ReadFull(c, ack[:]); err != nil || ack != [4]byte{0x40, 2, 0, 7} {
		t.Fatalf("got % x, %v for a PUBACK", ack, err)
	}
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == Denied && n.ClientID == "curious" && n.Topic == topic })
	app.send(t, "class/after", "1", 1, false)
	app.hears(t, "class/after", "1")
	for _, m := range app.messages.list() {
		if string(m.Payload) == "x" {
			t.Errorf("%s was delivered", m.Topic)
		}
	}
}

func TestThirtyBoardsComeBackAtOnce(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	const boards = 30
	for i := range boards {
		account(t, b, Account{User: fmt.Sprint("lamp-", i), Role: Board, Base: fmt.Sprint("class/lamp-", i)}, fmt.Sprint("secret-", i))
	}
	app := join(t, appOptions(b), "class/+/status")
	for round := range 2 {
		var all sync.WaitGroup
		for i := range boards {
			all.Go(func() {
				o := options(b, fmt.Sprint("lamp-", i), fmt.Sprint("secret-", i))
				o.ClientID = fmt.Sprint("board-", i)
				c, err := link.DialOnce(context.Background(), o, []string{fmt.Sprintf("class/lamp-%d/light/set", i)}, func(link.Message) {}, func(error) {})
				if err != nil {
					t.Error(err)
					return
				}
				c.Publish(fmt.Sprintf("class/lamp-%d/status", i), fmt.Append(nil, "online ", round), true)
				t.Cleanup(c.Drop)
			})
		}
		all.Wait()
		for i := range boards {
			app.hears(t, fmt.Sprintf("class/lamp-%d/status", i), fmt.Sprint("online ", round))
		}
	}
	until(t, "31 clients", func() bool { return len(present(b)) == boards+1 })
	if !app.stayed() {
		t.Error("the app was thrown off")
	}
}

func TestAConnectionThatSaysNothingDoesNotKeepTheBrokerFromClosing(t *testing.T) {
	t.Parallel()
	b, _ := begin(t, Options{})
	rawConnect(t, b, "127.0.0.1", "x", "nobody", "wrong")
	begun := make(chan error, 1)
	go func() { begun <- b.Close() }()
	select {
	case err := <-begun:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it never closed")
	}
}

func TestAUserNameThatMayBeAPasswordIsNotTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, notices := begin(t, Options{Dir: dir})
	account(t, b, Account{User: "pupil", Role: Pupil}, "open sesame")
	wantFault(t, link.Test(context.Background(), options(b, "open sesame", "pupil")), fault.BadLogin)
	wantFault(t, link.Test(context.Background(), options(b, "pupil", "guess")), fault.BadLogin)
	notices.wait(t, "the known one", func(n Notice) bool { return n.Kind == BadLogin && n.User == "pupil" && !n.Unknown })
	b.SetOpen(true)
	guest := join(t, options(b, "open sesame", ""))
	guest.send(t, "elsewhere", "1", 1, true)
	notices.wait(t, "a denied publish", func(n Notice) bool { return n.Kind == Denied && n.User == "op…" && n.Unknown })
	guest.send(t, "class/mine", "1", 1, true)
	join(t, appOptions(b), "class/mine").hears(t, "class/mine", "1")
	for _, n := range notices.list() {
		if strings.Contains(n.User+n.Holder, "open") {
			t.Errorf("%+v", n)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if kept, err := os.ReadFile(filepath.Join(dir, storeFile)); err != nil || bytes.Contains(kept, []byte("open")) || !bytes.Contains(kept, []byte("op…")) {
		t.Errorf("it is kept, or nothing is: %v", err)
	}
}
