package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// eight is how many lamps a broker dies under.
const eight = 8

// TestChurn kills the broker again and again, and has each lamp changed at its
// board meanwhile: it prints the seconds from the broker's return until the panel
// shows the truth of every lamp.
func TestChurn(t *testing.T) {
	const deaths = 4
	c, b := newChurn(t)
	for n := range deaths {
		t.Logf("death %d: all %d lamps are true after %.1f s", n+1, eight, c.dieOnce(b, n%2 == 0).Seconds())
	}
}

// newChurn starts a program whose broker can be killed, with boards that are on
// the panel and off.
func newChurn(t testing.TB) (*class, *mortal) {
	t.Helper()
	b := &mortal{t: t, dir: t.TempDir(), port: devicetest.Port(t)}
	t.Cleanup(b.die)
	boards := devicetest.StartMicroPythons(t, eight, devicetest.Options{Off: true})
	logins := b.accounts(boards)
	b.live()

	c := &class{&school{t: t, loop: apptest.NewLoop(t), dir: t.TempDir(), board: boards[0]}, boards}
	t.Cleanup(c.closing)
	c.useBroker(b.port)
	c.open()
	c.flash(logins)
	c.start()
	for _, board := range boards {
		board.WaitForPixels(false)
	}
	return c, b
}

const churnPassword = "0123456789abcdef01234567"

// accounts makes the logins that the broker will know: one for each board, and the
// teacher's.
func (m *mortal) accounts(boards []*devicetest.MicroPython) []device.Broker {
	m.t.Helper()
	b, err := broker.Start(broker.Options{Dir: m.dir, Host: "127.0.0.1", Port: m.port, Classroom: "class"})
	if err != nil {
		m.t.Fatal(err)
	}
	all := []broker.Account{{User: "teacher", Role: broker.Pupil}}
	var logins []device.Broker
	for i, board := range boards {
		user := "board-" + board.ID()
		all = append(all, broker.Account{User: user, Role: broker.Board, Base: base(i)})
		logins = append(logins, device.Broker{Host: "127.0.0.1", Port: m.port, User: device.Text(user), Password: churnPassword, KeepAlive: 30})
	}
	for _, a := range all {
		if err := b.SetAccount(a, churnPassword); err != nil {
			m.t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		m.t.Fatal(err)
	}
	return logins
}

// useBroker has the program watch the broker at a port of this computer.
func (s *school) useBroker(port int) {
	s.t.Helper()
	text := fmt.Sprintf(`{"builtin":{"off":true},"connection":"c","connections":[{"id":"c","host":"127.0.0.1","port":%d,"user":"teacher"}]}`, port)
	if err := os.WriteFile(filepath.Join(s.dir, "settings.json"), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	kept, err := secrets.OpenFile(s.dir)
	if err == nil {
		err = kept.Set(secrets.ConnectionKey("c"), churnPassword)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// dieOnce kills the broker, has every lamp changed to on at its board, and gives
// the time from the broker's return until the panel shows that.
func (c *class) dieOnce(b *mortal, on bool) time.Duration {
	c.t.Helper()
	b.die()
	c.loop.RunUntil(func() bool { return c.Status().Link != link.Online }, "the loss")
	var fingers sync.WaitGroup
	for _, board := range c.boards {
		fingers.Go(func() { board.PressButton("0") })
	}
	fingers.Wait()
	for _, board := range c.boards {
		board.WaitForPixels(on)
	}
	b.live()
	began := time.Now()
	c.loop.RunUntil(func() bool {
		for i := range c.boards {
			l, _ := c.Lights.Light(base(i))
			if l.Phase != lights.Confirmed || l.Presence != lights.PresenceOnline || l.State != lightState(on) {
				return false
			}
		}
		return true
	}, "the truth of all lamps")
	return time.Since(began)
}

func lightState(on bool) lights.State {
	if on {
		return lights.On
	}
	return lights.Off
}
